//! Between the store's types and those of `s3s`.

use std::collections::BTreeMap;

use hyper::StatusCode;
use hyper::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, EXPIRES, HeaderMap,
    HeaderName, HeaderValue,
};
use s3s::dto::{CopySource, ETag, ETagCondition, Metadata, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};
use time::OffsetDateTime;

use crate::commit::WriteCondition;
use crate::wire::service::not_implemented;
use crate::{Attributes, ObjectInfo, StoreError};

/// The store's error as S3 answers it.
impl From<StoreError> for S3Error {
    fn from(error: StoreError) -> Self {
        let code = S3ErrorCode::from_bytes(error.code().as_bytes()).unwrap_or(S3ErrorCode::InternalError);
        let mut answer = Self::with_message(code, error.to_string());
        if let Ok(status) = StatusCode::from_u16(error.status()) {
            answer.set_status_code(status);
        }
        if let StoreError::Deleted(.., version_id) | StoreError::DeleteMarker(.., version_id) = &error
            && let Ok(version_id) = HeaderValue::from_str(version_id)
        {
            // These take the place of all headers of an error.
            answer.set_headers(HeaderMap::from_iter([
                (CONTENT_TYPE, HeaderValue::from_static("application/xml")),
                (HeaderName::from_static("x-amz-delete-marker"), HeaderValue::from_static("true")),
                (HeaderName::from_static("x-amz-version-id"), version_id),
            ]));
        }
        answer.set_source(Box::new(error));
        answer
    }
}

/// Headers that would change what a request means, and mean nothing here.
const REFUSED_HEADERS: [&str; 9] = [
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-copy-source-server-side-encryption-customer-algorithm",
    "x-amz-tagging",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-legal-hold",
    "x-amz-website-redirect-location",
    "x-amz-write-offset-bytes",
    // Of directory buckets.
    "x-amz-if-match-size",
    "x-amz-if-match-last-modified-time",
];

/// Refuses a request that asks for what the store cannot do. Access control lists, storage classes and encryption by
/// S3 itself are let through: they change nothing that a client of this store could see.
pub(crate) fn refuse_unsupported(operation: &str, headers: &HeaderMap) -> S3Result<()> {
    match REFUSED_HEADERS.iter().find(|header| headers.contains_key(**header)) {
        None => Ok(()),
        Some(header) => Err(not_implemented(format!("{operation} with the header {header}"), "leave it out")),
    }
}

/// The version that a request asks for.
pub(crate) fn asked_version(version_id: Option<String>) -> S3Result<Option<String>> {
    match version_id.as_deref() {
        Some("") => Err(s3_error!(InvalidArgument, "versionId must not be empty; leave it out, or give one")),
        _ => Ok(version_id),
    }
}

/// Bucket, key and version id of an object that is read.
pub(crate) type Source = (String, String, Option<String>);

/// The source of a copy.
pub(crate) fn copy_source(source: &CopySource) -> S3Result<Source> {
    match source {
        CopySource::Bucket { bucket, key, version_id } => {
            let version_id = asked_version(version_id.as_deref().map(str::to_owned))?;
            Ok((bucket.to_string(), key.to_string(), version_id))
        }
        _ => Err(not_implemented("x-amz-copy-source with an ARN", "give bucket/key")),
    }
}

pub(crate) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The attributes that a request gives a new object.
pub(crate) fn attributes(headers: &HeaderMap, metadata: Option<Metadata>) -> S3Result<Attributes> {
    let text = |name: HeaderName| header(headers, name.as_str()).filter(|value| !value.is_empty()).map(str::to_owned);
    let metadata: BTreeMap<String, String> = metadata.unwrap_or_default().into_iter().collect();
    if metadata.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_METADATA_BYTES {
        return Err(s3_error!(MetadataTooLarge, "Your metadata headers exceed the maximum allowed metadata size"));
    }
    Ok(Attributes {
        content_type: text(CONTENT_TYPE),
        content_encoding: text(CONTENT_ENCODING),
        content_language: text(CONTENT_LANGUAGE),
        content_disposition: text(CONTENT_DISPOSITION),
        cache_control: text(CACHE_CONTROL),
        expires: text(EXPIRES),
        metadata,
    })
}

/// The largest user-defined metadata in bytes of UTF-8: names without their prefix, and values.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const MAX_METADATA_BYTES: usize = 2 * 1024;

/// The condition of a write or deletion.
pub(crate) fn write_condition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<WriteCondition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(WriteCondition::Always),
        (None, Some(ETagCondition::Any)) => Ok(WriteCondition::Absent),
        (Some(ETagCondition::ETag(etag)), None) => Ok(WriteCondition::Matches(etag.into_value())),
        _ => Err(s3_error!(
            NotImplemented,
            "only `If-None-Match: *` or `If-Match` with an ETag is implemented here, not both"
        )),
    }
}

/// The conditions of a read: If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since.
pub(crate) type ReadConditions = (Option<ETagCondition>, Option<ETagCondition>, Option<Timestamp>, Option<Timestamp>);

/// Checks the conditions of a read in the order of <https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2>: 412 or 304
/// if one fails.
pub(crate) fn check_read(object: &ObjectInfo, conditions: ReadConditions) -> S3Result<()> {
    let (if_match, if_none_match, if_modified_since, if_unmodified_since) = conditions;
    let fits = |condition: &ETagCondition| condition.as_etag().is_none_or(|etag| etag.value() == object.etag);
    let modified_after =
        |time: Timestamp| object.last_modified.unix_timestamp() > OffsetDateTime::from(time).unix_timestamp();
    let unchanged = match (if_match, if_unmodified_since) {
        (Some(condition), _) => fits(&condition),
        (None, time) => !time.is_some_and(modified_after),
    };
    if !unchanged {
        return Err(s3_error!(
            PreconditionFailed,
            "the object is not the one that If-Match or If-Unmodified-Since asks for"
        ));
    }
    let changed = match (if_none_match, if_modified_since) {
        (Some(condition), _) => !fits(&condition),
        (None, time) => time.is_none_or(modified_after),
    };
    if !changed {
        let mut error = s3_error!(NotModified);
        if let Ok(etag) = ETag::Strong(object.etag.clone()).to_http_header() {
            error.set_headers(HeaderMap::from_iter([(hyper::header::ETAG, etag)]));
        }
        return Err(error);
    }
    Ok(())
}

/// Checks the conditions on the source of a copy: 412 if one fails.
pub(crate) fn check_copy(source: &ObjectInfo, conditions: ReadConditions) -> S3Result<()> {
    check_read(source, conditions)
        .map_err(|_| s3_error!(PreconditionFailed, "the source is not the one that the conditions of the copy ask for"))
}

/// Fills the checksum fields of an answer.
macro_rules! with_checksum {
    ($output:expr, $checksum:expr) => {{
        let checksum = $checksum.map($crate::checksum::Checksum::to_dto).unwrap_or_default();
        let mut output = $output;
        output.checksum_crc32 = checksum.checksum_crc32;
        output.checksum_crc32c = checksum.checksum_crc32c;
        output.checksum_crc64nvme = checksum.checksum_crc64nvme;
        output.checksum_sha1 = checksum.checksum_sha1;
        output.checksum_sha256 = checksum.checksum_sha256;
        output
    }};
}
pub(crate) use with_checksum;

/// An ETag as `s3s` puts it into answers.
pub(crate) fn dto_etag(etag: &str) -> Option<ETag> {
    Some(ETag::Strong(etag.to_owned()))
}

/// A size as `s3s` puts it into answers.
pub(crate) fn dto_size(size: u64) -> Option<i64> {
    i64::try_from(size).ok()
}
