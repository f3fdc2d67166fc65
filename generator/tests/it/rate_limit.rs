//! Callers that can wait: when the model throttles, or its next slot is later, they are told how long to wait.

use crate::aws::{Asked, Aws, event, item, s3_error, sample};
use generator::{Answer, App, Config, Error, ErrorKind, Outcome, RATE_LIMITS, Wait};
use image::ImageFormat::Png;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Most invocations of one item in any test.
const MAX_INVOCATIONS: usize = 100;

fn from_state_machine() -> Value {
    json!({"item": item(json!({})), "executionName": "run", "canWait": true})
}

fn app(aws: &Arc<Aws>) -> App {
    aws.buckets.lock().unwrap().push("state".into());
    aws.app(Config { state_bucket_name: Some("state".into()), ..Config::default() })
}

async fn invoke(app: &App, payload: Value) -> Result<Answer, Error> {
    generator::handle(app, event(payload)).await
}

fn throttles(aws: &Aws) {
    aws.model_says(429, &[("x-amzn-errortype", "ThrottlingException")], r#"{"message": "Too many requests"}"#);
}

fn wait(answer: Result<Answer, Error>) -> Wait {
    match answer {
        Ok(Answer::Wait(wait)) => wait,
        other => panic!("{other:?}"),
    }
}

fn is_generated(answer: &Result<Answer, Error>) -> bool {
    matches!(answer, Ok(Answer::Image(output)) if output.outcome == Outcome::Generated)
}

fn is_rate_limit(path: &str) -> bool {
    path == format!("/state/{RATE_LIMITS}stability.stable-image-core-v1:1.json")
}

fn of_rate_limit(asked: &Asked, method: &str) -> bool {
    asked.method == method && is_rate_limit(&asked.path)
}

#[tokio::test]
async fn a_throttled_item_gets_its_next_input_and_then_its_image() {
    let aws = Aws::new();
    let app = app(&aws);
    throttles(&aws);
    let mut next = wait(invoke(&app, from_state_machine()).await);
    assert_eq!((&next.item, next.execution_name.as_deref()), (&item(json!({})), Some("run")));
    assert!(next.slot.is_some() && next.can_wait);
    aws.model_answers(&sample(Png));
    // The function sees the time of this machine, so the item comes back before its slot now and then: that is harmless.
    for _ in 0..MAX_INVOCATIONS {
        match invoke(&app, serde_json::to_value(&next).unwrap()).await {
            Ok(Answer::Wait(wait)) => next = wait,
            answer => {
                assert!(is_generated(&answer), "{answer:?}");
                assert_eq!(aws.model_calls(), 2);
                return;
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no image after {MAX_INVOCATIONS} invocations");
}

#[tokio::test(start_paused = true)]
async fn the_state_machine_can_tell_the_two_answers_apart() {
    let aws = Aws::new();
    let app = app(&aws);
    let image = serde_json::to_value(invoke(&app, from_state_machine()).await.unwrap()).unwrap();
    assert!(image.get("waitSeconds").is_none() && image["outcome"] == "generated", "{image}");
    aws.objects.lock().unwrap().clear();
    throttles(&aws);
    let wait = serde_json::to_value(invoke(&app, from_state_machine()).await.unwrap()).unwrap();
    assert!(wait["waitSeconds"].is_u64() && wait["item"] == item(json!({})), "{wait}");
}

#[tokio::test]
async fn a_direct_invocation_is_not_rate_limited() {
    let aws = Aws::new();
    throttles(&aws);
    for payload in [item(json!({})), json!({"item": item(json!({})), "executionName": "run"})] {
        let error = invoke(&app(&aws), payload).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ModelThrottled);
    }
}

#[tokio::test]
async fn without_a_state_bucket_nothing_is_rate_limited() {
    let aws = Aws::new();
    throttles(&aws);
    let error = invoke(&aws.app(Config::default()), from_state_machine()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ModelThrottled);
    assert!(!aws.asked.lock().unwrap().iter().any(|asked| asked.path.starts_with("/state/")));
}

#[tokio::test(start_paused = true)]
async fn an_existing_image_needs_no_slot_and_no_lease() {
    let aws = Aws::new();
    let app = app(&aws);
    invoke(&app, from_state_machine()).await.unwrap();
    aws.asked.lock().unwrap().clear();
    let answer = invoke(&app, from_state_machine()).await;
    assert!(matches!(answer, Ok(Answer::Image(output)) if output.outcome == Outcome::Existing));
    assert!(!aws.asked.lock().unwrap().iter().any(|asked| asked.path.starts_with("/state/")));
}

#[tokio::test(start_paused = true)]
async fn a_rate_limiter_that_cannot_be_used_costs_no_item() {
    for (method, status, code) in
        [("GET", 403, "AccessDenied"), ("GET", 404, "NoSuchBucket"), ("PUT", 403, "AccessDenied")]
    {
        let aws = Aws::new();
        aws.breaks(move |asked| of_rate_limit(asked, method).then(|| s3_error(status, code)));
        let app = app(&aws);
        throttles(&aws);
        let error = invoke(&app, from_state_machine()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ModelThrottled, "{method} {code}");
        aws.model_answers(&sample(Png));
        let answer = invoke(&app, from_state_machine()).await;
        assert!(is_generated(&answer), "{method} {code}: {answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_race_for_the_rate_limit_is_run_again() {
    for (status, code) in [(412, "PreconditionFailed"), (409, "ConditionalRequestConflict")] {
        let aws = Aws::new();
        let lost = AtomicU32::new(0);
        aws.breaks(move |asked| {
            let loses = of_rate_limit(asked, "PUT") && lost.fetch_add(1, Ordering::Relaxed) < 2;
            loses.then(|| s3_error(status, code))
        });
        let answer = invoke(&app(&aws), from_state_machine()).await;
        assert!(is_generated(&answer), "{answer:?}");
        let puts = aws.asked.lock().unwrap().iter().filter(|asked| of_rate_limit(asked, "PUT")).count();
        assert_eq!(puts, 3, "{code}");
    }
}

/// Thirty images a minute are allowed: of six items at once some must wait, although the model throttles none.
#[tokio::test(start_paused = true)]
async fn images_per_minute_are_kept_from_the_start() {
    let aws = Aws::new();
    aws.buckets.lock().unwrap().push("state".into());
    let config = Config { state_bucket_name: Some("state".into()), images_per_minute: Some(30.0), ..Config::default() };
    let app = aws.app(config);
    let items = (0..6).map(|n| {
        let mut payload = from_state_machine();
        payload["item"]["id"] = json!(format!("A{n}"));
        invoke(&app, payload)
    });
    let answers = futures_util::future::join_all(items).await;
    let waits = answers.iter().filter(|answer| matches!(answer, Ok(Answer::Wait(_)))).count();
    assert!(waits >= 2, "{waits} of 6 wait");
}
