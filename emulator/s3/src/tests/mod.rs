//! What a user of the store notices.

mod crash;
mod folder;
mod listing;
mod objects;
mod versions;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use proptest::prelude::*;
use tempfile::TempDir;

use crate::{Attributes, DEFAULT_MAX_OBJECT_BYTES, ListQuery, Notify, ObjectCreated, ObjectInfo, Store, StoreError};

const BUCKET: &str = "b-1";

/// A store in a fresh folder, with one bucket.
pub(crate) struct Fixture {
    dir: TempDir,
    pub(crate) store: Store,
}

impl Fixture {
    fn new() -> Self {
        Self::with_limit(DEFAULT_MAX_OBJECT_BYTES)
    }

    pub(crate) fn with_limit(max_object_bytes: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path(), max_object_bytes).unwrap();
        assert!(store.create_bucket(BUCKET).unwrap());
        Self { dir, store }
    }

    /// The path of a file in the bucket's folder.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join("s3").join(BUCKET).join(path)
    }

    /// Puts a file into the bucket's folder by hand.
    pub(crate) fn place(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn put(&self, key: &str, bytes: &[u8]) {
        self.store.put(BUCKET, key, bytes, Attributes::default()).unwrap();
    }

    /// The code of the error of a put.
    fn refused(&self, bucket: &str, key: &str, bytes: &[u8]) -> &'static str {
        self.store.put(bucket, key, bytes, Attributes::default()).unwrap_err().code()
    }

    /// Copies an object within the bucket.
    fn copy(&self, from: &str, to: &str) -> ObjectInfo {
        self.store.copy(self.open(from).unwrap(), (BUCKET, to), None).unwrap()
    }

    fn open(&self, key: &str) -> Result<(File, ObjectInfo), StoreError> {
        self.store.open_version(BUCKET, key, None)
    }

    pub(crate) fn head(&self, key: &str) -> ObjectInfo {
        self.open(key).unwrap().1
    }

    fn get(&self, key: &str) -> Option<Vec<u8>> {
        let read = read(&self.store, key, None).map_err(|error| error.code());
        assert!(read.as_ref().err().is_none_or(|code| *code == "NoSuchKey"), "{read:?}");
        read.ok()
    }

    fn keys(&self) -> Vec<String> {
        let page = self.store.list(BUCKET, ListQuery { limit: usize::MAX, ..ListQuery::default() }).unwrap();
        assert_eq!(page.next, None);
        page.objects.into_iter().map(|object| object.key).collect()
    }

    /// Every file and folder below the bucket's folder, relative to it.
    pub(crate) fn tree(&self) -> Vec<String> {
        let root = self.path("");
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                found.push(path.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                }
            }
        }
        found.sort();
        found
    }
}

/// The bytes of an object, or of a version of it.
fn read(store: &Store, key: &str, id: Option<&str>) -> Result<Vec<u8>, StoreError> {
    let (mut file, object) = store.open_version(BUCKET, key, id)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    assert_eq!(object.size, bytes.len() as u64);
    assert!(id.is_none_or(|id| object.version_id.is_none_or(|of| of == id)));
    Ok(bytes)
}

/// Keeps every notification in a channel, or without one refuses to keep any.
#[derive(Debug)]
struct Channel(Option<Sender<ObjectCreated>>);

impl Notify for Channel {
    fn keep(&self, _created: &ObjectCreated) -> io::Result<()> {
        if self.0.is_some() { Ok(()) } else { Err(io::Error::other("no room")) }
    }

    fn deliver(&self, created: &ObjectCreated) {
        self.0.as_ref().unwrap().send(created.clone()).unwrap();
    }

    fn withdraw(&self, created: &ObjectCreated) {
        panic!("{created:?} was not stored");
    }
}

/// The notifications of this store from now on.
pub(crate) fn events(store: &Store) -> Receiver<ObjectCreated> {
    let (sender, receiver) = channel();
    store.notify(Channel(Some(sender)));
    receiver
}

/// Keys that meet each other's folders and escapes, and that are longer than a file name.
pub(crate) fn any_key() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        8 => "[ab]{1,2}",
        8 => Just("/".to_owned()),
        4 => prop::sample::select(vec!["-", ".", "0", "あ", "%~", ".."]).prop_map(str::to_owned),
        3 => prop::sample::select(vec!["%", "~", "%~+", "%~empty", "%~object", "%~25", "\0", "\n"])
            .prop_map(str::to_owned),
        1 => (1_usize..130).prop_map(|n| "猫".repeat(n)),
        1 => (240_usize..260).prop_map(|n| "x".repeat(n)),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(token, 1..8)
        .prop_map(|tokens| tokens.concat())
        .prop_filter("a key has at most 1,024 bytes", |key| key.len() <= 1024)
}

/// Runs work again and again in a thread of its own, until many writers, some of them in another process, are done.
/// Returns what they returned.
fn while_many_write<T: Send>(
    fixture: &Fixture,
    write: impl Fn(&Store, u8) -> T + Sync,
    work: &[&(dyn Fn(&Store) + Sync)],
) -> Vec<T> {
    // A second store over the same folder stands for a second process.
    let other = Store::new(fixture.dir.path(), 1000).unwrap();
    let writing = AtomicBool::new(true);
    std::thread::scope(|scope| {
        let write = |store| (0..60).map(|number| write(store, number)).collect::<Vec<_>>();
        let writers = [&fixture.store, &other, &other].map(|store| scope.spawn(move || write(store)));
        for work in work {
            scope.spawn(|| {
                work(&other);
                while writing.load(Ordering::Relaxed) {
                    work(&other);
                }
            });
        }
        let written = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        writing.store(false, Ordering::Relaxed);
        written
    })
}
