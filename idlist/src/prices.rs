//! The prices that estimates are made with, with their date and sources.

use serde::Deserialize;

use crate::models::{self, MODELS, ModelError, RetiredModels};

/// The prices: those of the models from their table, the others as the file `prices.json` has them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prices {
    /// The day on which they were looked up.
    pub date: String,
    pub(crate) note: String,
    #[serde(skip)]
    pub(crate) models: Vec<ModelPrice>,
    pub(crate) step_functions: StepFunctionsPrices,
    pub(crate) lambda: LambdaPrices,
    pub(crate) s3: S3Prices,
}

/// What one image of a model costs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ModelPrice {
    pub(crate) model: &'static str,
    pub(crate) usd_per_image: f64,
    pub(crate) source: &'static str,
    /// What another source says.
    pub(crate) conflict: Option<&'static str>,
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
    MODELS.into_iter().find(|known| known.id == model).map(|model| model.price.usd_per_image)
}

impl Prices {
    /// The prices that come with the program.
    ///
    /// # Errors
    ///
    /// None, as a test makes sure: the table is part of the program.
    pub fn built_in() -> Result<Self, serde_json::Error> {
        let models = MODELS.into_iter().map(|model| {
            let models::Price { usd_per_image, source, conflict } = model.price;
            ModelPrice { model: model.id, usd_per_image, source, conflict }
        });
        let prices: Self = serde_json::from_str(include_str!("../prices.json"))?;
        Ok(Self { models: models.collect(), ..prices })
    }

    /// Sets the price of one image, in US dollars. The model may be given by its short name.
    ///
    /// # Errors
    ///
    /// [`ModelError`] if there is no such model, or it is retired: then its successor has the price.
    pub fn set(&mut self, model: &str, usd_per_image: f64) -> Result<(), ModelError> {
        let model = match models::find(model) {
            Some(model) => model,
            None => models::resolve(model, RetiredModels::Reject)?,
        };
        self.models.retain(|price| price.model != model.id);
        self.models.push(ModelPrice { model: model.id, usd_per_image, source: "as given", conflict: None });
        Ok(())
    }

    /// The price of a model's images, if it is known.
    pub(crate) fn of(&self, model: &str) -> Option<&ModelPrice> {
        self.models.iter().find(|price| price.model == model)
    }
}
