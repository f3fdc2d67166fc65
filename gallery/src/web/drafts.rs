//! Lists that were checked and are not dropped yet. They stay on the page until they are dropped or taken away.

use crate::model::Draft;
use idlist::Message;
use std::sync::{Arc, Mutex, PoisonError};

/// Lists that are kept; an older one makes room for a new one.
const MAX_DRAFTS: usize = 4;

/// A file that could not be read as a list, or a list with its check.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// A list.
    List(Box<Draft>),
    /// Not a list: file name and reason.
    Unreadable(String, Message),
}

/// The lists, the latest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Drafts(Arc<Mutex<Vec<Named>>>);

/// A list with the id that its address has.
type Named = (String, Arc<Kept>);

impl Drafts {
    pub(super) fn add(&self, kept: Kept) {
        self.with(|drafts| {
            drafts.insert(0, (uuid::Uuid::new_v4().simple().to_string(), Arc::new(kept)));
            drafts.truncate(MAX_DRAFTS);
        });
    }

    pub(super) fn all(&self) -> Vec<Named> {
        self.with(|drafts| drafts.clone())
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<Kept>> {
        self.with(|drafts| drafts.iter().find(|(known, _)| known == id).map(|(_, kept)| Arc::clone(kept)))
    }

    pub(super) fn remove(&self, id: &str) {
        self.with(|drafts| drafts.retain(|(known, _)| known != id));
    }

    fn with<T>(&self, change: impl FnOnce(&mut Vec<Named>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
