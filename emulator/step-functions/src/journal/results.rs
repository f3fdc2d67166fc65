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
    /// By status.
    files: Vec<(&'static str, Vec<Finished>)>,
    entries: u64,
}

/// A file of results that is written.
#[derive(Debug)]
struct Finished {
    name: String,
    path: PathBuf,
    bytes: u64,
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
            let entry = Pending { input: &input, input_details: Details::INCLUDED, status: "PENDING" };
            let entry = serde_json::to_vec(&entry).map_err(|error| not_kept(&error.into()))?;
            never_started.add(&entry).map_err(|error| not_kept(&error))?;
            entries += 1;
        }
        let finish = |files: Files| Ok((files.status, files.finish()?));
        let files = [failed, never_started, succeeded].into_iter().map(finish).collect::<io::Result<_>>();
        Ok(Self { directory, files: files.map_err(|error| not_kept(&error))?, entries })
    }

    /// Number of results.
    pub(crate) fn entries(&self) -> u64 {
        self.entries
    }

    /// How many files there are, by status.
    pub(crate) fn file_counts(&self) -> BTreeMap<String, usize> {
        self.files.iter().map(|(status, files)| ((*status).to_owned(), files.len())).collect()
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
        for (status, files) in &self.files {
            let mut entries = Vec::new();
            for file in files {
                let key = format!("{folder}{}", file.name);
                entries.push(json!({ "Key": key, "Size": file.bytes }));
                uploads.push((key, file.path.clone()));
            }
            for number in entries.len()..before.get(*status).copied().unwrap_or(0) {
                uploads.push(written(&format!("{status}_{number}.json"), "[]")?);
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
    open: Option<OpenFile>,
    finished: Vec<Finished>,
}

#[derive(Debug)]
struct OpenFile {
    writer: BufWriter<File>,
    bytes: u64,
}

impl Files {
    fn new(directory: PathBuf, status: &'static str, max_bytes: u64) -> Self {
        Self { directory, status, max_bytes, open: None, finished: Vec::new() }
    }

    fn name(&self) -> String {
        format!("{}_{}.json", self.status, self.finished.len())
    }

    /// Adds an entry, which is JSON.
    fn add(&mut self, entry: &[u8]) -> io::Result<()> {
        // The entry, the bracket or comma before it and the bracket after it.
        let more = entry.len() as u64 + 2;
        if self.open.as_ref().is_some_and(|file| file.bytes + more > self.max_bytes) {
            self.close()?;
        }
        let file = match &mut self.open {
            Some(file) => {
                file.writer.write_all(b",")?;
                file
            }
            None => {
                let mut writer = BufWriter::new(File::create(self.directory.join(self.name()))?);
                writer.write_all(b"[")?;
                self.open.insert(OpenFile { writer, bytes: 0 })
            }
        };
        file.writer.write_all(entry)?;
        file.bytes += more - 1;
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some(mut file) = self.open.take() {
            file.writer.write_all(b"]")?;
            file.writer.flush()?;
            let name = self.name();
            let path = self.directory.join(&name);
            self.finished.push(Finished { name, path, bytes: file.bytes + 1 });
        }
        Ok(())
    }

    /// Every file.
    fn finish(mut self) -> io::Result<Vec<Finished>> {
        self.close()?;
        Ok(self.finished)
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
    pub(crate) stop_date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pending<'a> {
    input: &'a str,
    input_details: Details,
    status: &'static str,
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
            let finished = files.finish().unwrap();
            let texts: Vec<_> = finished.iter().map(|file| std::fs::read_to_string(&file.path).unwrap()).collect();
            assert_eq!(texts, expected);
            for (number, (file, text)) in finished.iter().zip(&texts).enumerate() {
                assert_eq!((&file.name, file.bytes), (&format!("SUCCEEDED_{number}.json"), text.len() as u64));
            }
        }
    }
}
