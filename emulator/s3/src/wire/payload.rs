//! The bytes of an object in a request: what the request says about them, and their `aws-chunked` encoding.
//!
//! ```text
//! 400;chunk-signature=0055…\r\n       size in hex, and the signature if the request is signed
//! …0x400 bytes…\r\n
//! 0;chunk-signature=b6c6…\r\n
//! x-amz-checksum-crc32:sOO8/Q==\r\n   trailers, if they were announced
//! \r\n
//! ```
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>

use std::io::{self, BufRead, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::header::HeaderMap;
use hyper::http::Extensions;
use s3s::{S3Error, S3Result, s3_error};

use crate::StoreError;
use crate::checksum::{Checksum, ChecksumAlgorithm};
use crate::wire::convert::header;
use crate::wire::request::{AwsChunked, SignedSha256};
use crate::wire::service::not_implemented;
use crate::writer::{Expected, ObjectWriter, Written, for_each_piece};

/// The longest line that is read: the head of a chunk or a trailer.
const MAX_LINE: u64 = 16 * 1024;

/// What a request says about the bytes it sends.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    /// The checksum that is to be computed.
    pub(crate) algorithm: Option<ChecksumAlgorithm>,
    pub(crate) expected: Expected,
    in_trailer: bool,
    is_chunked: bool,
    /// Bytes of the object.
    length: u64,
}

