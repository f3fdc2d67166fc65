//! Versions over the wire.

use crate::wire::tests::uploads::Upload;
use crate::wire::tests::{Received, Server};

fn versioned() -> Server {
    let server = Server::start();
    assert_eq!(configure(&server, "<Status>Enabled</Status>").error(), (200, ""));
    server
}

fn configure(server: &Server, status: &str) -> Received {
    let body = format!("<VersioningConfiguration>{status}</VersioningConfiguration>");
    server.send("PUT", "/b-1?versioning", &[], body.as_bytes())
}

/// Puts an object and returns its version id.
fn put(server: &Server, target: &str, body: &[u8]) -> String {
    server.put(target, body).header("x-amz-version-id").unwrap().to_owned()
}

#[test]
fn versioning_is_set_and_answered() {
    let server = Server::start();
    let status = |server: &Server| server.get("/b-1?versioning").elements("Status").first().map(|s| (*s).to_owned());
    assert_eq!(status(&server), None);
    assert_eq!(configure(&server, "<Status>Enabled</Status>").status, 200);
    assert_eq!(status(&server).as_deref(), Some("Enabled"));
    assert_eq!(configure(&server, "<Status>Suspended</Status>").error(), (501, "NotImplemented"));
    assert_eq!(configure(&server, "<Status>On</Status>").error(), (400, "IllegalVersioningConfigurationException"));
    let mfa = "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>";
    assert_eq!(configure(&server, mfa).error(), (501, "NotImplemented"));
    assert_eq!(server.get("/b-2?versioning").error(), (404, "NoSuchBucket"));
}

#[test]
fn a_version_is_read_by_its_id() {
    let server = versioned();
    let [one, two] = [b"one", b"two"].map(|body| put(&server, "/b-1/a", body));
    assert_ne!(one, two);
    for (id, body) in [(&one, "one"), (&two, "two")] {
        let answer = server.get(&format!("/b-1/a?versionId={id}"));
        assert_eq!((answer.text(), answer.header("x-amz-version-id")), (body, Some(id.as_str())));
        let head = server.head(&format!("/b-1/a?versionId={id}"));
        assert_eq!((head.header("x-amz-version-id"), head.header("etag")), (Some(id.as_str()), answer.header("etag")));
    }
    assert_eq!(server.get("/b-1/a").header("x-amz-version-id"), Some(two.as_str()));
    assert_eq!(server.get("/b-1/a?versionId=unknown").error(), (404, "NoSuchVersion"));
    assert_eq!(server.get("/b-1/b?versionId=unknown").error(), (404, "NoSuchVersion"));
    assert_eq!(server.head("/b-1/a?versionId=unknown").status, 404);
    assert_eq!(server.get("/b-1/a?versionId=").error(), (400, "InvalidArgument"));
}

#[test]
fn a_bucket_without_versions_shows_no_version_ids() {
    let server = Server::start();
    assert_eq!(server.put("/b-1/a", b"1").header("x-amz-version-id"), None);
    let null = server.get("/b-1/a?versionId=null");
    assert_eq!((null.text(), null.header("x-amz-version-id")), ("1", None));
    assert_eq!(server.get("/b-1?versions").elements("VersionId"), ["null"]);
    for unknown in ["/b-1/a?versionId=other", "/b-1/b?versionId=null"] {
        assert_eq!(server.get(unknown).error(), (404, "NoSuchVersion"));
    }
    assert_eq!(server.delete("/b-1/a").header("x-amz-version-id"), None);
    server.put("/b-1/a", b"1");
    server.delete("/b-1/a?versionId=null");
    assert_eq!(server.get("/b-1/a").status, 404);
    server.put("/b-1/a", b"1");
    configure(&server, "<Status>Enabled</Status>");
    assert_eq!(server.get("/b-1/a").header("x-amz-version-id"), Some("null"));
}

