//! Lists the objects of a bucket, and their versions, page by page.

use std::collections::BTreeSet;

use crate::keys::Keys;
use crate::metadata::keys_with_versions;
use crate::versions::Version;
use crate::{ObjectInfo, Store, StoreError};

/// What to list, as ListObjectsV2 asks for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListQuery<'a> {
    /// Only keys that start with this.
    pub prefix: &'a str,
    /// Keys with this behind the prefix are given as one common prefix.
    pub delimiter: Option<&'a str>,
    /// Only keys and common prefixes after this one.
    pub after: Option<&'a str>,
    /// At most so many keys and common prefixes together.
    pub limit: usize,
}

/// One page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Objects, sorted by the bytes of their keys.
    pub objects: Vec<ObjectInfo>,
    /// Common prefixes, sorted; each ends with the delimiter.
    pub common_prefixes: Vec<String>,
    /// If there is more: what the next page must start after.
    pub next: Option<String>,
}

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

/// A version of an object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionInfo {
    pub(crate) key: String,
    /// Whether it is the current version.
    pub(crate) is_latest: bool,
    pub(crate) version: Version,
}

impl Store {
    /// Lists the objects that the query asks for, sorted by the UTF-8 bytes of their keys.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn list(&self, bucket: &str, query: ListQuery<'_>) -> Result<Page, StoreError> {
        self.check_bucket(bucket)?;
        let mut page = Page::default();
        let mut keys = Keys::new(&self.layout.bucket(bucket), query.prefix, query.after)?;
        let mut last = None;
        while let Some(key) = keys.next()? {
            let common_prefix = common_prefix(&key, query.prefix, query.delimiter).map(str::to_owned);
            if let Some(common_prefix) = &common_prefix
                && query.after == Some(common_prefix)
            {
                keys.skip(common_prefix);
                continue;
            }
            if page.objects.len() + page.common_prefixes.len() == query.limit {
                page.next = last;
                break;
            }
            if let Some(common_prefix) = common_prefix {
                keys.skip(&common_prefix);
                last = Some(common_prefix.clone());
                page.common_prefixes.push(common_prefix);
            } else if let Some((_, object)) = self.entry(bucket, &key).find()? {
                page.objects.push(object);
                last = Some(key);
            }
        }
        Ok(page)
    }

    /// Lists one page of versions, sorted by the bytes of their keys, those of one key newest first. Says whether there
    /// are more: the last version of this page is the marker of the next one.
    pub(crate) fn list_versions(
        &self,
        bucket: &str,
        query: VersionQuery<'_>,
    ) -> Result<(Vec<VersionInfo>, bool), StoreError> {
        self.check_bucket(bucket)?;
        let (keys, has_more) = self.keys_with_any_version(bucket, query)?;
        let mut versions = Vec::new();
        for key in keys {
            versions.extend(self.versions_after(bucket, &key, query)?);
            if versions.len() > query.limit {
                break;
            }
        }
        let is_truncated = has_more || versions.len() > query.limit;
        versions.truncate(query.limit);
        Ok((versions, is_truncated))
    }

    /// The keys that the query asks for, those with a current version and those with older ones only: as many as fill a
    /// page, and whether there are more.
    fn keys_with_any_version(
        &self,
        bucket: &str,
        query: VersionQuery<'_>,
    ) -> Result<(BTreeSet<String>, bool), StoreError> {
        let VersionQuery { prefix, key_marker, version_id_marker, limit } = query;
        let (mut walk, mut with_file) = (Keys::new(&self.layout.bucket(bucket), prefix, key_marker)?, Vec::new());
        while with_file.len() <= limit
            && let Some(key) = walk.next()?
        {
            with_file.push(key);
        }
        let last = with_file.get(limit).cloned();
        let mut all: BTreeSet<String> = keys_with_versions(&self.layout.bucket_metadata(bucket))?.into_iter().collect();
        all.extend(with_file);
        // A marker of a version stands within the versions of its key, which may have a file only.
        all.extend(key_marker.filter(|_| version_id_marker.is_some()).map(str::to_owned));
        let is_after = |key: &str, marker| key > marker || key == marker && version_id_marker.is_some();
        let is_on_page = |key: &String| last.as_ref().is_none_or(|last| key <= last);
        all.retain(|key| {
            key.starts_with(prefix) && key_marker.is_none_or(|marker| is_after(key, marker)) && is_on_page(key)
        });
        Ok((all, last.is_some()))
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

/// The part of the key up to the first delimiter behind the prefix.
fn common_prefix<'k>(key: &'k str, prefix: &str, delimiter: Option<&str>) -> Option<&'k str> {
    let delimiter = delimiter.filter(|delimiter| !delimiter.is_empty())?;
    let found = key[prefix.len()..].find(delimiter)?;
    Some(&key[..prefix.len() + found + delimiter.len()])
}
