//! The files of a `ResultWriter`: what came of every item, and a manifest of the files.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html>

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::journal::ended::Ended;
use crate::model::error::{RESULT_WRITER_FAILED, StateError};
use crate::model::execution_outcome::ExecutionStatus;

/// A file has at most so many bytes; more results are split into further files.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html>
const MAX_FILE_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// The result files of a Map Run, written and not yet in their bucket.
#[derive(Debug)]
pub(crate) struct Results {
    directory: TempDir,
    /// By status, the bytes of each file.
    files: Vec<(&'static str, Vec<u64>)>,
    /// Number of results.
    pub(crate) entries: u64,
}

/// The name of a file of results.
fn file_name(status: &str, number: usize) -> String {
    format!("{status}_{number}.json")
}

impl Results {
    /// Writes the files: from the ends of the children, and from the inputs of those that were never started.
    ///
    /// # Errors
    /// `States.ResultWriterFailed`
    pub(crate) fn write(
        directory: &Path,
        ended: &Ended,
        mut pending: impl FnMut() -> Result<Option<String>, StateError>,
    ) -> Result<Self, StateError> {
        let directory = TempDir::new_in(directory).map_err(|error| not_kept(&error))?;
        let files = |status| Files::new(directory.path().to_owned(), status, MAX_FILE_BYTES);
        let (mut succeeded, mut failed, mut never_started) = (files("SUCCEEDED"), files("FAILED"), files("PENDING"));
        let mut entries = 0;
        let written = ended.for_each(|status, entry| {
            entries += 1;
            match status {
                ExecutionStatus::Succeeded => succeeded.add(entry),
                _ => failed.add(entry),
            }
        });
        written.map_err(|error| not_kept(&error))?;
        while let Some(input) = pending()? {
            let entry = json!({ "Input": input, "InputDetails": Details::INCLUDED, "Status": "PENDING" });
            never_started.add(entry.to_string().as_bytes()).map_err(|error| not_kept(&error))?;
            entries += 1;
        }
        let finish = |files: Files| Ok((files.status, files.finish()?));
        let files = [failed, never_started, succeeded].into_iter().map(finish).collect::<io::Result<_>>();
        Ok(Self { directory, files: files.map_err(|error| not_kept(&error))?, entries })
    }

    /// How many files there are, by status.
    pub(crate) fn file_counts(&self) -> BTreeMap<String, usize> {
        self.files.iter().map(|(status, sizes)| ((*status).to_owned(), sizes.len())).collect()
    }

    /// What is to be stored, by key, the manifest last. The files are there as long as this value.
    ///
    /// `before` are the counts of files of an earlier attempt: those that are no more are made empty, so that nobody
    /// takes an item for failed that has succeeded since. The manifest lists only the others.
    ///
    /// # Errors
    /// `States.ResultWriterFailed`
    pub(crate) fn uploads(
        &self,
        bucket: &str,
        folder: &str,
        map_run_arn: &str,
        before: &BTreeMap<String, usize>,
    ) -> Result<Vec<(String, PathBuf)>, StateError> {
        let (mut uploads, mut listed) = (Vec::new(), serde_json::Map::new());
        let written = |name: &str, text: &str| {
            let path = self.directory.path().join(name);
            std::fs::write(&path, text).map_err(|error| not_kept(&error))?;
            Ok::<_, StateError>((format!("{folder}{name}"), path))
        };
        for (status, sizes) in &self.files {
            let mut entries = Vec::new();
            for (number, size) in sizes.iter().enumerate() {
                let name = file_name(status, number);
                let key = format!("{folder}{name}");
                entries.push(json!({ "Key": key, "Size": size }));
                uploads.push((key, self.directory.path().join(name)));
            }
            for number in sizes.len()..before.get(*status).copied().unwrap_or(0) {
                uploads.push(written(&file_name(status, number), "[]")?);
            }
            listed.insert((*status).to_owned(), Value::Array(entries));
        }
        let manifest = json!({ "DestinationBucket": bucket, "MapRunArn": map_run_arn, "ResultFiles": listed });
        uploads.push(written("manifest.json", &manifest.to_string())?);
        Ok(uploads)
    }
}

pub(crate) fn not_kept(error: &io::Error) -> StateError {
    let cause = format!("The results cannot be kept: {error}");
    StateError::new(RESULT_WRITER_FAILED, cause)
}

/// The files of one status: JSON arrays, `SUCCEEDED_0.json` and so on.
#[derive(Debug)]
struct Files {
    directory: PathBuf,
    status: &'static str,
    max_bytes: u64,
    /// The file that is written, and how many bytes it has.
    open: Option<(BufWriter<File>, u64)>,
    /// The bytes of those that are written.
    sizes: Vec<u64>,
}

impl Files {
    fn new(directory: PathBuf, status: &'static str, max_bytes: u64) -> Self {
        Self { directory, status, max_bytes, open: None, sizes: Vec::new() }
    }