impl Payload {
    pub(crate) fn new(headers: &HeaderMap, extensions: &Extensions) -> S3Result<Self> {
        let is_chunked = extensions.get::<AwsChunked>().is_some();
        if !is_chunked && headers.contains_key("transfer-encoding") {
            return Err(not_implemented("a body with Transfer-Encoding", "give its Content-Length"));
        }
        let length = header(headers, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut payload = Self { is_chunked, length, ..Self::default() };
        payload.expected.sha256 = extensions.get::<SignedSha256>().map(|sha256| sha256.0.clone());
        if let Some(md5) = header(headers, "content-md5") {
            let digest = BASE64.decode(md5).ok().filter(|digest| digest.len() == 16);
            let invalid = || s3_error!(InvalidDigest, "Content-MD5 is not a base64 MD5");
            payload.expected.md5 = Some(hex::encode(digest.ok_or_else(invalid)?));
        }
        for algorithm in ChecksumAlgorithm::ALL {
            if let Some(value) = header(headers, algorithm.header()) {
                if payload.algorithm.is_some() {
                    return Err(s3_error!(InvalidRequest, "a request may have one x-amz-checksum- header"));
                }
                payload.algorithm = Some(algorithm);
                payload.expected.checksum = Some(Checksum { algorithm, value: value.to_owned() });
            } else if header(headers, "x-amz-trailer").is_some_and(|name| name.eq_ignore_ascii_case(algorithm.header()))
            {
                payload.algorithm = Some(algorithm);
                payload.in_trailer = true;
            }
        }
        if payload.algorithm.is_none() {
            payload.algorithm = header(headers, "x-amz-sdk-checksum-algorithm").and_then(ChecksumAlgorithm::from_name);
        }
        Ok(payload)
    }

    /// Writes the bytes of a body, and checks them against what the request says.
    pub(crate) fn write(self, mut body: &mut dyn BufRead, mut writer: ObjectWriter) -> S3Result<Written> {
        let Self { algorithm, mut expected, in_trailer, is_chunked, length } = self;
        // Before the client sends its bytes for nothing.
        writer.check_size(length)?;
        let mut trailers = Vec::new();
        if is_chunked {
            trailers = decode(&mut body, |piece| writer.write(piece))?;
        } else {
            for_each_piece(&mut body, |piece| writer.write(piece)).map_err(S3Error::from)?.map_err(|e| broken(&e))?;
        }
        // A request that was given up may look like one that has come to its end.
        if writer.size != length {
            return Err(incomplete("the body has another length than the headers of the request say"));
        }
        if let Some(algorithm) = algorithm.filter(|_| in_trailer) {
            let name = algorithm.header();
            let value = trailers.into_iter().find_map(|(trailer, value)| (trailer == name).then_some(value));
            let missing = || s3_error!(InvalidRequest, "the body has no trailer {name}, which was announced");
            expected.checksum = Some(Checksum { algorithm, value: value.ok_or_else(missing)? });
        }
        let written = writer.finish();
        written.verify(&expected)?;
        Ok(written)
    }
}

/// Hands over the data of an `aws-chunked` body, and returns its trailers, names in lower case.
fn decode(
    body: &mut impl BufRead,
    mut take: impl FnMut(&[u8]) -> Result<(), StoreError>,
) -> S3Result<Vec<(String, String)>> {
    loop {
        let head = line(body)?.ok_or_else(|| incomplete("the aws-chunked body ended early"))?;
        let size = head.split(';').next().unwrap_or_default().trim();
        let size =
            u64::from_str_radix(size, 16).map_err(|_| s3_error!(InvalidRequest, "a chunk of the body has no size"))?;
        if size == 0 {
            break;
        }
        let mut data = body.by_ref().take(size);
        for_each_piece(&mut data, &mut take).map_err(S3Error::from)?.map_err(|error| broken(&error))?;
        if data.limit() > 0 {
            return Err(incomplete("the aws-chunked body ended early"));
        }
        match line(body)?.as_deref() {
            Some("") => {}
            Some(_) => return Err(s3_error!(InvalidRequest, "a chunk of the body is longer than its size")),
            None => return Err(incomplete("the aws-chunked body ended early")),
        }
    }
    let mut trailers = Vec::new();
    while let Some(trailer) = line(body)?.filter(|line| !line.is_empty()) {
        let (name, value) =
            trailer.split_once(':').ok_or_else(|| s3_error!(InvalidRequest, "a trailer has no value"))?;
        trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    Ok(trailers)
}

/// The next line without its end; `None` at the end of the body.
fn line(body: &mut impl BufRead) -> S3Result<Option<String>> {
    let mut line = String::new();
    match body.by_ref().take(MAX_LINE).read_line(&mut line) {
        Ok(0) => Ok(None),
        Ok(_) => match line.strip_suffix('\n') {
            Some(line) => Ok(Some(line.trim_end_matches('\r').to_owned())),
            None if line.len() as u64 == MAX_LINE => {
                Err(s3_error!(InvalidRequest, "a line of the aws-chunked body is too long"))
            }
            None => Err(incomplete("the aws-chunked body ended early")),
        },
        Err(error) => Err(broken(&error)),
    }
}

fn incomplete(message: &str) -> S3Error {
    s3_error!(IncompleteBody, "{message}")
}

fn broken(error: &io::Error) -> S3Error {
    match error.kind() {
        io::ErrorKind::InvalidData => s3_error!(InvalidRequest, "a line of the aws-chunked body is not UTF-8"),
        _ => incomplete(&format!("the body could not be read to its end: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use s3s::S3ErrorCode;

    use super::*;

    /// Decodes a body that arrives in pieces of this size.
    fn decoded(body: &str, piece: usize) -> Result<(String, Vec<(String, String)>), S3ErrorCode> {
        let mut data = Vec::new();
        let trailers = decode(&mut BufReader::with_capacity(piece, body.as_bytes()), |piece| {
            data.extend_from_slice(piece);
            Ok(())
        });
        trailers.map(|trailers| (String::from_utf8(data).unwrap(), trailers)).map_err(|error| error.code().clone())
    }

    #[test]
    fn chunks_are_joined_and_trailers_read_however_they_arrive() {
        let signed = "5;chunk-signature=aa\r\nhello\r\n6;chunk-signature=bb\r\n world\r\n0;chunk-signature=cc\r\n\r\n";
        let with_trailers = "3\r\nabc\r\n0\r\nX-Amz-Checksum-Crc32: NSRBwg==\r\na:b\r\n\r\n";
        let trailers = [("x-amz-checksum-crc32", "NSRBwg=="), ("a", "b")];
        for (body, data, trailers) in
            [(signed, "hello world", &[][..]), (with_trailers, "abc", &trailers), ("0\r\n", "", &[])]
        {
            let trailers: Vec<_> =
                trailers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            for piece in 1..body.len() {
                assert_eq!(decoded(body, piece), Ok((data.to_owned(), trailers.clone())));
            }
        }
    }

    #[test]
    fn broken_and_unfinished_bodies_are_refused() {
        for body in ["", "3\r\nab", "3\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\n0", "3\r\nabc\r\n0\r\nx-amz-ch"] {
            assert_eq!(decoded(body, 3), Err(S3ErrorCode::IncompleteBody), "{body:?}");
        }
        let endless = format!("{}\r\n", "a".repeat(20_000));
        for body in
            ["x\r\n", "\r\n", "2\r\nabc\r\n", "-1\r\n", "0\r\nno trailer\r\n", "fffffffffffffffff\r\n", &endless]
        {
            assert_eq!(decoded(body, 7), Err(S3ErrorCode::InvalidRequest), "{body:?}");
        }
    }
}
