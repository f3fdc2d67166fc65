//! A bucket that keeps versions.

use std::fs;

use proptest::prelude::*;

use crate::commit::WriteCondition;
use crate::listing::{VersionInfo, VersionQuery};
use crate::tests::{BUCKET, Fixture, events, read, while_many_write};
use crate::versions::{Deletion, Version};
use crate::{Attributes, Store};

const ALL: VersionQuery<'_> = VersionQuery { prefix: "", key_marker: None, version_id_marker: None, limit: usize::MAX };

fn versioned() -> Fixture {
    let fixture = Fixture::new();
    fixture.store.enable_versioning(BUCKET).unwrap();
    fixture
}

impl Fixture {
    /// Puts an object and returns its version id.
    fn put_version(&self, key: &str, bytes: &[u8]) -> String {
        let attributes = Attributes::of_type(format!("of/{}", String::from_utf8_lossy(bytes)));
        self.store.put(BUCKET, key, bytes, attributes).unwrap().version_id.unwrap()
    }

    /// The bytes of a version, or the code of the error.
    fn read(&self, key: &str, id: Option<&str>) -> Result<Vec<u8>, &'static str> {
        read(&self.store, key, id).map_err(|error| error.code())
    }

    fn delete_version(&self, key: &str, id: Option<&str>) -> Deletion {
        self.store.delete_if(BUCKET, key, id, &WriteCondition::Always).unwrap()
    }

    fn versions(&self) -> Vec<VersionInfo> {
        self.store.list_versions(BUCKET, ALL).unwrap().0
    }

    /// The ids of the versions of a key, newest first, those of delete markers in parentheses.
    fn ids(&self, key: &str) -> Vec<String> {
        let versions = self.versions().into_iter().filter(|version| version.key == key);
        let id = |VersionInfo { version, .. }| match &version {
            Version::Object(_) => version.id().to_owned(),
            Version::DeleteMarker(_) => format!("({})", version.id()),
        };
        versions.map(id).collect()
    }
}

#[test]
fn a_replaced_object_stays_readable_by_version_id_until_that_is_deleted() {
    let fixture = versioned();
    let ids = ["one", "two", "three"].map(|bytes| fixture.put_version("a/b", bytes.as_bytes()));
    for (id, bytes) in ids.iter().zip(["one", "two", "three"]) {
        assert_eq!(fixture.read("a/b", Some(id)).unwrap(), bytes.as_bytes());
        let (_, object) = fixture.store.open_version(BUCKET, "a/b", Some(id)).unwrap();
        assert_eq!(object.attributes, Attributes::of_type(format!("of/{bytes}")));
        assert_eq!(object.version_id.as_deref(), Some(id.as_str()));
    }
    assert_eq!(fs::read(fixture.path("a/b")).unwrap(), b"three", "the current version is the plain file");
    assert_eq!(fixture.tree(), ["a", "a/b"]);
    assert_eq!(fixture.keys(), ["a/b"]);
    let [one, two, three] = &ids;
    assert_eq!(fixture.ids("a/b"), [three, two, one].map(String::as_str));
    assert_eq!(fixture.versions().iter().map(|version| version.is_latest).collect::<Vec<_>>(), [true, false, false]);

    let folder = fixture.store.entry(BUCKET, "a/b").versions_folder();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    for (id, left) in [(one, 1), (two, 0)] {
        fixture.delete_version("a/b", Some(id));
        assert_eq!(fs::read_dir(&folder).map_or(0, Iterator::count), left);
    }
    assert!(!folder.exists());
    assert_eq!(fixture.read("a/b", None).unwrap(), b"three");
}

#[test]
fn the_last_older_version_is_deleted_though_the_file_was_removed_by_hand() {
    let fixture = versioned();
    let [one, _] = ["one", "two"].map(|bytes| fixture.put_version("a", bytes.as_bytes()));
    fs::remove_file(fixture.path("a")).unwrap();
    assert_eq!(fixture.ids("a"), [one.as_str()]);
    fixture.delete_version("a", Some(&one));
    assert_eq!(fixture.ids("a"), [""; 0]);
}

#[test]
fn an_event_names_the_version() {
    let fixture = versioned();
    let events = events(&fixture.store);
    let id = fixture.put_version("a", b"one");
    assert_eq!(events.try_recv().unwrap().object.version_id, Some(id.clone()));
    let copy = fixture.copy("a", "a");
    assert_ne!(copy.version_id, Some(id));
    assert_eq!(events.try_recv().unwrap().object, copy);
}

