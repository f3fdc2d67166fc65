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

use crate::Services;
use crate::ended::Ended;
use crate::execution::{Execution, ExecutionStatus};
use crate::model::error::{RESULT_WRITER_FAILED, StateError};
use crate::model::timestamp::iso;
use crate::redrive;

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
    /// Writes the files: from the ends of the children, and from the inputs of those that were never started. Files are
    /// split before they exceed `max_file_bytes`.
    ///
    /// # Errors
    /// `States.ResultWriterFailed`
    pub(crate) fn write(
        directory: &Path,
        max_file_bytes: u64,
        ended: &Ended,
        mut pending: impl FnMut() -> Result<Option<String>, StateError>,
    ) -> Result<Self, StateError> {
        let directory = TempDir::new_in(directory).map_err(|error| not_kept(&error))?;
        let files = |status| Files::new(directory.path().to_owned(), status, max_file_bytes);
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
            let entry = Pending { input: &input, input_details: Details { included: true }, status: "PENDING" };
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

    /// Hands the files and then the manifest over to the bucket; returns the manifest's key.
    ///
    /// `before` are the counts of files of an earlier attempt: those that are no more are made empty, so that nobody
    /// takes an item for failed that has succeeded since. The manifest lists only the others.
    ///
    /// # Errors
    /// `States.ResultWriterFailed`
    pub(crate) async fn store<S: Services>(
        self,
        services: &S,
        bucket: &str,
        folder: &str,
        map_run_arn: &str,
        before: &BTreeMap<String, usize>,
    ) -> Result<String, StateError> {
        let mut listed = serde_json::Map::new();
        for (status, files) in &self.files {
            let mut entries = Vec::new();
            for file in files {
                let key = format!("{folder}{}", file.name);
                put(services, bucket, &key, &file.path).await?;
                entries.push(json!({ "Key": key, "Size": file.bytes }));
            }
            for number in entries.len()..before.get(*status).copied().unwrap_or(0) {
                let path = self.directory.path().join("empty.json");
                std::fs::write(&path, "[]").map_err(|error| not_kept(&error))?;
                put(services, bucket, &format!("{folder}{status}_{number}.json"), &path).await?;
            }
            listed.insert((*status).to_owned(), Value::Array(entries));
        }
        let manifest = json!({ "DestinationBucket": bucket, "MapRunArn": map_run_arn, "ResultFiles": listed });
        let path = self.directory.path().join("manifest.json");
        std::fs::write(&path, manifest.to_string()).map_err(|error| not_kept(&error))?;
        let key = format!("{folder}manifest.json");
        put(services, bucket, &key, &path).await?;
        Ok(key)
    }
}

/// Keeps what came of a child that has ended.
pub(crate) fn keep_end(ended: &mut Ended, child: &Execution, state_machine_arn: &str) -> Result<(), StateError> {
    let (Some(end), Some(index)) = (child.end(), child.index()) else { return Ok(()) };
    let status = end.outcome.status();
    let (error, cause) = end.outcome.failure();
    let (redrive_status, redrive_status_reason) = redrive::by_status(status, true);
    let redrive_count = child.redrive.map_or(0, |redrive| redrive.count);
    let entry = Entry {
        cause,
        error,
        execution_arn: &child.arn,
        input: &child.input,
        input_details: Details { included: true },
        name: &child.name,
        output: end.outcome.output(),
        output_details: Details { included: true },
        redrive_count,
        redrive_status,
        redrive_status_reason,
        start_date: iso(child.started),
        state_machine_arn,
        status: status.name(),
        stop_date: iso(end.at),
    };
    ended.add(index, status, redrive_count, child.started, &entry).map_err(|error| not_kept(&error))
}

async fn put<S: Services>(services: &S, bucket: &str, key: &str, path: &Path) -> Result<(), StateError> {
    services.put_file(bucket, key, path).await.map_err(|failure| {
        StateError::new(
            RESULT_WRITER_FAILED,
            format!("The results cannot be written to s3://{bucket}/{key}: {failure}"),
        )
    })
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

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    execution_arn: &'a str,
    input: &'a str,
    input_details: Details,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    output_details: Details,
    redrive_count: u32,
    redrive_status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redrive_status_reason: Option<&'a str>,
    start_date: String,
    state_machine_arn: &'a str,
    status: &'a str,
    stop_date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pending<'a> {
    input: &'a str,
    input_details: Details,
    status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    included: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(files: Files) -> Vec<(String, String)> {
        let finished = files.finish().unwrap();
        let content = |Finished { name, path, bytes }: Finished| {
            let text = std::fs::read_to_string(path).unwrap();
            assert_eq!(text.len() as u64, bytes, "{name}");
            (name, text)
        };
        finished.into_iter().map(content).collect()
    }

    #[test]
    fn files_are_split_before_they_exceed_the_limit() {
        let directory = tempfile::tempdir().unwrap();
        let mut files = Files::new(directory.path().to_owned(), "SUCCEEDED", 9);
        for entry in [r#""aa""#, r#""b""#, r#""c""#, r#""dd""#] {
            files.add(entry.as_bytes()).unwrap();
        }
        let expected = [
            ("SUCCEEDED_0.json", r#"["aa"]"#),
            ("SUCCEEDED_1.json", r#"["b","c"]"#),
            ("SUCCEEDED_2.json", r#"["dd"]"#),
        ];
        assert_eq!(contents(files), expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    }

    #[test]
    fn an_entry_larger_than_the_limit_has_a_file_of_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let mut files = Files::new(directory.path().to_owned(), "FAILED", 4);
        for entry in [r#""long entry""#, r#""x""#] {
            files.add(entry.as_bytes()).unwrap();
        }
        let texts: Vec<String> = contents(files).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, [r#"["long entry"]"#, r#"["x"]"#]);
    }

    #[test]
    fn without_entries_there_is_no_file() {
        let directory = tempfile::tempdir().unwrap();
        assert!(contents(Files::new(directory.path().to_owned(), "PENDING", 9)).is_empty());
    }
}
