//! The audit: what the ledger, the result files and the buckets say of every item, and whether it is what was promised.

use super::images;
use crate::local::{Data, IMAGE_BUCKET, RESULT_BUCKET};
use ::local::faults::{Entry, Moment, S3Fault, item_of_key};
use emulator_bedrock::ItemName;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// PutObject that fails so often in a row, for seconds, may be the reason why an image was never stored.
const STORAGE_FAILED: usize = 3;

/// What the ledger says of one item.
#[derive(Debug, Default)]
pub struct Account {
    pub calls: usize,
    pub paid: usize,
    stored: bool,
    /// An image is paid and not stored yet; what has happened since that it may be lost to.
    open: Option<Vec<String>>,
    refused_puts: usize,
    /// What every lost image was lost to.
    pub lost: Vec<String>,
}

impl Account {
    /// An image was made for a caller that waits for it.
    fn pay(&mut self, item: &ItemName, fault: Option<&str>) {
        assert!(!self.stored, "{item:?} had its image and was paid again: {self:?}");
        self.lose();
        self.open = Some(fault.map(|fault| format!("model: {fault}")).into_iter().collect());
    }

    /// The open image is lost to what came first. S3 that refused it is a reason only where nothing else ended the function's patience.
    fn lose(&mut self) {
        if let Some(causes) = self.open.take() {
            let reason = causes.iter().find(|cause| !cause.starts_with("S3: ")).or(causes.first());
            let reason = reason.unwrap_or_else(|| panic!("paid, not stored, and no fault is known: {self:?}"));
            self.lost.push(reason.clone());
        }
        self.refused_puts = 0;
    }

    fn store(&mut self) {
        self.stored = true;
        self.open = None;
        self.refused_puts = 0;
    }

    fn blame(&mut self, cause: String) {
        self.open.iter_mut().for_each(|causes| causes.push(cause.clone()));
    }
}

/// What the audit found.
#[derive(Debug, Default)]
pub struct Audit {
    /// By id.
    pub items: BTreeMap<String, Account>,
    /// Answers of the model and faults, by what they were.
    pub events: BTreeMap<String, usize>,
    succeeded: usize,
    /// By the name of the error.
    pub failed: BTreeMap<String, usize>,
    pub images: BTreeSet<String>,
}

impl Audit {
    /// Audits what an execution that has ended left: `ledger` goes up to its end, `at_kill` are the images of every kill.
    ///
    /// # Panics
    /// When something is not as it is promised.
    pub fn of(data: &Data, items: usize, ledger: &[Entry], at_kill: &[BTreeSet<String>], output: &Value) -> Self {
        let mut audit = Self { images: images(data), ..Self::default() };
        let mut lives = std::iter::once(None).chain(at_kill.iter().map(Some));
        for entry in ledger {
            match entry {
                Entry::Started { .. } => {
                    let killed = lives.next().expect("local was started more often than it was killed");
                    killed.into_iter().for_each(|images| audit.killed(images));
                }
                entry => audit.enter(entry),
            }
        }
        assert_eq!(lives.count(), 0, "local was killed more often than it was started");
        audit.items.values_mut().for_each(Account::lose);
        audit.results(data, items, output);
        audit
    }

    /// Paid calls of all items.
    pub fn paid(&self) -> usize {
        self.items.values().map(|account| account.paid).sum()
    }

    /// Images that were paid and lost, by what they were lost to.
    pub fn lost(&self) -> BTreeMap<&str, usize> {
        let mut lost = BTreeMap::new();
        for cause in self.items.values().flat_map(|account| &account.lost) {
            *lost.entry(cause.as_str()).or_default() += 1;
        }
        lost
    }

    /// The run of the same list that followed, with its part of the ledger, made what was missing, and nothing else.
    pub fn after(&self, data: &Data, items: usize, ledger: &[Entry], again: &Value) {
        let missing = items - self.images.len();
        for (field, expected) in [("generated", missing), ("existing", self.images.len()), ("paidCalls", missing)] {
            assert_eq!(again[field], expected, "{field} of the next run: {again}");
        }
        let had_images: Vec<_> = self.images.iter().map(|key| item_of_key(key)).collect();
        for entry in ledger {
            if let Entry::Answered { item, paid: true, .. } = entry {
                assert!(!had_images.contains(&Some(item.clone())), "{item:?} had its image and was paid again");
            }
        }
        assert_eq!(images(data).len(), items);
    }

    fn account(&mut self, item: &ItemName) -> &mut Account {
        self.items.entry(item.id.clone().unwrap_or_default()).or_default()
    }

