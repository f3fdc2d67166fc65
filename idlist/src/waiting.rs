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
    /// Bucket, rank, id, file name and model of every item, one after the other.
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
    pub(crate) index: u64,
    pub(crate) start: Position,
    pub(crate) bucket: &'a str,
    pub(crate) rank: &'a str,
    pub(crate) id: &'a str,
    pub(crate) file_name: &'a str,
    pub(crate) model: &'a str,
    pub(crate) used_model: &'static str,
}

impl WaitingItem<'_> {
    /// Where its image goes.
    pub(crate) fn destination(&self) -> String {
        format!("s3://{}/{}/{}/{}", self.bucket, self.rank, self.id, self.file_name)
    }
}

impl Waiting {
    /// Adds an item.
    pub(crate) fn add(&mut self, index: u64, start: Position, item: &ItemRef<'_>) {
        let texts = [item.input_bucket_name, item.rank, item.id, item.input_key_name, item.model];
        let ends = texts.map(|text| {
            self.text.push_str(text);
            self.text.len()
        });
        self.items.push(Entry { index, start, used_model: item.used_model.id, ends });
    }

    /// Whether no more should wait.
    pub(crate) fn is_full(&self) -> bool {
        self.items.len() >= MAX_ITEMS || self.text.len() >= MAX_TEXT_BYTES
    }

    /// Looks up where all belong, and then gives each out, with the index of the earlier item that has its destination.
    pub(crate) fn settle(&self, destinations: &mut Destinations, mut each: impl FnMut(WaitingItem<'_>, Option<u32>)) {
        let place = |item: WaitingItem<'_>| destinations.place((item.bucket, item.rank, item.id, item.file_name));
        let mut places: Vec<Place> = self.iter().map(place).collect();
        destinations.fetch(&mut places);
        for (item, place) in self.iter().zip(places) {
            // Step Functions takes 100,000,000 items at most.
            let first = destinations.insert(place, u32::try_from(item.index).unwrap_or(u32::MAX));
            each(item, first);
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.items.clear();
        self.text.clear();
    }

    fn iter(&self) -> impl Iterator<Item = WaitingItem<'_>> {
        let mut from = 0;
        self.items.iter().map(move |&Entry { index, start, used_model, ends }| {
            let [bucket, rank, id, file_name, model] = ends.map(|to| {
                let text = self.text.get(from..to).unwrap_or_default();
                from = to;
                text
            });
            WaitingItem { index, start, bucket, rank, id, file_name, model, used_model }
        })
    }
}
