//! Puts bytes in place as an object, and notifies of it.

use std::path::Path;

use crate::checksum::hex;
use crate::error::Doing;
use crate::lookup::{Entry, describe};
use crate::metadata::{Contents, Fingerprint, Record};
use crate::object::DEFAULT_CONTENT_TYPE;
use crate::versions::new_version_id;
use crate::writer::Written;
use crate::{Attributes, EventName, ObjectCreated, ObjectInfo, Store, StoreError, Versioning};

/// What must hold for an object to be written or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WriteCondition {
    /// Nothing.
    Always,
    /// `If-None-Match: *`: there is no such object.
    Absent,
    /// `If-Match: *`: there is one.
    Present,
    /// `If-Match`: there is one, with this ETag.
    Matches(String),
}

/// A commit of bytes under a key.
#[derive(Debug)]
pub(crate) struct Commit<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    pub(crate) written: Written,
    /// In place of the MD5 of the bytes.
    pub(crate) etag: Option<String>,
    pub(crate) attributes: Attributes,
    pub(crate) condition: &'a WriteCondition,
    pub(crate) event_name: EventName,
}

impl Entry<'_> {
    /// Whether the condition holds now. [`Store::commit`] asks again; this saves sending the bytes.
    pub(crate) fn check_condition(&self, condition: &WriteCondition) -> Result<(), StoreError> {
        let failed = |condition| Err(StoreError::PreconditionFailed(self.key.to_owned(), condition));
        let etag = match condition {
            WriteCondition::Always => return Ok(()),
            WriteCondition::Absent if self.place.find()?.is_none() => return Ok(()),
            WriteCondition::Absent => return failed("If-None-Match: *"),
            WriteCondition::Present => None,
            WriteCondition::Matches(etag) => Some(etag),
        };
        match self.look_up()? {
            None => Err(self.missing()?),
            Some(found) if etag.is_none_or(|etag| found.record.etag == *etag) => Ok(()),
            Some(_) => failed("If-Match"),
        }
    }
}

impl Store {
    /// Puts bytes in place as an object, in the order of steps that [`metadata`](crate::metadata) explains, and
    /// notifies of it. From the moment its file is in place the object is stored, and no later failure is the caller's.
    pub(crate) fn commit(&self, commit: Commit<'_>) -> Result<ObjectInfo, StoreError> {
        let Commit { bucket, key, written, etag, mut attributes, condition, event_name } = commit;
        let _lock = self.layout().lock_bucket(bucket)?;
        self.check_bucket(bucket)?;
        let entry = self.entry(bucket, key);
        entry.check_condition(condition)?;
        attributes.content_type.get_or_insert_with(|| DEFAULT_CONTENT_TYPE.to_owned());

        let room = entry.place.make_room()?;
        let stamp = self.sequencer().stamp();
        let file = Fingerprint::stamp(&written.file, stamp).doing("set the time of", written.temporary.path())?;
        let etag = etag.unwrap_or_else(|| hex(&written.md5));
        let versioning = self.versioning_of(bucket)?;
        let version_id = new_version_id(versioning);
        let record = Record { file, etag, checksum: written.checksum, attributes, version_id: version_id.clone() };
        let object = describe(key, record.clone(), versioning.is_some());
        let created = ObjectCreated {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            size: object.size,
            etag: object.etag.clone(),
            sequencer: stamp.sequencer(),
            version_id,
            event_name,
            event_time: object.last_modified,
        };
        if let Some(notified) = self.notified() {
            notified.keep(&created).doing("keep the notification of", Path::new(key))?;
        }
        let put_in_place = || {
            let contents = match (versioning, &room.present) {
                (Some(_), _) => entry.supersede(record)?,
                (None, Some(seen)) => {
                    Contents::new(key, [record].into_iter().chain(entry.metadata.find(seen)?).collect())
                }
                (None, None) => Contents::new(key, vec![record]),
            };
            entry.metadata.write(&contents)?;
            written.temporary.rename(&room.path)
        };
        if let Err(error) = put_in_place() {
            if let Some(notified) = self.notified() {
                notified.withdraw(&created);
            }
            return Err(error);
        }
        tidied(key, entry.place.remove_displaced(&room.path));
        if versioning == Some(Versioning::Suspended) {
            tidied(key, entry.remove_replaced());
        }
        if let Some(notified) = self.notified() {
            notified.deliver(&created);
        }
        Ok(object)
    }
}

/// An object that is in place is stored, whatever becomes of what it replaced.
pub(crate) fn tidied(key: &str, result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::warn!(key, %error, "an object is stored, but not all that it replaced is removed");
    }
}
