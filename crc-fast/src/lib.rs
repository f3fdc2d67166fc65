//! In place of the crate of that name, which the SDK's S3 client has its checksums from: the three CRCs that S3 knows.
//!
//! The crate carries, for processors without carry-less multiplication, the tables of every CRC there is: 0.7 MB of numbers that do not
//! compress, a sixth of what is deployed, and never read in Lambda. Cargo puts this one in its place, see `[patch.crates-io]` in the
//! workspace's `Cargo.toml`; without that line everything builds and works as well.
//!
//! CRC32, which the functions send with every image, is that of the crate crc32fast. The other two come up only when a list or a source image
//! was uploaded with them; they are checked eight bytes at a time, with tables that are made for the first bytes that need them. (The SDK makes
//! digests of no bytes with every answer to GetObject, to ask them for the names of their headers.)

use std::sync::LazyLock;

/// The CRCs that S3 knows. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrcAlgorithm {
    /// CRC-32 as zip, PNG and Ethernet have it; S3's `CRC32`.
    Crc32IsoHdlc,
    /// S3's `CRC32C`.
    Crc32Iscsi,
    /// S3's `CRC64NVME`.
    Crc64Nvme,
}

/// A CRC in the making.
#[derive(Debug, Clone)]
pub struct Digest(State);

#[derive(Debug, Clone)]
enum State {
    Crc32(crc32fast::Hasher),
    /// What is left of the bytes so far. All ones in the beginning, and turned over in the end.
    Table {
        tables: &'static LazyLock<Tables>,
        ones: u64,
        rest: u64,
    },
}

impl Digest {
    /// The CRC of no bytes.
    #[must_use]
    pub fn new(algorithm: CrcAlgorithm) -> Self {
        let table = |tables, ones| State::Table { tables, ones, rest: ones };
        Self(match algorithm {
            CrcAlgorithm::Crc32IsoHdlc => State::Crc32(crc32fast::Hasher::new()),
            CrcAlgorithm::Crc32Iscsi => table(&CRC32C, u32::MAX.into()),
            CrcAlgorithm::Crc64Nvme => table(&CRC64NVME, u64::MAX),
        })
    }

    /// Takes further bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc32(hasher) => hasher.update(bytes),
            State::Table { tables, rest, .. } => *rest = divide(tables, *rest, bytes),
        }
    }

    /// The CRC of all bytes so far.
    #[must_use]
    pub fn finalize(&self) -> u64 {
        match &self.0 {
            State::Crc32(hasher) => hasher.clone().finalize().into(),
            State::Table { ones, rest, .. } => rest ^ ones,
        }
    }
}

/// `[n][byte]`: what is left of a byte with n zero bytes after it.
type Tables = [[u64; 256]; 8];

static CRC32C: LazyLock<Tables> = LazyLock::new(|| tables(0x82f6_3b78));
static CRC64NVME: LazyLock<Tables> = LazyLock::new(|| tables(0x9a6c_9329_ac4b_c9b5));

/// For a polynomial that is written with its lowest power first.
fn tables(polynomial: u64) -> Tables {
    let bytes = std::array::from_fn(|byte| (0..8).fold(byte as u64, |rest, _| (rest >> 1) ^ (polynomial * (rest & 1))));
    let mut tables = [bytes; 8];
    for zeros in 1..8 {
        tables[zeros] = tables[zeros - 1].map(|before| (before >> 8) ^ bytes[usize::from(before as u8)]);
    }
    tables
}

fn divide(tables: &Tables, rest: u64, bytes: &[u8]) -> u64 {
    let (eights, others) = bytes.as_chunks::<8>();
    let rest = eights.iter().fold(rest, |rest, eight| {
        let eight = (rest ^ u64::from_le_bytes(*eight)).to_le_bytes();
        (0..8).fold(0, |sum, place| sum ^ tables[7 - place][usize::from(eight[place])])
    });
    others.iter().fold(rest, |rest, byte| (rest >> 8) ^ tables[0][usize::from(rest as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn crc(algorithm: CrcAlgorithm, parts: &[&[u8]]) -> u64 {
        let mut digest = Digest::new(algorithm);
        parts.iter().for_each(|part| digest.update(part));
        digest.finalize()
    }

    const ALL: [CrcAlgorithm; 3] = [CrcAlgorithm::Crc32IsoHdlc, CrcAlgorithm::Crc32Iscsi, CrcAlgorithm::Crc64Nvme];

    /// The check values of the catalogue: <https://reveng.sourceforge.io/crc-catalogue/all.htm>
    #[test]
    fn the_catalogue_agrees() {
        let checks = ALL.map(|algorithm| crc(algorithm, &[b"123456789"]));
        assert_eq!(checks, [0xcbf4_3926, 0xe306_9283, 0xae8b_1486_0a79_9888]);
        assert_eq!(ALL.map(|algorithm| crc(algorithm, &[])), [0, 0, 0]);
    }

    /// Bit by bit, as CRCs are defined.
    fn by_hand(polynomial: u64, ones: u64, bytes: &[u8]) -> u64 {
        let rest = bytes.iter().fold(ones, |rest, byte| {
            (0..8).fold(
                rest ^ u64::from(*byte),
                |rest, _| if rest & 1 == 1 { (rest >> 1) ^ polynomial } else { rest >> 1 },
            )
        });
        rest ^ ones
    }

    proptest! {
        #[test]
        fn it_is_the_crc_however_the_bytes_come(bytes in prop::collection::vec(any::<u8>(), 0..100), at in 0..100_usize) {
            let (first, second) = bytes.split_at(at.min(bytes.len()));
            let whole = [
                by_hand(0xedb8_8320, u32::MAX.into(), &bytes),
                by_hand(0x82f6_3b78, u32::MAX.into(), &bytes),
                by_hand(0x9a6c_9329_ac4b_c9b5, u64::MAX, &bytes),
            ];
            prop_assert_eq!(ALL.map(|algorithm| crc(algorithm, &[first, second])), whole);
        }
    }
}
