//! The problems and the hints of a list: the first are listed, the rest counted.

use crate::message::Message;
use crate::names::MAX_NAME_CHARS;
use crate::report::{Finding, MAX_LISTED_PROBLEMS};

/// Where an item is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) index: u64,
    /// Line on which it begins.
    pub(crate) line: u64,
    /// Its id, if it has one; cut where it is longer than an id may be.
    pub(crate) id: Option<String>,
}

impl Place {
    pub(crate) fn new(index: u64, line: u64, id: Option<&str>) -> Self {
        Self { index, line, id: id.map(|id| id.chars().take(MAX_NAME_CHARS).collect()) }
    }

    /// What was found there.
    pub(crate) fn finding<K>(self, items: Option<u64>, field: Option<&str>, kind: K, message: Message) -> Finding<K> {
        let Self { index, line, id } = self;
        Finding { index: Some(index), line: Some(line), id, items, field: field.map(str::to_owned), kind, message }
    }
}

/// The findings of one sort so far.
#[derive(Debug)]
pub(crate) struct Listed<K> {
    /// How many there are.
    pub(crate) count: u64,
    /// The first of them, in the order of their items.
    pub(crate) listed: Vec<Finding<K>>,
}

impl<K> Default for Listed<K> {
    fn default() -> Self {
        Self { count: 0, listed: Vec::new() }
    }
}

impl<K> Listed<K> {
    /// Adds a finding that comes after those that are there. `finding` is asked if it is listed.
    pub(crate) fn add(&mut self, finding: impl FnOnce() -> Finding<K>) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED_PROBLEMS {
            self.listed.push(finding());
        }
    }

    /// Adds a finding about the list as a whole, which comes before those about items.
    pub(crate) fn add_first(&mut self, kind: K, message: Message) {
        self.count += 1;
        self.listed.insert(0, Finding { index: None, line: None, id: None, items: None, field: None, kind, message });
        self.listed.truncate(MAX_LISTED_PROBLEMS);
    }

    /// Adds the findings about other items.
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.listed.extend(other.listed);
        self.listed.sort_by_key(|finding| finding.index);
        self.listed.truncate(MAX_LISTED_PROBLEMS);
    }
}
