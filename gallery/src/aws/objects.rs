//! Objects of S3: lists, pictures, results.

use super::Aws;
use crate::Error;
use aws_sdk_s3::primitives::ByteStream;
use idlist::{Message, message};
use std::collections::{BTreeSet, HashMap};

/// Most pages of a listing, of 1,000 objects each, that are read to find the pictures of one list.
const MAX_LIST_PAGES: usize = 400;
/// Largest object that is read into memory.
const MAX_OBJECT_BYTES: i64 = 512 * 1024 * 1024;

/// A picture in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Changes when the picture does.
    pub(crate) tag: String,
    /// Its size.
    pub(crate) bytes: u64,
    /// When it was stored, in milliseconds since 1970.
    pub(crate) modified: i64,
}

/// Pictures by bucket and key.
pub(crate) type Pictures = HashMap<(String, String), Picture>;

impl Aws {
    /// The bytes of an object.
    ///
    /// # Errors
    /// [`Error::NotFound`], or what AWS answers.
    pub(crate) async fn object(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Vec<u8>, Error> {
        let what = Message::from(format!("s3://{bucket}/{key}"));
        let request = self.s3.get_object().bucket(bucket).key(key).set_version_id(version.map(str::to_owned));
        let answer = request.send().await.map_err(|error| Error::of_sdk("s3:GetObject", what.clone(), &error))?;
        if answer.content_length().is_some_and(|length| length > MAX_OBJECT_BYTES) {
            let max = MAX_OBJECT_BYTES;
            let what = message!("too-large-object", "{what} is larger than {max} bytes and is not read", what, max);
            return Err(Error::Unusable(what));
        }
        let bytes = answer.body.collect().await;
        let cut =
            |error: &dyn std::fmt::Display| Error::Unreachable { action: "s3:GetObject", message: error.to_string() };
        Ok(bytes.map_err(|error| cut(&error))?.to_vec())
    }

    /// The body of an object as a stream, with its length.
    ///
    /// # Errors
    /// [`Error::NotFound`], or what AWS answers.
    pub(crate) async fn object_stream(&self, bucket: &str, key: &str) -> Result<(ByteStream, Option<i64>), Error> {
        let what = Message::from(format!("s3://{bucket}/{key}"));
        let answer = self.s3.get_object().bucket(bucket).key(key).send().await;
        let answer = answer.map_err(|error| Error::of_sdk("s3:GetObject", what, &error))?;
        Ok((answer.body, answer.content_length))
    }

    /// Stores a list; its version, where the bucket has versions.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn put_list(&self, key: &str, list: Vec<u8>) -> Result<Option<String>, Error> {
        let bucket = self.names.list_bucket();
        let request = self.s3.put_object().bucket(&bucket).key(key).content_type("application/json");
        let answer = request.body(ByteStream::from(list)).send().await;
        let answer = answer.map_err(|error| {
            Error::of_sdk("s3:PutObject", message!("the-bucket", "the bucket {bucket}", bucket), &error)
        })?;
        Ok(answer.version_id.filter(|version| version != "null"))
    }

    /// All pictures below some ranks of some buckets. A bucket that does not exist has none.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn pictures(&self, ranks: &BTreeSet<(String, String)>) -> Result<Pictures, Error> {
        let mut pictures = Pictures::new();
        let mut pages = 0;
        for (bucket, rank) in ranks {
            let mut next = None;
            loop {
                let request = self.s3.list_objects_v2().bucket(bucket).prefix(format!("{rank}/"));
                let answer = request.set_continuation_token(next).send().await;
                let answer =
                    match answer.map_err(|error| Error::of_sdk("s3:ListBucket", bucket.to_owned().into(), &error)) {
                        Err(Error::NotFound(_)) => break,
                        answer => answer?,
                    };
                for object in answer.contents.unwrap_or_default() {
                    let Some(key) = object.key else { continue };
                    let tag = object.e_tag.unwrap_or_default();
                    let picture = Picture {
                        tag: tag.chars().filter(char::is_ascii_alphanumeric).take(16).collect(),
                        bytes: object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                        modified: object.last_modified.and_then(|date| date.to_millis().ok()).unwrap_or_default(),
                    };
                    pictures.insert((bucket.clone(), key), picture);
                }
                next = answer.next_continuation_token;
                pages += 1;
                if next.is_none() || pages >= MAX_LIST_PAGES {
                    break;
                }
            }
        }
        Ok(pictures)
    }
}
