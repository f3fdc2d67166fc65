//! Puts bytes in place as an object, and notifies of it.

use std::path::Path;

use crate::error::Doing;
use crate::layout::put_in_place;
use crate::lookup::Entry;
use crate::metadata::{Contents, Fingerprint, Record};
use crate::object::DEFAULT_CONTENT_TYPE;
use crate::versions::new_version_id;
use crate::writer::Written;
use crate::{Attributes, EventName, ObjectCreated, ObjectInfo, Store, StoreError};

/// What must hold for an object to be written or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WriteCondition {
    /// Nothing.
    Always,
    /// `If-None-Match: *`: there is no such object.
    Absent,
    /// `If-Match`: there is one, with this ETag.
    Matches(String),
}

impl Entry<'_> {
    /// Whether the condition holds now. [`Store::commit`] asks again; this saves sending the bytes.
    pub(crate) fn check_condition(&self, condition: &WriteCondition) -> Result<(), StoreError> {
        let failed = |condition| Err(StoreError::PreconditionFailed(self.key.to_owned(), condition));
        let etag = match condition {
            WriteCondition::Always => return Ok(()),
            WriteCondition::Absent if self.place.find()?.is_none() => return Ok(()),
            WriteCondition::Absent => return failed("If-None-Match: *"),
            WriteCondition::Matches(etag) => etag,
        };
        match self.look_up()? {
            None => Err(self.missing()?),
            Some(found) if found.record.etag == *etag => Ok(()),
            Some(_) => failed("If-Match"),
        }
    }
}

impl Store {
    /// Puts bytes in place as an object, in the order of steps that [`metadata`](crate::metadata) explains, and
    /// notifies of it. From the moment its file is in place the object is stored, and no later failure is the caller's.
    pub(crate) fn commit(
        &self,
        (bucket, key): (&str, &str),
        written: Written,
        mut attributes: Attributes,
        condition: &WriteCondition,
        event_name: EventName,
    ) -> Result<ObjectInfo, StoreError> {
        let _lock = self.layout.lock_bucket(bucket)?;
        self.check_bucket(bucket)?;
        let entry = self.entry(bucket, key);
        entry.check_condition(condition)?;
        attributes.content_type.get_or_insert_with(|| DEFAULT_CONTENT_TYPE.to_owned());

        let path = entry.place.make_room()?;
        let stamp = self.sequencer.stamp();
        let Written { temporary, etag, checksum, .. } = written;
        let file = Fingerprint::stamp(temporary.as_file(), stamp).doing("set the time of", temporary.path())?;
        let keeps_versions = self.keeps_versions(bucket)?;
        let record = Record { file, etag, checksum, attributes, version_id: keeps_versions.then(new_version_id) };
        let object = entry.describe(record.clone())?;
        let created = ObjectCreated {
            bucket: bucket.to_owned(),
            object: object.clone(),
            sequencer: stamp.sequencer(),
            event_name,
        };
        let notified = self.notified.get();
        if let Some(notified) = notified {
            notified.keep(&created).doing("keep the notification of", Path::new(key))?;
        }
        let replace = || {
            let mut contents = if keeps_versions {
                entry.with_current_kept()?
            } else {
                let present = entry.place.find()?.map(|(_, seen)| entry.find_record(&seen)).transpose()?;
                let records = present.flatten().into_iter().collect();
                Contents { key: key.to_owned(), records, ..Contents::default() }
            };
            contents.records.insert(0, record);
            entry.write_metadata(&contents)?;
            put_in_place(temporary, &path)
        };
        if let Err(error) = replace() {
            if let Some(notified) = notified {
                notified.withdraw(&created);
            }
            return Err(error);
        }
        tidied(key, entry.place.remove_displaced(&path));
        if let Some(notified) = notified {
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
