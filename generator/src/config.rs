//! The function's settings, read once from the environment.

use idlist::models::RetiredModels;

/// What happens to items that ask for a retired model: `Redirect` (the default) or `Reject`.
const RETIRED_MODELS: &str = "RETIRED_MODELS";
/// The region in which models that make images from text are called; without it, the function's own.
const BEDROCK_REGION: &str = "BEDROCK_REGION";
/// The region in which services that start from an image are called; without it, that of the models.
const BEDROCK_SERVICE_REGION: &str = "BEDROCK_SERVICE_REGION";

/// The bucket of the leases and rate limits; without it, there are neither.
const STATE_BUCKET_NAME: &str = "STATE_BUCKET_NAME";
/// Images a minute that a model is known to allow; 0 or unset: the rate is learned.
const IMAGES_PER_MINUTE: &str = "IMAGES_PER_MINUTE";

/// The function's settings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// What happens to items that ask for a retired model.
    pub retired_models: RetiredModels,
    /// The region in which models that make images from text are called; `None`: the function's own.
    pub bedrock_region: Option<String>,
    /// The region in which services that start from an image are called; `None`: that of the models.
    pub bedrock_service_region: Option<String>,
    /// The bucket of the leases and rate limits; `None`: there are neither.
    pub state_bucket_name: Option<String>,
    /// Images a minute that a model is known to allow; `None`: the rate is learned.
    pub images_per_minute: Option<f64>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("environment variable {name}: {problem}")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

impl ConfigError {
    fn new(name: &'static str, problem: &str) -> Self {
        Self { name, problem: problem.to_owned() }
    }
}

impl Config {
    /// Reads the settings from the environment; an unset or empty variable means its default.
    ///
    /// # Errors
    /// Names the variable whose value cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let set = |name| lookup(name).filter(|value| !value.is_empty());
        let retired_models = match set(RETIRED_MODELS) {
            None => RetiredModels::default(),
            Some(value) => value.parse().map_err(|problem| ConfigError::new(RETIRED_MODELS, &format!("{problem}")))?,
        };
        let images_per_minute = match set(IMAGES_PER_MINUTE).map(|value| (value.parse::<f64>(), value)) {
            None => None,
            Some((Ok(rate), _)) if rate >= 0.0 && rate.is_finite() => Some(rate).filter(|rate| *rate > 0.0),
            Some((_, value)) => {
                return Err(ConfigError::new(
                    IMAGES_PER_MINUTE,
                    &format!("{value:?} is not a number of images a minute"),
                ));
            }
        };
        Ok(Self {
            retired_models,
            bedrock_region: set(BEDROCK_REGION),
            bedrock_service_region: set(BEDROCK_SERVICE_REGION),
            state_bucket_name: set(STATE_BUCKET_NAME),
            images_per_minute,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unset_and_empty_variables_mean_the_defaults() {
        for value in [None, Some(String::new())] {
            assert_eq!(Config::from_lookup(|_| value.clone()).unwrap(), Config::default());
        }
    }

    #[test]
    fn names_the_variable_that_cannot_be_used() {
        for (name, value) in [(RETIRED_MODELS, "Perhaps"), (IMAGES_PER_MINUTE, "many"), (IMAGES_PER_MINUTE, "-1")] {
            let error =
                Config::from_lookup(|variable| (variable == name).then(|| value.into())).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
        let config = Config::from_lookup(|name| (name == IMAGES_PER_MINUTE).then(|| "60".into())).unwrap();
        assert_eq!(config.images_per_minute, Some(60.0));
    }
}