    fn count(&mut self, event: String) {
        *self.events.entry(event).or_default() += 1;
    }

    /// `local` was killed, with these images on the disk.
    fn killed(&mut self, images: &BTreeSet<String>) {
        self.count("local: killed".to_owned());
        for item in images.iter().filter_map(|key| item_of_key(key)) {
            self.account(&item).store();
        }
        for account in self.items.values_mut() {
            account.blame("local killed".to_owned());
        }
    }

    fn enter(&mut self, entry: &Entry) {
        match entry {
            Entry::Started { .. } => {}
            Entry::Answered { item, answer, paid, fault } => {
                let account = self.account(item);
                account.calls += 1;
                account.paid += usize::from(*paid);
                match fault.as_deref() {
                    _ if !paid => {}
                    // The caller had left; it asks again, perhaps with success.
                    Some("CallerLeft") => account.lost.push("model: CallerLeft".to_owned()),
                    fault => account.pay(item, fault),
                }
                self.count(format!("model: {}", fault.as_deref().unwrap_or(answer)));
            }
            Entry::Stored { key, .. } => {
                item_of_key(key).iter().for_each(|item| self.account(item).store());
            }
            Entry::S3Fault { operation, fault, key, .. } => {
                let is_refused_put = operation == "PutObject" && *fault != S3Fault::LostAnswer;
                if let Some(item) = item_of_key(key).filter(|_| is_refused_put) {
                    let account = self.account(&item);
                    account.refused_puts += 1;
                    if account.refused_puts == STORAGE_FAILED {
                        account.blame("S3: PutObject failed too often".to_owned());
                    }
                }
                self.count(format!("S3: {fault:?}"));
            }
            Entry::FunctionFault { item, fault, moment } => {
                if matches!(moment, Moment::Paid | Moment::Storing) {
                    self.account(item).blame(format!("function: {fault:?}"));
                }
                self.count(format!("function: {fault:?}"));
            }
        }
    }

    /// The result files and the output of the execution agree with the buckets.
    fn results(&mut self, data: &Data, items: usize, output: &Value) {
        let mut seen = BTreeSet::new();
        for key in data.files(RESULT_BUCKET).iter().filter(|key| key.starts_with("results/")) {
            let name = Path::new(key).file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            let Some((status, _)) = name.rsplit_once('_') else { continue };
            for entry in data.json(RESULT_BUCKET, key).as_array().unwrap() {
                let text = |field: &str| entry[field].as_str().unwrap();
                let input: Value = serde_json::from_str(text("Input")).unwrap();
                let id = input["item"]["id"].as_str().unwrap();
                match status {
                    "SUCCEEDED" => self.succeeded_with(data, id, &serde_json::from_str(text("Output")).unwrap()),
                    "FAILED" => self.failed_with(id, text("Error")),
                    other => panic!("{id} is {other}"),
                }
                assert!(seen.insert(id.to_owned()), "two results: {entry}");
            }
        }
        let failed = self.failed.values().sum();
        for (field, count) in [("items", items), ("succeeded", self.succeeded), ("failed", failed)] {
            assert_eq!(output[field], count, "{field} of the output: {output}");
        }
        let ids: BTreeSet<String> = (0..items).map(|n| format!("A{n}")).collect();
        assert_eq!(seen, ids);
        assert!(self.images.is_subset(&ids.iter().map(|id| key_of(id)).collect()), "there are images without an item");
    }

    fn succeeded_with(&mut self, data: &Data, id: &str, output: &Value) {
        let key = output["keyName"].as_str().unwrap();
        assert!(self.images.contains(key), "{id} succeeded without an image at {key}");
        assert_eq!(output["bytes"], std::fs::metadata(data.bucket(IMAGE_BUCKET).join(key)).unwrap().len(), "{id}");
        self.succeeded += 1;
    }

    /// A final kind of failure. One of the function's own process may come after the image was stored.
    fn failed_with(&mut self, id: &str, error: &str) {
        let of_item = generator::ErrorKind::ALL.iter().any(|kind| kind.name() == error);
        let of_process = matches!(error, "Sandbox.Timedout" | "Runtime.ExitError");
        assert!(of_item || of_process, "{id} failed with {error:?}");
        let may_have_image = of_process || error == "Internal";
        assert!(may_have_image || !self.images.contains(&key_of(id)), "{id} failed with {error} and has its image");
        *self.failed.entry(error.to_owned()).or_default() += 1;
    }
}

/// Key of the image of an item.
fn key_of(id: &str) -> String {
    format!("nomal/{id}/image.png")
}
