//! Good items that wait for the look whether their destination is there already, many at a time.
//!
//! What is known of a destination has to come from memory. Fetched one at a time that takes as long as reading an item;
//! fetched together, hardly any.

use crate::destinations::{Destinations, Place};
use crate::item::ItemRef;
use crate::scan::Position;

/// Most items that wait.
const MAX_ITEMS: usize = 1_024;
/// Most bytes of their texts, so that memory stays flat however long names are.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// The items that wait.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    items: Vec<Entry>,
    /// `bucket/rank/id/file name` and the model of every item, one after the other.
    text: String,
}

#[derive(Debug)]
struct Entry {
    index: u64,
    start: Position,
    used_model: &'static str,
    /// Where each of the five texts ends.
    ends: [usize; 5],
}

/// An item that waited.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WaitingItem<'a> {
    entry: &'a Entry,
    /// Text of all items.
    text: &'a str,
    /// Where the text of this one begins.
    from: usize,
}

impl<'a> WaitingItem<'a> {
    pub(crate) fn index(&self) -> u64 {
        self.entry.index
    }

    pub(crate) fn start(&self) -> Position {
        self.entry.start
    }

    pub(crate) fn used_model(&self) -> &'static str {
        self.entry.used_model
    }

    pub(crate) fn rank(&self) -> &'a str {
        let [bucket, rank, ..] = self.entry.ends;
        self.part(bucket + 1, rank)
    }

    pub(crate) fn id(&self) -> &'a str {
        let [_, rank, id, ..] = self.entry.ends;
        self.part(rank + 1, id)
    }

    pub(crate) fn model(&self) -> &'a str {
        let [.., file_name, model] = self.entry.ends;
        self.part(file_name, model)
    }

    /// Where its image goes: `bucket/rank/id/file name`. The first three have no slash, so it is one text for each destination.
    pub(crate) fn destination(&self) -> &'a str {
        let [.., file_name, _] = self.entry.ends;
        self.part(self.from, file_name)
    }

    fn part(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Where its destination belongs.
    fn place(&self, destinations: &Destinations) -> Place {
        let [bucket, _, id, ..] = self.entry.ends;
        // Rank and id are what differs between items, and short.
        destinations.place(self.part(bucket + 1, id), self.destination())
    }
}

impl Waiting {
    /// Adds an item.
    pub(crate) fn add(&mut self, index: u64, start: Position, item: &ItemRef<'_>) {
        let mut end_after = |separator: &str, text: &str| {
            self.text.push_str(separator);
            self.text.push_str(text);
            self.text.len()
        };
        let ends = [
            end_after("", item.input_bucket_name),
            end_after("/", item.rank),
            end_after("/", item.id),
            end_after("/", item.input_key_name),
            end_after("", item.model),
        ];
        self.items.push(Entry { index, start, used_model: item.used_model.id, ends });
    }

    /// Whether no more should wait.
    pub(crate) fn is_full(&self) -> bool {
        self.items.len() >= MAX_ITEMS || self.text.len() >= MAX_TEXT_BYTES
    }

    /// Looks up where all belong, and then gives each out, with the index of the earlier item that has its destination.
    pub(crate) fn settle(&self, destinations: &mut Destinations, mut each: impl FnMut(WaitingItem<'_>, Option<u32>)) {
        let mut places: Vec<Place> = self.iter().map(|item| item.place(destinations)).collect();
        destinations.fetch(&mut places);
        for (item, place) in self.iter().zip(places) {
            // Step Functions takes 100,000,000 items at most.
            let first = destinations.insert(place, u32::try_from(item.index()).unwrap_or(u32::MAX));
            each(item, first);
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.items.clear();
        self.text.clear();
    }

    fn iter(&self) -> impl Iterator<Item = WaitingItem<'_>> {
        let mut next = 0;
        self.items.iter().map(move |entry| {
            let [.., end] = entry.ends;
            WaitingItem { entry, text: &self.text, from: std::mem::replace(&mut next, end) }
        })
    }
}
