//! The versions of an object, in a bucket that keeps them.
//!
//! The current version is a plain file, as in every bucket. An older one is a file below the folder of metadata, with its
//! version id as its name. The object's [metadata file](crate::metadata) lists the older versions and says which
//! delete marker is current if there is no plain file. So the plain file alone decides which version is current, and
//! whatever changes that is one rename or one removal:
//!
//! 1. The file of the current version gets a second name (a hard link) among the older versions.
//! 2. The metadata file is replaced by one that is true before and after step 3: it lists the current version as an older
//!    one too, and has the record or the delete marker of the new one.
//! 3. The new file is renamed over the plain one, or the plain one is removed.
//!
//! A process killed before 3 leaves the current version as it was: a listed older version with the id of the current one
//! counts for nothing. One killed after it leaves the new version and all older ones.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html>

use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::commit::WriteCondition;
use crate::error::{Doing, found};
use crate::layout::put_in_place;
use crate::lookup::{Entry, READ_ATTEMPTS, same_file};
use crate::metadata::{Contents, Fingerprint, Record, files_of};
use crate::sequencer::Stamp;
use crate::{ObjectInfo, Store, StoreError};

/// The version id of an object that was stored while its bucket kept no versions.
pub(crate) const NULL: &str = "null";

/// The id as clients see it.
pub(crate) fn version_id(id: Option<String>) -> String {
    id.unwrap_or_else(|| NULL.to_owned())
}

/// The id of a version that is stored now.
pub(crate) fn new_version_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// A version that says that the object was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeleteMarker {
    /// `None` is the null version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version_id: Option<String>,
    modified: Stamp,
}

/// One version of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Version {
    Object(Box<Record>),
    DeleteMarker(DeleteMarker),
}

impl Version {
    pub(crate) fn id(&self) -> &str {
        let id = match self {
            Self::Object(record) => &record.version_id,
            Self::DeleteMarker(marker) => &marker.version_id,
        };
        id.as_deref().unwrap_or(NULL)
    }

    pub(crate) fn modified(&self) -> Stamp {
        match self {
            Self::Object(record) => record.file.modified,
            Self::DeleteMarker(marker) => marker.modified,
        }
    }

    fn record(&self) -> Option<&Record> {
        match self {
            Self::Object(record) => Some(record),
            Self::DeleteMarker(_) => None,
        }
    }

    fn delete_marker(&self) -> Option<&DeleteMarker> {
        match self {
            Self::Object(_) => None,
            Self::DeleteMarker(marker) => Some(marker),
        }
    }
}

/// The versions of one key at one moment.
#[derive(Debug)]
pub(crate) struct Versions {
    /// What a request without a version id means.
    pub(crate) current: Option<Version>,
    /// The file of the current version.
    file: Option<File>,
    /// The others, newest first.
    pub(crate) noncurrent: Vec<Version>,
}

/// What a deletion did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deletion {
    /// The version that was deleted, or the delete marker that was made. `None` in a bucket that keeps no versions.
    pub(crate) version_id: Option<String>,
    /// Whether that is a delete marker.
    pub(crate) delete_marker: bool,
}

impl Store {
    /// Opens and describes a version of an object; without a version id the current one. What is read stays the same
    /// while the object is replaced or deleted.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], [`StoreError::Deleted`], [`StoreError::NoSuchVersion`], [`StoreError::DeleteMarker`],
    /// [`StoreError::NoSuchBucket`], [`StoreError::KeyTooLong`], [`StoreError::InvalidBucketName`],
    /// [`StoreError::Storage`].
    pub fn open_version(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> Result<(File, ObjectInfo), StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        let entry = self.entry(bucket, key);
        match version_id {
            Some(id) => entry.open_version(id),
            None => entry.find()?.map_or_else(|| Err(entry.missing()?), Ok),
        }
    }

