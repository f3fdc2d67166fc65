//! The bytes of an object on their way to the disk: written to a temporary file, counted and digested.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::Path;

use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5, Sha256};
use tempfile::NamedTempFile;

use crate::checksum::{Checksum, ChecksumAlgorithm};
use crate::error::Doing;
use crate::{Store, StoreError};

/// How much of a file is read at a time, in bytes.
pub(crate) const PIECE: usize = 256 * 1024;

/// Receives the bytes of one object.
pub(crate) struct ObjectWriter {
    temporary: NamedTempFile,
    limit: u64,
    /// Bytes so far.
    pub(crate) size: u64,
    md5: Md5,
    sha256: Option<Sha256>,
    checksum: ChecksumHasher,
}

/// Bytes that are complete, in a temporary file, with their digests.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) temporary: NamedTempFile,
    pub(crate) size: u64,
    /// The MD5 in hex, unless another one is given in its place.
    pub(crate) etag: String,
    sha256: Option<String>,
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
        Ok(Self {
            temporary: store.layout.temporary()?,
            limit: store.max_object_bytes,
            size: 0,
            md5: Md5::new(),
            sha256: sha256.then(Sha256::new),
            checksum: checksum.map(ChecksumAlgorithm::hasher).unwrap_or_default(),
        })
    }

    /// Refuses an object of more bytes than an object may have.
    pub(crate) fn check_size(&self, bytes: u64) -> Result<(), StoreError> {
        if bytes > self.limit { Err(StoreError::EntityTooLarge(self.limit)) } else { Ok(()) }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.size += bytes.len() as u64;
        self.check_size(self.size)?;
        self.md5.update(bytes);
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
        self.checksum.update(bytes);
        self.temporary.as_file().write_all(bytes).doing("write", self.temporary.path())
    }

    /// Writes the rest of a file.
    pub(crate) fn write_file(&mut self, file: impl io::Read) -> Result<(), StoreError> {
        for_each_piece(&mut BufReader::with_capacity(PIECE, file), |piece| self.write(piece))?
            .doing("read", Path::new("the bytes of an object"))
    }

    pub(crate) fn finish(self) -> Written {
        Written {
            temporary: self.temporary,
            size: self.size,
            etag: hex::encode(self.md5.finalize()),
            sha256: self.sha256.map(|hasher| hex::encode(hasher.finalize())),
            checksum: Checksum::from_dto(self.checksum.finalize()),
        }
    }
}

impl Written {
    /// Compares the bytes with what the client says about them.
    pub(crate) fn verify(&self, expected: &Expected) -> Result<(), StoreError> {
        let value = |checksum: &Option<Checksum>| checksum.as_ref().map(|checksum| checksum.value.clone());
        let header = expected.checksum.as_ref().map_or("", |checksum| checksum.algorithm.header());
        for (digest, expected, found) in [
            ("Content-MD5", expected.md5.clone(), Some(self.etag.clone())),
            ("x-amz-content-sha256", expected.sha256.clone(), self.sha256.clone()),
            (header, value(&expected.checksum), value(&self.checksum)),
        ] {
            if let Some(expected) = expected.filter(|expected| Some(expected) != found.as_ref()) {
                return Err(StoreError::BadDigest(digest, expected, found.unwrap_or_else(|| "none".to_owned())));
            }
        }
        Ok(())
    }
}

/// The MD5 of the rest of a file, in hex.
pub(crate) fn md5_of(file: &File) -> Result<String, StoreError> {
    let mut md5 = Md5::new();
    let read = for_each_piece::<StoreError>(&mut BufReader::with_capacity(PIECE, file), |piece| {
        md5.update(piece);
        Ok(())
    })?;
    read.doing("read", Path::new("the bytes of an object"))?;
    Ok(hex::encode(md5.finalize()))
}

/// Hands over everything that a reader gives. The outer error is of `take`, the inner one of the reader.
pub(crate) fn for_each_piece<E>(
    from: &mut impl BufRead,
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<io::Result<()>, E> {
    loop {
        let size = match from.fill_buf() {
            Ok([]) => return Ok(Ok(())),
            Ok(piece) => take(piece).map(|()| piece.len())?,
            Err(error) => return Ok(Err(error)),
        };
        from.consume(size);
    }
}
