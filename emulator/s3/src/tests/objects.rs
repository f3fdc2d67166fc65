//! Putting, reading and deleting, buckets and notifications.

use std::collections::BTreeMap;
use std::fs;

use crate::tests::{BUCKET, Fixture};
use crate::{Attributes, EventName, WriteCondition};

#[test]
fn an_object_is_a_plain_file_with_its_attributes_beside_it() {
    let fixture = Fixture::new();
    let attributes = Attributes {
        cache_control: Some("no-store".to_owned()),
        metadata: BTreeMap::from([("request-sha256".to_owned(), "ab".to_owned())]),
        ..Attributes::of_type("image/png")
    };
    let put = fixture.store.put(BUCKET, "vip/0001/image.png", b"hello", attributes.clone()).unwrap();
    assert_eq!(fs::read(fixture.path("vip/0001/image.png")).unwrap(), b"hello");
    assert_eq!(put.etag, "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(put.attributes, attributes);
    assert_eq!(fixture.store.head(BUCKET, "vip/0001/image.png").unwrap(), put);
    assert_eq!(fixture.tree(), ["vip", "vip/0001", "vip/0001/image.png"]);
}

#[test]
fn an_object_without_a_content_type_gets_the_one_of_s3() {
    let fixture = Fixture::new();
    fixture.put("a.png", b"");
    let object = fixture.store.head(BUCKET, "a.png").unwrap();
    assert_eq!(object.attributes.content_type.as_deref(), Some("binary/octet-stream"));
}

#[test]
fn an_object_that_is_replaced_loses_its_old_attributes() {
    let fixture = Fixture::new();
    fixture.store.put(BUCKET, "a", b"one", Attributes::of_type("text/plain")).unwrap();
    fixture.put("a", b"two");
    assert_eq!(fixture.get("a").unwrap(), b"two");
    let object = fixture.store.head(BUCKET, "a").unwrap();
    assert_eq!(object.attributes.content_type.as_deref(), Some("binary/octet-stream"));
}

#[test]
fn an_open_object_stays_what_it_was_while_it_is_replaced() {
    let fixture = Fixture::new();
    fixture.put("a", b"one");
    let (file, _) = fixture.store.open(BUCKET, "a").unwrap();
    fixture.put("a", b"two");
    assert_eq!(std::io::read_to_string(file).unwrap(), "one");
}

#[test]
fn a_deleted_object_leaves_no_file_and_no_folder() {
    let fixture = Fixture::new();
    fixture.put("a/b/c", b"1");
    fixture.put("a/d", b"2");
    assert!(fixture.store.delete(BUCKET, "a/b/c").unwrap());
    assert!(!fixture.store.delete(BUCKET, "a/b/c").unwrap());
    assert_eq!(fixture.get("a/b/c"), None);
    assert_eq!(fixture.tree(), ["a", "a/d"]);
}

#[test]
fn a_file_is_moved_into_the_store() {
    let fixture = Fixture::new();
    let source = fixture.dir.path().join("result.json");
    fs::write(&source, b"[]").unwrap();
    let object =
        fixture.store.put_file(BUCKET, "r/result.json", &source, Attributes::of_type("application/json")).unwrap();
    assert!(!source.exists());
    assert_eq!(fixture.get("r/result.json").unwrap(), b"[]");
    assert_eq!(fixture.store.head(BUCKET, "r/result.json").unwrap(), object);
}

#[test]
fn a_file_that_cannot_be_moved_stays_where_it_is() {
    let fixture = Fixture::with_limit(1);
    let source = fixture.dir.path().join("result.json");
    fs::write(&source, b"[]").unwrap();
    for (bucket, key, code) in
        [("no-bucket", "k", "NoSuchBucket"), (BUCKET, "", "KeyTooLongError"), (BUCKET, "k", "EntityTooLarge")]
    {
        let error = fixture.store.put_file(bucket, key, &source, Attributes::default()).unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(fs::read(&source).unwrap(), b"[]");
    }
}

#[test]
fn a_copy_has_its_own_time_and_keeps_the_attributes_unless_told_otherwise() {
    let fixture = Fixture::new();
    fixture.store.put(BUCKET, "a", b"one", Attributes::of_type("text/plain")).unwrap();
    let always = &WriteCondition::Always;
    let same = fixture.store.copy((BUCKET, "a", None), (BUCKET, "b/c"), None, always).unwrap();
    assert_eq!(same.attributes, Attributes::of_type("text/plain"));
    assert!(same.last_modified > fixture.store.head(BUCKET, "a").unwrap().last_modified);
    let other = Some(Attributes::of_type("text/csv"));
    let changed = fixture.store.copy((BUCKET, "a", None), (BUCKET, "a"), other.clone(), always).unwrap();
    assert_eq!(Some(changed.attributes), other);
    assert_eq!(fixture.get("b/c").unwrap(), b"one");
}

#[test]
fn a_write_with_a_condition_that_fails_changes_nothing() {
    let fixture = Fixture::new();
    fixture.put("a", b"one");
    let copy =
        |condition: &WriteCondition, target| fixture.store.copy((BUCKET, "a", None), (BUCKET, target), None, condition);
    assert_eq!(copy(&WriteCondition::Absent, "a").unwrap_err().code(), "PreconditionFailed");
    assert_eq!(copy(&WriteCondition::Matches("x".to_owned()), "a").unwrap_err().code(), "PreconditionFailed");
    for missing in ["b", "c/d", "a/b"] {
        assert_eq!(copy(&WriteCondition::Matches("x".to_owned()), missing).unwrap_err().code(), "NoSuchKey");
    }
    assert_eq!(fixture.tree(), ["a"]);
    assert!(copy(&WriteCondition::Absent, "b").is_ok());
    let etag = fixture.store.head(BUCKET, "b").unwrap().etag;
    assert!(copy(&WriteCondition::Matches(etag), "b").is_ok());
}

#[test]
fn a_condition_holds_for_objects_wherever_they_come_from() {
    let fixture = Fixture::new();
    fixture.put("one", b"one");
    fixture.place("by-hand", b"one");
    // It gives way to the folder of another one.
    fixture.put("displaced", b"one");
    fixture.put("displaced/other", b"two");
    let copy = |condition, target| fixture.store.copy((BUCKET, "one", None), (BUCKET, target), None, &condition);
    let etag = fixture.store.head(BUCKET, "one").unwrap().etag;
    for present in ["by-hand", "displaced"] {
        assert_eq!(copy(WriteCondition::Absent, present).unwrap_err().code(), "PreconditionFailed");
        let other = WriteCondition::Matches("x".to_owned());
        assert_eq!(copy(other, present).unwrap_err().code(), "PreconditionFailed");
        assert!(copy(WriteCondition::Matches(etag.clone()), present).is_ok());
    }
}

#[test]
fn of_many_writers_that_want_a_new_object_one_wins() {
    let fixture = Fixture::new();
    fixture.put("source", b"1");
    let wins = std::thread::scope(|scope| {
        let copy =
            || fixture.store.copy((BUCKET, "source", None), (BUCKET, "new"), None, &WriteCondition::Absent).is_ok();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(copy)).collect();
        threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum::<usize>()
    });
    assert_eq!(wins, 1);
}