    /// Deletes an object if the condition holds for its current version.
    ///
    /// Without a version id an object in a bucket that keeps versions gets a delete marker; with one, that version is
    /// deleted for good. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html>,
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html>
    pub(crate) fn delete_if(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
        condition: &WriteCondition,
    ) -> Result<Deletion, StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        let _lock = self.layout.lock_bucket(bucket)?;
        let entry = self.entry(bucket, key);
        entry.check_condition(condition).map_err(|error| match error {
            // A write with such a condition gets 404.
            StoreError::Deleted(_, key, _) => StoreError::PreconditionFailed(key, "If-Match"),
            other => other,
        })?;
        if let Some(id) = version_id {
            return entry.delete_version(id);
        }
        if self.keeps_versions(bucket)? {
            return entry.mark_deleted();
        }
        entry.place.remove()?;
        entry.remove_metadata()?;
        Ok(Deletion { version_id: None, delete_marker: false })
    }

    /// A temporary file that is a second name of a file; where the file system has none, a copy.
    fn link(&self, from: &Path) -> Result<NamedTempFile, StoreError> {
        self.layout.temporary_by(|path| {
            match fs::hard_link(from, path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::copy(from, path).map(drop)?,
                linked => linked?,
            }
            File::open(path)
        })
    }
}

