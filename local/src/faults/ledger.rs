//! The ledger: every answer of the model, every image stored and every fault, by item, in a file that outlives the process.
//!
//! One JSON line an event, in the order in which they happened: an image is paid in the ledger before it is on the wire, and stored in
//! it after it is on the disk. So what the lines say of an item tells how often it was paid, and which fault each lost image was lost to.

use super::kinds::{FunctionFault, Moment, S3Fault};
use emulator_bedrock::ItemName;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum Entry {
    /// A process of `local` began.
    Started,
    /// The model answered.
    Answered {
        /// The item that it was asked for.
        #[serde(flatten)]
        item: ItemName,
        /// `Image`, or the name of what came instead.
        answer: String,
        /// Whether Bedrock would charge it: an image was made.
        paid: bool,
        /// What was wrong with an answer that has an image all the same: `Slow`, `Truncated`, or `CallerLeft` before it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
    /// A function stored an object.
    Stored {
        /// Its bucket.
        bucket: String,
        /// Its key.
        key: String,
    },
    /// A function's call of S3 went wrong.
    S3Fault {
        /// Such as `PutObject`.
        operation: String,
        /// How.
        fault: S3Fault,
        /// The bucket.
        bucket: String,
        /// The key; empty for a bucket.
        key: String,
    },
    /// An invocation of `generator` went wrong.
    FunctionFault {
        /// The item that it worked on.
        #[serde(flatten)]
        item: ItemName,
        /// How.
        fault: FunctionFault,
        /// When.
        moment: Moment,
    },
}

/// A ledger that is written.
#[derive(Debug)]
pub(crate) struct Ledger(Mutex<File>);

impl Ledger {
    /// Opens the ledger in this file, to append to it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        let ledger = Self(Mutex::new(file));
        ledger.write(&Entry::Started);
        Ok(ledger)
    }

    /// One write for a line: a kill leaves all of it or nothing.
    pub(crate) fn write(&self, entry: &Entry) {
        let Ok(mut line) = serde_json::to_vec(entry) else { return };
        line.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(&line) {
            tracing::error!(%error, "the ledger cannot be written");
        }
    }
}

/// The item whose image has this key, `<rank>/<id>/<file>`; `None` for other keys.
#[must_use]
pub fn item_of_key(key: &str) -> Option<ItemName> {
    match key.split('/').collect::<Vec<_>>()[..] {
        [rank, id, _] => Some(ItemName { id: Some(id.to_owned()), rank: Some(rank.to_owned()) }),
        _ => None,
    }
}
