//! The bytes of an object on their way to the disk: written to a temporary file, counted and digested.

use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;

use s3s::crypto::{Checksum as _, Md5, Sha256};

use crate::checksum::{Checksum, ChecksumAlgorithm, Hasher, hex};
use crate::error::Doing;
use crate::layout::Temporary;
use crate::{Store, StoreError};

/// Pieces in which files are read, in bytes.
pub(crate) const PIECE: usize = 256 * 1024;

/// Receives the bytes of one object.
pub(crate) struct ObjectWriter {
    temporary: Temporary,
    file: File,
    limit: u64,
    digests: Digests,
}

/// Bytes that are complete, in a temporary file, with their digests.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) temporary: Temporary,
    pub(crate) file: File,
    pub(crate) size: u64,
    pub(crate) md5: [u8; 16],
    pub(crate) sha256: Option<String>,
    pub(crate) checksum: Option<Checksum>,
}

/// What a client says about the bytes it sends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    /// From `Content-MD5`, in hex.
    pub(crate) md5: Option<String>,
    /// From `x-amz-content-sha256`, in hex.
    pub(crate) sha256: Option<String>,
    /// From `x-amz-checksum-*`.
    pub(crate) checksum: Option<Checksum>,
}

impl ObjectWriter {
    /// Begins an object. The MD5 is always computed; the checksum and the SHA-256 if they are asked for.
    pub(crate) fn new(store: &Store, checksum: Option<ChecksumAlgorithm>, sha256: bool) -> Result<Self, StoreError> {
        let temporary = store.layout().temporary();
        let file = File::create_new(temporary.path()).doing("create", temporary.path())?;
        Ok(Self { temporary, file, limit: store.max_object_bytes(), digests: Digests::new(checksum, sha256) })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.digests.update(bytes);
        if self.digests.size > self.limit {
            return Err(StoreError::EntityTooLarge { limit: self.limit });
        }
        self.file.write_all(bytes).doing("write", self.temporary.path())
    }

    /// Writes all that a file still has to give.
    pub(crate) fn write_from(&mut self, from: &mut impl Read) -> Result<(), StoreError> {
        each_piece(from, |piece| self.write(piece))
    }

    pub(crate) fn finish(self) -> Written {
        self.digests.finish(self.temporary, self.file)
    }
}

impl Written {
    /// Takes over a file that is complete already, and digests it.
    pub(crate) fn adopt(store: &Store, temporary: Temporary) -> Result<Self, StoreError> {
        let mut file = File::open(temporary.path()).doing("open", temporary.path())?;
        let mut digests = Digests::new(None, false);
        each_piece(&mut file, |piece| {
            digests.update(piece);
            Ok(())
        })?;
        if digests.size > store.max_object_bytes() {
            return Err(StoreError::EntityTooLarge { limit: store.max_object_bytes() });
        }
        Ok(digests.finish(temporary, file))
    }

    /// Compares the bytes with what the client says about them.
    pub(crate) fn verify(&self, expected: &Expected) -> Result<(), StoreError> {
        let checksum_header = expected.checksum.as_ref().map_or("", |checksum| checksum.algorithm.header());
        let md5 = hex(&self.md5);
        for (digest, expected, found) in [
            ("Content-MD5", expected.md5.as_deref(), Some(md5.as_str())),
            ("x-amz-content-sha256", expected.sha256.as_deref(), self.sha256.as_deref()),
            (
                checksum_header,
                expected.checksum.as_ref().map(|checksum| checksum.value.as_str()),
                self.checksum.as_ref().map(|checksum| checksum.value.as_str()),
            ),
        ] {
            if let Some(expected) = expected
                && Some(expected) != found
            {
                let found = found.unwrap_or("none").to_owned();
                return Err(StoreError::BadDigest { digest, expected: expected.to_owned(), found });
            }
        }
        Ok(())
    }
}

/// The MD5 of what a file still has to give, in hex.
pub(crate) fn md5_of(file: &mut impl Read) -> Result<String, StoreError> {
    let mut md5 = Md5::new();
    each_piece(file, |piece| {
        md5.update(piece);
        Ok(())
    })?;
    Ok(hex(&md5.finalize()))
}

fn each_piece(from: &mut impl Read, mut take: impl FnMut(&[u8]) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece).doing("read", Path::new("the bytes of an object"))? {
            0 => return Ok(()),
            size => take(&piece[..size])?,
        }
    }
}

struct Digests {
    size: u64,
    md5: Md5,
    sha256: Option<Sha256>,
    checksum: Option<Hasher>,
}

impl Digests {
    fn new(checksum: Option<ChecksumAlgorithm>, sha256: bool) -> Self {
        Self { size: 0, md5: Md5::new(), sha256: sha256.then(Sha256::new), checksum: checksum.map(Hasher::new) }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.md5.update(bytes);
        if let Some(hasher) = &mut self.sha256 {
            hasher.update(bytes);
        }
        if let Some(hasher) = &mut self.checksum {
            hasher.update(bytes);
        }
    }

    fn finish(self, temporary: Temporary, file: File) -> Written {
        Written {
            temporary,
            file,
            size: self.size,
            md5: self.md5.finalize(),
            sha256: self.sha256.map(|hasher| hex(&hasher.finalize())),
            checksum: self.checksum.map(Hasher::finish),
        }
    }
}
