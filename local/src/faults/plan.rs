//! The fault plan: what goes wrong, as options and as a file with the same names.

use super::{function::FunctionFault, s3::S3Fault, share::Fault};
use emulator_bedrock::BedrockFault;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What goes wrong. As a file, a JSON object with the names of the options:
///
/// ```json
/// {
///   "throttle": 60, "filter": ["sword"], "latency": 500,
///   "fail": ["0.05=ModelErrorException", "0.02=Slow:3000", "0.01=Truncated"],
///   "fail-s3": ["0.02=SlowDown", "0.01=LostAnswer"],
///   "fail-function": ["0.01=Kill", "0.01=Timeout"],
///   "duplicate-events": 0.5,
///   "fault-seed": 7
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct FaultPlan {
    /// Requests a minute that the stand-in answers; the others get `ThrottlingException`.
    pub throttle: Option<u32>,
    /// The stand-in refuses prompts with one of these words.
    pub filter: Vec<String>,
    /// Milliseconds that the stand-in takes for a picture.
    pub latency: Option<u64>,
    /// Shares of the model's calls.
    pub fail: Vec<Fault<BedrockFault>>,
    /// Shares of the functions' calls of S3.
    pub fail_s3: Vec<Fault<S3Fault>>,
    /// Shares of the invocations of `generator`.
    pub fail_function: Vec<Fault<FunctionFault>>,
    /// Share of the notifications of S3 that come twice, 0 to 1.
    pub duplicate_events: Option<f64>,
    /// All that is drawn follows from this number.
    pub fault_seed: Option<u64>,
}

/// Why a fault plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FaultPlanError {
    /// The file cannot be read.
    #[error("the fault plan {}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        cause: std::io::Error,
    },
    /// The file is no fault plan.
    #[error("the fault plan {}: {cause}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        cause: serde_json::Error,
    },
    /// The share of duplicate events is no share.
    #[error("duplicate-events is {0}; it is a share from 0 to 1")]
    NoShare(f64),
}

impl FaultPlan {
    /// Reads a plan from a JSON file.
    ///
    /// # Errors
    /// When the file cannot be read, or is no plan.
    pub fn read(path: &Path) -> Result<Self, FaultPlanError> {
        let text = std::fs::read(path).map_err(|cause| FaultPlanError::File { path: path.to_owned(), cause })?;
        let plan: Self =
            serde_json::from_slice(&text).map_err(|cause| FaultPlanError::Json { path: path.to_owned(), cause })?;
        plan.checked()
    }

    fn checked(self) -> Result<Self, FaultPlanError> {
        match self.duplicate_events {
            Some(share) if !(0.0..=1.0).contains(&share) => Err(FaultPlanError::NoShare(share)),
            _ => Ok(self),
        }
    }

    /// This plan with `options` added: lists get longer, single values give way.
    ///
    /// # Errors
    /// When what was added is no share.
    pub fn and(mut self, options: Self) -> Result<Self, FaultPlanError> {
        self.filter.extend(options.filter);
        self.fail.extend(options.fail);
        self.fail_s3.extend(options.fail_s3);
        self.fail_function.extend(options.fail_function);
        Self {
            throttle: options.throttle.or(self.throttle),
            latency: options.latency.or(self.latency),
            duplicate_events: options.duplicate_events.or(self.duplicate_events),
            fault_seed: options.fault_seed.or(self.fault_seed),
            ..self
        }
        .checked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FaultPlan, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.json");
        std::fs::write(&path, text).unwrap();
        FaultPlan::read(&path).map_err(|err| err.to_string())
    }

    #[test]
    fn options_are_added_to_the_file() {
        let file = read(r#"{"throttle": 60, "latency": 5, "filter": ["a"], "fail": ["0.1=Html"], "fault-seed": 1}"#);
        let options = FaultPlan {
            throttle: Some(30),
            filter: vec!["b".into()],
            fail: vec!["0.2=NoImage".parse().unwrap()],
            fail_s3: vec!["0.5=Reset".parse().unwrap()],
            ..FaultPlan::default()
        };
        let plan = file.unwrap().and(options).unwrap();
        assert_eq!((plan.throttle, plan.latency, plan.fault_seed), (Some(30), Some(5), Some(1)));
        assert_eq!((plan.filter.len(), plan.fail.len(), plan.fail_s3.len()), (2, 2, 1));
    }

    #[test]
    fn what_is_no_plan_is_refused_with_what_would_be_right() {
        for (text, said) in [
            (r#"{"fails": []}"#, "unknown field `fails`"),
            (r#"{"fail": ["0.1=Nonsense"]}"#, "there is no error \"Nonsense\"; there are ThrottlingException"),
            (r#"{"fail-s3": ["2=SlowDown"]}"#, "not a number from 0 to 1"),
            (r#"{"fail-function": ["Kill"]}"#, "is not SHARE=ERROR"),
            (r#"{"duplicate-events": 2}"#, "it is a share from 0 to 1"),
            ("[", "EOF"),
        ] {
            let error = read(text).unwrap_err();
            assert!(
                error.contains(said) && error.contains("duplicate-events") | error.contains("faults.json"),
                "{error}"
            );
        }
        let missing = FaultPlan::read(Path::new("/nowhere/faults.json")).unwrap_err();
        assert!(matches!(missing, FaultPlanError::File { .. }));
    }
}
