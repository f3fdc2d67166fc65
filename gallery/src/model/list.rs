//! The items of a list, as a run has them.

use crate::Error;
use idlist::{Item, RetiredModels};
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// One element of a list.
#[derive(Debug)]
pub(crate) struct ListedItem {
    /// The item, or what is wrong with it.
    pub(crate) item: Result<Item, String>,
    /// The element as it stands in the list.
    pub(crate) raw: Box<RawValue>,
}

/// The items of one version of a list.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// In the list's order.
    pub(crate) items: Vec<ListedItem>,
}

impl List {
    /// Reads a JSON array. Items that break the rules stay in it: an execution can be started without the trigger's check.
    ///
    /// # Errors
    /// [`Error::BadList`] if it is not a JSON array.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let raws: Vec<Box<RawValue>> = serde_json::from_slice(bytes)
            .map_err(|error| Error::BadList(format!("it is not a JSON array: {error}")))?;
        let read = |raw: Box<RawValue>| {
            let item = Item::from_slice(raw.get().as_bytes(), RetiredModels::Redirect);
            let item = item.map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
            ListedItem { item, raw }
        };
        Ok(Self { items: raws.into_iter().map(read).collect() })
    }

    /// An item by its number, from 0.
    #[must_use]
    pub(crate) fn item(&self, index: usize) -> Option<&Item> {
        self.items.get(index)?.item.as_ref().ok()
    }

    /// The buckets and ranks that its pictures are in.
    #[must_use]
    pub(crate) fn folders(&self) -> BTreeSet<(String, String)> {
        let items = self.items.iter().filter_map(|listed| listed.item.as_ref().ok());
        items.map(|item| (item.input_bucket_name.clone(), item.rank.clone())).collect()
    }

    /// The ranks, each once.
    #[must_use]
    pub(crate) fn ranks(&self) -> BTreeSet<&str> {
        self.items.iter().filter_map(|listed| listed.item.as_ref().ok()).map(|item| item.rank.as_str()).collect()
    }
}

/// The key of an item's picture: bucket and object key.
pub(crate) fn destination(item: &Item) -> (String, String) {
    (item.input_bucket_name.clone(), item.object_key())
}
