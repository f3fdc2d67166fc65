//! Drives `local` through the disaster: the list is dropped, `local` is killed at random moments and started again.

use super::Options;
use super::audit::{Audit, audit};
use super::local::{IMAGE_BUCKET, LIST_BUCKET, Local};
use serde_json::Value;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often it is looked how far things are.
const LOOK: Duration = Duration::from_millis(5);

/// What is known when the execution has ended.
pub struct Disaster {
    /// Keys of the images that were there when `local` was killed, for every kill.
    pub at_kill: Vec<BTreeSet<String>>,
    /// The name of the one execution.
    pub execution: String,
    /// Its output.
    pub output: Value,
    /// Entries of the ledger up to then.
    pub entries: usize,
}

/// What came of the test.
pub struct Report {
    pub audit: Audit,
    /// From the drop of the list to the end of its execution, all lives of `local` together.
    pub time: Duration,
    /// Images that were there when `local` was killed.
    pub killed_at: Vec<usize>,
    /// The object that `local run --json` of the same list printed afterwards, without faults.
    pub again: Value,
}

/// Runs the whole test.
///
/// # Errors
/// What is not as it is promised, or what could not be run.
pub fn run(options: &Options) -> Result<Report, Box<dyn Error>> {
    let started = Instant::now();
    let disaster = disaster(options)?;
    let time = started.elapsed();
    let audit = audit(options, &disaster)?;
    let again = again(options)?;
    audit.after(options, &disaster, &again)?;
    Ok(Report { audit, time, killed_at: disaster.at_kill.iter().map(BTreeSet::len).collect(), again })
}

fn disaster(options: &Options) -> Result<Disaster, Box<dyn Error>> {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let mut moments: Vec<usize> = (0..options.kills).map(|_| random.usize(0..options.items * 9 / 10)).collect();
    moments.sort_unstable();
    let mut progress = Progress { path: ledger(&options.data), read: 0, stored: 0 };
    let mut at_kill = Vec::new();
    let mut life = 0;
    loop {
        let local = Local::up(&options.program, &options.data, &options.arguments(life))?;
        if life == 0 {
            local.put(LIST_BUCKET, "chaos.json", &options.list())?;
        }
        let kill_at = moments.get(life).copied();
        let execution = loop {
            let stored = progress.look()?;
            if kill_at.is_some_and(|moment| stored >= moment) {
                break None;
            }
            // Listing costs more than reading the ledger, and the end comes once.
            if kill_at.is_none()
                && let [(arn, status)] = local.executions()?.as_slice()
                && status != "RUNNING"
            {
                break Some((arn.clone(), status.clone()));
            }
            std::thread::sleep(LOOK);
        };
        let Some((arn, status)) = execution else {
            local.kill()?;
            at_kill.push(images(&options.data)?);
            life += 1;
            continue;
        };
        if status != "SUCCEEDED" {
            return Err(format!("the execution ended as {status}").into());
        }
        let output = local.output(&arn)?;
        let executions = local.executions()?.len();
        if executions != 1 {
            return Err(format!("duplicate events made {executions} executions").into());
        }
        local.kill()?;
        let entries = ::local::faults::read_ledger(&ledger(&options.data))?.len();
        let execution = arn.rsplit(':').next().unwrap_or_default().to_owned();
        return Ok(Disaster { at_kill, execution, output, entries });
    }
}

/// `local run` of the same list with good luck.
fn again(options: &Options) -> Result<Value, Box<dyn Error>> {
    let list = options.data.join("chaos.json");
    std::fs::write(&list, options.list())?;
    let output = Command::new(&options.program)
        .arg("run")
        .arg(list)
        .args(["--json", "--ledger", "--picture", "tiny", "--max-items", &options.items.to_string(), "--data"])
        .arg(&options.data)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

pub fn ledger(data: &Path) -> PathBuf {
    data.join(::local::pipeline::LEDGER)
}

/// Keys of the images on the disk.
pub fn images(data: &Path) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let bucket = data.join("s3").join(IMAGE_BUCKET);
    let mut keys = BTreeSet::new();
    let mut folders = vec![bucket.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(key) = path.strip_prefix(&bucket)?.to_str() {
                keys.insert(key.to_owned());
            }
        }
    }
    Ok(keys)
}

/// How many images are stored, as the ledger says while it is written.
struct Progress {
    path: PathBuf,
    read: u64,
    stored: usize,
}

impl Progress {
    fn look(&mut self) -> Result<usize, Box<dyn Error>> {
        use std::io::{BufRead, BufReader, Seek, SeekFrom};
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut lines = BufReader::new(file.take(1 << 24));
        let mut line = String::new();
        loop {
            line.clear();
            let bytes = lines.read_line(&mut line)?;
            if !line.ends_with('\n') {
                return Ok(self.stored);
            }
            self.read += bytes as u64;
            self.stored += usize::from(line.contains(r#""event":"stored""#) && line.contains("image.png"));
        }
    }
}
