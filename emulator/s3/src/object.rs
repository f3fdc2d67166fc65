//! What is known about an object besides its bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::checksum::Checksum;

/// The content type that S3 gives an object that came without one.
pub(crate) const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

/// What a client may set on an object and gets back with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Attributes {
    /// `Content-Type`; `binary/octet-stream` if none was given.
    pub content_type: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Expires`, as an HTTP date.
    pub expires: Option<String>,
    /// User metadata: the headers `x-amz-meta-*`, without that prefix, names in lower case.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

impl Attributes {
    /// Attributes with nothing but a content type.
    pub fn of_type(content_type: impl Into<String>) -> Self {
        Self { content_type: Some(content_type.into()), ..Self::default() }
    }
}

/// An object without its bytes, as HeadObject answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// The object key, decoded.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// The ETag without quotation marks: the MD5 of the bytes in hex, for a multipart upload the MD5 of its parts'
    /// MD5s with `-` and the number of parts.
    pub etag: String,
    /// When it was stored.
    pub last_modified: OffsetDateTime,
    /// What the client set.
    pub attributes: Attributes,
    /// The checksum that the client sent or asked for.
    pub(crate) checksum: Option<Checksum>,
    /// Which version it is, `null` for one that was stored while the bucket kept none. `None` if it never did.
    pub version_id: Option<String>,
}

/// The content type of a file that was put into the folder by hand, guessed from its extension.
pub(crate) fn guess_content_type(key: &str) -> &'static str {
    let extension = key.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "jsonl" => "application/jsonl",
        "csv" => "text/csv",
        "txt" => "text/plain",
        "html" => "text/html",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        _ => DEFAULT_CONTENT_TYPE,
    }
}
