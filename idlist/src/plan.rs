//! What a list costs and how long it takes. All of it is an estimate, from one table of prices with its date.

use std::collections::BTreeMap;

use serde::Serialize;

pub use crate::prices::Prices;

use crate::message;
use crate::message::{Message, counted};
use crate::prices::{LambdaPrices, StepFunctionsPrices};
use crate::problem::{FieldProblem, ProblemKind};
use crate::report::{Count, Report};

/// What is wrong with the price of the images, given their number for each model and the most that they may cost.
pub(crate) fn price_problems(images: &BTreeMap<&'static str, u64>, max_usd: f64) -> Vec<FieldProblem> {
    // A table that cannot be read knows no price.
    let prices = Prices::built_in().ok();
    let costs = images.iter().map(|(model, images)| model_cost(model, *images, prices.as_ref())).collect::<Vec<_>>();
    let limit = message!("limits-of-price", "MaxUsdPerList of the stack, --max-usd of idlist");
    over_limit(&costs, max_usd, &limit)
}

/// The problems of a price with its limit, which is set by what is named `limit`.
fn over_limit(costs: &[ModelCost], max_usd: f64, limit: &Message) -> Vec<FieldProblem> {
    let problem = |kind, message| FieldProblem { field: None, kind, message };
    let unknown = costs.iter().filter(|cost| cost.usd.is_none()).map(|cost| {
        let message = message!(
            "unknown-price",
            "the price of {model} is not known, and the limit is {max} USD: use another model, or set no limit ({limit})",
            model = &cost.model,
            max = max_usd,
            limit = limit.clone(),
        );
        problem(ProblemKind::UnknownPrice, message)
    });
    let total = usd(costs.iter().filter_map(|cost| cost.usd).sum());
    let too_expensive = (total > max_usd).then(|| {
        let message = message!(
            "too-expensive",
            "the images of the list cost about {total} USD; the limit is {max} USD: split the list (idlist split), \
             or raise the limit ({limit})",
            total = format!("{total:.2}"),
            max = max_usd,
            limit = limit.clone(),
        );
        problem(ProblemKind::TooExpensive, message)
    });
    unknown.chain(too_expensive).collect()
}

/// How fast images are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Items at the same time.
    pub concurrency: u32,
    /// Seconds that the model takes for one image.
    pub latency: f64,
    /// Images a minute that the quota allows; `None` if it sets no limit.
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
    /// Images by model and rank, as far as ranks were told apart.
    pub images: Vec<Images>,
    /// The models' share.
    pub models: Vec<ModelCost>,
    /// What else costs something.
    pub services: Vec<ServiceCost>,
    /// Models and services together; `None` if the price of a model is not known.
    pub total_usd: Option<f64>,
    /// What is not paid for its model, for one image, without what starts the execution.
    pub usd_per_image_beside_models: f64,
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
    /// What the model takes for all of them; `None` if its price is not known.
    pub usd: Option<f64>,
}

/// What the images of one model cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelCost {
    /// The model.
    pub model: String,
    /// Number of images.
    pub images: u64,
    /// Price of one; `None` if it is not known.
    pub usd_per_image: Option<f64>,
    /// All of them.
    pub usd: Option<f64>,
    /// Where the price is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// What another source says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<&'static str>,
}

/// What a service beside the model costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceCost {
    /// Its name.
    pub service: &'static str,
    /// What it costs.
    pub usd: f64,
    /// What is counted.
    pub what: Message,
    /// Where the prices are from.
    pub source: String,
}

/// Plans the items of a list that was checked.
pub fn plan(report: &Report, prices: &Prices, pace: Pace) -> Plan {
    plan_all(std::slice::from_ref(report), prices, pace)
}

/// Plans the items of several lists that were checked, each of which runs when the one before has ended.
pub fn plan_all(reports: &[Report], prices: &Prices, pace: Pace) -> Plan {
    let mut by_rank: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut images: BTreeMap<&'static str, u64> = BTreeMap::new();
    let (mut seconds, mut limited_by) = (0.0, "concurrency");
    for report in reports {
        for Count { model, successor, rank, items } in &report.counts {
            *by_rank.entry((successor.unwrap_or(model), rank)).or_default() += items;
        }
        for (model, items) in &report.images {
            *images.entry(model).or_default() += items;
        }
        let of_list = duration(report.images.values().sum(), pace);
        seconds += of_list.0;
        limited_by = of_list.1;
    }
    let (lists, total) = (reports.len() as u64, images.values().sum());
    let models: Vec<_> = images.iter().map(|(model, images)| model_cost(model, *images, Some(prices))).collect();
    let services = services(lists, total, prices, pace.latency);
    let models_usd: Option<f64> = models.iter().map(|model| model.usd).sum();
    let execution_usd = transitions(lists, 0, &prices.step_functions).1;
    let services_usd: f64 = services.iter().map(|service| service.usd).sum();
    let of_rank = |((model, rank), images): ((&str, &str), u64)| Images {
        model: model.to_owned(),
        rank: rank.to_owned(),
        images,
        usd: model_cost(model, images, Some(prices)).usd,
    };
    Plan {
        prices_of: prices.date.clone(),
        note: prices.note.clone(),
        images: by_rank.into_iter().map(of_rank).collect(),
        total_usd: models_usd.map(|models_usd| usd(models_usd + services_usd)),
        usd_per_image_beside_models: usd((services_usd - execution_usd) / total.max(1) as f64),
        models,
        seconds,
        limited_by,
        again_usd: usd(again(lists, total, prices)),
        services,
    }
}

