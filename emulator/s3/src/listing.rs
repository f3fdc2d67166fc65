//! Lists the objects of a bucket, page by page.

use crate::keys::Keys;
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

impl Store {
    /// Lists the objects that the query asks for, sorted by the UTF-8 bytes of their keys.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn list(&self, bucket: &str, query: ListQuery<'_>) -> Result<Page, StoreError> {
        self.check_bucket(bucket)?;
        let mut page = Page::default();
        if query.limit == 0 {
            return Ok(page);
        }
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
}

/// The part of the key up to the first delimiter behind the prefix.
fn common_prefix<'k>(key: &'k str, prefix: &str, delimiter: Option<&str>) -> Option<&'k str> {
    let delimiter = delimiter.filter(|delimiter| !delimiter.is_empty())?;
    let found = key[prefix.len()..].find(delimiter)?;
    Some(&key[..prefix.len() + found + delimiter.len()])
}