#[test]
fn what_was_there_before_versioning_is_the_null_version() {
    let fixture = Fixture::new();
    fixture.put("a", b"stored");
    fixture.place("b", b"by hand");
    fixture.store.enable_versioning(BUCKET).unwrap();
    for (key, bytes) in [("a", &b"stored"[..]), ("b", b"by hand")] {
        let before = fixture.head(key);
        assert_eq!(before.version_id.as_deref(), Some("null"));
        let new = fixture.put_version(key, b"new");
        assert_eq!(fixture.ids(key), [new, "null".to_owned()]);
        assert_eq!(fixture.read(key, Some("null")).unwrap(), bytes);
        assert_eq!(fixture.store.open_version(BUCKET, key, Some("null")).unwrap().1, before);
    }
}

#[test]
fn a_file_put_there_by_hand_does_not_cost_older_versions() {
    let fixture = versioned();
    let [one, _] = ["one", "two"].map(|bytes| fixture.put_version("a", bytes.as_bytes()));
    fs::remove_file(fixture.path("a")).unwrap();
    fixture.place("a", b"by hand");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    fs::File::open(fixture.path("a")).unwrap().set_modified(long_ago).unwrap();
    // Its digest is remembered.
    assert_eq!(fixture.head("a").version_id.as_deref(), Some("null"));
    assert_eq!(fixture.read("a", Some(&one)).unwrap(), b"one");
    fixture.put_version("a", b"three");
    assert_eq!(fixture.read("a", Some("null")).unwrap(), b"by hand");
    assert_eq!(fixture.read("a", Some(&one)).unwrap(), b"one");
}

#[test]
fn a_write_or_deletion_that_dies_changes_no_version() {
    let fixture = versioned();
    let [one, two] = ["one", "two"].map(|bytes| fixture.put_version("a", bytes.as_bytes()));
    let (before, aside) = (fixture.versions(), fixture.dir.path().join("aside"));
    let lost = ["write", "write", "deletion", "deletion"].map(|step| {
        fs::hard_link(fixture.path("a"), &aside).unwrap();
        let id = match step {
            "write" => fixture.put_version("a", b"six"),
            _ => fixture.delete_version("a", None).version_id.unwrap(),
        };
        // As if the process had been killed before the new file was put in place of the present one, or that removed.
        fs::rename(&aside, fixture.path("a")).unwrap();
        assert_eq!((fixture.versions(), fixture.read("a", None)), (before.clone(), Ok(b"two".into())), "{step}");
        assert_eq!(fixture.read("a", Some(&id)), Err("NoSuchVersion"));
        id
    });
    let three = fixture.put_version("a", b"three");
    let marker = fixture.delete_version("a", None).version_id.unwrap();
    assert_eq!(fixture.ids("a"), [format!("({marker})"), three, two.clone(), one.clone()]);
    assert_eq!((fixture.read("a", Some(&one)), fixture.read("a", Some(&two))), (Ok(b"one".into()), Ok(b"two".into())));
    assert!(lost.iter().all(|id| fixture.read("a", Some(id)) == Err("NoSuchVersion")));
}

#[test]
fn a_restoration_that_dies_before_its_last_step_changes_no_version() {
    let fixture = versioned();
    let [one, two] = ["one", "two"].map(|bytes| fixture.put_version("a", bytes.as_bytes()));
    let before = fixture.versions();
    // What the deletion of the current version writes before the older file takes its place.
    let entry = fixture.store.entry(BUCKET, "a");
    let mut contents = entry.read_metadata().unwrap();
    let Some(Version::Object(record)) = contents.noncurrent.first().cloned() else { panic!("{contents:?}") };
    contents.records.insert(0, *record);
    entry.write_metadata(&contents).unwrap();
    assert_eq!((fixture.versions(), fixture.read("a", None)), (before, Ok(b"two".into())));
    fixture.delete_version("a", Some(&two));
    assert_eq!((fixture.ids("a"), fixture.read("a", None)), (vec![one], Ok(b"one".into())));
}

