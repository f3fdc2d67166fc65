//! Multipart uploads.

use crate::EventName;
use crate::tests::events;
use crate::wire::tests::{Received, Server};

const MIB: usize = 1024 * 1024;

pub(super) struct Upload<'a> {
    server: &'a Server,
    id: String,
}

impl<'a> Upload<'a> {
    pub(super) fn start(server: &'a Server, headers: &[(&str, &str)]) -> Self {
        let answer = server.send("POST", "/b-1/k?uploads", headers, b"");
        assert_eq!(answer.status, 200, "{}", answer.text());
        Self { server, id: answer.elements("UploadId")[0].to_owned() }
    }

    fn target(&self) -> String {
        format!("/b-1/k?uploadId={}", self.id)
    }

    pub(super) fn part(&self, number: u32, headers: &[(&str, &str)], body: &[u8]) -> Received {
        self.server.send("PUT", &format!("{}&partNumber={number}", self.target()), headers, body)
    }

    pub(super) fn complete(&self, headers: &[(&str, &str)], parts: &[(u32, &str)]) -> Received {
        let parts: String = parts
            .iter()
            .map(|(number, etag)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"))
            .collect();
        let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        self.server.send("POST", &self.target(), headers, body.as_bytes())
    }
}

fn etag(answer: &Received) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.header("etag").unwrap().to_owned()
}

#[test]
fn parts_become_one_object() {
    let server = Server::start();
    let events = events(&server.fixture.store);
    let upload = Upload::start(&server, &[("content-type", "a/b"), ("x-amz-meta-k", "v")]);
    let first = etag(&upload.part(1, &[], &vec![b'x'; 5 * MIB]));
    etag(&upload.part(7, &[], b"wrong"));
    let last = etag(&upload.part(7, &[], b"end"));

    assert_eq!(server.get("/b-1/k").status, 404);

    let done = upload.complete(&[], &[(1, &first), (7, &last)]);
    assert_eq!(done.status, 200, "{}", done.text());
    let object = server.get("/b-1/k");
    assert!(object.body.len() == 5 * MIB + 3 && object.body.ends_with(b"xend"));
    // md5(md5(part 1) + md5(part 7)), computed by another program.
    assert_eq!(object.header("etag"), Some("\"6d7c5fbffce55b2eb513ca823d7235b2-2\""));
    assert_eq!((object.header("content-type"), object.header("x-amz-meta-k")), (Some("a/b"), Some("v")));
    let event = events.try_recv().unwrap();
    assert_eq!(event.event_name, EventName::CompleteMultipartUpload);
    assert_eq!(event.object.size, 5 * MIB as u64 + 3);
    assert_eq!(upload.complete(&[], &[(1, &first)]).error(), (404, "NoSuchUpload"));
}

#[test]
fn a_list_of_parts_that_does_not_fit_is_refused() {
    let server = Server::start();
    let upload = Upload::start(&server, &[]);
    let small = etag(&upload.part(1, &[], b"small"));
    let last = etag(&upload.part(2, &[], b"end"));
    assert_eq!(upload.complete(&[], &[(1, &small), (2, &last)]).error(), (400, "EntityTooSmall"));
    assert_eq!(upload.complete(&[], &[(2, &last), (1, &small)]).error(), (400, "InvalidPartOrder"));
    assert_eq!(upload.complete(&[], &[(1, &last)]).error(), (400, "InvalidPart"));
    assert_eq!(upload.complete(&[], &[(3, &last)]).error(), (400, "InvalidPart"));
    assert_eq!(upload.complete(&[], &[]).status, 400);
    assert_eq!(upload.part(0, &[], b"").error(), (400, "InvalidArgument"));
    assert_eq!(upload.part(10_001, &[], b"").error(), (400, "InvalidArgument"));
    assert_eq!(upload.complete(&[("if-none-match", "*")], &[(2, &last)]).status, 200);
}

#[test]
fn an_upload_id_leads_to_its_upload_until_that_is_aborted_and_nowhere_else() {
    let server = Server::start();
    let upload = Upload::start(&server, &[]);
    upload.part(1, &[], b"1");
    for id in ["..%2F..%2Fs3", &format!("..%2F.uploads%2F{}", upload.id), "x", &upload.id.to_uppercase()] {
        assert_eq!(server.delete(&format!("/b-1/k?uploadId={id}")).error(), (404, "NoSuchUpload"), "{id}");
    }
    assert_eq!(server.delete(&format!("/b-1/other?uploadId={}", upload.id)).error(), (404, "NoSuchUpload"));
    assert_eq!(server.delete(&upload.target()).status, 204);
    assert_eq!(upload.part(1, &[], b"1").error(), (404, "NoSuchUpload"));
    assert_eq!(server.delete(&upload.target()).error(), (404, "NoSuchUpload"));
}

#[test]
fn parts_are_copied_from_objects() {
    let server = Server::start();
    server.put("/b-1/source", b"0123456789");
    let upload = Upload::start(&server, &[]);
    let source = ("x-amz-copy-source", "b-1/source");
    let copied = upload.part(1, &[source, ("x-amz-copy-source-range", "bytes=2-4")], b"");
    assert_eq!(upload.complete(&[], &[(1, copied.elements("ETag")[0])]).status, 200);
    assert_eq!(server.get("/b-1/k").text(), "234");
}

#[test]
fn checksums_of_parts_make_a_composite_one() {
    let server = Server::start();
    let upload = Upload::start(&server, &[("x-amz-checksum-algorithm", "CRC32")]);
    let first = upload.part(1, &[], &vec![0; 5 * MIB]);
    let last = upload.part(2, &[("x-amz-checksum-crc32", "NhCmhg==")], b"hello");
    assert_eq!(last.header("x-amz-checksum-crc32"), Some("NhCmhg=="));
    assert!(first.header("x-amz-checksum-crc32").is_some());
    assert_eq!(upload.part(2, &[("x-amz-checksum-crc32", "NhCmhg==")], b"hellO").error(), (400, "BadDigest"));
    let other = upload.part(2, &[("x-amz-checksum-crc32c", "mnG7TA==")], b"hello");
    assert_eq!(other.error(), (400, "InvalidRequest"));
    let done = upload.complete(&[], &[(1, &etag(&first)), (2, &etag(&last))]);
    assert!(done.elements("ChecksumCRC32")[0].ends_with("==-2"), "{}", done.text());
    assert_eq!(done.elements("ChecksumType"), ["COMPOSITE"]);
}

#[test]
fn a_checksum_of_the_whole_object_is_checked() {
    let server = Server::start();
    for headers in [&[("x-amz-checksum-algorithm", "CRC64NVME")][..], &[]] {
        let upload = Upload::start(&server, headers);
        let part = etag(&upload.part(1, &[], b"123456789"));
        // The check value of the algorithm: 0xae8b14860a799888.
        let good = ("x-amz-checksum-crc64nvme", "rosUhgp5mIg=");
        let bad = ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=");
        assert_eq!(upload.complete(&[bad], &[(1, &part)]).error(), (400, "BadDigest"));
        let done = upload.complete(&[good], &[(1, &part)]);
        assert_eq!(done.elements("ChecksumCRC64NVME"), [good.1], "{}", done.text());
        assert_eq!(done.elements("ChecksumType"), ["FULL_OBJECT"]);
    }
}
