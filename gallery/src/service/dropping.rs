//! Dropping a list: upload, and what the trigger makes of it.

use super::Gallery;
use crate::Error;
use serde::{Deserialize, Serialize};

/// A list that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dropped {
    /// Its key in the list bucket.
    pub(crate) key: String,
    /// Its version, where the bucket has versions.
    pub(crate) version: Option<String>,
    /// The name that its execution gets; not known without a version.
    pub(crate) run: Option<String>,
}

/// What became of an uploaded list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DropState {
    /// The trigger has not answered yet.
    Waiting,
    /// The execution has started.
    Started,
    /// The trigger rejected the list.
    Rejected(Rejection),
}

/// The trigger's report on a rejected list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Rejection {
    /// Problems, listed or not.
    pub(crate) problem_count: u64,
    /// The first problems.
    pub(crate) problems: Vec<RejectedProblem>,
}

/// One problem of a rejected list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct RejectedProblem {
    /// The item, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) index: Option<u64>,
    /// The field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// What is wrong.
    pub(crate) message: String,
}

impl std::fmt::Display for RejectedProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(index) = self.index {
            write!(f, "item {index}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "`{field}` ")?;
        }
        f.write_str(&self.message)
    }
}

impl Gallery {
    /// Uploads a list.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn drop_list(&self, key: &str, json: Vec<u8>) -> Result<Dropped, Error> {
        let version = self.aws.put_list(key, json).await?;
        let run = version.as_deref().map(|version| self.aws.names.execution_name(key, version));
        Ok(Dropped { key: key.to_owned(), version, run })
    }

    /// What the trigger has made of it so far.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn drop_state(&self, dropped: &Dropped) -> Result<DropState, Error> {
        let (Some(run), Some(version)) = (&dropped.run, &dropped.version) else { return Ok(DropState::Started) };
        match self.aws.describe_run(run).await {
            Ok(_) => return Ok(DropState::Started),
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        let report = self.aws.names.rejection_key(&dropped.key, version);
        match self.aws.object(&self.aws.names.result_bucket(), &report, None).await {
            Ok(report) => Ok(DropState::Rejected(serde_json::from_slice(&report).unwrap_or_default())),
            Err(Error::NotFound(_)) => Ok(DropState::Waiting),
            Err(error) => Err(error),
        }
    }
}
