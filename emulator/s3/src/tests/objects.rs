//! Putting, reading and deleting, buckets and notifications.

use std::fs;

use crate::tests::{BUCKET, Channel, Fixture, events};
use crate::{Attributes, EventName};

#[test]
fn a_replaced_object_loses_its_attributes_but_not_its_readers() {
    let fixture = Fixture::new();
    fixture.store.put(BUCKET, "a.png", b"one", Attributes::of_type("image/png")).unwrap();
    let (file, _) = fixture.open("a.png").unwrap();
    fixture.put("a.png", b"two");
    assert_eq!(std::io::read_to_string(file).unwrap(), "one");
    assert_eq!(fixture.get("a.png").unwrap(), b"two");
    // The content type that S3 gives an object that came without one.
    assert_eq!(fixture.head("a.png").attributes, Attributes::of_type("binary/octet-stream"));
}

#[test]
fn a_deleted_object_leaves_no_file_and_no_folder() {
    let fixture = Fixture::new();
    fixture.put("a/b/c", b"1");
    fixture.put("a/d", b"2");
    for _ in 0..2 {
        fixture.store.delete(BUCKET, "a/b/c").unwrap();
        assert_eq!(fixture.get("a/b/c"), None);
    }
    assert_eq!(fixture.tree(), ["a", "a/d"]);
}

#[test]
fn a_file_is_moved_into_the_store_or_stays() {
    let fixture = Fixture::with_limit(2);
    let source = fixture.dir.path().join("result.json");
    let attributes = Attributes::of_type("application/json");
    fs::write(&source, b"[1]").unwrap();
    for (bucket, key, code) in
        [("no-bucket", "k", "NoSuchBucket"), (BUCKET, "", "KeyTooLongError"), (BUCKET, "k", "EntityTooLarge")]
    {
        let error = fixture.store.put_file(bucket, key, &source, attributes.clone()).unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(fs::read(&source).unwrap(), b"[1]");
    }
    fs::write(&source, b"[]").unwrap();
    let object = fixture.store.put_file(BUCKET, "r/result.json", &source, attributes).unwrap();
    assert!(!source.exists());
    assert_eq!((fixture.get("r/result.json").unwrap(), fixture.head("r/result.json")), (b"[]".into(), object));
}

#[test]
fn keys_and_objects_beyond_the_limits_are_refused() {
    let fixture = Fixture::with_limit(4);
    let longest = "猫".repeat(341) + "a";
    fixture.put(&longest, b"1234");
    assert_eq!(fixture.refused(BUCKET, "b", b"12345"), "EntityTooLarge");
    for key in ["", &format!("{longest}b")] {
        assert_eq!(fixture.refused(BUCKET, key, b""), "KeyTooLongError");
        assert_eq!(fixture.open(key).unwrap_err().code(), "KeyTooLongError");
    }
    assert_eq!(fixture.keys(), [longest]);
}

#[test]
fn a_bucket_name_cannot_lead_out_of_the_folder() {
    let fixture = Fixture::new();
    for name in ["..", "../s3", ".temporary", "/tmp", "a/b", ""] {
        assert_eq!(fixture.store.create_bucket(name).unwrap_err().code(), "InvalidBucketName");
        assert_eq!(fixture.refused(name, "a", b""), "InvalidBucketName");
        assert_eq!(fixture.store.delete_bucket(name).unwrap_err().code(), "InvalidBucketName");
    }
}

#[test]
fn every_new_object_is_notified_with_a_growing_sequencer() {
    let fixture = Fixture::new();
    let events = events(&fixture.store);
    fixture.put("a b", b"12");
    fixture.copy("a b", "c");
    fixture.store.delete(BUCKET, "c").unwrap();
    let first = events.try_recv().unwrap();
    let object = fixture.head("a b");
    assert_eq!((first.bucket.as_str(), &first.object, first.event_name), (BUCKET, &object, EventName::Put));
    assert_eq!((object.key.as_str(), object.size), ("a b", 2));
    let second = events.try_recv().unwrap();
    assert_eq!((second.object.key.as_str(), second.event_name), ("c", EventName::Copy));
    assert!(events.try_recv().is_err(), "a deletion makes no event");

    let restarted = crate::Store::new(fixture.dir.path(), 10).unwrap();
    let events = super::events(&restarted);
    restarted.put(BUCKET, "a b", b"", Attributes::default()).unwrap();
    let third = events.try_recv().unwrap();
    assert!(first.sequencer < second.sequencer && second.sequencer < third.sequencer);
}

#[test]
fn an_object_whose_notification_cannot_be_kept_is_not_stored() {
    let fixture = Fixture::new();
    fixture.store.notify(Channel(None));
    assert_eq!(fixture.refused(BUCKET, "a", b"1"), "InternalError");
    assert_eq!(fixture.get("a"), None);
}
