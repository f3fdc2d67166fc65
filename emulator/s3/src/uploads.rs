//! Multipart uploads: parts that wait in a folder until they are put together.
//!
//! The name of a part's file holds its number, MD5 and checksum, so that a part is one file and needs no other.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use std::fs::{self, File};
use std::path::PathBuf;

use s3s::crypto::{Checksum as _, Md5};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::checksum::{Checksum, ChecksumAlgorithm};
use crate::commit::{WriteCondition, tidied};
use crate::error::{Doing, found};
use crate::layout::put_in_place;
use crate::metadata::{Fingerprint, files_of};
use crate::writer::{Expected, ObjectWriter, Written};
use crate::{Attributes, EventName, ObjectInfo, Store, StoreError};

/// The highest number of a part. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
pub(crate) const MAX_PART: u32 = 10_000;

/// The file in the folder of an upload that describes it.
const DESCRIPTION: &str = "upload.json";

/// The smallest size of a part that is not the last, in bytes.
const MIN_PART_BYTES: u64 = 5 * 1024 * 1024;

/// A multipart upload that is under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) attributes: Attributes,
    pub(crate) checksum: Option<UploadChecksum>,
}

/// The checksum that an upload is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UploadChecksum {
    pub(crate) algorithm: ChecksumAlgorithm,
    /// Of the whole object, not of the checksums of the parts.
    pub(crate) full_object: bool,
}

/// A part that was uploaded.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) number: u32,
    pub(crate) md5: String,
    pub(crate) checksum: Option<Checksum>,
    pub(crate) size: u64,
    pub(crate) last_modified: OffsetDateTime,
    path: PathBuf,
}

/// A part as it is named when an upload is completed.
#[derive(Debug, Clone)]
pub(crate) struct CompletedPart {
    pub(crate) number: u32,
    pub(crate) etag: String,
    pub(crate) checksum: Option<Checksum>,
}

impl Store {
    pub(crate) fn create_upload(
        &self,
        bucket: &str,
        key: &str,
        attributes: Attributes,
        checksum: Option<UploadChecksum>,
    ) -> Result<Upload, StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let upload = Upload { id, bucket: bucket.to_owned(), key: key.to_owned(), attributes, checksum };
        self.layout.write_json(&self.layout.upload(&upload.id).join(DESCRIPTION), &upload)?;
        Ok(upload)
    }

    pub(crate) fn upload(&self, bucket: &str, key: &str, id: &str) -> Result<Upload, StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        let none = || StoreError::NoSuchUpload(key.to_owned(), id.chars().take(80).collect());
        // Only what can be an id becomes part of a path.
        if uuid::Uuid::try_parse(id).is_err() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(none());
        }
        let path = self.layout.upload(id).join(DESCRIPTION);
        let json = found(fs::read(&path)).doing("read", &path)?.ok_or_else(none)?;
        let upload: Upload = serde_json::from_slice(&json).map_err(std::io::Error::other).doing("read", &path)?;
        if upload.bucket == bucket && upload.key == key { Ok(upload) } else { Err(none()) }
    }

    pub(crate) fn abort_upload(&self, upload: &Upload) -> Result<(), StoreError> {
        let folder = self.layout.upload(&upload.id);
        found(fs::remove_dir_all(&folder)).doing("remove", &folder).map(drop)
    }

    /// Adds a part, in place of an earlier one with its number.
    pub(crate) fn add_part(&self, upload: &Upload, number: u32, written: Written) -> Result<Part, StoreError> {
        let folder = self.layout.upload(&upload.id);
        let earlier: Vec<Part> = self.parts(upload)?.into_iter().filter(|part| part.number == number).collect();
        let stamp = self.sequencer.stamp();
        Fingerprint::stamp(written.temporary.as_file(), stamp).doing("set the time of", written.temporary.path())?;
        let Written { temporary, etag: md5, size, checksum, .. } = written;
        let path = folder.join(file_name(number, &md5, checksum.as_ref()));
        put_in_place(temporary, &path)?;
        let part = Part { number, md5, checksum, size, last_modified: stamp.time().into(), path };
        for earlier in earlier.into_iter().filter(|earlier| earlier.path != part.path) {
            found(fs::remove_file(&earlier.path)).doing("remove", &earlier.path)?;
        }
        Ok(part)
    }

    /// The parts of an upload, by number; of several with one number, the newest first.
    fn parts(&self, upload: &Upload) -> Result<Vec<Part>, StoreError> {
        let mut parts = Vec::new();
        for path in files_of(&self.layout.upload(&upload.id))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some((number, md5, checksum)) = read_file_name(&name) else { continue };
            let Some(seen) = found(fs::metadata(&path)).doing("look at", &path)? else { continue };
            let last_modified = seen.modified().doing("look at", &path)?.into();
            parts.push(Part { number, md5, checksum, size: seen.len(), last_modified, path });
        }
        parts.sort_by(|a, b| (a.number, b.last_modified).cmp(&(b.number, a.last_modified)));
        Ok(parts)
    }

    /// Puts the parts together as an object, and ends the upload.
    pub(crate) fn complete_upload(
        &self,
        upload: &Upload,
        completed: &[CompletedPart],
        expected: &Expected,
        condition: &WriteCondition,
    ) -> Result<ObjectInfo, StoreError> {
        self.entry(&upload.bucket, &upload.key).check_condition(condition)?;
        let parts = choose_parts(&self.parts(upload)?, completed)?;
        let full_object = match upload.checksum {
            Some(checksum) => checksum.full_object.then_some(checksum.algorithm),
            None => expected.checksum.as_ref().map(|checksum| checksum.algorithm),
        };
        let mut writer = ObjectWriter::new(self, full_object, false)?;
        for part in &parts {
            writer.write_file(File::open(&part.path).doing("open", &part.path)?)?;
        }
        let mut written = writer.finish();
        if let Some(checksum) = upload.checksum.filter(|checksum| !checksum.full_object) {
            let checksums: Vec<Checksum> = parts.iter().filter_map(|part| part.checksum.clone()).collect();
            written.checksum = Checksum::composite(checksum.algorithm, &checksums);
        }
        written.verify(expected)?;
        written.etag = etag(&parts);
        let (target, attributes) = ((upload.bucket.as_str(), upload.key.as_str()), upload.attributes.clone());
        let object = self.commit(target, written, attributes, condition, EventName::CompleteMultipartUpload)?;
        tidied(&upload.key, self.abort_upload(upload));
        Ok(object)
    }
}

