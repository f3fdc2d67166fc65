//! Puts bytes in place as an object, and tells the subscribers.

use crate::checksum::hex;
use crate::error::Doing;
use crate::lookup::describe;
use crate::metadata::{Contents, Fingerprint, MetadataFile, Record};
use crate::place::Place;
use crate::versions::new_version_id;
use crate::writer::Written;
use crate::{Attributes, DEFAULT_CONTENT_TYPE, EventName, ObjectCreated, ObjectInfo, Store, StoreError, Versioning};

/// What must hold for an object to be written or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WriteCondition {
    /// Nothing.
    #[default]
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

impl Store {
    /// Whether the condition holds now. [`commit`](Self::commit) asks again; this saves sending the bytes.
    pub(crate) fn check_condition(
        &self,
        bucket: &str,
        key: &str,
        condition: &WriteCondition,
    ) -> Result<(), StoreError> {
        let failed = |condition| StoreError::PreconditionFailed { key: key.to_owned(), condition };
        match condition {
            WriteCondition::Always => Ok(()),
            WriteCondition::Absent => match Place::new(self.layout().bucket(bucket), key).find()? {
                None => Ok(()),
                Some(_) => Err(failed("If-None-Match: *")),
            },
            WriteCondition::Present => match Place::new(self.layout().bucket(bucket), key).find()? {
                None => Err(self.missing(bucket, key)?),
                Some(_) => Ok(()),
            },
            WriteCondition::Matches(etag) => match self.look_up(bucket, key)? {
                None => Err(self.missing(bucket, key)?),
                Some(found) if found.record.etag == *etag => Ok(()),
                Some(_) => Err(failed("If-Match")),
            },
        }
    }

    /// Puts bytes in place as an object, in the order of steps that [`metadata`](crate::metadata) explains, and
    /// tells the subscribers.
    pub(crate) fn commit(&self, commit: Commit<'_>) -> Result<ObjectInfo, StoreError> {
        let Commit { bucket, key, written, etag, mut attributes, condition, event_name } = commit;
        let _lock = self.layout().lock_bucket(bucket)?;
        self.check_bucket(bucket)?;
        self.check_condition(bucket, key, condition)?;
        attributes.content_type.get_or_insert_with(|| DEFAULT_CONTENT_TYPE.to_owned());

        let place = Place::new(self.layout().bucket(bucket), key);
        let metadata = MetadataFile::new(self.layout(), bucket, key);
        let room = place.make_room()?;
        let stamp = self.clock().stamp();
        let file = Fingerprint::stamp(&written.file, stamp).doing("set the time of", written.temporary.path())?;
        let etag = etag.unwrap_or_else(|| hex(&written.md5));
        let versioning = self.versioning_of(bucket)?;
        let version_id = new_version_id(versioning);
        let record = Record { file, etag, checksum: written.checksum, attributes, version_id: version_id.clone() };
        let object = describe(key, record.clone(), versioning.is_some());
        match (versioning, &room.present) {
            (Some(_), _) => metadata.write(&self.supersede(bucket, key, record)?)?,
            (None, Some(seen)) => {
                let records = [record].into_iter().chain(metadata.find(seen)?).collect();
                metadata.write(&Contents::new(key, records))?;
            }
            (None, None) => metadata.write_first(record)?,
        }
        written.temporary.rename(&room.path)?;
        place.remove_displaced(&room.path)?;
        if versioning == Some(Versioning::Suspended) {
            self.remove_replaced(bucket, key)?;
        }

        self.publish(&ObjectCreated {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            size: object.size,
            etag: object.etag.clone(),
            sequencer: stamp.sequencer(),
            version_id,
            event_name,
            event_time: object.last_modified,
        })?;
        Ok(object)
    }
}
