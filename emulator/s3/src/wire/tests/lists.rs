//! Buckets and lists.

use crate::Attributes;
use crate::wire::tests::Server;

fn with_keys(keys: &[&str]) -> Server {
    let server = Server::start();
    for key in keys {
        server.fixture.store.put("b-1", key, b"12", Attributes::default()).unwrap();
    }
    server
}

#[test]
fn buckets_are_created_listed_and_deleted() {
    let server = Server::start();
    assert!(server.fixture.store.create_bucket("b-2").unwrap() && !server.fixture.store.create_bucket("b-2").unwrap());
    let created = server.put("/b-2", b"");
    assert_eq!((created.status, created.header("location")), (200, Some("/b-2")));
    assert_eq!(server.get("/").elements("Name"), ["b-1", "b-2"]);
    assert_eq!(server.get("/?prefix=b-2").elements("Name"), ["b-2"]);
    let first = server.get("/?max-buckets=1");
    assert_eq!((first.elements("Name"), first.elements("ContinuationToken")), (vec!["b-1"], vec!["b-1"]));
    assert_eq!(server.get("/?max-buckets=1&continuation-token=b-1").elements("Name"), ["b-2"]);
    let head = server.head("/b-2");
    assert_eq!((head.status, head.header("x-amz-bucket-region")), (200, Some("us-east-1")));
    server.put("/b-2/a", b"1");
    assert_eq!(server.delete("/b-2").error(), (409, "BucketNotEmpty"));
    server.delete("/b-2/a");
    assert_eq!(server.delete("/b-2").status, 204);
    assert_eq!(server.head("/b-2").status, 404);
    assert_eq!(server.put("/b-2/a", b"1").error(), (404, "NoSuchBucket"));
    assert_eq!(server.get("/b-2?list-type=2").error(), (404, "NoSuchBucket"));
}

#[test]
fn a_bad_bucket_name_is_refused_with_the_rule_it_breaks() {
    let answer = Server::start().put("/Bad_Name", b"");
    assert_eq!(answer.error(), (400, "InvalidBucketName"));
    assert!(answer.text().contains("lower-case"), "{}", answer.text());
}

#[test]
fn version_2_pages_with_tokens() {
    let server = with_keys(&["a/1", "a/2", "b", "c/1", "d"]);
    let all = server.get("/b-1?list-type=2");
    assert_eq!(all.elements("Key"), ["a/1", "a/2", "b", "c/1", "d"]);
    assert_eq!((all.elements("IsTruncated"), all.elements("KeyCount")), (vec!["false"], vec!["5"]));
    assert_eq!(all.elements("Size")[0], "2");
    assert_eq!(all.elements("ETag")[0].trim_matches('"').replace("&quot;", ""), "c20ad4d76fe97759aa27a0c99bff6710");

    let (mut found, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = server.get(&format!("/b-1?list-type=2&max-keys=2&delimiter=%2F{token}"));
        found.extend(page.elements("Key").into_iter().map(str::to_owned));
        let common = page.text().split("<CommonPrefixes><Prefix>").skip(1);
        found.extend(common.map(|rest| rest.split('<').next().unwrap().to_owned()));
        pages += 1;
        match page.elements("NextContinuationToken").first() {
            Some(next) => token = format!("&continuation-token={next}"),
            None => break,
        }
    }
    assert_eq!((found, pages), (vec!["b".into(), "a/".into(), "d".into(), "c/".into()], 2));
    assert_eq!(server.get("/b-1?list-type=2&start-after=b&prefix=c").elements("Key"), ["c/1"]);
    assert_eq!(server.get("/b-1?list-type=2&continuation-token=%21").error(), (400, "InvalidArgument"));
    assert_eq!(server.get("/b-1?list-type=2&max-keys=-1").error(), (400, "InvalidArgument"));
    assert!(server.get("/b-1?list-type=2&max-keys=0").elements("Key").is_empty());
}

#[test]
fn version_1_pages_with_markers() {
    let server = with_keys(&["a/1", "a/2", "b"]);
    let first = server.get("/b-1?max-keys=1&delimiter=/");
    assert_eq!((first.elements("Key"), first.elements("NextMarker")), (vec![], vec!["a/"]));
    let second = server.get("/b-1?max-keys=1&delimiter=/&marker=a/");
    assert_eq!((second.elements("Key"), second.elements("IsTruncated")), (vec!["b"], vec!["false"]));
}

#[test]
fn keys_are_url_encoded_when_asked_for() {
    let server = with_keys(&["猫 +&%/<x>"]);
    let encoded = server.get("/b-1?list-type=2&encoding-type=url&prefix=%E7%8C%AB%20");
    assert_eq!(encoded.elements("Key"), ["%E7%8C%AB%20%2B%26%25/%3Cx%3E"]);
    assert_eq!(encoded.elements("Prefix"), ["%E7%8C%AB%20"]);
    let plain = server.get("/b-1?list-type=2");
    assert_eq!(plain.elements("Key"), ["猫 +&amp;%/&lt;x&gt;"]);
    assert_eq!(server.get("/b-1?list-type=2&encoding-type=x").error(), (400, "InvalidArgument"));
}
