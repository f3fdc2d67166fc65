//! The prices that estimates are made with: one table with its date and sources.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::models::{self, ModelError, RetiredModels};

/// The prices, as the file `prices.json` has them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prices {
    /// The day on which they were looked up.
    pub date: String,
    pub(crate) note: String,
    pub(crate) models: Vec<ModelPrice>,
    pub(crate) step_functions: StepFunctionsPrices,
    pub(crate) lambda: LambdaPrices,
    pub(crate) s3: S3Prices,
}

/// What one image of a model costs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ModelPrice {
    pub(crate) model: String,
    pub(crate) usd_per_image: f64,
    pub(crate) source: String,
    /// What another source says.
    pub(crate) conflict: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StepFunctionsPrices {
    pub(crate) usd_per_million_transitions: f64,
    pub(crate) transitions_per_item: u64,
    pub(crate) transitions_per_execution: u64,
    pub(crate) source: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LambdaPrices {
    pub(crate) usd_per_million_requests: f64,
    pub(crate) usd_per_gib_second: f64,
    pub(crate) memory_gib: f64,
    pub(crate) seconds_beside_the_model: f64,
    pub(crate) source: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct S3Prices {
    pub(crate) usd_per_thousand_puts: f64,
    pub(crate) usd_per_thousand_gets: f64,
    pub(crate) usd_per_gib_month: f64,
    pub(crate) mib_per_image: f64,
    pub(crate) puts_per_item: u64,
    pub(crate) gets_per_item: u64,
    pub(crate) source: String,
}

/// The price of one image of a model in US dollars, an estimate; `None` if it is not known.
pub fn usd_per_image(model: &str) -> Option<f64> {
    static BUILT_IN: LazyLock<Option<Prices>> = LazyLock::new(|| Prices::built_in().ok());
    BUILT_IN.as_ref()?.of(model).map(|price| price.usd_per_image)
}

impl Prices {
    /// The table that comes with the program.
    ///
    /// # Errors
    ///
    /// None, as a test makes sure: the table is part of the program.
    pub fn built_in() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../prices.json"))
    }

    /// Sets the price of one image, in US dollars.
    ///
    /// # Errors
    ///
    /// [`ModelError`] if there is no such model, or it is retired: then its successor has the price.
    pub fn set(&mut self, model: &str, usd_per_image: f64) -> Result<(), ModelError> {
        models::resolve(model, RetiredModels::Reject)?;
        self.models.retain(|price| price.model != model);
        let source = "as given".to_owned();
        self.models.push(ModelPrice { model: model.to_owned(), usd_per_image, source, conflict: None });
        Ok(())
    }

    /// The price of a model's images, if it is known.
    pub(crate) fn of(&self, model: &str) -> Option<&ModelPrice> {
        self.models.iter().find(|price| price.model == model)
    }
}
