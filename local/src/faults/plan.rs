//! The fault plan: what goes wrong, as options and as a file with the same names.

use super::{FunctionFault, S3Fault, share::Fault};
use clap::Args;
use emulator_bedrock::BedrockFault;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Headings of the options.
pub(crate) const STAND_IN: &str = "The stand-in";
pub(crate) const FAULTS: &str = "Fault injection";

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
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Args)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct FaultPlan {
    /// Requests a minute that are answered; the others get ThrottlingException
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = STAND_IN)]
    pub(crate) throttle: Option<u32>,
    /// Refuse prompts with this word (repeatable)
    #[arg(long, value_name = "WORD", help_heading = STAND_IN)]
    pub(crate) filter: Vec<String>,
    /// Milliseconds that every picture takes [default: 0]
    #[arg(long, value_name = "MS", help_heading = STAND_IN)]
    pub(crate) latency: Option<u64>,
    /// Fail this share of the calls, such as 0.1=ThrottlingException or 0.1=Slow:3000 (repeatable)
    #[arg(long, value_name = "SHARE=ERROR", help_heading = STAND_IN)]
    pub(crate) fail: Vec<Fault<BedrockFault>>,
    /// Fail this share of the functions' calls of S3: SlowDown, InternalError, Reset or LostAnswer (repeatable)
    #[arg(long, value_name = "SHARE=ERROR", help_heading = FAULTS)]
    pub(crate) fail_s3: Vec<Fault<S3Fault>>,
    /// Let this share of the generator's invocations end in Timeout, Panic or Kill, at any moment (repeatable)
    #[arg(long, value_name = "SHARE=ERROR", help_heading = FAULTS)]
    pub(crate) fail_function: Vec<Fault<FunctionFault>>,
    /// Deliver this share of S3's notifications twice
    #[arg(long, value_name = "SHARE", help_heading = FAULTS)]
    pub(crate) duplicate_events: Option<f64>,
    /// Which calls fail follows from this number [default: 0]
    #[arg(long, value_name = "N", help_heading = FAULTS)]
    pub(crate) fault_seed: Option<u64>,
}

/// Why a fault plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FaultPlanError {
    #[error("the fault plan {}: {cause}", path.display())]
    File { path: PathBuf, cause: std::io::Error },
    #[error("{0} is an option of the stand-in, which --bedrock aws replaces; leave one of them out")]
    NotAStandIn(&'static str),
    #[error("duplicate-events is {0}; it is a share from 0 to 1")]
    NoShare(f64),
}

impl FaultPlan {
    /// Reads a plan from a JSON file.
    pub(crate) fn read(path: &Path) -> Result<Self, FaultPlanError> {
        let plan: std::io::Result<Self> = std::fs::read(path).and_then(|text| Ok(serde_json::from_slice(&text)?));
        plan.map_err(|cause| FaultPlanError::File { path: path.to_owned(), cause })?.checked()
    }

    /// The first option of the plan that only the stand-in knows.
    pub(crate) fn of_stand_in(&self) -> Option<&'static str> {
        let options = [
            ("throttle", self.throttle.is_some()),
            ("filter", !self.filter.is_empty()),
            ("latency", self.latency.is_some()),
            ("fail", !self.fail.is_empty()),
        ];
        options.into_iter().find_map(|(option, is_set)| is_set.then_some(option))
    }

    fn checked(self) -> Result<Self, FaultPlanError> {
        match self.duplicate_events {
            Some(share) if !(0.0..=1.0).contains(&share) => Err(FaultPlanError::NoShare(share)),
            _ => Ok(self),
        }
    }

    /// This plan with `options` added: lists get longer, single values give way.
    pub(crate) fn and(mut self, options: Self) -> Result<Self, FaultPlanError> {
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
    fn rejects_what_is_not_a_plan_with_what_would_be_right() {
        for (text, said) in [
            (r#"{"fails": []}"#, "unknown field `fails`"),
            (r#"{"fail": ["0.1=Nonsense"]}"#, "there is no error \"Nonsense\"; there are ThrottlingException"),
            (r#"{"fail-s3": ["2=SlowDown"]}"#, "not a number from 0 to 1"),
            (r#"{"fail-function": ["Kill"]}"#, "is not SHARE=ERROR"),
            (r#"{"duplicate-events": 2}"#, "it is a share from 0 to 1"),
            ("[", "EOF"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{error}");
            assert!(error.contains("duplicate-events is") || error.contains("faults.json"), "{error}");
        }
    }
}
