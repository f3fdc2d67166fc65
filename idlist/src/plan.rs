//! What a list costs and how long it takes. All of it is an estimate, from one table of prices with its date.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::problem::{FieldProblem, ProblemKind};
use crate::report::Count;

/// The prices, as the file `prices.json` has them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prices {
    /// The day on which they were looked up.
    pub date: String,
    note: String,
    models: Vec<ModelPrice>,
    step_functions: StepFunctionsPrices,
    lambda: LambdaPrices,
    s3: S3Prices,
}

/// What one image of a model costs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ModelPrice {
    model: String,
    usd_per_image: f64,
    source: String,
    /// What another source says.
    conflict: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StepFunctionsPrices {
    usd_per_million_transitions: f64,
    transitions_per_item: u64,
    transitions_per_execution: u64,
    source: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LambdaPrices {
    usd_per_million_requests: f64,
    usd_per_gib_second: f64,
    memory_gib: f64,
    seconds_beside_the_model: f64,
    source: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct S3Prices {
    usd_per_thousand_puts: f64,
    usd_per_thousand_gets: f64,
    usd_per_gib_month: f64,
    mib_per_image: f64,
    source: String,
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
    pub fn set(&mut self, model: &str, usd_per_image: f64) {
        self.models.retain(|price| price.model != model);
        let source = "as given".to_owned();
        self.models.push(ModelPrice { model: model.to_owned(), usd_per_image, source, conflict: None });
    }
}

/// What is wrong with the price of the images, given their number for each model and the most that they may cost.
pub(crate) fn price_problems(images: &BTreeMap<&'static str, u64>, max_usd: f64) -> Vec<FieldProblem> {
    // A table that cannot be read knows no price.
    let models = Prices::built_in().map(|prices| prices.models).unwrap_or_default();
    price_problems_by(&models, images, max_usd)
}

fn price_problems_by(models: &[ModelPrice], images: &BTreeMap<&str, u64>, max_usd: f64) -> Vec<FieldProblem> {
    let problem = |kind, message| FieldProblem { field: None, kind, message };
    let limit = "(MaxUsdPerList of the stack, --max-usd of idlist)";
    let mut problems = Vec::new();
    let mut total = 0.0;
    for (id, images) in images {
        match models.iter().find(|price| price.model == *id) {
            Some(price) => total += price.usd_per_image * *images as f64,
            None => problems.push(problem(
                ProblemKind::UnknownPrice,
                format!("the price of {id} is not known, and {max_usd} USD are the limit: use another model, or set no limit {limit}"),
            )),
        }
    }
    let total = usd(total);
    if total > max_usd {
        problems.push(problem(
            ProblemKind::TooExpensive,
            format!(
                "the images of the list cost about {total:.2} USD; at most {max_usd} USD are allowed: split it, or raise the \
                 limit {limit}"
            ),
        ));
    }
    problems
}

/// How fast images are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Items at the same time.
    pub concurrency: u32,
    /// Seconds that the model takes for one image.
    pub latency: f64,
    /// Images a minute that the quota allows; `None` if it is no limit.
    pub rate: Option<f64>,
}

/// What a list costs and how long it takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The day of the prices.
    pub prices_of: String,
    /// What the figures are worth.
    pub note: String,
    /// Images by model and rank.
    pub images: Vec<Images>,
    /// The models' share.
    pub models: Vec<ModelCost>,
    /// What else costs something.
    pub services: Vec<ServiceCost>,
    /// Models and services together.
    pub total_usd: f64,
    /// How long making the images takes, in seconds.
    pub seconds: f64,
    /// What decides how long it takes: `concurrency` or `rate`.
    pub limited_by: &'static str,
    /// What dropping the same list again would cost, when every image is there: no model, only the looking.
    pub again_usd: f64,
}

/// Images of one model and rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Images {
    /// The model that makes them.
    pub model: String,
    /// The rank.
    pub rank: String,
    /// Their number.
    pub images: u64,
}

/// What the images of one model cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelCost {
    /// The model.
    pub model: String,
    /// Number of images.
    pub images: u64,
    /// Price of one; `None` if it is not known, and then it is not in the total.
    pub usd_per_image: Option<f64>,
    /// All of them.
    pub usd: f64,
    /// Where the price is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What another source says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<String>,
}

/// What a service beside the model costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceCost {
    /// Its name.
    pub service: &'static str,
    /// What it costs.
    pub usd: f64,
    /// What is counted.
    pub what: String,
    /// Where the prices are from.
    pub source: String,
}

