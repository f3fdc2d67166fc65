//! Objects: put, get, head, copy, delete.

use crate::Attributes;
use crate::wire::tests::Server;

#[test]
fn an_object_comes_back_with_its_headers() {
    let server = Server::start();
    let headers = [
        ("content-type", "image/png"),
        ("cache-control", "no-store"),
        ("content-disposition", "inline"),
        ("content-encoding", "gzip"),
        ("content-language", "ja"),
        ("expires", "Wed, 21 Oct 2026 07:28:00 GMT"),
        ("x-amz-meta-Request-Sha256", "ab%E7"),
    ];
    let put = server.send("PUT", "/b-1/vip/1/image.png", &headers, b"hello");
    assert_eq!((put.status, put.header("etag")), (200, Some("\"5d41402abc4b2a76b9719d911017c592\"")));
    assert_eq!(std::fs::read(server.fixture.path("vip/1/image.png")).unwrap(), b"hello");
    assert_eq!(server.fixture.tree(), ["vip", "vip/1", "vip/1/image.png"]);
    for method in ["GET", "HEAD"] {
        let answer = server.send(method, "/b-1/vip/1/image.png", &[], b"");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, if method == "GET" { &b"hello"[..] } else { b"" });
        for (name, value) in headers {
            assert_eq!(answer.header(&name.to_ascii_lowercase()), Some(value), "{method} {name}");
        }
        assert_eq!(answer.header("content-length"), Some("5"));
        assert_eq!(answer.header("etag"), put.header("etag"));
        assert!(answer.header("last-modified").unwrap().ends_with(" GMT"));
        assert_eq!(answer.header("x-amz-request-id").unwrap().len(), 16);
    }
}

#[test]
fn keys_are_decoded_once() {
    let server = Server::start();
    for (target, key) in [
        ("/b-1/%E7%94%BB%E5%83%8F/%E7%8C%AB%201%2B.png", "画像/猫 1+.png"),
        ("/b-1/a+b%2520c%25", "a+b%20c%"),
        ("/b-1/a//b/", "a//b/"),
        ("/b-1/../../x", "../../x"),
    ] {
        assert_eq!(server.put(target, key.as_bytes()).status, 200);
        assert_eq!(server.fixture.head(key).key, key);
        assert_eq!(server.get(target).body, key.as_bytes());
    }
}

#[test]
fn what_is_not_there_is_404() {
    let server = Server::start();
    assert_eq!(server.get("/b-1/none").error(), (404, "NoSuchKey"));
    assert_eq!((server.head("/b-1/none").status, server.delete("/b-1/none").status), (404, 204));
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(server.send(method, "/b-2/none", &[], b"").error(), (404, "NoSuchBucket"));
    }
}

#[test]
fn ranges_are_cut_out() {
    let server = Server::start();
    server.put("/b-1/a", b"0123456789");
    for (range, body, content_range) in
        [("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=7-", "789", "bytes 7-9/10"), ("bytes=-2", "89", "bytes 8-9/10")]
    {
        for method in ["GET", "HEAD"] {
            let answer = server.send(method, "/b-1/a", &[("range", range)], b"");
            assert_eq!((answer.status, answer.text()), (206, if method == "GET" { body } else { "" }));
            assert_eq!(answer.header("content-range"), Some(content_range));
            assert_eq!(answer.header("content-length"), Some(&*body.len().to_string()));
        }
    }
    assert_eq!(server.send("GET", "/b-1/a", &[("range", "bytes=10-")], b"").error(), (416, "InvalidRange"));
}

#[test]
fn a_whole_object_is_its_first_part() {
    let server = Server::start();
    server.put("/b-1/a", b"0123456789");
    server.put("/b-1/empty", b"");
    let part = server.get("/b-1/a?partNumber=1");
    assert_eq!((part.status, part.text()), (206, "0123456789"));
    for part in [part, server.head("/b-1/a?partNumber=1")] {
        assert_eq!((part.status, part.header("content-range")), (206, Some("bytes 0-9/10")));
        assert_eq!(part.header("x-amz-mp-parts-count"), None);
    }
    assert_eq!(server.get("/b-1/empty?partNumber=1").status, 200, "no range has no bytes");
    assert_eq!(server.get("/b-1/a?partNumber=2").error(), (416, "InvalidPartNumber"));
    let both = server.send("GET", "/b-1/a?partNumber=1", &[("range", "bytes=0-1")], b"");
    assert_eq!(both.error(), (400, "InvalidRequest"));
}

