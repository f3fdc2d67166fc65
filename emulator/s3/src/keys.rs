//! Walks through the keys of a bucket in S3's order, without reading the whole bucket.
//!
//! S3 sorts by the bytes of whole keys, and `/` is a character among others: `a-b`, `a/b`, `a0`. Walking folder by
//! folder gives that order if a folder is sorted as its name with `/` behind it. Only the folders on the way to the
//! first key wanted, and those of the keys that are taken, are read, each once for a walk.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::error::{Doing, found};
use crate::names::{self, DISPLACED};
use crate::object_path::real_folder;

/// A walk through the keys of one bucket.
#[derive(Debug)]
pub(crate) struct Keys {
    prefix: String,
    after: Option<String>,
    /// What is left of every folder that the walk is in, outermost first.
    levels: Vec<VecDeque<Entry>>,
}

/// A file or folder, with the key of the file or the prefix, ending in `/`, of all keys in the folder.
#[derive(Debug)]
struct Entry {
    key: String,
    path: PathBuf,
    folder: bool,
}

impl Keys {
    /// The keys that start with `prefix` and come after `after`.
    pub(crate) fn new(bucket: &Path, prefix: &str, after: Option<&str>) -> Result<Self, StoreError> {
        let mut keys = Self { prefix: prefix.to_owned(), after: after.map(str::to_owned), levels: Vec::new() };
        let (folders, base) = names::spell_folders_of_prefix(prefix);
        if let Some(folder) = real_folder(bucket, &folders)? {
            keys.enter(&folder, base)?;
        }
        Ok(keys)
    }

    /// The next key.
    pub(crate) fn next(&mut self) -> Result<Option<String>, StoreError> {
        while let Some(level) = self.levels.last_mut() {
            match level.pop_front() {
                None => {
                    self.levels.pop();
                }
                Some(entry) if entry.folder => self.enter(&entry.path, &entry.key)?,
                Some(entry) => return Ok(Some(entry.key)),
            }
        }
        Ok(None)
    }

    /// Passes over all keys that start with `prefix`, a prefix of the key that was just given.
    pub(crate) fn skip(&mut self, prefix: &str) {
        for level in &mut self.levels {
            while level.front().is_some_and(|entry| entry.key.starts_with(prefix)) {
                level.pop_front();
            }
        }
    }

    fn enter(&mut self, folder: &Path, base: &str) -> Result<(), StoreError> {
        let mut entries = Vec::new();
        read_folder(folder, base, &mut Vec::new(), &mut entries)?;
        entries.retain(|entry| self.wants(entry));
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        // Twice: displaced, and at its plain place too.
        entries.dedup_by(|b, a| a.key == b.key);
        self.levels.push(entries.into());
        Ok(())
    }

    /// Whether the entry is, or may hold, a key that is asked for.
    fn wants(&self, entry: &Entry) -> bool {
        let key = entry.key.as_str();
        let prefix_fits = key.starts_with(&self.prefix) || entry.folder && self.prefix.starts_with(key);
        let after = self.after.as_deref();
        prefix_fits && after.is_none_or(|after| key > after || entry.folder && after.starts_with(key))
    }
}

/// Adds what is in a folder. `pending` are the names of the folders that hold the first parts of a component.
fn read_folder(
    folder: &Path,
    base: &str,
    pending: &mut Vec<String>,
    entries: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    for (name, path, is_folder) in files_and_folders(folder)? {
        if is_folder && name == DISPLACED {
            for (name, path, is_folder) in files_and_folders(&path)? {
                if !is_folder {
                    entries.extend(entry(base, pending, &name, path, false));
                }
            }
        } else if is_folder && names::continues(&name) {
            pending.push(name);
            read_folder(&path, base, pending, entries)?;
            pending.pop();
        } else {
            entries.extend(entry(base, pending, &name, path, is_folder));
        }
    }
    Ok(())
}

fn entry(base: &str, pending: &[String], name: &str, path: PathBuf, folder: bool) -> Option<Entry> {
    let spelled: Vec<&str> = pending.iter().map(String::as_str).chain([name]).collect();
    let component = names::read_component(&spelled)?;
    let slash = if folder { "/" } else { "" };
    Some(Entry { key: format!("{base}{component}{slash}"), path, folder })
}

/// Names, paths and whether it is a folder, of all real files and folders with readable names in a folder.
fn files_and_folders(folder: &Path) -> Result<Vec<(String, PathBuf, bool)>, StoreError> {
    let Some(entries) = found(fs::read_dir(folder)).doing("read the folder", folder)? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry.doing("read the folder", folder)?;
        let Some(kind) = found(entry.file_type()).doing("look at", &entry.path())? else { continue };
        if let Ok(name) = entry.file_name().into_string()
            && (kind.is_file() || kind.is_dir())
        {
            all.push((name, entry.path(), kind.is_dir()));
        }
    }
    Ok(all)
}
