//! The audit: what the ledger, the result files and the buckets say of every item, and whether it is what was promised.

use super::Options;
use super::local::{IMAGE_BUCKET, RESULT_BUCKET};
use super::run::{Disaster, images, ledger};
use ::local::faults::{Entry, item_of_key, read_ledger};
use emulator_bedrock::ItemName;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

/// PutObject that fails so often in a row, for seconds, may be the reason why an image was never stored.
const STORAGE_FAILED: usize = 3;

/// The books of one item.
#[derive(Debug, Default)]
pub struct Books {
    pub calls: usize,
    pub paid: usize,
    stored: bool,
    /// An image is paid and not stored yet; what has happened since that it may be lost to.
    open: Option<Vec<String>>,
    refused_puts: usize,
    /// What every lost image was lost to.
    pub lost: Vec<String>,
}

/// What the audit found.
#[derive(Debug, Default)]
pub struct Audit {
    /// By id.
    pub items: BTreeMap<String, Books>,
    /// Answers of the model and faults, by what they were.
    pub events: BTreeMap<String, usize>,
    pub succeeded: usize,
    /// By the name of the error.
    pub failed: BTreeMap<String, usize>,
    pub images: BTreeSet<String>,
}

impl Audit {
    /// Paid calls of all items.
    pub fn paid(&self) -> usize {
        self.items.values().map(|books| books.paid).sum()
    }

    /// Images that were paid and lost, by what they were lost to.
    pub fn lost(&self) -> BTreeMap<&str, usize> {
        let mut lost = BTreeMap::new();
        for cause in self.items.values().flat_map(|books| &books.lost) {
            *lost.entry(cause.as_str()).or_default() += 1;
        }
        lost
    }

    /// The run of the same list that followed made what was missing, and nothing else.
    pub fn after(&self, options: &Options, disaster: &Disaster, again: &Value) -> Result<(), Box<dyn Error>> {
        let missing = options.items - self.images.len();
        let expected = [("generated", missing), ("existing", self.images.len()), ("paidCalls", missing)];
        for (field, expected) in expected {
            ensure(again[field] == expected, || format!("the next run should have {field} {expected}: {again}"))?;
        }
        let entries = read_ledger(&ledger(&options.data))?;
        let entries = entries.get(disaster.entries..).unwrap_or_default();
        for entry in entries {
            if let Entry::Answered { item, paid: true, .. } = entry {
                ensure(!self.has_image(item), || format!("{item:?} had its image and was paid again"))?;
            }
        }
        let images = images(&options.data)?.len();
        ensure(images == options.items, || format!("{images} images in the end"))
    }

    fn has_image(&self, item: &ItemName) -> bool {
        self.images.iter().any(|key| item_of_key(key).as_ref() == Some(item))
    }

    fn books(&mut self, item: &ItemName) -> &mut Books {
        self.items.entry(item.id.clone().unwrap_or_default()).or_default()
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Box<dyn Error>> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}

/// Audits the books of a disaster.
///
/// # Errors
/// The first thing that is not as it is promised.
pub fn audit(options: &Options, disaster: &Disaster) -> Result<Audit, Box<dyn Error>> {
    let mut audit = Audit { images: images(&options.data)?, ..Audit::default() };
    let mut kills = disaster.at_kill.iter();
    let mut lives = 0;
    for entry in read_ledger(&ledger(&options.data))?.iter().take(disaster.entries) {
        if matches!(entry, Entry::Started { .. }) && lives > 0 {
            audit.killed(kills.next().ok_or("local was started more often than it was killed")?);
        }
        lives += usize::from(matches!(entry, Entry::Started { .. }));
        audit.enter(entry)?;
    }
    ensure(lives == options.kills + 1, || format!("local lived {lives} times"))?;
    for (id, books) in &audit.items {
        let Some(causes) = &books.open else { continue };
        ensure(!causes.is_empty(), || format!("{id} was paid, no fault is known, and no image stored: {books:?}"))?;
    }
    for books in audit.items.values_mut() {
        books.lose();
    }
    audit.results(options, disaster)?;
    Ok(audit)
}

impl Books {
    /// The open image is lost to what came first. S3 that refused it is a reason only where nothing else ended the function's patience.
    fn lose(&mut self) {
        if let Some(causes) = self.open.take() {
            let reason = causes.iter().position(|cause| !cause.starts_with("S3: ")).unwrap_or_default();
            self.lost.extend(causes.into_iter().nth(reason));
        }
        self.refused_puts = 0;
    }

    fn store(&mut self) {
        self.stored = true;
        self.open = None;
        self.refused_puts = 0;
    }

    fn blame(&mut self, cause: String) {
        if let Some(causes) = &mut self.open {
            causes.push(cause);
        }
    }
}

impl Audit {
    /// `local` was killed, with these images on the disk.
    fn killed(&mut self, images: &BTreeSet<String>) {
        *self.events.entry("local: killed".to_owned()).or_default() += 1;
        for item in images.iter().filter_map(|key| item_of_key(key)) {
            self.books(&item).store();
        }
        for books in self.items.values_mut() {
            books.blame("local killed".to_owned());
        }
    }