#[test]
fn an_object_has_an_empty_tag_set() {
    let server = Server::start();
    server.put("/b-1/a", b"1");
    let tags = server.get("/b-1/a?tagging");
    assert_eq!((tags.status, tags.elements("Tag")), (200, vec![]));
    assert!(tags.text().contains("<TagSet"), "{}", tags.text());
    assert_eq!(server.get("/b-1/none?tagging").error(), (404, "NoSuchKey"));
    assert_eq!(server.get("/b-2/a?tagging").error(), (404, "NoSuchBucket"));
}

#[test]
fn conditions_on_reading_are_kept() {
    let server = Server::start();
    let etag = server.put("/b-1/a", b"1").header("etag").unwrap().to_owned();
    for (name, value, status) in [
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "\"other\"", 200),
        ("if-none-match", "*", 304),
        ("if-match", etag.as_str(), 200),
        ("if-match", "\"other\"", 412),
        ("if-modified-since", "Wed, 21 Oct 2015 07:28:00 GMT", 200),
        ("if-modified-since", "Wed, 21 Oct 2099 07:28:00 GMT", 304),
        ("if-unmodified-since", "Wed, 21 Oct 2015 07:28:00 GMT", 412),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = server.send(method, "/b-1/a", &[(name, value)], b"");
            assert_eq!(answer.status, status, "{method} {name} {value}");
            if status == 304 {
                assert_eq!((answer.header("etag"), answer.body.len()), (Some(etag.as_str()), 0));
            }
        }
    }
}

#[test]
fn a_write_whose_condition_fails_changes_nothing() {
    let server = Server::start();
    server.put("/b-1/one", b"1");
    server.fixture.place("by-hand", b"1");
    // It gives way to the folder of another one.
    server.put("/b-1/displaced", b"1");
    server.put("/b-1/displaced/other", b"2");
    let tree = server.fixture.tree();
    let put = |key, name, value: &str| server.send("PUT", &format!("/b-1/{key}"), &[(name, value)], b"new");
    for missing in ["b", "c/d", "one/b"] {
        assert_eq!(put(missing, "if-match", "\"x\"").error(), (404, "NoSuchKey"));
    }
    for present in ["one", "by-hand", "displaced"] {
        assert_eq!(put(present, "if-none-match", "*").error(), (412, "PreconditionFailed"));
        assert_eq!(put(present, "if-match", "\"x\"").error(), (412, "PreconditionFailed"));
        let before = server.get(&format!("/b-1/{present}"));
        assert_eq!((before.text(), server.fixture.tree()), ("1", tree.clone()));
        assert_eq!(put(present, "if-match", before.header("etag").unwrap()).status, 200);
        assert_eq!(server.get(&format!("/b-1/{present}")).text(), "new");
    }
    assert_eq!(put("b", "if-none-match", "*").status, 200);
}

#[test]
fn of_many_writers_that_want_a_new_object_one_wins() {
    let server = Server::start();
    let wins = std::thread::scope(|scope| {
        let put = || server.send("PUT", "/b-1/new", &[("if-none-match", "*")], b"1").status == 200;
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(put)).collect();
        threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum::<usize>()
    });
    assert_eq!(wins, 1);
}

#[test]
fn an_answer_can_be_given_other_headers_by_the_query() {
    let server = Server::start();
    server.put("/b-1/a", b"1");
    let answer = server.get("/b-1/a?response-content-type=text%2Fcsv&response-content-disposition=attachment");
    assert_eq!(answer.header("content-type"), Some("text/csv"));
    assert_eq!(answer.header("content-disposition"), Some("attachment"));
}

