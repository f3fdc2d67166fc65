//! The function's settings, read once from the environment.

use idlist::{CheckOptions, RetiredModels};
use std::fmt::Display;
use std::str::FromStr;

/// ARN of the state machine whose executions are started. Required.
const STATE_MACHINE_ARN: &str = "STATE_MACHINE_ARN";
/// Bucket that receives the reports of rejected lists. Required.
const RESULT_BUCKET_NAME: &str = "RESULT_BUCKET_NAME";
/// Most items of one list; a longer one is rejected before it costs anything.
const MAX_ITEMS_PER_LIST: &str = "MAX_ITEMS_PER_LIST";
/// Most US dollars that the models may cost for one list, by estimate; 0: no limit.
const MAX_USD_PER_LIST: &str = "MAX_USD_PER_LIST";
/// How items that name a retired model are judged: `Redirect` (the default): as good; `Reject`: as a problem.
const RETIRED_MODELS: &str = "RETIRED_MODELS";

/// Memory of the function in MB, set by Lambda.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
const FUNCTION_MEMORY: &str = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";

const DEFAULT_MAX_ITEMS_PER_LIST: u64 = 10_000;

/// Memory in MB that the function needs beside the list.
const OWN_MEMORY: u64 = 64;
/// Memory in MB where Lambda does not say: the smallest function.
const DEFAULT_MEMORY: u64 = 128;

/// The function's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// ARN of the state machine whose executions are started.
    pub state_machine_arn: String,
    /// Bucket that receives the reports of rejected lists.
    pub result_bucket_name: String,
    /// Most items of one list.
    pub max_items_per_list: u64,
    /// Most US dollars that the models may cost for one list, by estimate; `None`: no limit.
    pub max_usd_per_list: Option<f64>,
    /// Most bytes of one list: what fits into the memory of the function.
    pub max_list_bytes: u64,
    /// How items that name a retired model are judged.
    pub retired_models: RetiredModels,
}

/// A setting that is missing or cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("environment variable {name}: {problem}")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

impl Config {
    /// Reads the settings from the environment; an empty variable is an unset one.
    ///
    /// # Errors
    /// Names the variable that is missing or whose value cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let set = |name| lookup(name).filter(|value| !value.is_empty());
        let required = |name| set(name).ok_or_else(|| ConfigError { name, problem: "is not set".into() });
        let memory = parsed(FUNCTION_MEMORY, set(FUNCTION_MEMORY))?.unwrap_or(DEFAULT_MEMORY);
        Ok(Self {
            state_machine_arn: required(STATE_MACHINE_ARN)?,
            result_bucket_name: required(RESULT_BUCKET_NAME)?,
            max_items_per_list: parsed(MAX_ITEMS_PER_LIST, set(MAX_ITEMS_PER_LIST))?
                .unwrap_or(DEFAULT_MAX_ITEMS_PER_LIST),
            max_usd_per_list: parsed::<Usd>(MAX_USD_PER_LIST, set(MAX_USD_PER_LIST))?
                .map(|usd| usd.0)
                .filter(|usd| *usd > 0.0),
            // Checking takes up to a third more than the list itself.
            max_list_bytes: memory.saturating_sub(OWN_MEMORY) * 1_000_000 / 4 * 3,
            retired_models: parsed(RETIRED_MODELS, set(RETIRED_MODELS))?.unwrap_or_default(),
        })
    }
}

/// An amount of US dollars that is not negative.
struct Usd(f64);

impl FromStr for Usd {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let usd = text.parse().ok().filter(|usd: &f64| usd.is_finite() && *usd >= 0.0);
        usd.map(Self).ok_or("it is not an amount of US dollars")
    }
}

impl Config {
    /// What a list is checked for.
    pub(crate) fn check_options(&self) -> CheckOptions {
        CheckOptions {
            max_items: Some(self.max_items_per_list),
            max_usd: self.max_usd_per_list,
            retired: self.retired_models,
        }
    }
}

fn parsed<T: FromStr<Err: Display>>(name: &'static str, value: Option<String>) -> Result<Option<T>, ConfigError> {
    let parse = |value: String| {
        value.parse().map_err(|problem| ConfigError { name, problem: format!("{value:?} cannot be used: {problem}") })
    };
    value.map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(extra: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let required = [(STATE_MACHINE_ARN, "arn"), (RESULT_BUCKET_NAME, "results")];
            extra.iter().chain(&required).find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn unset_variables_mean_the_defaults() {
        let config = Config::from_lookup(lookup(&[])).unwrap();
        assert_eq!((config.max_items_per_list, config.max_usd_per_list), (10_000, None));
        assert_eq!(config.retired_models, RetiredModels::Redirect);
    }

    #[test]
    fn what_can_not_be_used_is_named() {
        let error = |extra| Config::from_lookup(lookup(extra)).unwrap_err().to_string();
        assert!(error(&[(STATE_MACHINE_ARN, "")]).contains("STATE_MACHINE_ARN: is not set"));
        assert!(error(&[(MAX_ITEMS_PER_LIST, "many")]).contains("MAX_ITEMS_PER_LIST: \"many\""));
        assert!(error(&[(MAX_USD_PER_LIST, "-1")]).contains("MAX_USD_PER_LIST: \"-1\""));
        assert!(error(&[(RETIRED_MODELS, "maybe")]).contains("RETIRED_MODELS: \"maybe\""));
    }
}