impl Entry<'_> {
    /// The versions of the key.
    pub(crate) fn versions(&self) -> Result<Versions, StoreError> {
        for _ in 0..READ_ATTEMPTS {
            let found = self.look_up()?;
            let contents = self.read_metadata()?;
            // What the metadata file says belongs to what was looked up unless that was replaced meanwhile.
            let unchanged = match (self.place.find()?, &found) {
                (Some((_, now)), Some(found)) => same_file(&now, &found.seen),
                (now, found) => now.is_none() && found.is_none(),
            };
            if unchanged {
                let (current, file) = match found {
                    Some(found) => (Some(Version::Object(found.record.into())), Some(found.file)),
                    None => (contents.delete_marker.map(Version::DeleteMarker), None),
                };
                let mut noncurrent = contents.noncurrent;
                noncurrent.retain(|version| current.as_ref().is_none_or(|current| current.id() != version.id()));
                return Ok(Versions { current, file, noncurrent });
            }
        }
        self.kept_changing()
    }

    fn open_version(&self, id: &str) -> Result<(File, ObjectInfo), StoreError> {
        for _ in 0..READ_ATTEMPTS {
            let versions = self.versions()?;
            let current = versions.file.filter(|_| versions.current.as_ref().is_some_and(|current| current.id() == id));
            match versions.current.into_iter().chain(versions.noncurrent).find(|version| version.id() == id) {
                None => {
                    let id = id.chars().take(80).collect();
                    return Err(StoreError::NoSuchVersion(self.bucket.to_owned(), self.key.to_owned(), id));
                }
                Some(Version::DeleteMarker(_)) => {
                    return Err(StoreError::DeleteMarker(self.key.to_owned(), id.to_owned()));
                }
                Some(Version::Object(record)) => {
                    let path = self.versions_folder().join(id);
                    // Unless an older version was deleted, or became the current one, just now.
                    let file = current.map_or_else(|| found(File::open(&path)), |file| Ok(Some(file)));
                    if let Some(file) = file.doing("open", &path)? {
                        return Ok((file, self.describe(*record)?));
                    }
                }
            }
        }
        self.kept_changing()
    }

    /// Keeps the current version as an older one; returns what the metadata file must say before a new one takes its
    /// place. The bucket's lock must be held.
    pub(crate) fn with_current_kept(&self) -> Result<Contents, StoreError> {
        let Versions { current, mut noncurrent, .. } = self.versions()?;
        let records = current.as_ref().and_then(Version::record).cloned().into_iter().collect();
        if let Some(current) = current {
            let folder = self.versions_folder();
            fs::create_dir_all(&folder).doing("create the folder", &folder)?;
            if current.record().is_some()
                && let Some((file, _)) = self.place.find()?
            {
                let path = folder.join(current.id());
                // Left by a write that died. To rename one name of a file to another of the same file does nothing.
                found(fs::remove_file(&path)).doing("remove", &path)?;
                put_in_place(self.store.link(&file)?, &path)?;
            }
            noncurrent.insert(0, current);
        }
        Ok(Contents { records, noncurrent, ..self.read_metadata()? })
    }

    /// Makes a delete marker the current version.
    fn mark_deleted(&self) -> Result<Deletion, StoreError> {
        let id = Some(new_version_id());
        let marker = DeleteMarker { version_id: id.clone(), modified: self.store.sequencer.stamp() };
        let contents = self.with_current_kept()?;
        // Such keys are found by this folder, even if nothing was ever stored under them.
        let folder = self.versions_folder();
        fs::create_dir_all(&folder).doing("create the folder", &folder)?;
        self.write_metadata(&Contents { delete_marker: Some(marker), ..contents })?;
        self.place.remove()?;
        Ok(Deletion { version_id: id, delete_marker: true })
    }

    /// Deletes one version for good. If it was the current one, the newest that is left becomes current.
    fn delete_version(&self, id: &str) -> Result<Deletion, StoreError> {
        let Versions { current, mut noncurrent, .. } = self.versions()?;
        let is_current = current.as_ref().is_some_and(|current| current.id() == id);
        let deleted = current.iter().chain(&noncurrent).find(|version| version.id() == id);
        let delete_marker = deleted.is_some_and(|deleted| deleted.delete_marker().is_some());
        let deletion = Deletion { version_id: Some(id.to_owned()), delete_marker };
        if deleted.is_none() {
            return Ok(deletion);
        }
        noncurrent.retain(|version| version.id() != id);
        let newest = noncurrent.first().cloned();
        let contents = Contents { noncurrent, ..self.read_metadata()? };
        match newest {
            _ if !is_current => self.write_metadata(&contents)?,
            Some(Version::Object(record)) => self.make_current(&record, contents)?,
            newest => {
                let delete_marker = newest.as_ref().and_then(Version::delete_marker).cloned();
                self.write_metadata(&Contents { delete_marker, ..contents })?;
                self.place.remove()?;
            }
        }
        self.forget_deleted()?;
        Ok(deletion)
    }

    /// Puts the file of an older version in the place of the current one. `contents` is what the metadata file is to say.
    fn make_current(&self, record: &Record, mut contents: Contents) -> Result<(), StoreError> {
        let kept = self.versions_folder().join(record.version_id.as_deref().unwrap_or(NULL));
        let temporary = self.store.link(&kept)?;
        let stamped = Fingerprint::stamp(temporary.as_file(), record.file.modified);
        let file = stamped.doing("set the time of", temporary.path())?;
        contents.records.insert(0, Record { file, ..record.clone() });
        self.write_metadata(&contents)?;
        let path = self.place.make_room()?;
        put_in_place(temporary, &path)?;
        self.place.remove_displaced(&path)
    }

    /// Forgets what is listed and counts for nothing, and removes files of versions that do not exist any more.
    fn forget_deleted(&self) -> Result<(), StoreError> {
        let folder = self.versions_folder();
        let Versions { current, noncurrent, .. } = self.versions()?;
        let delete_marker = current.as_ref().and_then(Version::delete_marker).cloned();
        let has_versions = !noncurrent.is_empty() || delete_marker.is_some();
        if current.is_some() || has_versions {
            let noncurrent = noncurrent.clone();
            self.write_metadata(&Contents { delete_marker, noncurrent, ..self.read_metadata()? })?;
        } else {
            self.remove_metadata()?;
        }
        for path in files_of(&folder)? {
            if !noncurrent.iter().any(|version| version.record().is_some() && path.ends_with(version.id())) {
                found(fs::remove_file(&path)).doing("remove", &path)?;
            }
        }
        if !has_versions {
            found(fs::remove_dir(&folder)).doing("remove the folder", &folder)?;
        }
        Ok(())
    }
}
