//! The files of a `ResultWriter`: what came of every item, and a manifest of the files.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html>

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::states::Services;
use crate::states::clock::iso;
use crate::states::error::{RESULT_WRITER_FAILED, StateError};
use crate::states::execution::{Execution, ExecutionStatus};

/// Results of a Map Run, in temporary files until the run is over.
#[derive(Debug)]
pub(crate) struct Results {
    directory: TempDir,
    succeeded: Files,
    failed: Files,
    pending: Files,
    entries: u64,
}

impl Results {
    /// No results yet. Files are split before they exceed `max_file_bytes`.
    pub(crate) fn create(directory: &Path, max_file_bytes: u64) -> Result<Self, StateError> {
        let directory = TempDir::new_in(directory).map_err(|error| not_kept(&error))?;
        let files = |status| Files::new(directory.path().to_owned(), status, max_file_bytes);
        Ok(Self {
            succeeded: files("SUCCEEDED"),
            failed: files("FAILED"),
            pending: files("PENDING"),
            directory,
            entries: 0,
        })
    }

    /// Adds a child that has ended: to the succeeded, or, whatever else happened, to the failed.
    pub(crate) fn add_ended(&mut self, child: &Execution, state_machine_arn: &str) -> Result<(), StateError> {
        let Some(end) = child.end() else { return Ok(()) };
        let status = end.outcome.status();
        let (error, cause) = end.outcome.failure();
        let (redrive_status, redrive_status_reason) = status.redrive(true);
        let entry = Entry {
            cause,
            error,
            execution_arn: &child.arn,
            input: &child.input,
            input_details: Details { included: true },
            name: &child.name,
            output: end.outcome.output(),
            output_details: Details { included: true },
            redrive_count: 0,
            redrive_status,
            redrive_status_reason,
            start_date: iso(child.started),
            state_machine_arn,
            status: status.name(),
            stop_date: iso(end.at),
        };
        let files = match status {
            ExecutionStatus::Succeeded => &mut self.succeeded,
            _ => &mut self.failed,
        };
        files.add(&entry).map_err(|error| not_kept(&error))?;
        self.entries += 1;
        Ok(())
    }

    /// Adds an item whose child was never started.
    pub(crate) fn add_pending(&mut self, input: &str) -> Result<(), StateError> {
        let entry = Pending { input, input_details: Details { included: true }, status: "PENDING" };
        self.pending.add(&entry).map_err(|error| not_kept(&error))?;
        self.entries += 1;
        Ok(())
    }

    /// Number of results.
    pub(crate) fn entries(&self) -> u64 {
        self.entries
    }

    /// Hands the files and then the manifest over to the bucket; returns the manifest's key.
    ///
    /// # Errors
    /// `States.ResultWriterFailed`
    pub(crate) async fn store<S: Services>(
        self,
        services: &S,
        bucket: &str,
        folder: &str,
        map_run_arn: &str,
    ) -> Result<String, StateError> {
        let mut listed = serde_json::Map::new();
        for files in [self.failed, self.pending, self.succeeded] {
            let status = files.status;
            let mut entries = Vec::new();
            for (name, path, size) in files.finish().map_err(|error| not_kept(&error))? {
                let key = format!("{folder}{name}");
                put(services, bucket, &key, &path).await?;
                entries.push(json!({ "Key": key, "Size": size }));
            }
            listed.insert(status.to_owned(), Value::Array(entries));
        }
        let manifest = json!({ "DestinationBucket": bucket, "MapRunArn": map_run_arn, "ResultFiles": listed });
        let path = self.directory.path().join("manifest.json");
        std::fs::write(&path, manifest.to_string()).map_err(|error| not_kept(&error))?;
        let key = format!("{folder}manifest.json");
        put(services, bucket, &key, &path).await?;
        Ok(key)
    }
}

async fn put<S: Services>(services: &S, bucket: &str, key: &str, path: &Path) -> Result<(), StateError> {
    services.put_file(bucket, key, path).await.map_err(|failure| {
        StateError::new(
            RESULT_WRITER_FAILED,
            format!("The results cannot be written to s3://{bucket}/{key}: {failure}"),
        )
    })
}

fn not_kept(error: &io::Error) -> StateError {
    let cause = format!("The results cannot be kept in the temporary directory: {error}");
    StateError::new(RESULT_WRITER_FAILED, cause)
}

/// The files of one status: JSON arrays, `SUCCEEDED_0.json` and so on.
#[derive(Debug)]
struct Files {
    directory: PathBuf,
    status: &'static str,
    max_bytes: u64,
    open: Option<OpenFile>,
    finished: Vec<(String, PathBuf, u64)>,
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

    fn add(&mut self, entry: &impl Serialize) -> io::Result<()> {
        let entry = serde_json::to_vec(entry)?;
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
        file.writer.write_all(&entry)?;
        file.bytes += more - 1;
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some(mut file) = self.open.take() {
            file.writer.write_all(b"]")?;
            file.writer.flush()?;
            let name = self.name();
            self.finished.push((name.clone(), self.directory.join(name), file.bytes + 1));
        }
        Ok(())
    }

    /// Name, place and size of every file.
    fn finish(mut self) -> io::Result<Vec<(String, PathBuf, u64)>> {
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
        let content = |(name, path, size): (String, PathBuf, u64)| {
            let text = std::fs::read_to_string(path).unwrap();
            assert_eq!(text.len() as u64, size, "{name}");
            (name, text)
        };
        finished.into_iter().map(content).collect()
    }

    #[test]
    fn files_are_split_before_they_exceed_the_limit() {
        let directory = tempfile::tempdir().unwrap();
        let mut files = Files::new(directory.path().to_owned(), "SUCCEEDED", 9);
        for entry in ["aa", "b", "c", "dd"] {
            files.add(&entry).unwrap();
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
        for entry in ["long entry", "x"] {
            files.add(&entry).unwrap();
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
