//! Finds items that share a destination, and ids that look alike, in 24 bytes an item.
//!
//! Of each item a hash of what its id looks like is kept, with its place in the list. At the end, items with equal hashes
//! are read again: there are few, and so no two items are ever taken for alike because of a hash.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

use rapidhash::quality::RandomState;

use crate::Item;
use crate::near::push_look;

/// A good item of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    look: u64,
    /// Byte at which it begins.
    pub(crate) start: usize,
    pub(crate) index: u32,
}

/// An item that is like an earlier one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Alike {
    pub(crate) item: Seen,
    pub(crate) earlier: Seen,
    /// Both have the same destination; else only their ids look alike.
    pub(crate) is_same: bool,
}

/// The items seen so far.
#[derive(Debug, Default)]
pub(crate) struct SeenItems {
    hash: RandomState,
    items: Vec<Seen>,
    /// The last item's [`look_of`].
    look: String,
}

impl SeenItems {
    /// Notes an item. Step Functions takes 100,000,000 of them at most.
    pub(crate) fn add(&mut self, index: u64, start: usize, bucket: &str, rank: &str, id: &str) {
        look_of(bucket, rank, id, &mut self.look);
        let look = self.hash.hash_one(&self.look);
        self.items.push(Seen { look, start, index: u32::try_from(index).unwrap_or(u32::MAX) });
    }

    /// The items that are like earlier ones, in order. `read` reads the item that begins at a byte again.
    pub(crate) fn find(mut self, read: impl Fn(usize) -> Option<Item>) -> Vec<Alike> {
        self.items.sort_unstable_by_key(|item| (item.look, item.index));
        let mut found = Vec::new();
        for group in self.items.chunk_by(|one, other| one.look == other.look).filter(|group| group.len() > 1) {
            let mut by_destination: BTreeMap<String, Seen> = BTreeMap::new();
            let mut by_look: BTreeMap<String, (Seen, BTreeSet<String>)> = BTreeMap::new();
            for &item in group {
                let Some(read) = read(item.start) else { continue };
                if let Some(&earlier) = by_destination.get(&read.destination()) {
                    found.push(Alike { item, earlier, is_same: true });
                    continue;
                }
                by_destination.insert(read.destination(), item);
                let mut look = String::new();
                look_of(&read.input_bucket_name, &read.rank, &read.id, &mut look);
                let (earlier, ids) = by_look.entry(look).or_insert_with(|| (item, BTreeSet::new()));
                if ids.insert(read.id) && ids.len() > 1 {
                    found.push(Alike { item, earlier: *earlier, is_same: false });
                }
            }
        }
        found.sort_unstable_by_key(|alike| alike.item.index);
        found
    }
}

/// What the id of an item looks like, with what has to be equal beside it.
fn look_of(bucket: &str, rank: &str, id: &str, look: &mut String) {
    look.clear();
    for part in [bucket, "/", rank, "/"] {
        look.push_str(part);
    }
    push_look(id, look);
}
