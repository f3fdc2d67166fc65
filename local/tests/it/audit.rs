//! The audit of a list that was made while everything went wrong: ledger, result files and buckets agree, and are as promised.

use crate::local::{Data, IMAGE_BUCKET, RESULT_BUCKET};
use ::local::faults::{Entry, Moment, S3Fault, item_of_key};
use emulator_bedrock::ItemName;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// PutObject that fails so often in a row, for seconds, may be the reason why an image was never stored.
const STORAGE_FAILED: usize = 3;

/// An image that is paid and not stored yet.
#[derive(Debug, Default)]
struct Paid {
    lost_to: Option<String>,
    failed_puts: usize,
}

impl Paid {
    /// It is lost to what came first. S3 is a reason only where nothing else ended the function's patience.
    fn blame(&mut self, cause: &str) {
        if self.lost_to.as_ref().is_none_or(|known| known.starts_with("S3: ")) {
            self.lost_to = Some(cause.to_owned());
        }
    }
}

/// What a ledger says.
#[derive(Debug, Default)]
pub struct Audit {
    open: BTreeMap<ItemName, Paid>,
    stored: BTreeSet<ItemName>,
    /// Calls of the model that are charged.
    pub paid: usize,
    /// Images that were paid and never stored, by what they were lost to.
    pub lost: BTreeMap<String, usize>,
    /// Answers of the model and faults, by what they were.
    pub events: BTreeMap<String, usize>,
}

impl Audit {
    /// Audits a ledger in which `local` was started with each of these sets of images on the disk.
    ///
    /// # Panics
    /// When an item that had its image was paid again, or an image was lost and no fault explains it.
    pub fn of(ledger: &[Entry], starts: &[BTreeSet<String>]) -> Self {
        let mut audit = Self::default();
        let mut starts = starts.iter();
        for entry in ledger {
            let event = match entry {
                Entry::Started => {
                    let images = starts.next().expect("local was started more often than it was killed");
                    images.iter().for_each(|key| audit.store(key));
                    audit.open.values_mut().for_each(|paid| paid.blame("local killed"));
                    "local: started".to_owned()
                }
                Entry::Stored { key, .. } => {
                    audit.store(key);
                    continue;
                }
                Entry::Answered { item, answer, paid, fault } => {
                    if *paid {
                        audit.pay(item, fault.as_ref().map(|fault| format!("model: {fault}")));
                    }
                    format!("model: {}", fault.as_ref().unwrap_or(answer))
                }
                Entry::S3Fault { operation, fault, key, .. } => {
                    let is_failed_put = operation == "PutObject" && *fault != S3Fault::LostAnswer;
                    let item = item_of_key(key).filter(|_| is_failed_put);
                    if let Some(paid) = item.and_then(|item| audit.open.get_mut(&item)) {
                        paid.failed_puts += 1;
                        if paid.failed_puts == STORAGE_FAILED {
                            paid.blame("S3: PutObject failed too often");
                        }
                    }
                    format!("S3: {fault:?}")
                }
                Entry::FunctionFault { item, fault, moment } => {
                    let event = format!("function: {fault:?}");
                    if matches!(moment, Moment::Paid | Moment::Storing) {
                        audit.open.get_mut(item).into_iter().for_each(|paid| paid.blame(&event));
                    }
                    event
                }
            };
            *audit.events.entry(event).or_default() += 1;
        }
        assert_eq!(starts.count(), 0, "local was not started as often as it was killed");
        std::mem::take(&mut audit.open).into_values().for_each(|paid| audit.lose(paid));
        audit
    }

    fn pay(&mut self, item: &ItemName, fault: Option<String>) {
        self.paid += 1;
        let paid = Paid { lost_to: fault, failed_puts: 0 };
        // The caller that left asks again, perhaps with success before this answer.
        if paid.lost_to.as_deref() == Some("model: CallerLeft") {
            return self.lose(paid);
        }
        assert!(!self.stored.contains(item), "{item:?} had its image and was paid again");
        if let Some(before) = self.open.insert(item.clone(), paid) {
            self.lose(before);
        }
    }

    fn store(&mut self, key: &str) {
        if let Some(item) = item_of_key(key) {
            self.open.remove(&item);
            self.stored.insert(item);
        }
    }

    fn lose(&mut self, paid: Paid) {
        let cause = paid.lost_to.expect("an image was paid and not stored, and no fault is known");
        *self.lost.entry(cause).or_default() += 1;
    }
}

/// Items that failed, by the name of the error, as the result files say.
///
/// # Panics
/// When these do not agree with the output of the execution and the images, or an item has no final result.
pub fn failures(data: &Data, items: usize, output: &Value) -> BTreeMap<String, usize> {
    let (mut ids, mut failed, mut images) = (BTreeSet::new(), BTreeMap::new(), 0);
    let keys = data.files(RESULT_BUCKET).into_iter();
    let keys = keys.filter(|key| key.starts_with("results/") && !key.ends_with("manifest.json"));
    for entry in keys.flat_map(|key| data.json(RESULT_BUCKET, &key).as_array().unwrap().clone()) {
        let text = |field: &str| entry[field].as_str().unwrap();
        let input: Value = serde_json::from_str(text("Input")).unwrap();
        let id = input["item"]["id"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "two results: {entry}");
        let image = std::fs::metadata(data.bucket(IMAGE_BUCKET).join(format!("nomal/{id}/image.png"))).ok();
        images += usize::from(image.is_some());
        if text("Status") == "SUCCEEDED" {
            let output: Value = serde_json::from_str(text("Output")).unwrap();
            assert_eq!(output["bytes"], image.expect("an item succeeded without an image").len(), "{entry}");
            continue;
        }
        let error = text("Error");
        let of_process = matches!(error, "Sandbox.Timedout" | "Runtime.ExitError");
        assert!(of_process || generator::ErrorKind::ALL.iter().any(|kind| kind.name() == error), "{entry}");
        // A failure of the function's own process may come after the image was stored.
        assert!(image.is_none() || of_process || error == "Internal", "{id} has its image: {entry}");
        *failed.entry(error.to_owned()).or_default() += 1;
    }
    assert_eq!(ids, (0..items).map(|n| format!("A{n}")).collect());
    assert_eq!(images, data.files(IMAGE_BUCKET).len(), "there are images without an item");
    let all: usize = failed.values().sum();
    let counts = ["items", "succeeded", "failed"].map(|field| output[field].clone());
    assert_eq!(counts, [json!(items), json!(items - all), json!(all)]);
    failed
}