#[test]
fn an_object_over_the_limit_is_refused_and_leaves_nothing() {
    let fixture = Fixture::with_limit(4);
    assert!(fixture.store.put(BUCKET, "a", b"1234", Attributes::default()).is_ok());
    let error = fixture.store.put(BUCKET, "b", b"12345", Attributes::default()).unwrap_err();
    assert_eq!(error.code(), "EntityTooLarge");
    assert_eq!(fixture.tree(), ["a"]);
}

#[test]
fn keys_of_1_to_1024_bytes_are_taken() {
    let fixture = Fixture::new();
    let longest = "猫".repeat(341) + "a";
    fixture.put(&longest, b"1");
    assert_eq!(fixture.keys(), [longest.as_str()]);
    for key in ["", &format!("{longest}b")] {
        assert_eq!(fixture.store.put(BUCKET, key, b"", Attributes::default()).unwrap_err().code(), "KeyTooLongError");
        assert_eq!(fixture.store.head(BUCKET, key).unwrap_err().code(), "KeyTooLongError");
    }
}

#[test]
fn buckets_are_created_once_and_deleted_only_when_empty() {
    let fixture = Fixture::new();
    assert!(!fixture.store.create_bucket(BUCKET).unwrap());
    assert!(fixture.store.create_bucket("another").unwrap());
    let names: Vec<_> = fixture.store.list_buckets().unwrap().into_iter().map(|bucket| bucket.name).collect();
    assert_eq!(names, ["another", BUCKET]);
    fixture.put("a/b", b"1");
    assert_eq!(fixture.store.delete_bucket(BUCKET).unwrap_err().code(), "BucketNotEmpty");
    fixture.store.delete(BUCKET, "a/b").unwrap();
    fixture.store.delete_bucket(BUCKET).unwrap();
    assert!(!fixture.store.bucket_exists(BUCKET).unwrap());
    assert_eq!(fixture.store.put(BUCKET, "a", b"", Attributes::default()).unwrap_err().code(), "NoSuchBucket");
    assert_eq!(fixture.store.list(BUCKET, "", None, 1).unwrap_err().code(), "NoSuchBucket");
}

#[test]
fn a_bucket_name_cannot_lead_out_of_the_folder() {
    let fixture = Fixture::new();
    for name in ["..", "../s3", ".temporary", "/tmp", "a/b", ""] {
        assert_eq!(fixture.store.create_bucket(name).unwrap_err().code(), "InvalidBucketName");
        assert_eq!(fixture.store.head(name, "a").unwrap_err().code(), "InvalidBucketName");
        assert_eq!(fixture.store.delete_bucket(name).unwrap_err().code(), "InvalidBucketName");
    }
}

#[test]
fn every_new_object_is_told_with_a_sequencer_that_grows_also_over_a_restart() {
    let fixture = Fixture::new();
    let mut events = fixture.store.subscribe();
    fixture.put("a b", b"12");
    fixture.store.copy((BUCKET, "a b", None), (BUCKET, "c"), None, &WriteCondition::Always).unwrap();
    fixture.store.delete(BUCKET, "c").unwrap();
    let first = events.try_recv().unwrap();
    let object = fixture.store.head(BUCKET, "a b").unwrap();
    assert_eq!((first.bucket.as_str(), first.key.as_str(), first.size), (BUCKET, "a b", 2));
    assert_eq!((&first.etag, first.event_time), (&object.etag, object.last_modified));
    assert_eq!(first.event_name, EventName::Put);
    let second = events.try_recv().unwrap();
    assert_eq!((second.key.as_str(), second.event_name), ("c", EventName::Copy));
    assert!(events.try_recv().is_err(), "a deletion makes no event");

    let restarted = crate::Store::new(fixture.dir.path(), 10).unwrap();
    let mut events = restarted.subscribe();
    restarted.put(BUCKET, "a b", b"", Attributes::default()).unwrap();
    let third = events.try_recv().unwrap();
    assert!(first.sequencer < second.sequencer && second.sequencer < third.sequencer);
}
