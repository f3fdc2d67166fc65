//! A process that is killed in the middle of a write, and writers and readers at the same time.

use std::fs;

use crate::metadata::{Contents, Fingerprint, Record};
use crate::tests::{BUCKET, Fixture, while_many_write};
use crate::writer::ObjectWriter;
use crate::{Attributes, Store};

/// Does what a write does up to the rename of the metadata file, and then nothing more.
fn write_and_die_before_the_bytes_are_in_place(store: &Store, key: &str, bytes: &[u8]) {
    let mut writer = ObjectWriter::new(store, None, false).unwrap();
    writer.write(bytes).unwrap();
    let written = writer.finish();
    let file = Fingerprint::stamp(written.temporary.as_file(), store.sequencer.stamp()).unwrap();
    let attributes = Attributes::of_type("new/type");
    let record = Record { file, etag: "new".to_owned(), checksum: None, attributes, version_id: None };
    let entry = store.entry(BUCKET, key);
    let present = fs::metadata(store.layout.bucket(BUCKET).join(key)).ok();
    let present = present.and_then(|seen| entry.find_record(&seen).unwrap());
    let records = [record].into_iter().chain(present).collect();
    entry.write_metadata(&Contents { key: key.to_owned(), records, ..Contents::default() }).unwrap();
}

#[test]
fn a_write_that_dies_before_its_last_step_leaves_the_old_object_whole() {
    let fixture = Fixture::new();
    let old = fixture.store.put(BUCKET, "a", b"one", Attributes::of_type("old/type")).unwrap();
    // The same number of bytes: only the time tells the two files apart.
    write_and_die_before_the_bytes_are_in_place(&fixture.store, "a", b"two");
    assert_eq!(fixture.head("a"), old);
    write_and_die_before_the_bytes_are_in_place(&fixture.store, "a", b"two");
    assert_eq!(fixture.head("a"), old);
    assert_eq!(fixture.get("a").unwrap(), b"one");

    let new = fixture.store.put(BUCKET, "a", b"two", Attributes::of_type("newer/type")).unwrap();
    assert_eq!(fixture.head("a"), new);
}

#[test]
fn a_first_write_that_dies_leaves_no_object() {
    let fixture = Fixture::new();
    write_and_die_before_the_bytes_are_in_place(&fixture.store, "a", b"one");
    assert_eq!(fixture.get("a"), None);
    assert!(fixture.keys().is_empty());
    // A file put there by hand later does not get what the dead write said.
    fixture.place("a", b"one");
    assert_eq!(fixture.head("a").attributes, Attributes::of_type("binary/octet-stream"));
}

#[test]
fn an_unreadable_metadata_file_costs_attributes_but_no_object() {
    let fixture = Fixture::new();
    fixture.put("a", b"one");
    fs::write(fixture.store.entry(BUCKET, "a").metadata, b"{").unwrap();
    assert_eq!(fixture.get("a").unwrap(), b"one");
    let object = fixture.store.put(BUCKET, "a", b"two", Attributes::of_type("text/plain")).unwrap();
    assert_eq!(fixture.head("a"), object);
}

#[test]
fn what_a_dead_process_was_writing_is_removed_and_what_a_live_one_writes_is_not() {
    let fixture = Fixture::new();
    let temporary = fixture.dir.path().join("s3-metadata/.temporary");
    fs::create_dir(temporary.join("dead")).unwrap();
    fs::write(temporary.join("dead/0"), b"half").unwrap();
    fs::write(temporary.join("dead.lock"), b"").unwrap();
    let mut writer = ObjectWriter::new(&fixture.store, None, false).unwrap();
    writer.write(b"live").unwrap();

    let other = Store::new(fixture.dir.path(), 10).unwrap();
    assert!(!temporary.join("dead").exists() && !temporary.join("dead.lock").exists());
    assert_eq!(fs::read(writer.finish().temporary.path()).unwrap(), b"live");
    drop(other);
    let left = fs::read_dir(&temporary).unwrap().count();
    assert_eq!(left, 3, "the lock for sweeping, and the folder and the lock of the store that is open");
}

#[test]
fn readers_see_whole_objects_with_their_own_metadata_while_many_write() {
    let fixture = Fixture::new();
    let put = |store: &Store, number: u8| {
        let attributes = Attributes::of_type(format!("number/{number}"));
        store.put(BUCKET, "a", &[number; 100], attributes).unwrap();
    };
    put(&fixture.store, 0);
    let read = |store: &Store| {
        let (file, object) = store.open_version(BUCKET, "a", None).unwrap();
        let bytes: Vec<u8> = std::io::Read::bytes(file).collect::<Result<_, _>>().unwrap();
        assert!(bytes.len() == 100 && bytes.iter().all(|byte| *byte == bytes[0]));
        assert_eq!(object.attributes, Attributes::of_type(format!("number/{}", bytes[0])));
    };
    while_many_write(&fixture, put, &[&read]);
    assert_eq!(fixture.tree(), ["a"]);
}