    fn enter(&mut self, entry: &Entry) -> Result<(), Box<dyn Error>> {
        let event = match entry {
            Entry::Started { .. } => return Ok(()),
            Entry::Answered { item, answer, paid, fault } => {
                let books = self.books(item);
                books.calls += 1;
                if *paid {
                    books.paid += 1;
                    match fault.as_deref() {
                        // Made for nobody: whoever asked has gone and asked again, perhaps with success.
                        Some("CallerLeft") => books.lost.push("model: CallerLeft".to_owned()),
                        fault => books.pay(item, fault)?,
                    }
                }
                format!("model: {}", fault.as_deref().unwrap_or(answer))
            }
            Entry::Stored { key, .. } => {
                if let Some(item) = item_of_key(key) {
                    self.books(&item).store();
                }
                return Ok(());
            }
            Entry::S3Fault { operation, fault, key, .. } => {
                if let Some(item) = item_of_key(key).filter(|_| operation == "PutObject" && fault != "LostAnswer") {
                    let books = self.books(&item);
                    books.refused_puts += 1;
                    if books.refused_puts == STORAGE_FAILED {
                        books.blame("S3: PutObject failed too often".to_owned());
                    }
                }
                format!("S3: {fault}")
            }
            Entry::FunctionFault { item, fault, moment } => {
                if matches!(moment.as_str(), "Paid" | "Storing") {
                    self.books(item).blame(format!("function: {fault}"));
                }
                format!("function: {fault}")
            }
        };
        *self.events.entry(event).or_default() += 1;
        Ok(())
    }

    /// The result files and the output of the execution agree with the buckets.
    fn results(&mut self, options: &Options, disaster: &Disaster) -> Result<(), Box<dyn Error>> {
        let folder = options.data.join("s3").join(RESULT_BUCKET).join("results").join(&disaster.execution);
        let mut seen = BTreeSet::new();
        for (status, entries) in result_files(&folder)? {
            for entry in entries {
                let input: Value = serde_json::from_str(entry["Input"].as_str().unwrap_or_default())?;
                let id = input["item"]["id"].as_str().unwrap_or_default().to_owned();
                ensure(seen.insert(id.clone()), || format!("{id} has two results"))?;
                match status.as_str() {
                    "SUCCEEDED" => self.succeeded_with(&options.data, &id, &entry)?,
                    "FAILED" => self.failed_with(&id, &entry)?,
                    other => return Err(format!("{id} is {other}").into()),
                }
            }
        }
        let output = &disaster.output;
        let failed: usize = self.failed.values().sum();
        let counts = [("items", options.items), ("succeeded", self.succeeded), ("failed", failed)];
        for (field, count) in counts {
            ensure(output[field] == count, || format!("{field} of the output is not {count}: {output}"))?;
        }
        ensure(seen.len() == options.items, || format!("{} items have results", seen.len()))?;
        let keys: BTreeSet<String> = (0..options.items).map(Options::key).collect();
        ensure(self.images.is_subset(&keys), || "there are images of no item".to_owned())
    }

    fn succeeded_with(&mut self, data: &Path, id: &str, entry: &Value) -> Result<(), Box<dyn Error>> {
        let output: Value = serde_json::from_str(entry["Output"].as_str().unwrap_or_default())?;
        let key = output["keyName"].as_str().unwrap_or_default();
        ensure(self.images.contains(key), || format!("{id} succeeded without an image at {key}"))?;
        let bytes = std::fs::metadata(data.join("s3").join(IMAGE_BUCKET).join(key))?.len();
        ensure(output["bytes"] == bytes, || format!("{id} has an image of {bytes} bytes: {output}"))?;
        self.succeeded += 1;
        Ok(())
    }

    /// A final kind of failure. One of the function's own process may come after the image was stored.
    fn failed_with(&mut self, id: &str, entry: &Value) -> Result<(), Box<dyn Error>> {
        let error = entry["Error"].as_str().unwrap_or_default();
        let of_item = generator::ErrorKind::ALL.iter().any(|kind| kind.name() == error);
        let of_process = matches!(error, "Sandbox.Timedout" | "Runtime.ExitError");
        ensure(of_item || of_process, || format!("{id} failed with {error:?}: {entry}"))?;
        let stored = item_of_key(&Options::key(id.trim_start_matches('A').parse()?));
        let has_image = stored.is_some_and(|item| self.has_image(&item));
        let may_have = of_process || error == "Internal";
        ensure(!has_image || may_have, || format!("{id} failed with {error} and has its image"))?;
        *self.failed.entry(error.to_owned()).or_default() += 1;
        Ok(())
    }
}

impl Books {
    /// An image was made for a caller that waits for it.
    fn pay(&mut self, item: &ItemName, fault: Option<&str>) -> Result<(), Box<dyn Error>> {
        ensure(!self.stored, || format!("{item:?} had its image and was paid again: {self:?}"))?;
        ensure(self.open.as_ref().is_none_or(|causes| !causes.is_empty()), || {
            format!("{item:?} was paid twice, and no fault is known: {self:?}")
        })?;
        self.lose();
        self.open = Some(fault.map(|fault| format!("model: {fault}")).into_iter().collect());
        Ok(())
    }
}

/// The entries of the result files, by status.
fn result_files(folder: &Path) -> Result<BTreeMap<String, Vec<Value>>, Box<dyn Error>> {
    let mut files = BTreeMap::<_, Vec<Value>>::new();
    for map_run in std::fs::read_dir(folder)? {
        for file in std::fs::read_dir(map_run?.path())? {
            let path = file?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if let Some((status, _)) = name.rsplit_once('_') {
                let entries: Vec<Value> = serde_json::from_slice(&std::fs::read(&path)?)?;
                files.entry(status.to_owned()).or_default().extend(entries);
            }
        }
    }
    Ok(files)
}
