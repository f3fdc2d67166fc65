//! Bodies as clients send them: signed, unsigned, in chunks, with digests and checksums.

use crate::wire::tests::{Received, Server};

const AUTHORIZATION: (&str, &str) = (
    "authorization",
    "AWS4-HMAC-SHA256 Credential=anyone/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00",
);
/// Of `hello`.
const SHA256: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const CRC32: &str = "NhCmhg==";

fn put(server: &Server, headers: &[(&str, &str)], body: &str) -> Received {
    let headers: Vec<_> = [AUTHORIZATION].iter().chain(headers).copied().collect();
    server.send("PUT", "/b-1/a", &headers, body.as_bytes())
}

#[test]
fn a_signed_body_is_checked_against_its_digest() {
    let server = Server::start();
    assert_eq!(put(&server, &[("x-amz-content-sha256", SHA256)], "hello").status, 200);
    let other = put(&server, &[("x-amz-content-sha256", SHA256)], "hellO");
    assert_eq!(other.error(), (400, "XAmzContentSHA256Mismatch"));
    assert_eq!(put(&server, &[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")], "hello").status, 200);
    assert_eq!(server.get("/b-1/a").text(), "hello");
}

#[test]
fn a_body_in_signed_chunks_is_joined() {
    let server = Server::start();
    let headers = [
        ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        ("content-encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "5"),
    ];
    let body = "3;chunk-signature=00\r\nhel\r\n2;chunk-signature=00\r\nlo\r\n0;chunk-signature=00\r\n\r\n";
    assert_eq!(put(&server, &headers, body).status, 200);
    let answer = server.get("/b-1/a");
    assert_eq!((answer.text(), answer.header("content-encoding")), ("hello", None));
}

#[test]
fn checksums_in_trailers_are_checked_and_kept() {
    let server = Server::start();
    for kind in ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"] {
        let headers = [
            ("x-amz-content-sha256", kind),
            ("x-amz-decoded-content-length", "5"),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
        ];
        let body = format!("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:{CRC32}\r\n\r\n");
        let answer = put(&server, &headers, &body);
        assert_eq!((answer.status, answer.header("x-amz-checksum-crc32")), (200, Some(CRC32)));
        let head = server.send("HEAD", "/b-1/a", &[("x-amz-checksum-mode", "ENABLED")], b"");
        assert_eq!(head.header("x-amz-checksum-crc32"), Some(CRC32));
        assert_eq!(head.header("x-amz-checksum-type"), Some("FULL_OBJECT"));
        assert_eq!(server.get("/b-1/a").header("x-amz-checksum-crc32"), None);

        let answer = put(&server, &headers, &body.replace("hello", "hellO"));
        assert_eq!(answer.error(), (400, "BadDigest"));
        let answer = put(&server, &headers, "5\r\nhello\r\n0\r\n\r\n");
        assert_eq!(answer.error(), (400, "InvalidRequest"));
        assert!(answer.text().contains("x-amz-checksum-crc32"), "{}", answer.text());
        assert_eq!(server.get("/b-1/a").text(), "hello");
    }
}

#[test]
fn digests_in_headers_are_checked() {
    let server = Server::start();
    for (name, good) in [
        ("content-md5", "XUFAKrxLKna5cZ2REBfFkg=="),
        ("x-amz-checksum-crc32", CRC32),
        ("x-amz-checksum-crc32c", "mnG7TA=="),
        ("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="),
        ("x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
    ] {
        let answer = put(&server, &[(name, good)], "hello");
        assert_eq!(answer.status, 200, "{name} {}", answer.text());
        if name != "content-md5" {
            assert_eq!(answer.header(name), Some(good));
        }
        assert_eq!(put(&server, &[(name, good)], "hellO").error(), (400, "BadDigest"), "{name}");
    }
    assert_eq!(put(&server, &[("content-md5", "x")], "hello").error(), (400, "InvalidDigest"));
    let two = [("x-amz-checksum-crc32", CRC32), ("x-amz-checksum-crc32c", "mnG7TA==")];
    assert_eq!(put(&server, &two, "hello").error(), (400, "InvalidRequest"));
    assert_eq!(server.get("/b-1/a").text(), "hello");
}

#[test]
fn a_checksum_of_the_whole_does_not_come_with_a_range() {
    let server = Server::start();
    put(&server, &[("x-amz-checksum-crc32", CRC32)], "hello");
    let headers = [("x-amz-checksum-mode", "ENABLED"), ("range", "bytes=0-1")];
    assert_eq!(server.send("GET", "/b-1/a", &headers, b"").header("x-amz-checksum-crc32"), None);
}

#[test]
fn a_body_that_ends_early_makes_no_object() {
    let server = Server::start();
    let headers = [("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", "5")];
    assert_eq!(put(&server, &headers, "5\r\nhel").error(), (400, "IncompleteBody"));
    assert_eq!(put(&server, &headers, "5\r\nhello\r\n").error(), (400, "IncompleteBody"));
    assert_eq!(put(&server, &headers, "3\r\nhel\r\n0\r\n\r\n").error(), (400, "IncompleteBody"));
    assert_eq!(put(&server, &headers, "nonsense\r\n").error(), (400, "InvalidRequest"));
    assert_eq!(put(&server, &headers[..1], "0\r\n\r\n").error(), (411, "MissingContentLength"));
    assert_eq!(server.send_part("PUT", "/b-1/a", &[], b"hello", 3).error(), (400, "IncompleteBody"));
    assert_eq!(server.get("/b-1/a").status, 404);
}

#[test]
fn presigned_urls_of_both_versions_work_with_any_signature() {
    let server = Server::start();
    let version_4 = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=x%2F20260101%2Fus-east-1%2Fs3%2Faws4_request\
                     &X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00";
    let version_2 = "AWSAccessKeyId=x&Signature=y%3D&Expires=1";
    for signature in [version_4, version_2] {
        assert_eq!(server.put(&format!("/b-1/a?{signature}"), b"hello").status, 200);
        // The other parameters stay, before a signature and behind it.
        let answer = server.get(&format!("/b-1/a?response-content-language=a%20b&{signature}&versionId=null"));
        assert_eq!((answer.text(), answer.header("content-language")), ("hello", Some("a b")));
        assert_eq!(server.get(&format!("/b-1/a?{signature}&versionId=x")).error(), (404, "NoSuchVersion"));
    }
    // Names of such parameters are values here.
    server.put("/b-1/x-amz-date", b"");
    assert_eq!(server.get("/b-1?list-type=2&prefix=x-amz-date").elements("Key"), ["x-amz-date"]);
    assert_eq!(server.get("/b-1/a?Expires=1&response-content-type=a").header("content-type"), Some("a"));
}