    /// Adds an entry, which is JSON.
    fn add(&mut self, entry: &[u8]) -> io::Result<()> {
        // The bracket or comma before the entry is counted with it, the bracket at the end when the file is closed.
        let more = entry.len() as u64 + 1;
        if self.open.as_ref().is_some_and(|(_, bytes)| bytes + more + 1 > self.max_bytes) {
            self.close()?;
        }
        let (file, bytes) = match &mut self.open {
            Some(open) => open,
            None => {
                let path = self.directory.join(file_name(self.status, self.sizes.len()));
                self.open.insert((BufWriter::new(File::create(path)?), 0))
            }
        };
        file.write_all(if *bytes == 0 { b"[" } else { b"," })?;
        file.write_all(entry)?;
        *bytes += more;
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some((mut file, bytes)) = self.open.take() {
            file.write_all(b"]")?;
            file.flush()?;
            self.sizes.push(bytes + 1);
        }
        Ok(())
    }

    /// The sizes of all files.
    fn finish(mut self) -> io::Result<Vec<u64>> {
        self.close()?;
        Ok(self.sizes)
    }
}

/// What came of a child, as the file of results has it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'a str>,
    pub(crate) execution_arn: &'a str,
    pub(crate) input: &'a str,
    pub(crate) input_details: Details,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<&'a str>,
    pub(crate) output_details: Details,
    pub(crate) redrive_count: u32,
    pub(crate) redrive_status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redrive_status_reason: Option<&'a str>,
    pub(crate) start_date: String,
    pub(crate) state_machine_arn: &'a str,
    pub(crate) status: &'a str,
    /// The last field: `ended` reads it from there.
    pub(crate) stop_date: String,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Details {
    included: bool,
}

impl Details {
    /// Nothing is truncated here.
    pub(crate) const INCLUDED: Self = Self { included: true };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_split_before_they_exceed_the_limit() {
        let directory = tempfile::tempdir().unwrap();
        for (limit, entries, expected) in [
            (9, &[r#""aa""#, r#""b""#, r#""c""#, r#""dd""#][..], &[r#"["aa"]"#, r#"["b","c"]"#, r#"["dd"]"#][..]),
            (4, &[r#""long entry""#, r#""x""#], &[r#"["long entry"]"#, r#"["x"]"#]),
            (4, &[], &[]),
        ] {
            let mut files = Files::new(directory.path().to_owned(), "SUCCEEDED", limit);
            entries.iter().for_each(|entry| files.add(entry.as_bytes()).unwrap());
            let sizes = files.finish().unwrap();
            assert_eq!(sizes, expected.iter().map(|text| text.len() as u64).collect::<Vec<_>>());
            for (number, text) in expected.iter().enumerate() {
                let path = directory.path().join(format!("SUCCEEDED_{number}.json"));
                assert_eq!(std::fs::read_to_string(path).unwrap(), *text);
            }
        }
    }
}
