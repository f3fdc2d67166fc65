//! Between the store's types and those of `s3s`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::StatusCode;
use hyper::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, EXPIRES, HeaderMap,
    HeaderName, HeaderValue,
};
use s3s::dto::{self, ETag, ETagCondition, Metadata, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Result};
use time::OffsetDateTime;

use crate::checksum::hex;
use crate::wire::request::BodyFacts;
use crate::writer::Expected;
use crate::{Attributes, Checksum, ChecksumAlgorithm, ObjectInfo, StoreError, WriteCondition};

/// The store's error as S3 answers it.
pub(crate) fn s3_error(error: StoreError) -> S3Error {
    let code = S3ErrorCode::from_bytes(error.code().as_bytes()).unwrap_or(S3ErrorCode::InternalError);
    let mut answer = S3Error::with_message(code, error.to_string());
    if let Ok(status) = StatusCode::from_u16(error.status()) {
        answer.set_status_code(status);
    }
    if let StoreError::Deleted { version_id, .. } | StoreError::DeleteMarker { version_id, .. } = &error
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

pub(crate) fn invalid_argument(message: impl Into<String>) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidArgument, message.into())
}

/// Headers that would change what a request means, and mean nothing here.
const REFUSED_HEADERS: [&str; 7] = [
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-copy-source-server-side-encryption-customer-algorithm",
    "x-amz-tagging",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-legal-hold",
    "x-amz-website-redirect-location",
    "x-amz-write-offset-bytes",
];

/// Refuses a request that asks for what the store cannot do. Access control lists, storage classes and encryption by
/// S3 itself are let through: they change nothing that a client of this store could see.
pub(crate) fn refuse_unsupported(operation: &str, headers: &HeaderMap) -> S3Result<()> {
    match REFUSED_HEADERS.iter().find(|header| headers.contains_key(**header)) {
        None => Ok(()),
        Some(header) => {
            let message = format!("{operation} with the header {header} is not implemented here; leave it out");
            Err(S3Error::with_message(S3ErrorCode::NotImplemented, message))
        }
    }
}

