//! Lists the versions of the objects of a bucket, page by page.

use std::collections::BTreeSet;

use crate::keys::Keys;
use crate::metadata::keys_with_versions;
use crate::versions::Version;
use crate::{Store, StoreError};

/// What to list, as ListObjectVersions asks for it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct VersionQuery<'a> {
    /// Only keys that start with this.
    pub(crate) prefix: &'a str,
    /// Only keys after this one.
    pub(crate) key_marker: Option<&'a str>,
    /// Of the key [`key_marker`](Self::key_marker), also the versions older than this one.
    pub(crate) version_id_marker: Option<&'a str>,
    pub(crate) limit: usize,
}

/// One page of versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct VersionPage {
    /// Versions, sorted by the bytes of their keys, those of one key newest first.
    pub(crate) versions: Vec<VersionInfo>,
    /// Whether there are more: the last version of this page is the marker of the next one.
    pub(crate) is_truncated: bool,
}

/// A version of an object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionInfo {
    pub(crate) key: String,
    /// Whether it is the current version.
    pub(crate) is_latest: bool,
    pub(crate) version: Version,
}

impl Store {
    /// Lists one page of versions.
    pub(crate) fn list_versions(&self, bucket: &str, query: VersionQuery<'_>) -> Result<VersionPage, StoreError> {
        self.check_bucket(bucket)?;
        let mut versions = Vec::new();
        for key in self.keys_with_any_version(bucket, query)? {
            versions.extend(self.versions_after(bucket, &key, query)?);
            if versions.len() > query.limit {
                break;
            }
        }
        let is_truncated = versions.len() > query.limit;
        versions.truncate(query.limit);
        Ok(VersionPage { versions, is_truncated })
    }

    /// The keys that the query asks for, those with a current version and those with older ones only.
    fn keys_with_any_version(&self, bucket: &str, query: VersionQuery<'_>) -> Result<BTreeSet<String>, StoreError> {
        let VersionQuery { prefix, key_marker, version_id_marker, .. } = query;
        let mut all: BTreeSet<String> = keys_with_versions(&self.layout.bucket_metadata(bucket))?.into_iter().collect();
        let mut with_file = Keys::new(&self.layout.bucket(bucket), prefix, None)?;
        while let Some(key) = with_file.next()? {
            all.insert(key);
        }
        // A marker of a version stands within the versions of its key.
        let is_after = |key: &str, marker| key > marker || key == marker && version_id_marker.is_some();
        all.retain(|key| key.starts_with(prefix) && key_marker.is_none_or(|marker| is_after(key, marker)));
        Ok(all)
    }

    /// The versions of a key that the query asks for.
    fn versions_after(&self, bucket: &str, key: &str, query: VersionQuery<'_>) -> Result<Vec<VersionInfo>, StoreError> {
        let versions = self.entry(bucket, key).versions()?;
        let info = |is_latest, version| VersionInfo { key: key.to_owned(), is_latest, version };
        let current = versions.current.into_iter().map(|version| info(true, version));
        let mut infos: Vec<_> =
            current.chain(versions.noncurrent.into_iter().map(|version| info(false, version))).collect();
        if query.key_marker == Some(key)
            && let Some(marker) = query.version_id_marker
            // A marker that was deleted since leaves only versions that were not listed yet.
            && let Some(at) = infos.iter().position(|info| info.version.id() == marker)
        {
            infos.drain(..=at);
        }
        Ok(infos)
    }
}
