//! Lists the versions of the objects of a bucket, page by page.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::keys::Keys;
use crate::listing::common_prefix;
use crate::metadata::keys_with_versions;
use crate::versions::Version;
use crate::{Store, StoreError};

/// What to list, as ListObjectVersions asks for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct VersionQuery<'a> {
    /// Only keys that start with this.
    pub prefix: &'a str,
    /// Keys with this behind the prefix are given as one common prefix.
    pub delimiter: Option<&'a str>,
    /// Only keys and common prefixes after this one.
    pub key_marker: Option<&'a str>,
    /// Of the key [`key_marker`](Self::key_marker), also the versions older than this one.
    pub version_id_marker: Option<&'a str>,
    /// At most so many versions and common prefixes together.
    pub limit: usize,
}

/// One page of versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionPage {
    /// Versions, sorted by the bytes of their keys, those of one key newest first.
    pub versions: Vec<VersionInfo>,
    /// Common prefixes, sorted; each ends with the delimiter.
    pub common_prefixes: Vec<String>,
    /// If there is more: the markers of the next page.
    pub next: Option<(String, Option<String>)>,
}

/// A version as ListObjectVersions answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionInfo {
    /// The object key, decoded.
    pub key: String,
    /// The version id; `null` for an object that was stored while its bucket kept no versions.
    pub version_id: String,
    /// Whether it is the current version.
    pub is_latest: bool,
    /// When it was stored.
    pub last_modified: OffsetDateTime,
    /// Size in bytes and ETag without quotation marks; `None` for a delete marker.
    pub object: Option<(u64, String)>,
}

impl Store {
    /// Lists one page of versions.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn list_versions(&self, bucket: &str, query: VersionQuery<'_>) -> Result<VersionPage, StoreError> {
        self.check_bucket(bucket)?;
        let mut page = VersionPage::default();
        if query.limit == 0 {
            return Ok(page);
        }
        let mut keys = AllKeys::new(self, bucket, query)?;
        // The markers of what was listed last.
        let mut last = (query.key_marker.unwrap_or_default().to_owned(), None);
        while let Some(key) = keys.next()? {
            if let Some(prefix) = common_prefix(&key, query.prefix, query.delimiter) {
                if last.0 == prefix {
                    continue;
                }
                if page.is_full(query.limit) {
                    page.next = Some(last);
                    return Ok(page);
                }
                last = (prefix.to_owned(), None);
                page.common_prefixes.push(prefix.to_owned());
                continue;
            }
            for version in self.versions_after(bucket, &key, query)? {
                if page.is_full(query.limit) {
                    page.next = Some(last);
                    return Ok(page);
                }
                last = (key.clone(), Some(version.version_id.clone()));
                page.versions.push(version);
            }
        }
        Ok(page)
    }

    /// The versions of a key that the query asks for.
    fn versions_after(&self, bucket: &str, key: &str, query: VersionQuery<'_>) -> Result<Vec<VersionInfo>, StoreError> {
        let versions = self.versions_of(bucket, key)?;
        let current = versions.current.into_iter().map(|version| (true, version));
        let noncurrent = versions.noncurrent.into_iter().map(|version| (false, version));
        let mut infos: Vec<_> = current.chain(noncurrent).map(|(latest, version)| info(key, latest, version)).collect();
        if query.key_marker == Some(key)
            && let Some(marker) = query.version_id_marker
            // A marker that was deleted since leaves only versions that were not listed yet.
            && let Some(at) = infos.iter().position(|version| version.version_id == marker)
        {
            infos.drain(..=at);
        }
        Ok(infos)
    }
}

impl VersionPage {
    fn is_full(&self, limit: usize) -> bool {
        self.versions.len() + self.common_prefixes.len() == limit
    }
}

fn info(key: &str, is_latest: bool, version: Version) -> VersionInfo {
    VersionInfo {
        key: key.to_owned(),
        version_id: version.id().to_owned(),
        is_latest,
        last_modified: version.modified().into(),
        object: match version {
            Version::Object(record) => Some((record.size(), record.etag)),
            Version::DeleteMarker(_) => None,
        },
    }
}

/// A walk through all keys that have a version, whether that is current or not.
struct AllKeys {
    with_file: Keys,
    next_with_file: Option<String>,
    with_versions: BTreeSet<String>,
}

impl AllKeys {
    fn new(store: &Store, bucket: &str, query: VersionQuery<'_>) -> Result<Self, StoreError> {
        let VersionQuery { prefix, key_marker, version_id_marker, .. } = query;
        let from =
            |key: &str| key_marker.is_none_or(|marker| key > marker || (version_id_marker.is_some() && key == marker));
        let mut with_versions: BTreeSet<String> = keys_with_versions(&store.layout().bucket_metadata(bucket))?
            .into_iter()
            .filter(|key| key.starts_with(prefix) && from(key))
            .collect();
        if let (Some(key), Some(_)) = (key_marker, version_id_marker)
            && key.starts_with(prefix)
        {
            with_versions.insert(key.to_owned());
        }
        let mut with_file = Keys::new(&store.layout().bucket(bucket), prefix, key_marker)?;
        let next_with_file = with_file.next()?;
        Ok(Self { with_file, next_with_file, with_versions })
    }

    fn next(&mut self) -> Result<Option<String>, StoreError> {
        let next = match (&self.next_with_file, self.with_versions.first()) {
            (Some(file), Some(versions)) => Some(file.min(versions).clone()),
            (file, versions) => file.as_ref().or(versions).cloned(),
        };
        if let Some(next) = &next {
            self.with_versions.remove(next);
            if self.next_with_file.as_ref() == Some(next) {
                self.next_with_file = self.with_file.next()?;
            }
        }
        Ok(next)
    }
}