/// The version that a request asks for.
pub(crate) fn asked_version(version_id: Option<String>) -> S3Result<Option<String>> {
    match version_id {
        Some(empty) if empty.is_empty() => {
            Err(invalid_argument("versionId must not be empty; leave it out, or give one"))
        }
        version_id => Ok(version_id),
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The attributes that a request gives a new object.
pub(crate) fn attributes(headers: &HeaderMap, metadata: Option<Metadata>) -> S3Result<Attributes> {
    let text = |name: hyper::header::HeaderName| {
        header(headers, name.as_str()).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let metadata: BTreeMap<String, String> = metadata.unwrap_or_default().into_iter().collect();
    check_metadata(&metadata)?;
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

/// User-defined metadata has at most so many bytes: names without their prefix and values, in UTF-8.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const MAX_METADATA_BYTES: usize = 2 * 1024;

fn check_metadata(metadata: &BTreeMap<String, String>) -> S3Result<()> {
    if metadata.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() <= MAX_METADATA_BYTES {
        return Ok(());
    }
    let message = "Your metadata headers exceed the maximum allowed metadata size";
    Err(S3Error::with_message(S3ErrorCode::MetadataTooLarge, message))
}

/// The condition of a write.
pub(crate) fn write_condition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<WriteCondition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(WriteCondition::Always),
        (None, Some(ETagCondition::Any)) => Ok(WriteCondition::Absent),
        (Some(ETagCondition::ETag(etag)), None) => Ok(WriteCondition::Matches(etag.into_value())),
        _ => {
            let message = "a write takes `If-None-Match: *` or `If-Match` with an ETag, not both";
            Err(S3Error::with_message(S3ErrorCode::NotImplemented, message))
        }
    }
}

/// The conditions of a read.
#[derive(Debug, Default)]
pub(crate) struct ReadConditions {
    pub(crate) if_match: Option<ETagCondition>,
    pub(crate) if_none_match: Option<ETagCondition>,
    pub(crate) if_modified_since: Option<Timestamp>,
    pub(crate) if_unmodified_since: Option<Timestamp>,
}

impl ReadConditions {
    /// Checks them in the order of <https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2>: 412 or 304 if one fails.
    pub(crate) fn check(self, object: &ObjectInfo) -> S3Result<()> {
        let fits = |condition: &ETagCondition| condition.as_etag().is_none_or(|etag| etag.value() == object.etag);
        let modified_after =
            |time: Timestamp| object.last_modified.unix_timestamp() > OffsetDateTime::from(time).unix_timestamp();
        let unchanged = match (self.if_match, self.if_unmodified_since) {
            (Some(condition), _) => fits(&condition),
            (None, Some(time)) => !modified_after(time),
            (None, None) => true,
        };
        if !unchanged {
            let message = "the object is not the one that If-Match or If-Unmodified-Since asks for";
            return Err(S3Error::with_message(S3ErrorCode::PreconditionFailed, message));
        }
        let changed = match (self.if_none_match, self.if_modified_since) {
            (Some(condition), _) => !fits(&condition),
            (None, Some(time)) => modified_after(time),
            (None, None) => true,
        };
        if !changed {
            let mut error = S3Error::new(S3ErrorCode::NotModified);
            if let Ok(etag) = ETag::Strong(object.etag.clone()).to_http_header() {
                error.set_headers(HeaderMap::from_iter([(hyper::header::ETAG, etag)]));
            }
            return Err(error);
        }
        Ok(())
    }

    /// Checks the conditions on the source of a copy: 412 if one fails.
    pub(crate) fn check_copy(self, source: &ObjectInfo) -> S3Result<()> {
        self.check(source).map_err(|_| {
            let message = "the source is not the one that the conditions of the copy ask for";
            S3Error::with_message(S3ErrorCode::PreconditionFailed, message)
        })
    }
}

/// What a request says about the bytes it sends: what to compute, and what must come of it.
#[derive(Debug, Default)]
pub(crate) struct Announced {
    pub(crate) algorithm: Option<ChecksumAlgorithm>,
    pub(crate) expected: Expected,
    in_trailer: bool,
}

impl Announced {
    /// Reads the digests from the headers.
    pub(crate) fn new(headers: &HeaderMap, facts: Option<&BodyFacts>) -> S3Result<Self> {
        let mut announced = Self::default();
        announced.expected.sha256 = facts.and_then(|facts| facts.sha256.clone());
        if let Some(md5) = header(headers, "content-md5") {
            let digest = BASE64.decode(md5).ok().filter(|digest| digest.len() == 16);
            let invalid = || S3Error::with_message(S3ErrorCode::InvalidDigest, "Content-MD5 is not a base64 MD5");
            announced.expected.md5 = Some(hex(&digest.ok_or_else(invalid)?));
        }
        for algorithm in ChecksumAlgorithm::ALL {
            if let Some(value) = header(headers, algorithm.header()) {
                if announced.algorithm.is_some() {
                    return Err(invalid_request("a request may have one x-amz-checksum- header"));
                }
                announced.algorithm = Some(algorithm);
                announced.expected.checksum = Some(Checksum { algorithm, value: value.to_owned() });
            } else if header(headers, "x-amz-trailer").is_some_and(|name| name.eq_ignore_ascii_case(algorithm.header()))
            {
                announced.algorithm = Some(algorithm);
                announced.in_trailer = true;
            }
        }
        if announced.algorithm.is_none() {
            announced.algorithm =
                header(headers, "x-amz-sdk-checksum-algorithm").and_then(ChecksumAlgorithm::from_name);
        }
        Ok(announced)
    }

    /// Adds what the trailers say, once the whole body has been read.
    pub(crate) fn with_trailers(mut self, facts: Option<&BodyFacts>) -> S3Result<Expected> {
        if let Some(algorithm) = self.algorithm.filter(|_| self.in_trailer) {
            let value = facts.and_then(|facts| facts.trailer(algorithm.header())).ok_or_else(|| {
                invalid_request(&format!("the body has no trailer {}, which was announced", algorithm.header()))
            })?;
            self.expected.checksum = Some(Checksum { algorithm, value });
        }
        Ok(self.expected)
    }
}

pub(crate) fn invalid_request(message: &str) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidRequest, message.to_owned())
}

/// A checksum as `s3s` puts it into answers.
pub(crate) fn dto_checksum(checksum: Option<&Checksum>) -> dto::Checksum {
    let mut answer = dto::Checksum::default();
    if let Some(checksum) = checksum {
        let kind = if checksum.is_composite() { dto::ChecksumType::COMPOSITE } else { dto::ChecksumType::FULL_OBJECT };
        answer.checksum_type = Some(dto::ChecksumType::from_static(kind));
        let value = Some(checksum.value.clone());
        match checksum.algorithm {
            ChecksumAlgorithm::Crc32 => answer.checksum_crc32 = value,
            ChecksumAlgorithm::Crc32c => answer.checksum_crc32c = value,
            ChecksumAlgorithm::Crc64nvme => answer.checksum_crc64nvme = value,
            ChecksumAlgorithm::Sha1 => answer.checksum_sha1 = value,
            ChecksumAlgorithm::Sha256 => answer.checksum_sha256 = value,
        }
    }
    answer
}

/// Fills the checksum fields of an answer.
macro_rules! with_checksum {
    ($output:expr, $checksum:expr) => {{
        let checksum = $crate::wire::convert::dto_checksum($checksum);
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