#[test]
fn pages_of_versions_join_into_the_whole_list() {
    let fixture = versioned();
    for number in 0..3 {
        for key in ["a", "b/1", "b/2", "c", "c/d"] {
            fixture.put_version(key, format!("{key} {number}").as_bytes());
        }
    }
    fixture.store.delete(BUCKET, "b/2").unwrap();
    fixture.store.delete(BUCKET, "never there").unwrap();
    for (query, number) in [(ALL, 17), (VersionQuery { prefix: "b/", ..ALL }, 7)] {
        let (whole, is_truncated) = fixture.store.list_versions(BUCKET, query).unwrap();
        assert_eq!((whole.len(), is_truncated), (number, false));
        for limit in [1, 2, 3, 4, 7] {
            let mut joined: Vec<VersionInfo> = Vec::new();
            loop {
                let last = joined.last().map(|last| (last.key.clone(), last.version.id().to_owned()));
                let key_marker = last.as_ref().map(|last| last.0.as_str());
                let version_id_marker = last.as_ref().map(|last| last.1.as_str());
                let next = VersionQuery { key_marker, version_id_marker, limit, ..query };
                let (versions, is_truncated) = fixture.store.list_versions(BUCKET, next).unwrap();
                assert!(versions.len() == limit || !is_truncated);
                joined.extend(versions);
                if !is_truncated {
                    break;
                }
            }
            assert_eq!(joined, whole, "{query:?} {limit}");
        }
    }
}

#[test]
fn readers_find_every_version_while_many_write() {
    let fixture = versioned();
    let put = |store: &Store, number: u8| {
        let object = store.put(BUCKET, "a", &[number; 100], Attributes::default()).unwrap();
        (object.version_id.unwrap(), number)
    };
    let first = put(&fixture.store, 0);
    let remove = |store: &Store| {
        // The current version is taken away, and an older one takes its place.
        let current = fixture.head("a").version_id.unwrap();
        let made = put(store, 250);
        fixture.delete_version("a", Some(&made.0));
        assert!(fixture.read("a", Some(&current)).is_ok());
    };
    let find = |store: &Store| {
        assert_eq!(read(store, "a", Some(&first.0)).unwrap(), [0; 100]);
        assert_eq!(read(store, "a", None).unwrap().len(), 100);
    };
    let written = while_many_write(&fixture, put, &[&remove, &find]);
    for (id, number) in &written {
        assert_eq!(fixture.read("a", Some(id)).unwrap(), [*number; 100]);
    }
    assert_eq!(fixture.ids("a").len(), written.len() + 1);
}

/// A version as the model knows it; without bytes a delete marker.
type Model = Vec<(String, Option<Vec<u8>>)>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Writes and deletes versions in any order, and compares the store with a list after each step.
    #[test]
    fn versions_are_what_a_simple_model_says(
        steps in prop::collection::vec((0..5_u8, any::<prop::sample::Index>(), any::<bool>()), 1..24),
    ) {
        let fixture = versioned();
        let keys = ["a", "a/b"];
        let mut models: [Model; 2] = Default::default();
        for (number, (step, index, second)) in steps.into_iter().enumerate() {
            let (key, model) = (keys[usize::from(second)], &mut models[usize::from(second)]);
            match step {
                0 | 1 => {
                    let bytes = number.to_string().into_bytes();
                    model.insert(0, (fixture.put_version(key, &bytes), Some(bytes)));
                }
                2 => model.insert(0, (fixture.delete_version(key, None).version_id.unwrap(), None)),
                _ if model.is_empty() => {}
                _ => {
                    let (id, _) = model.remove(index.index(model.len()));
                    fixture.delete_version(key, Some(&id));
                }
            }
            for (key, model) in keys.iter().zip(&models) {
                let ids: Vec<_> = model.iter().map(|(id, bytes)| match bytes {
                    Some(_) => id.clone(),
                    None => format!("({id})"),
                }).collect();
                prop_assert_eq!(fixture.ids(key), ids);
                prop_assert_eq!(fixture.get(key), model.first().and_then(|(_, bytes)| bytes.clone()));
                for (id, bytes) in model {
                    prop_assert_eq!(fixture.read(key, Some(id)), bytes.clone().ok_or("MethodNotAllowed"));
                }
            }
        }
        for (key, model) in keys.iter().zip(models) {
            for (id, _) in model {
                fixture.delete_version(key, Some(&id));
            }
        }
        prop_assert_eq!(fixture.tree(), Vec::<String>::new());
        fixture.store.delete_bucket(BUCKET).unwrap();
    }
}