/// The name of the file of a part. Base64 is spelled as in RFC 4648, section 5: a file name cannot hold `/`.
fn file_name(number: u32, md5: &str, checksum: Option<&Checksum>) -> String {
    let checksum = checksum.map(|Checksum { algorithm, value }| {
        format!(".{}.{}", algorithm.name(), value.replace('+', "-").replace('/', "_"))
    });
    format!("{number:05}.{md5}{}", checksum.unwrap_or_default())
}

/// Reverses [`file_name`].
fn read_file_name(name: &str) -> Option<(u32, String, Option<Checksum>)> {
    let mut fields = name.split('.');
    let (number, md5) = (fields.next()?.parse().ok()?, fields.next()?.to_owned());
    let checksum = match fields.next().map(ChecksumAlgorithm::from_name) {
        Some(algorithm) => {
            Some(Checksum { algorithm: algorithm?, value: fields.next()?.replace('-', "+").replace('_', "/") })
        }
        None => None,
    };
    Some((number, md5, checksum))
}

/// The parts that the client names, in its order.
fn choose_parts(uploaded: &[Part], completed: &[CompletedPart]) -> Result<Vec<Part>, StoreError> {
    if completed.is_empty() {
        return Err(StoreError::InvalidRequest("an upload is completed with at least one part".to_owned()));
    }
    let mut chosen: Vec<Part> = Vec::with_capacity(completed.len());
    for wanted in completed {
        let part = wanted.number;
        if chosen.last().is_some_and(|last| last.number >= part) {
            return Err(StoreError::InvalidPartOrder(part));
        }
        if let Some(last) = chosen.last()
            && last.size < MIN_PART_BYTES
        {
            return Err(StoreError::EntityTooSmall(last.number, last.size));
        }
        let found = uploaded.iter().find(|uploaded| {
            let checksum_fits = wanted.checksum.is_none() || wanted.checksum == uploaded.checksum;
            uploaded.number == part && uploaded.md5 == wanted.etag && checksum_fits
        });
        chosen.push(found.ok_or(StoreError::InvalidPart(part))?.clone());
    }
    Ok(chosen)
}

/// The ETag of an object that was put together: the MD5 of the MD5s of its parts, and their number.
fn etag(parts: &[Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(&hex::decode(&part.md5).unwrap_or_default());
    }
    format!("{}-{}", hex::encode(md5.finalize()), parts.len())
}