#[test]
fn a_delete_marker_is_told_by_its_header() {
    let server = versioned();
    let put_one = server.send("PUT", "/b-1/a", &[("content-type", "of/one")], b"one");
    let one = put_one.header("x-amz-version-id").unwrap();
    let deleted = server.delete("/b-1/a");
    assert_eq!((deleted.status, deleted.header("x-amz-delete-marker")), (204, Some("true")));
    let marker = deleted.header("x-amz-version-id").unwrap();
    for (target, status) in [("/b-1/a".to_owned(), 404), (format!("/b-1/a?versionId={marker}"), 405)] {
        for method in ["GET", "HEAD"] {
            let answer = server.send(method, &target, &[], b"");
            assert_eq!(answer.status, status, "{method} {target}");
            assert_eq!(answer.header("x-amz-delete-marker"), Some("true"));
            assert_eq!(answer.header("x-amz-version-id"), Some(marker));
        }
    }
    assert_eq!(server.get("/b-1/a").error(), (404, "NoSuchKey"));
    assert_eq!(server.get("/b-1/a").header("content-type"), Some("application/xml"));
    assert_eq!(server.get("/b-1/none").header("x-amz-delete-marker"), None);
    assert_eq!(server.get("/b-1?list-type=2").elements("KeyCount"), ["0"]);
    assert_eq!(server.get("/b-1?versions").elements("VersionId"), [marker, one]);
    assert_eq!(server.get(&format!("/b-1/a?versionId={one}")).text(), "one");

    let restored = server.delete(&format!("/b-1/a?versionId={marker}"));
    assert_eq!((restored.status, restored.header("x-amz-delete-marker")), (204, Some("true")));
    assert_eq!(restored.header("x-amz-version-id"), Some(marker));
    let current = server.get("/b-1/a");
    assert_eq!((current.text(), current.header("x-amz-version-id")), ("one", Some(one)));
    assert_eq!(current.header("content-type"), Some("of/one"));
    let gone = server.delete(&format!("/b-1/a?versionId={one}"));
    assert_eq!((gone.header("x-amz-version-id"), gone.header("x-amz-delete-marker")), (Some(one), None));
    let again = server.get("/b-1/a");
    assert_eq!((again.status, again.header("x-amz-delete-marker")), (404, None));
}

#[test]
fn a_condition_of_a_deletion_is_on_the_current_version() {
    let server = versioned();
    let [one, two] = [b"one", b"two"].map(|body| server.put("/b-1/a", body));
    let delete = |seen: &Received| server.send("DELETE", "/b-1/a", &[("if-match", seen.header("etag").unwrap())], b"");
    assert_eq!(delete(&one).error(), (412, "PreconditionFailed"));
    assert_eq!(delete(&two).status, 204);
    assert_eq!(delete(&two).error(), (412, "PreconditionFailed"), "it is a delete marker");
    assert_eq!(server.get("/b-1?versions").elements("VersionId").len(), 3);
    let put = |name, condition| server.send("PUT", "/b-1/a", &[(name, condition)], b"three");
    assert_eq!(put("if-match", "\"x\"").error(), (404, "NoSuchKey"), "a deleted object counts as absent");
    assert_eq!(put("if-none-match", "*").status, 200);
    assert_eq!(put("if-none-match", "*").error(), (412, "PreconditionFailed"));
}

