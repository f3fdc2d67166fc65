//! What a changed list would newly make, compared with the list before.

use std::collections::HashMap;
use std::hash::BuildHasher;

use rapidhash::quality::RandomState;

use crate::request::{Request, SourceVersion};
use crate::{Item, RetiredModels};

/// How an item of the new list stands to the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The old list has nothing with this destination.
    Added,
    /// The old list has another picture at this destination.
    Changed,
    /// The old list has the same picture at this destination.
    Same,
}

/// The pictures of a list, in 16 bytes each and what the table needs.
///
/// Only hashes are kept; that two different pictures are taken for the same among 5,000,000 has a chance of 1 in
/// 1,000,000.
#[derive(Debug, Default)]
pub struct Pictures {
    hash: RandomState,
    /// Hash of the destination, hash of what decides the picture.
    by_destination: HashMap<u64, u64>,
}

impl Pictures {
    /// Notes an item of the old list.
    pub fn insert(&mut self, item: &Item) {
        self.by_destination.insert(self.destination(item), self.picture(item));
    }

    /// Compares an item of the new list, and strikes its destination off.
    pub fn compare(&mut self, item: &Item) -> Change {
        match self.by_destination.remove(&self.destination(item)) {
            None => Change::Added,
            Some(picture) if picture == self.picture(item) => Change::Same,
            Some(_) => Change::Changed,
        }
    }

    /// Destinations that are left: those that no item was compared with.
    pub fn left(&self) -> usize {
        self.by_destination.len()
    }

    fn destination(&self, item: &Item) -> u64 {
        self.hash.hash_one((&item.input_bucket_name, &item.rank, &item.id, &item.input_key_name))
    }

    /// The digest by which the generator recognises a picture, with the source image as it is.
    fn picture(&self, item: &Item) -> u64 {
        let source = item.source_bucket_name.clone().zip(item.source_key_name.clone());
        let source = source.map(|(bucket, key)| SourceVersion { bucket, key, e_tag: String::new() });
        let request = Request::new(item, RetiredModels::Redirect);
        self.hash.hash_one(request.map(|request| request.digest(source.as_ref())).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn item(id: &str, model: &str, prompt: &str) -> Item {
        let value = json!({
            "id": id, "rank": "vip", "inputBucketName": "images", "inputKeyName": "a.png", "model": model, "prompt": prompt
        });
        Item::from_value(&value, RetiredModels::Redirect).unwrap()
    }

    #[test]
    fn an_item_is_the_same_if_its_picture_is() {
        let core = "stability.stable-image-core-v1:1";
        let mut old = Pictures::default();
        for id in ["A1", "A2", "A3", "A4"] {
            old.insert(&item(id, core, "a cat"));
        }
        assert_eq!(old.compare(&item("A1", core, "a cat")), Change::Same);
        assert_eq!(old.compare(&item("A2", "stability.stable-diffusion-xl-v0", "a cat")), Change::Same);
        assert_eq!(old.compare(&item("A3", core, "a dog")), Change::Changed);
        assert_eq!(old.compare(&item("A5", core, "a cat")), Change::Added);
        assert_eq!(old.left(), 1);
        assert_eq!(old.compare(&Item { seed: Some(1), ..item("A4", core, "a cat") }), Change::Changed);
    }
}
