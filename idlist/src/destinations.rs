//! Finds two items with the same destination, in about 16 bytes an item.
//!
//! Only a hash of each destination is kept: 8 bits choose a table, 64 others are stored there. Among 5,000,000 items
//! the chance of taking two different destinations for the same is 3 in 1,000,000,000; among the 100,000,000 that
//! Step Functions takes at most, 1 in 1,000,000. The keys of the hash are random, so no list can be made to collide.

use std::hash::BuildHasher;
use std::hint::black_box;

use rapidhash::quality::RandomState;

/// The destinations seen so far.
#[derive(Debug)]
pub(crate) struct Destinations {
    choose: RandomState,
    hash: RandomState,
    /// Many small tables in place of a large one: they grow one at a time, so there is never a copy of everything.
    tables: Vec<Table>,
}

const TABLES: usize = 256;

/// Entries in a cache line of 64 bytes, rounded up.
const NEXT_LINE: usize = 6;

impl Default for Destinations {
    fn default() -> Self {
        Self {
            choose: RandomState::new(),
            hash: RandomState::new(),
            tables: std::iter::repeat_with(Table::default).take(TABLES).collect(),
        }
    }
}

impl Destinations {
    /// Says where a destination belongs. `part` of it is to differ between most destinations.
    pub(crate) fn place(&self, part: &str, destination: &str) -> Place {
        let table = self.choose.hash_one(part) as usize % TABLES;
        // 0 marks a free place.
        let hash = self.hash.hash_one(destination).max(1);
        Place { table, hash, there: FREE }
    }

    /// Fetches what is there from memory, for [`Destinations::insert`]. There is nothing in this loop but loads that do not
    /// wait for each other.
    pub(crate) fn fetch(&self, places: &mut [Place]) {
        for place in places {
            let table = self.tables.get(place.table);
            let there = table.and_then(|table| table.places.get(table.first(place.hash)));
            place.there = there.copied().unwrap_or(FREE);
            // The search for a free place often goes on into the next cache line.
            black_box(table.and_then(|table| table.places.get(table.first(place.hash) + NEXT_LINE)).copied());
        }
    }

    /// Notes the destination of an item. If an earlier item has the same, returns the index of that one.
    pub(crate) fn insert(&mut self, place: Place, index: u32) -> Option<u32> {
        let Place { table, hash, there } = place;
        if there.hash == hash {
            return Some(there.index);
        }
        self.tables.get_mut(table)?.insert(Entry { hash, index })
    }
}

/// Where a destination belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    table: usize,
    hash: u64,
    there: Entry,
}

/// 12 bytes: without packing it would be 16.
#[derive(Debug, Clone, Copy)]
#[repr(C, packed(4))]
struct Entry {
    hash: u64,
    index: u32,
}

const FREE: Entry = Entry { hash: 0, index: 0 };

/// A hash table with open addressing and linear probing.
#[derive(Debug, Default)]
struct Table {
    places: Vec<Entry>,
    used: usize,
}

impl Table {
    fn insert(&mut self, entry: Entry) -> Option<u32> {
        // Fuller than this, the way to a free place gets long.
        if self.used * 5 >= self.places.len() * 4 {
            self.grow();
        }
        let place = self.find(entry.hash)?;
        if place.hash == entry.hash {
            return Some(place.index);
        }
        *place = entry;
        self.used += 1;
        None
    }

    /// The first place for this hash.
    fn first(&self, hash: u64) -> usize {
        // Maps it to 0..len by multiplication, so that the length need not be a power of two.
        ((u128::from(hash) * self.places.len() as u128) >> 64) as usize
    }

    /// The place that has this hash, or the free one where it belongs.
    fn find(&mut self, hash: u64) -> Option<&mut Entry> {
        let mut at = self.first(hash);
        while let Some(place) = self.places.get(at)
            && place.hash != hash
            && place.hash != FREE.hash
        {
            at += 1;
            if at == self.places.len() {
                at = 0;
            }
        }
        self.places.get_mut(at)
    }

    /// Makes room for a quarter more.
    fn grow(&mut self) {
        let places = vec![FREE; self.places.len() + self.places.len() / 4 + 8];
        for entry in std::mem::replace(&mut self.places, places) {
            if entry.hash != FREE.hash
                && let Some(place) = self.find(entry.hash)
            {
                *place = entry;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inserts the destination of an item with this id.
    fn insert(destinations: &mut Destinations, bucket: &str, id: u32, index: u32) -> Option<u32> {
        let mut places = [destinations.place(&format!("vip/{id}"), &format!("{bucket}/vip/{id}/image.png"))];
        destinations.fetch(&mut places);
        destinations.insert(places[0], index)
    }

    #[test]
    fn the_first_item_with_a_destination_is_found_again() {
        let mut destinations = Destinations::default();
        for index in 0..100_000 {
            assert_eq!(insert(&mut destinations, "bucket", index, index), None);
        }
        for index in 0..100_000 {
            assert_eq!(insert(&mut destinations, "bucket", index, 100_000), Some(index));
        }
        assert_eq!(insert(&mut destinations, "other bucket", 5, 100_001), None);
    }

    #[test]
    fn an_item_takes_about_sixteen_bytes() {
        let mut destinations = Destinations::default();
        for index in 0..200_000 {
            insert(&mut destinations, "bucket", index, index);
        }
        let bytes: usize = destinations.tables.iter().map(|table| table.places.capacity() * size_of::<Entry>()).sum();
        assert!(bytes <= 200_000 * 20, "{bytes}");
    }
}