#[test]
fn versions_are_listed_in_pages() {
    let server = versioned();
    let [a1, a2] = [b"1", b"2"].map(|body| put(&server, "/b-1/a", body));
    let b = put(&server, "/b-1/b%20%26", b"3");
    server.delete("/b-1/a");
    let all = server.get("/b-1?versions");
    assert_eq!(all.elements("Key"), ["a", "a", "a", "b &amp;"], "the delete marker first: {}", all.text());
    assert_eq!(all.elements("VersionId")[1..], [a2.as_str(), a1.as_str(), b.as_str()]);
    assert_eq!(all.elements("IsLatest"), ["true", "false", "false", "true"]);
    assert_eq!(all.elements("DeleteMarker").len(), 1);
    assert_eq!(all.elements("IsTruncated"), ["false"]);

    let first = server.get("/b-1?versions&max-keys=2");
    assert_eq!((first.elements("IsTruncated"), first.elements("NextKeyMarker")), (vec!["true"], vec!["a"]));
    assert_eq!(first.elements("NextVersionIdMarker"), [a2.as_str()]);
    let next = server.get(&format!("/b-1?versions&max-keys=2&key-marker=a&version-id-marker={a2}"));
    assert_eq!(next.elements("VersionId"), [a1.as_str(), b.as_str()]);
    assert_eq!(next.elements("IsTruncated"), ["false"]);
    assert_eq!(server.get("/b-1?versions&prefix=b").elements("VersionId"), [b.as_str()]);
    assert_eq!(server.get("/b-1?versions&encoding-type=url&key-marker=a").elements("Key"), ["b%20%26"]);
    assert_eq!(server.get(&format!("/b-1?versions&version-id-marker={a2}")).error(), (400, "InvalidArgument"));
    assert_eq!(server.get("/b-2?versions").error(), (404, "NoSuchBucket"));
    assert_eq!(server.delete("/b-1").error(), (409, "BucketNotEmpty"));
}

#[test]
fn many_versions_are_deleted_at_once() {
    let server = versioned();
    let [one, two] = [b"one", b"two"].map(|body| put(&server, "/b-1/a", body));
    let object = |id: &str| format!("<Object><Key>a</Key><VersionId>{id}</VersionId></Object>");
    let body = format!("<Delete>{}<Object><Key>b</Key></Object></Delete>", object(&two));
    let answer = server.send("POST", "/b-1?delete", &[], body.as_bytes());
    assert_eq!(answer.elements("VersionId"), [two.as_str()]);
    assert_eq!(answer.elements("DeleteMarker"), ["true"], "of b: {}", answer.text());
    let marker = answer.elements("DeleteMarkerVersionId")[0].to_owned();
    assert_eq!(server.get("/b-1/a").text(), "one");
    let body = format!("<Delete>{}<Object><Key>b</Key><VersionId>{marker}</VersionId></Object></Delete>", object(&one));
    let answer = server.send("POST", "/b-1?delete", &[], body.as_bytes());
    assert_eq!(answer.elements("DeleteMarkerVersionId"), [marker.as_str()]);
    assert_eq!(server.delete("/b-1").status, 204, "nothing is left");
}

#[test]
fn copies_and_multipart_uploads_make_versions() {
    let server = versioned();
    let [one, _] = [b"one", b"two"].map(|body| put(&server, "/b-1/a", body));
    let source = format!("/b-1/a?versionId={one}");
    let copy = server.send("PUT", "/b-1/a", &[("x-amz-copy-source", &source)], b"");
    assert_eq!(copy.header("x-amz-copy-source-version-id"), Some(one.as_str()), "{}", copy.text());
    let copied = copy.header("x-amz-version-id").unwrap();
    assert_eq!(server.get(&format!("/b-1/a?versionId={copied}")).text(), "one");
    let missing = [("x-amz-copy-source", "/b-1/a?versionId=unknown")];
    assert_eq!(server.send("PUT", "/b-1/b", &missing, b"").error(), (404, "NoSuchVersion"));

    let upload = Upload::start(&server, &[]);
    let part = upload.part(1, &[("x-amz-copy-source", &source)], b"");
    assert_eq!(part.header("x-amz-copy-source-version-id"), Some(one.as_str()));
    let completed = upload.complete(&[], &[(1, part.elements("ETag")[0])]);
    let id = completed.header("x-amz-version-id").unwrap();
    assert_eq!(server.get(&format!("/b-1/k?versionId={id}")).text(), "one");
    assert_eq!(server.get("/b-1?versions").elements("Key"), ["a", "a", "a", "k"]);
}