#[test]
fn a_copy_keeps_the_metadata_or_replaces_it() {
    let server = Server::start();
    server.send("PUT", "/b-1/a%20%2B", &[("content-type", "a/a"), ("x-amz-meta-k", "v")], b"1");
    let copy = |target, headers: &[(&str, &str)]| {
        let headers: Vec<_> = [("x-amz-copy-source", "/b-1/a%20%2B")].iter().chain(headers).copied().collect();
        server.send("PUT", target, &headers, b"")
    };
    let kept = copy("/b-1/b", &[("content-type", "b/b")]);
    assert_eq!(kept.elements("ETag").len(), 1, "{}", kept.text());
    let head = server.get("/b-1/b");
    assert_eq!((head.header("content-type"), head.header("x-amz-meta-k")), (Some("a/a"), Some("v")));
    copy("/b-1/c", &[("content-type", "b/b"), ("x-amz-metadata-directive", "REPLACE")]);
    let head = server.get("/b-1/c");
    assert_eq!((head.header("content-type"), head.header("x-amz-meta-k")), (Some("b/b"), None));
    assert!(server.fixture.head("c").last_modified > server.fixture.head("b").last_modified);
    assert_eq!(copy("/b-1/a%20%2B", &[]).error(), (400, "InvalidRequest"));
    copy("/b-1/a%20%2B", &[("content-type", "c/c"), ("x-amz-metadata-directive", "REPLACE")]);
    let onto_itself = server.get("/b-1/a%20%2B");
    assert_eq!((onto_itself.header("content-type"), onto_itself.text()), (Some("c/c"), "1"));
    assert_eq!(copy("/b-1/d", &[("x-amz-copy-source-if-none-match", "*")]).error(), (412, "PreconditionFailed"));
    assert_eq!(server.send("PUT", "/b-1/d", &[("x-amz-copy-source", "b-1/none")], b"").error(), (404, "NoSuchKey"));
}

#[test]
fn a_deletion_with_a_condition_deletes_nothing_else() {
    let server = Server::start();
    let delete = |condition: &str| server.send("DELETE", "/b-1/a", &[("if-match", condition)], b"");
    assert_eq!(delete("\"x\"").error(), (404, "NoSuchKey"));
    let etag = server.put("/b-1/a", b"1").header("etag").unwrap().to_owned();
    assert_eq!(delete("\"x\"").error(), (412, "PreconditionFailed"));
    assert_eq!(server.get("/b-1/a").text(), "1");
    assert_eq!(delete(&etag).status, 204);
    assert_eq!(server.get("/b-1/a").status, 404);
    assert_eq!(delete("*").error(), (501, "NotImplemented"));
}

#[test]
fn metadata_over_2_kb_is_refused() {
    let server = Server::start();
    // Four bytes of name; every character of the value has three bytes of UTF-8.
    let (fits, too_large) = ("あ".repeat(681) + "a", "あ".repeat(681) + "ab");
    let replace = [("x-amz-copy-source", "/b-1/a"), ("x-amz-metadata-directive", "REPLACE")];
    for (method, target, more) in
        [("PUT", "/b-1/a", &[][..]), ("POST", "/b-1/a?uploads", &[]), ("PUT", "/b-1/b", &replace)]
    {
        let send = |value: &str| server.send(method, target, &[&[("x-amz-meta-name", value)], more].concat(), b"");
        let refused = send(&too_large);
        assert_eq!(refused.error(), (400, "MetadataTooLarge"), "{method} {target}");
        let message = "Your metadata headers exceed the maximum allowed metadata size";
        assert_eq!(refused.elements("Message"), [message]);
        assert_eq!(send(&fits).status, 200, "{method} {target}");
    }
    let many: Vec<_> = (0..30).map(|number| (format!("x-amz-meta-{number:02}"), "x".repeat(70))).collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(server.send("PUT", "/b-1/c", &many, b"").error(), (400, "MetadataTooLarge"), "the sum counts");
    assert_eq!(server.send("PUT", "/b-1/c", &many[..28], b"").status, 200);
}

