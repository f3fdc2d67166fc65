//! S3's notifications of lists on disk, from before the PUT is answered until the trigger has taken them: a kill loses none.
//!
//! ```text
//! DATA/notifications/waiting/<sequencer>.json      not taken yet; the next `local up` delivers it again
//! DATA/notifications/on-failure/<sequencer>.json   given up after the last try, with what the function said
//! ```
//!
//! A notification may come twice. The trigger gives its execution the same name both times, so that is harmless.

use super::names::{ACCOUNT, LIST_BUCKET, REGION};
use crate::faults::Faults;
use emulator_lambda::FunctionError;
use emulator_s3::{Notify, ObjectCreated, event_json};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What S3 tells the trigger of one list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notification {
    /// Key of the list.
    pub(crate) key: String,
    /// Tells apart two objects of one key.
    pub(crate) sequencer: String,
    /// The event that the function gets.
    pub(crate) event: Value,
}

/// The notifications that wait. Clones are the same outbox.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    waiting: PathBuf,
    on_failure: PathBuf,
    sender: UnboundedSender<Notification>,
    faults: Arc<Faults>,
    /// Those of an earlier process.
    leftovers: Arc<Mutex<Vec<Notification>>>,
}

impl Outbox {
    /// Opens the outbox in `folder`. What is to be delivered comes out of the channel.
    pub(crate) fn open(folder: &Path, faults: Arc<Faults>) -> io::Result<(Self, UnboundedReceiver<Notification>)> {
        let [waiting, on_failure] = ["waiting", "on-failure"].map(|name| folder.join(name));
        for folder in [&waiting, &on_failure] {
            fs::create_dir_all(folder)?;
        }
        let leftovers = Arc::new(Mutex::new(leftovers(&waiting)?));
        let (sender, receiver) = unbounded_channel();
        Ok((Self { waiting, on_failure, sender, faults, leftovers }, receiver))
    }

    /// Delivers again what an earlier process left.
    pub(crate) fn deliver_leftovers(&self) {
        for notification in self.take_leftovers(|_| true) {
            // Without a receiver the pipeline is ending; then the next one delivers it.
            let _ = self.sender.send(notification);
        }
    }

    /// Forgets what an earlier process left of a list: its key has a new object since.
    pub(crate) fn forget_leftovers(&self, key: &str) {
        for notification in self.take_leftovers(|leftover| leftover.key == key) {
            self.taken(&notification);
        }
    }

    fn take_leftovers(&self, which: impl Fn(&Notification) -> bool) -> Vec<Notification> {
        let mut leftovers = self.leftovers.lock().unwrap_or_else(PoisonError::into_inner);
        leftovers.extract_if(.., |leftover| which(leftover)).collect()
    }

    fn place(&self, notification: &Notification) -> PathBuf {
        self.waiting.join(format!("{}.json", notification.sequencer))
    }

    /// The function has taken it.
    pub(crate) fn taken(&self, notification: &Notification) {
        // One that cannot be removed is delivered again, which is harmless.
        let _ = fs::remove_file(self.place(notification));
    }

    /// Puts it aside, with what the function said the last time; returns where. If that fails, it waits on.
    ///
    /// Of the record of Lambda's destinations it has the two fields that say what happened:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
    pub(crate) fn give_up(&self, notification: &Notification, error: &FunctionError) -> io::Result<PathBuf> {
        let response = serde_json::from_slice(&error.payload)
            .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&error.payload).into_owned()));
        let record = json!({"requestPayload": notification.event, "responsePayload": response});
        let path = self.on_failure.join(format!("{}.json", notification.sequencer));
        write(&path, record.to_string().as_bytes())?;
        self.taken(notification);
        Ok(path)
    }
}

impl Notify for Outbox {
    fn keep(&self, created: &ObjectCreated) -> io::Result<()> {
        match notification_of(created) {
            Some(notification) => write(&self.place(&notification), &serde_json::to_vec(&notification)?),
            None => Ok(()),
        }
    }

    fn deliver(&self, created: &ObjectCreated) {
        let Some(notification) = notification_of(created) else { return };
        // Without a receiver the pipeline is ending; then the next one delivers it.
        if self.faults.is_duplicated(&notification.sequencer) {
            let _ = self.sender.send(notification.clone());
        }
        let _ = self.sender.send(notification);
    }

    fn withdraw(&self, created: &ObjectCreated) {
        if let Some(notification) = notification_of(created) {
            self.taken(&notification);
        }
    }
}

/// What the trigger is told of an object, if it is told of it.
fn notification_of(created: &ObjectCreated) -> Option<Notification> {
    (created.bucket == LIST_BUCKET).then(|| Notification {
        key: created.object.key.clone(),
        sequencer: created.sequencer.clone(),
        event: event_json(created, REGION, ACCOUNT),
    })
}

/// Writes a file as a whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    fs::write(&part, bytes)?;
    fs::rename(part, path)
}

/// The notifications in the folder, the oldest first. Those that were not written to their end were never accepted.
fn leftovers(waiting: &Path) -> io::Result<Vec<Notification>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(waiting)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            found.extend(serde_json::from_slice::<Notification>(&fs::read(&path)?));
        } else {
            fs::remove_file(&path)?;
        }
    }
    found.sort_by(|a, b| a.sequencer.cmp(&b.sequencer));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use emulator_s3::{Attributes, DEFAULT_MAX_OBJECT_BYTES, Store};

    fn store(folder: &Path, outbox: &Outbox) -> Store {
        let store = Store::new(folder, DEFAULT_MAX_OBJECT_BYTES).unwrap();
        store.create_bucket(LIST_BUCKET).unwrap();
        store.notify(outbox.clone());
        store
    }

    fn put(store: &Store, key: &str) {
        store.put(LIST_BUCKET, key, b"[]", Attributes::default()).unwrap();
    }

    fn open(folder: &Path) -> (Outbox, UnboundedReceiver<Notification>) {
        Outbox::open(&folder.join("notifications"), Arc::default()).unwrap()
    }

    #[test]
    fn what_nobody_took_or_forgot_is_there_for_the_next_process() {
        let folder = tempfile::tempdir().unwrap();
        let (outbox, mut created) = open(folder.path());
        let store = store(folder.path(), &outbox);
        for key in ["a.json", "b.json", "c.json"] {
            put(&store, key);
        }
        outbox.taken(&created.try_recv().unwrap());
        let waiting = folder.path().join("notifications/waiting");
        fs::write(waiting.join("torn.part"), "{").unwrap();
        open(folder.path()).0.forget_leftovers("b.json");

        let (again, mut left) = open(folder.path());
        again.deliver_leftovers();
        let delivered = left.try_recv().unwrap();
        assert_eq!((delivered.key.as_str(), left.try_recv().is_err()), ("c.json", true));
        assert_eq!(delivered.event["Records"][0]["s3"]["object"]["key"], "c.json");
        assert_eq!(fs::read_dir(waiting).unwrap().count(), 1);
    }

    #[test]
    fn a_put_that_can_not_be_notified_of_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (outbox, _created) = open(folder.path());
        let store = store(folder.path(), &outbox);
        fs::remove_dir_all(folder.path().join("notifications")).unwrap();
        let err = store.put(LIST_BUCKET, "a.json", b"[]", Attributes::default()).unwrap_err();
        assert_eq!(err.status(), 500);
    }
}
