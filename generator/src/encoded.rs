//! Text in the path of a URL. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// What AWS wants to be encoded: all that is not unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const KEY: &AsciiSet = &SEGMENT.remove(b'/');

/// A name between two slashes.
pub(crate) fn path_segment(name: &str) -> PercentEncode<'_> {
    utf8_percent_encode(name, SEGMENT)
}

/// An object key, whose slashes stay.
pub(crate) fn object_key(key: &str) -> PercentEncode<'_> {
    utf8_percent_encode(key, KEY)
}