#[test]
fn many_are_deleted_at_once() {
    let server = Server::start();
    for key in ["a", "b&c", "d", "e"] {
        server.fixture.store.put("b-1", key, b"", Attributes::default()).unwrap();
    }
    let delete =
        |objects: &str| server.send("POST", "/b-1?delete", &[], format!("<Delete>{objects}</Delete>").as_bytes());
    let answer = delete(
        "<Object><Key>a</Key></Object><Object><Key>b&amp;c</Key></Object><Object><Key>none</Key></Object>\
         <Object><Key></Key></Object><Object><Key>d</Key><ETag>\"x\"</ETag></Object>",
    );
    assert_eq!((answer.status, answer.elements("Deleted").len()), (200, 3), "{}", answer.text());
    assert_eq!(answer.elements("Code"), ["KeyTooLongError", "PreconditionFailed"]);
    assert!(server.get("/b-1/d").status == 200 && server.get("/b-1/a").status == 404);
    let quiet = delete("<Quiet>true</Quiet><Object><Key>d</Key></Object>");
    assert!(quiet.status == 200 && quiet.elements("Deleted").is_empty());
    assert_eq!(delete("<Object><Key>e</Key><Size>1</Size></Object>").error(), (501, "NotImplemented"));
    for key in ["&#x1;", "a&#xFFFF;", "\u{2}"] {
        let refused = delete(&format!("<Object><Key>e</Key></Object><Object><Key>{key}</Key></Object>"));
        assert_eq!(refused.error(), (400, "MalformedXML"), "{key:?}");
    }
    assert_eq!(server.get("/b-1/e").status, 200, "nothing of a malformed list is deleted");
}

#[test]
fn what_is_not_offered_is_refused_by_name() {
    let server = Server::start();
    server.put("/b-1/a", b"1");
    for (method, target, header, name) in [
        ("GET", "/b-1/a?acl", "x-none", "GetObjectAcl is not"),
        ("PUT", "/b-1/a?tagging", "x-none", "PutObjectTagging is not"),
        ("GET", "/b-1?uploads", "x-none", "ListMultipartUploads is not"),
        ("GET", "/b-1/a?uploadId=1", "x-none", "ListParts is not"),
        ("GET", "/b-1?location", "x-none", "GetBucketLocation is not"),
        ("PUT", "/b-1/a", "transfer-encoding", "Transfer-Encoding"),
        ("GET", "/b-1?versions&delimiter=/", "x-none", "delimiter"),
        ("PATCH", "/b-1/a", "x-none", "PATCH /b-1/a is not"),
        ("POST", "/", "x-none", "POST / is not"),
        ("PUT", "/b-1/b", "x-amz-tagging", "x-amz-tagging"),
        ("PUT", "/b-1/b", "x-amz-server-side-encryption-customer-algorithm", "customer-algorithm"),
        ("POST", "/b-1/b?uploads", "x-amz-object-lock-mode", "x-amz-object-lock-mode"),
        ("DELETE", "/b-1/a", "x-amz-if-match-size", "DeleteObject"),
    ] {
        let answer = server.send(method, target, &[(header, "1")], b"");
        assert_eq!(answer.error(), (501, "NotImplemented"), "{method} {target} {header}");
        let message = answer.elements("Message")[0];
        assert!(message.contains(name), "{message}");
        assert_eq!(
            name.ends_with("is not"),
            message.contains("; this endpoint has AbortMultipartUpload, "),
            "{message}"
        );
        assert_eq!(answer.header("content-type"), Some("application/xml"));
    }
    assert!(server.get("/b-1/b").status == 404 && server.get("/b-1/a").status == 200);
}

#[test]
fn an_object_over_the_limit_is_refused() {
    let server = Server::with_limit(10);
    assert_eq!(server.put("/b-1/a", b"0123456789").status, 200);
    assert_eq!(server.put("/b-1/b", b"0123456789a").error(), (400, "EntityTooLarge"));
    assert_eq!(server.get("/b-1/b").status, 404);
}

#[test]
fn a_large_object_passes_in_pieces() {
    let server = Server::start();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| (number / 7).to_le_bytes()[0]).collect();
    assert_eq!(server.put("/b-1/large", &bytes).status, 200);
    assert!(server.get("/b-1/large").body == bytes);
    let part = server.send("GET", "/b-1/large", &[("range", "bytes=1000000-2999998")], b"");
    assert!(part.body == bytes[1_000_000..2_999_999]);
}