/// Plans the items that were counted.
pub fn plan(counts: &[Count], prices: &Prices, pace: Pace) -> Plan {
    let mut by_rank: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut by_model: BTreeMap<&str, u64> = BTreeMap::new();
    for count in counts {
        let model = count.successor.unwrap_or(&count.model);
        *by_rank.entry((model, &count.rank)).or_default() += count.items;
        *by_model.entry(model).or_default() += count.items;
    }
    let total: u64 = by_model.values().sum();
    let models: Vec<_> = by_model.into_iter().map(|(model, images)| model_cost(model, images, prices)).collect();
    let services = services(total, prices, pace.latency);
    let (seconds, limited_by) = duration(total, pace);
    let total_usd = models.iter().map(|model| model.usd).chain(services.iter().map(|service| service.usd)).sum();
    Plan {
        prices_of: prices.date.clone(),
        note: prices.note.clone(),
        images: by_rank
            .into_iter()
            .map(|((model, rank), images)| Images { model: model.to_owned(), rank: rank.to_owned(), images })
            .collect(),
        total_usd: usd(total_usd),
        models,
        seconds,
        limited_by,
        again_usd: usd(again(total, prices)),
        services,
    }
}

/// Dollars to the millionth: more is not known, and sums of floating point numbers have digits that say nothing.
fn usd(dollars: f64) -> f64 {
    (dollars * 1e6).round() / 1e6
}

fn model_cost(model: &str, images: u64, prices: &Prices) -> ModelCost {
    let price = prices.models.iter().find(|price| price.model == model);
    let usd_per_image = price.map(|price| price.usd_per_image);
    ModelCost {
        model: model.to_owned(),
        images,
        usd_per_image,
        usd: usd(usd_per_image.unwrap_or_default() * images as f64),
        source: price.map(|price| price.source.clone()),
        conflict: price.and_then(|price| price.conflict.clone()),
    }
}

fn transitions(items: u64, prices: &StepFunctionsPrices) -> (u64, f64) {
    let transitions = items * prices.transitions_per_item + prices.transitions_per_execution;
    (transitions, transitions as f64 / 1e6 * prices.usd_per_million_transitions)
}

fn lambda_usd(items: u64, seconds: f64, prices: &LambdaPrices) -> f64 {
    let items = items as f64;
    items / 1e6 * prices.usd_per_million_requests + items * seconds * prices.memory_gib * prices.usd_per_gib_second
}

fn services(items: u64, prices: &Prices, latency: f64) -> Vec<ServiceCost> {
    let (transitions, transitions_usd) = transitions(items, &prices.step_functions);
    let seconds = latency + prices.lambda.seconds_beside_the_model;
    let gib = items as f64 * prices.s3.mib_per_image / 1024.0;
    // Looked for and stored, and before that claimed. (What waits for its turn makes a few more, of the same kind.)
    let requests = 2.0 * (prices.s3.usd_per_thousand_puts + prices.s3.usd_per_thousand_gets);
    vec![
        ServiceCost {
            service: "Step Functions",
            usd: usd(transitions_usd),
            what: format!("{transitions} state transitions, without retries"),
            source: prices.step_functions.source.clone(),
        },
        ServiceCost {
            service: "Lambda",
            usd: usd(lambda_usd(items, seconds, &prices.lambda)),
            what: format!("{items} requests of {seconds} s at {} GiB", prices.lambda.memory_gib),
            source: prices.lambda.source.clone(),
        },
        ServiceCost {
            service: "S3",
            usd: usd(items as f64 / 1e3 * requests + gib * prices.s3.usd_per_gib_month),
            what: format!("{} writes and as many looks, {gib:.2} GiB for a month", 2 * items),
            source: prices.s3.source.clone(),
        },
    ]
}

/// What a second drop costs: the same state machine, which finds every image and calls no model.
fn again(items: u64, prices: &Prices) -> f64 {
    let looks = items as f64 / 1e3 * prices.s3.usd_per_thousand_gets;
    transitions(items, &prices.step_functions).1
        + lambda_usd(items, prices.lambda.seconds_beside_the_model, &prices.lambda)
        + looks
}

