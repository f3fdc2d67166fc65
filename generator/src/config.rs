//! The function's settings, read once from the environment.

use idlist::models::RetiredModels;

/// What happens to items that ask for a retired model: `Redirect` (the default) or `Reject`.
pub const RETIRED_MODELS: &str = "RETIRED_MODELS";
/// The region whose Bedrock is asked; without it, the function's own.
pub const BEDROCK_REGION: &str = "BEDROCK_REGION";

/// The bucket of the clocks of the models, see [`pace`](crate::pace), and of the claims to images; without it, there are neither.
pub const PACE_BUCKET_NAME: &str = "PACE_BUCKET_NAME";

/// The function's settings.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What happens to items that ask for a retired model.
    pub retired_models: RetiredModels,
    /// The region whose Bedrock is asked; `None`: the function's own.
    pub bedrock_region: Option<String>,
    /// The bucket of the clocks of the models and the claims to images; `None`: there are neither.
    pub pace_bucket_name: Option<String>,
}

/// A setting that can not be used.
#[derive(Debug, thiserror::Error)]
#[error("environment variable {name}: {problem}")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

impl ConfigError {
    pub(crate) fn new(name: &'static str, problem: &str) -> Self {
        Self { name, problem: problem.to_owned() }
    }
}

impl Config {
    /// Reads the settings from the environment; an unset or empty variable means its default.
    ///
    /// # Errors
    /// Names the variable whose value can not be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let set = |name| lookup(name).filter(|value| !value.is_empty());
        let retired_models = match set(RETIRED_MODELS) {
            None => RetiredModels::default(),
            Some(value) => value.parse().map_err(|problem| ConfigError::new(RETIRED_MODELS, &format!("{problem}")))?,
        };
        Ok(Self { retired_models, bedrock_region: set(BEDROCK_REGION), pace_bucket_name: set(PACE_BUCKET_NAME) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unset_and_empty_mean_the_defaults() {
        for value in [None, Some(String::new())] {
            let config = Config::from_lookup(|_| value.clone()).unwrap();
            assert_eq!(config.retired_models, RetiredModels::Redirect);
            assert_eq!((config.bedrock_region, config.pace_bucket_name), (None, None));
        }
    }

    #[test]
    fn a_value_that_can_not_be_used_is_named() {
        let error = Config::from_lookup(|_| Some("Perhaps".into())).unwrap_err().to_string();
        assert!(error.contains("RETIRED_MODELS") && error.contains("Perhaps"), "{error}");
    }
}
