//! Where in the folder of its bucket an object is, and making room for it there.
//!
//! A key may be the folder of others: `a` beside `a/b`. Then the folder keeps the name and the object moves to
//! `%~object/a`. One rename moves it, and a reader looks at the plain place first and then there, so it is found at
//! every moment.
//!
//! Nothing is read or written through a symbolic link: every folder on the way is looked at first.

use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::error::{Doing, found};
use crate::names::{self, DISPLACED};

/// The places where the object of one key may be.
#[derive(Debug)]
pub(crate) struct ObjectPath<'a> {
    key: &'a str,
    bucket: PathBuf,
    folders: Vec<String>,
    name: String,
}

impl<'a> ObjectPath<'a> {
    /// The places of a key below the folder of its bucket.
    pub(crate) fn new(bucket: PathBuf, key: &'a str) -> Self {
        let (folders, name) = names::spell(key);
        Self { key, bucket, folders, name }
    }

    /// The object's file, if there is one.
    pub(crate) fn find(&self) -> Result<Option<(PathBuf, fs::Metadata)>, StoreError> {
        let Some(folder) = real_folder(&self.bucket, &self.folders)? else { return Ok(None) };
        match (real_file(folder.join(&self.name))?, real_folder(&folder.join(DISPLACED), &[])?) {
            (None, Some(displaced)) => real_file(displaced.join(&self.name)),
            (file, _) => Ok(file),
        }
    }

    /// Makes the folders that the object needs, and says where to put it. The bucket's lock must be held.
    pub(crate) fn make_room(&self) -> Result<PathBuf, StoreError> {
        let mut folder = self.bucket.clone();
        for name in &self.folders {
            let next = folder.join(name);
            if !names::continues(name) && look(&next)?.is_some_and(|seen| seen.is_file()) {
                let displaced = self.make_folder(folder.join(DISPLACED))?.join(name);
                fs::rename(&next, &displaced).doing("move a file to", &displaced)?;
            }
            folder = self.make_folder(next)?;
        }
        let plain = folder.join(&self.name);
        let path = match look(&plain)? {
            Some(seen) if seen.is_dir() => self.make_folder(folder.join(DISPLACED))?.join(&self.name),
            _ => plain,
        };
        match look(&path)? {
            Some(seen) if !seen.is_file() => Err(self.blocked(&path, &seen)),
            _ => Ok(path),
        }
    }

    /// Removes the object's file, wherever it is, and the folders that this leaves empty. The bucket's lock must be
    /// held.
    pub(crate) fn remove(&self) -> Result<(), StoreError> {
        let Some(folder) = real_folder(&self.bucket, &self.folders)? else { return Ok(()) };
        // The displaced file first: while the plain one is there, it is the object.
        for place in [folder.join(DISPLACED), folder] {
            if real_folder(&place, &[])?.is_none() {
                continue;
            }
            let file = place.join(&self.name);
            if look(&file)?.is_some_and(|seen| seen.is_file()) {
                fs::remove_file(&file).doing("remove", &file)?;
            }
            self.prune(&place);
        }
        Ok(())
    }

    /// Removes a displaced file of this key: one stored at its plain place has taken over.
    pub(crate) fn remove_displaced(&self, current: &Path) -> Result<(), StoreError> {
        let Some(folder) = current.parent().filter(|folder| !folder.ends_with(DISPLACED)) else { return Ok(()) };
        let folder = folder.join(DISPLACED);
        let stale = folder.join(&self.name);
        if found(fs::remove_file(&stale)).doing("remove", &stale)?.is_some() {
            self.prune(&folder);
        }
        Ok(())
    }

    /// Removes this folder and those above it, up to the bucket, as long as they are empty.
    fn prune(&self, folder: &Path) {
        let mut folder = Some(folder);
        while let Some(empty) = folder.filter(|folder| *folder != self.bucket && folder.starts_with(&self.bucket)) {
            if fs::remove_dir(empty).is_err() {
                break;
            }
            folder = empty.parent();
        }
    }

    /// Makes a folder unless it is there.
    fn make_folder(&self, folder: PathBuf) -> Result<PathBuf, StoreError> {
        match look(&folder)? {
            None => fs::create_dir(&folder).doing("create the folder", &folder)?,
            Some(seen) if seen.is_dir() => {}
            Some(seen) => return Err(self.blocked(&folder, &seen)),
        }
        Ok(folder)
    }

    fn blocked(&self, path: &Path, seen: &fs::Metadata) -> StoreError {
        let what = if seen.is_symlink() {
            "a symbolic link; objects are not written through links"
        } else if seen.is_dir() {
            "a folder"
        } else {
            "not an object"
        };
        let (key, path) = (self.key, path.display());
        StoreError::InvalidRequest(format!(
            "the key `{key}` cannot be stored: `{path}` is in the way ({what}); move it elsewhere"
        ))
    }
}

/// The folder below `folder`, if every step of the way is a real folder and no link.
pub(crate) fn real_folder(folder: &Path, names: &[String]) -> Result<Option<PathBuf>, StoreError> {
    let (mut path, mut names) = (folder.to_owned(), names.iter());
    while look(&path)?.is_some_and(|seen| seen.is_dir()) {
        match names.next() {
            Some(name) => path.push(name),
            None => return Ok(Some(path)),
        }
    }
    Ok(None)
}

fn real_file(path: PathBuf) -> Result<Option<(PathBuf, fs::Metadata)>, StoreError> {
    Ok(look(&path)?.filter(fs::Metadata::is_file).map(|seen| (path, seen)))
}

/// What stands at this path, without following a link.
pub(crate) fn look(path: &Path) -> Result<Option<fs::Metadata>, StoreError> {
    found(fs::symlink_metadata(path)).doing("look at", path)
}