fn duration(items: u64, pace: Pace) -> (f64, &'static str) {
    let rounds = items.div_ceil(u64::from(pace.concurrency.max(1)));
    let by_concurrency = rounds as f64 * pace.latency;
    match pace.rate.map(|rate| items as f64 * 60.0 / rate) {
        Some(by_rate) if by_rate > by_concurrency => (by_rate, "rate"),
        _ => (by_concurrency, "concurrency"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{CORE, MODELS, ULTRA};
    use serde_json::Value;

    fn counts() -> Vec<Count> {
        let count = |model: &str, successor, rank: &str, items| Count {
            model: model.to_owned(),
            successor,
            rank: rank.to_owned(),
            items,
        };
        vec![
            count("stability.stable-diffusion-xl-v0", Some(CORE.id), "nomal", 900),
            count(CORE.id, None, "nomal", 50),
            count(ULTRA.id, None, "vip", 50),
        ]
    }

    const PACE: Pace = Pace { concurrency: 10, latency: 4.0, rate: None };

    /// States from the first to the last, when nothing fails and the list is in S3.
    fn good_path(machine: &Value) -> u64 {
        let mut name = &machine["StartAt"];
        let mut states = 1;
        while let Some(state) = name.as_str().map(|name| &machine["States"][name])
            && state["End"] != true
            && state["Type"] != "Succeed"
        {
            name = if state["Type"] == "Choice" { &state["Default"] } else { &state["Next"] };
            states += 1;
        }
        states
    }

    #[test]
    fn what_is_paid_for_an_execution_is_what_the_state_machine_does() {
        let definition = include_str!("../../sam/statemachine.asl.json");
        let filled = definition.replace("${MaxConcurrency}", "10").replace("${ToleratedFailurePercentage}", "10");
        let machine: Value = serde_json::from_str(&filled).unwrap();
        let map = machine["States"].as_object().unwrap().values().find(|state| state["Type"] == "Map").unwrap();
        let prices = Prices::built_in().unwrap().step_functions;
        // Starting counts as one more.
        assert_eq!(prices.transitions_per_execution, good_path(&machine) + 1);
        assert_eq!(prices.transitions_per_item, good_path(&map["ItemProcessor"]) + 1);
    }

    #[test]
    fn every_live_model_has_a_price() {
        let prices = Prices::built_in().unwrap();
        for model in MODELS {
            assert!(model_cost(model.id, 1, &prices).usd > 0.0, "{}", model.id);
        }
    }

    #[test]
    fn retired_models_cost_what_their_successor_costs() {
        let plan = plan(&counts(), &Prices::built_in().unwrap(), PACE);
        let models: Vec<_> = plan.models.iter().map(|model| (model.model.as_str(), model.images)).collect();
        assert_eq!(models, [(CORE.id, 950), (ULTRA.id, 50)]);
        let usd: Vec<_> = plan.models.iter().map(|model| model.usd.round()).collect();
        assert_eq!(usd, [38.0, 7.0]);
        assert!(plan.total_usd > 45.0 && plan.total_usd < 46.0, "{}", plan.total_usd);
        assert!(plan.again_usd < 0.2, "{}", plan.again_usd);
    }

    #[test]
    fn a_price_can_be_set_and_an_unknown_one_is_not_guessed() {
        let mut prices = Prices::built_in().unwrap();
        prices.set(ULTRA.id, 1.0);
        assert_eq!(plan(&counts(), &prices, PACE).models[1].usd.round(), 50.0);
        assert_eq!(model_cost("dall-e", 5, &prices).usd_per_image, None);
    }

    #[test]
    fn a_price_above_the_limit_or_unknown_is_a_problem() {
        let images = BTreeMap::from([(CORE.id, 950), (ULTRA.id, 50)]);
        assert_eq!(price_problems(&images, 45.0), []);
        let problems = price_problems(&images, 44.99);
        assert_eq!(problems[0].kind, ProblemKind::TooExpensive);
        assert_eq!(
            problems[0].message,
            "the images of the list cost about 45.00 USD; at most 44.99 USD are allowed: split it, or raise the limit \
             (MaxUsdPerList of the stack, --max-usd of idlist)"
        );
        let core_alone = &Prices::built_in().unwrap().models[..1];
        let problems = price_problems_by(core_alone, &images, 100.0);
        assert_eq!(problems[0].kind, ProblemKind::UnknownPrice);
        assert!(
            problems[0].message.starts_with("the price of stability.stable-image-ultra-v1:1 is not known, and 100 USD")
        );
    }

    #[test]
    fn the_slower_of_concurrency_and_quota_decides() {
        assert_eq!(duration(1_001, PACE), (404.0, "concurrency"));
        assert_eq!(duration(1_000, Pace { rate: Some(60.0), ..PACE }), (1_000.0, "rate"));
        assert_eq!(duration(1_000, Pace { rate: Some(6_000.0), ..PACE }), (400.0, "concurrency"));
    }
}
