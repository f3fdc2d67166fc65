//! The list in S3: the version that the event names, checked as `idlist check` checks it.

use crate::{Error, ErrorKind, event::List, handler::cause_of};
use aws_sdk_s3::{Client, error::ProvideErrorMetadata};
use idlist::{CheckOptions, Report, check_slice};

/// Version id by which S3 reads an object of a bucket that has no versions.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html>
const NULL_VERSION: &str = "null";

/// The outcome of checking a list.
pub(crate) enum Checked {
    /// The list, or the version of it, has been deleted since the event.
    Gone,
    /// It can be made: this version of it, and no other.
    Good {
        /// The version that was checked.
        version_id: String,
        /// What is valid and probably not meant.
        hints: Option<String>,
    },
    /// It has problems.
    Bad(Box<Report>),
}

/// Checks a list of at most `max_bytes`.
///
/// # Errors
/// `ListNotRead` when S3 denies, or fails transiently.
pub(crate) async fn check(s3: &Client, list: &List, options: CheckOptions, max_bytes: u64) -> Result<Checked, Error> {
    let object = s3.get_object().bucket(&list.bucket).key(&list.key).set_version_id(list.version_id.clone());
    let object = match object.send().await {
        Ok(object) => object,
        Err(err) if matches!(err.code(), Some("NoSuchKey" | "NoSuchVersion")) => return Ok(Checked::Gone),
        Err(err) => return Err(not_read(list, &cause_of(&err))),
    };
    let version_id = object.version_id.or_else(|| list.version_id.clone()).unwrap_or_else(|| NULL_VERSION.into());
    let bytes = object.content_length.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default();
    if bytes > max_bytes {
        return Ok(Checked::Bad(Box::new(Report::of_too_large_list(bytes, max_bytes))));
    }
    let mut text = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
    let mut body = object.body;
    while let Some(part) = body.next().await {
        text.extend_from_slice(&part.map_err(|err| not_read(list, &err))?);
    }
    let report = check_slice(&text, options);
    if !report.is_good() {
        return Ok(Checked::Bad(Box::new(report)));
    }
    Ok(Checked::Good { version_id, hints: report.hint_line() })
}

fn not_read(list: &List, err: &dyn std::fmt::Display) -> Error {
    let List { bucket, key, .. } = list;
    Error::new(ErrorKind::ListNotRead, format!("the list s3://{bucket}/{key} could not be read: {err}"))
}
