//! The objects under `state/`: what a function writes there is read back, with entity tags and conditional writes as in S3.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html>

use bytes::Bytes;
use hyper::HeaderMap;
use std::collections::HashMap;

/// Where leases are, in a path that begins with the bucket.
pub const LEASES: &str = "/state/leases/";
/// Where rate limits are.
pub const RATE_LIMITS: &str = "/state/rate-limits/";

/// All objects, by path.
#[derive(Default)]
pub struct StateObjects {
    objects: HashMap<String, Object>,
    versions: u64,
}

/// An object and its entity tag.
#[derive(Clone)]
pub struct Object {
    pub body: Bytes,
    pub e_tag: String,
}

/// Why an object is not read or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoSuchKey,
    PreconditionFailed,
}

impl StateObjects {
    pub fn get(&self, path: &str) -> Result<Object, Refusal> {
        self.objects.get(path).cloned().ok_or(Refusal::NoSuchKey)
    }

    /// Stores an object if the conditions of the request hold, and returns its new entity tag.
    ///
    /// A rate limit stays as the first invocation left it: the next one reads that and may replace it, but finds every slot in the past.
    /// So no item has to wait, and the harness need not know the content.
    pub fn put(&mut self, path: &str, headers: &HeaderMap, body: Bytes) -> Result<String, Refusal> {
        self.check(path, headers)?;
        if path.contains(RATE_LIMITS)
            && let Some(first) = self.objects.get(path)
        {
            return Ok(first.e_tag.clone());
        }
        self.versions += 1;
        let e_tag = format!("\"{:032x}\"", self.versions);
        self.objects.insert(path.to_owned(), Object { body, e_tag: e_tag.clone() });
        Ok(e_tag)
    }

    /// Deletes an object if the conditions of the request hold.
    pub fn delete(&mut self, path: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        self.check(path, headers)?;
        self.objects.remove(path);
        Ok(())
    }

    fn check(&self, path: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        let current = self.objects.get(path).map(|object| object.e_tag.as_str());
        let condition = |name| headers.get(name).and_then(|value| value.to_str().ok());
        match (condition("if-match"), condition("if-none-match"), current) {
            (Some(_), _, None) => Err(Refusal::NoSuchKey),
            (Some(seen), _, Some(current)) if seen != current => Err(Refusal::PreconditionFailed),
            (_, Some(_), Some(_)) => Err(Refusal::PreconditionFailed),
            _ => Ok(()),
        }
    }
}
