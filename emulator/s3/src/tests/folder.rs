//! The folder as others see it: files put there by hand, links, names that are in the way.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use crate::tests::{BUCKET, Fixture, any_key};
use crate::{Attributes, Store};

#[test]
fn a_folder_put_there_by_hand_is_a_bucket_and_a_file_in_it_an_object() {
    let fixture = Fixture::new();
    fixture.place("画像/猫 100%25.png", b"hello");
    assert_eq!(fixture.keys(), ["画像/猫 100%25.png"]);
    let object = fixture.head("画像/猫 100%25.png");
    assert_eq!(object.etag, "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(object.attributes, Attributes::of_type("image/png"));
    assert_eq!(fixture.get("画像/猫 100%25.png").unwrap(), b"hello");

    fs::create_dir(fixture.dir.path().join("s3/by-hand")).unwrap();
    fs::create_dir(fixture.dir.path().join("s3/No Bucket")).unwrap();
    assert!(fixture.store.bucket_exists("by-hand").unwrap());
    assert_eq!(fixture.store.list_buckets().unwrap().len(), 2);
}

#[test]
fn an_object_changed_by_hand_is_described_anew() {
    let fixture = Fixture::new();
    let attributes = Attributes::of_type("application/json");
    fixture.store.put(BUCKET, "a.txt", b"one", attributes.clone()).unwrap();
    fixture.place("a.txt", b"two");
    let object = fixture.head("a.txt");
    assert_eq!(object.etag, "b8a9f715dbb64fd5c56e7783c6820a61");
    assert_eq!(object.attributes, Attributes::of_type("text/plain"));
}

#[test]
fn the_digest_of_a_quiet_file_is_remembered_and_of_a_changed_one_is_not() {
    let fixture = Fixture::new();
    fixture.place("a", b"one");
    let long_ago = SystemTime::now() - Duration::from_secs(60);
    let age = |time| fs::File::open(fixture.path("a")).unwrap().set_modified(time).unwrap();
    age(long_ago);
    let first = fixture.head("a");
    let remembered = fs::read_dir(fixture.dir.path().join("s3-metadata").join(BUCKET)).unwrap().count();
    assert_eq!(remembered, 1);
    assert_eq!(fixture.head("a"), first);
    fixture.place("a", b"two");
    age(long_ago + Duration::from_nanos(1));
    assert_ne!(fixture.head("a").etag, first.etag);
}

#[test]
fn a_folder_copied_with_its_times_keeps_its_metadata() {
    let fixture = Fixture::new();
    fixture.store.put(BUCKET, "a/b", b"one", Attributes::of_type("x/y")).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let copied = std::process::Command::new("cp").arg("-a").arg(fixture.dir.path()).arg(copy.path()).status().unwrap();
    assert!(copied.success());
    let dir = copy.path().join(fixture.dir.path().file_name().unwrap());
    let store = Store::new(&dir, 10).unwrap();
    assert_eq!(store.open_version(BUCKET, "a/b", None).unwrap().1, fixture.head("a/b"));
}

#[test]
fn an_object_that_gives_way_to_a_folder_keeps_its_attributes() {
    let fixture = Fixture::new();
    fixture.store.put(BUCKET, "a", b"one", Attributes::of_type("x/y")).unwrap();
    let before = fixture.head("a");
    fixture.put("a/b", b"two");
    assert_eq!(fixture.head("a"), before);
    assert_eq!(fixture.tree(), ["%~object", "%~object/a", "a", "a/b"]);
    // Stored at its plain place again it is there once.
    fixture.store.delete(BUCKET, "a/b").unwrap();
    fixture.put("a", b"three");
    assert_eq!(fixture.tree(), ["a"]);
    fixture.store.delete(BUCKET, "a").unwrap();
    assert_eq!(fixture.get("a"), None);
}

#[test]
fn links_are_not_followed() {
    let fixture = Fixture::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), b"secret").unwrap();
    symlink(outside.path(), fixture.path("folder")).unwrap();
    symlink(outside.path().join("secret"), fixture.path("file")).unwrap();
    symlink(outside.path(), fixture.dir.path().join("s3/linked-bucket")).unwrap();

    assert!(fixture.keys().is_empty());
    assert!(!fixture.store.bucket_exists("linked-bucket").unwrap());
    for key in ["folder/secret", "file"] {
        assert_eq!(fixture.get(key), None);
        let error = fixture.store.put(BUCKET, key, b"x", Attributes::default()).unwrap_err();
        assert_eq!(error.code(), "InvalidRequest");
        assert!(error.to_string().contains("symbolic link"), "{error}");
        fixture.store.delete(BUCKET, key).unwrap();
    }
    assert_eq!(fs::read(outside.path().join("secret")).unwrap(), b"secret");
    let error = fixture.store.delete_bucket(BUCKET).unwrap_err();
    assert_eq!(error.code(), "BucketNotEmpty");
}

#[test]
fn a_path_that_the_file_system_cannot_hold_is_refused_with_the_reason() {
    let fixture = Fixture::new();
    // Every control character takes four bytes in a file name: over 4,096 bytes for the path.
    let error = fixture.store.put(BUCKET, &"\u{1}".repeat(1024), b"", Attributes::default()).unwrap_err();
    assert_eq!(error.code(), "KeyTooLongError");
    assert!(fixture.keys().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Puts and deletes objects of odd keys, and compares the store with a map after each step.
    #[test]
    fn keys_never_meet_and_never_leave_the_folder(
        keys in prop::collection::vec(any_key(), 1..8),
        steps in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..24),
    ) {
        let fixture = Fixture::new();
        let mut model = std::collections::BTreeMap::new();
        for (number, (index, put)) in steps.into_iter().enumerate() {
            let key = index.get(&keys);
            if put {
                let bytes = number.to_string().into_bytes();
                fixture.put(key, &bytes);
                model.insert(key.clone(), bytes);
            } else {
                fixture.store.delete(BUCKET, key).unwrap();
                model.remove(key);
            }
            prop_assert!(fixture.keys().iter().eq(model.keys()), "{:?} {:?}", fixture.keys(), model.keys());
            for key in &keys {
                prop_assert_eq!(fixture.get(key), model.get(key).cloned());
            }
        }
        let mut beside: Vec<_> = fs::read_dir(fixture.dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        beside.sort();
        prop_assert_eq!(beside, ["s3", "s3-metadata"]);
        let buckets: Vec<_> = fs::read_dir(fixture.dir.path().join("s3")).unwrap().collect();
        prop_assert_eq!(buckets.len(), 1);
        for key in model.keys() {
            fixture.store.delete(BUCKET, key).unwrap();
        }
        prop_assert_eq!(fixture.tree(), Vec::<String>::new());
    }
}
