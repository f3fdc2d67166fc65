//! The files that the Map Run writes at its end: what came of every item.

use super::failure::Failure;
use serde::Deserialize;
use std::collections::HashMap;

/// How a picture came to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// The model made it, and it was paid.
    Generated,
    /// It was already there.
    Existing,
}

/// `manifest.json`. <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Manifest {
    result_files: ResultFiles,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct ResultFiles {
    succeeded: Vec<ResultFile>,
    failed: Vec<ResultFile>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResultFile {
    key: String,
}

impl Manifest {
    /// Keys of the files in the result bucket.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.result_files.succeeded.iter().chain(&self.result_files.failed).map(|file| file.key.as_str())
    }
}

/// One child execution in a result file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Child {
    #[serde(default)]
    input: Option<String>,
    #[serde(default)]
    output: Option<String>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    cause: Option<String>,
    status: String,
}

/// Answer of the generator.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    bucket_name: String,
    key_name: String,
    outcome: Outcome,
}

/// What came of the items of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Results {
    /// By bucket and key of the picture.
    pub(crate) outcomes: HashMap<(String, String), Outcome>,
    /// Items that failed.
    pub(crate) failures: Vec<Failure>,
}

impl Results {
    /// Adds a result file. Entries that are not the generator's are left out.
    ///
    /// # Errors
    /// If the file is not a JSON array of child executions.
    pub(crate) fn add_file(&mut self, bytes: &[u8]) -> Result<(), serde_json::Error> {
        let children: Vec<Child> = serde_json::from_slice(bytes)?;
        for child in children {
            if child.status == "SUCCEEDED" {
                let answer = child.output.and_then(|text| serde_json::from_str::<Answer>(&text).ok());
                self.outcomes.extend(answer.map(|answer| ((answer.bucket_name, answer.key_name), answer.outcome)));
            } else if child.status != "ABORTED" {
                let [input, error, cause] = [child.input, child.error, child.cause].map(Option::unwrap_or_default);
                let error = if error.is_empty() { child.status } else { error };
                self.failures.push(Failure::of_child(&input, &error, &cause));
            }
        }
        Ok(())
    }
}