impl Plan {
    /// What is wrong with the price, if the models may cost this many US dollars at most.
    pub fn over_limit(&self, max_usd: f64) -> Vec<FieldProblem> {
        over_limit(&self.models, max_usd, &"--max-usd".to_owned().into())
    }
}

/// Dollars to the millionth: more is not known, and sums of floating point numbers have digits that say nothing.
fn usd(dollars: f64) -> f64 {
    (dollars * 1e6).round() / 1e6
}

fn model_cost(model: &str, images: u64, prices: Option<&Prices>) -> ModelCost {
    let price = prices.and_then(|prices| prices.of(model));
    let usd_per_image = price.map(|price| price.usd_per_image);
    ModelCost {
        model: model.to_owned(),
        images,
        usd_per_image,
        usd: usd_per_image.map(|price| usd(price * images as f64)),
        source: price.map(|price| price.source),
        conflict: price.and_then(|price| price.conflict),
    }
}

fn transitions(lists: u64, items: u64, prices: &StepFunctionsPrices) -> (u64, f64) {
    let transitions = items * prices.transitions_per_item + lists * prices.transitions_per_execution;
    (transitions, transitions as f64 / 1e6 * prices.usd_per_million_transitions)
}

fn lambda_usd(items: u64, seconds: f64, prices: &LambdaPrices) -> f64 {
    let items = items as f64;
    items / 1e6 * prices.usd_per_million_requests + items * seconds * prices.memory_gib * prices.usd_per_gib_second
}

fn services(lists: u64, items: u64, prices: &Prices, latency: f64) -> Vec<ServiceCost> {
    let (transitions, transitions_usd) = transitions(lists, items, &prices.step_functions);
    let seconds = latency + prices.lambda.seconds_beside_the_model;
    let gib = items as f64 * prices.s3.mib_per_image / 1024.0;
    let s3 = &prices.s3;
    let (puts, gets) = (items * s3.puts_per_item, items * s3.gets_per_item);
    let requests = puts as f64 / 1e3 * s3.usd_per_thousand_puts + gets as f64 / 1e3 * s3.usd_per_thousand_gets;
    let cost = |service, dollars, what, source: &String| ServiceCost {
        service,
        usd: usd(dollars),
        what,
        source: source.clone(),
    };
    vec![
        cost(
            "Step Functions",
            transitions_usd,
            message!(
                "transitions-cost",
                "{transitions}, without retries",
                transitions = counted("state-transitions", transitions, "state transition"),
            ),
            &prices.step_functions.source,
        ),
        cost(
            "Lambda",
            lambda_usd(items, seconds, &prices.lambda),
            message!(
                "lambda-cost",
                "{requests} of {seconds} s at {memory} GiB",
                requests = counted("requests", items, "request"),
                seconds,
                memory = prices.lambda.memory_gib,
            ),
            &prices.lambda.source,
        ),
        cost(
            "S3 requests",
            requests,
            message!("s3-requests-cost", "{puts} PUT, {gets} GET or HEAD, without waits", puts, gets),
            &s3.source,
        ),
        cost(
            "S3 storage",
            gib * s3.usd_per_gib_month,
            message!("s3-storage-cost", "{gib} GiB for a month", gib = format!("{gib:.2}")),
            &s3.source,
        ),
    ]
}

/// What a second drop costs: the same state machine, which finds every image and calls no model.
fn again(lists: u64, items: u64, prices: &Prices) -> f64 {
    let looks = items as f64 / 1e3 * prices.s3.usd_per_thousand_gets;
    transitions(lists, items, &prices.step_functions).1
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

    /// 900 images of a retired model, 50 of its successor, 50 of another.
    fn report() -> Report {
        let count = |model: &str, successor, rank: &str, items| Count {
            model: model.to_owned(),
            successor,
            rank: rank.to_owned(),
            items,
        };
        let counts = vec![
            count("stability.stable-diffusion-xl-v0", Some(CORE.id), "nomal", 900),
            count(CORE.id, None, "nomal", 50),
            count(ULTRA.id, None, "vip", 50),
        ];
        Report { counts, images: BTreeMap::from([(CORE.id, 950), (ULTRA.id, 50)]), ..Report::default() }
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
            assert!(model_cost(model.id, 1, Some(&prices)).usd > Some(0.0), "{}", model.id);
        }
    }

    #[test]
    fn an_image_costs_at_most_a_fiftieth_of_a_cent_beside_its_model() {
        let prices = Prices::built_in().unwrap();
        let plan = plan(&report(), &prices, Pace { latency: 5.0, ..PACE });
        assert!(plan.usd_per_image_beside_models <= 0.0002, "{}", plan.usd_per_image_beside_models);
        let sum: f64 = plan.services.iter().map(|service| service.usd).sum();
        assert!((sum / 1_000.0 - plan.usd_per_image_beside_models).abs() < 1e-6, "{sum}");
        let one = Report { images: BTreeMap::from([(CORE.id, 1)]), ..Report::default() };
        assert!(super::plan(&one, &prices, PACE).usd_per_image_beside_models <= 0.0002);
    }

    #[test]
    fn an_unknown_price_is_not_guessed() {
        let mut prices = Prices::built_in().unwrap();
        prices.models.retain(|price| price.model != ULTRA.id);
        let plan = plan(&report(), &prices, PACE);
        assert_eq!((plan.models[1].usd, plan.images[1].usd, plan.total_usd), (None, None, None));
        let problems = plan.over_limit(100.0);
        assert_eq!((problems.len(), problems[0].kind), (1, ProblemKind::UnknownPrice));
        assert!(
            problems[0]
                .message
                .starts_with("the price of stability.stable-image-ultra-v1:1 is not known, and the limit is 100 USD")
        );
    }
}
