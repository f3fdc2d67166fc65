//! Items whose caller can wait: when the model refuses, or their turn is not yet, they are told when to come back.

use crate::aws::{Asked, Aws, event, item, s3_error};
use generator::{Answer, App, Error, ErrorKind, Later, Outcome, config::Config};
use serde_json::{Value, json};
use std::sync::Arc;

const CLOCK: &str = "/images/.pace/stability.stable-image-core-v1:1.json";

/// As the state machine invokes the function.
fn waiting() -> Value {
    json!({"item": item(json!({})), "executionName": "run", "canWait": true})
}

fn app(aws: &Arc<Aws>) -> App {
    aws.app(Config { pace_bucket_name: Some("images".into()), ..Config::default() })
}

async fn make(app: &App, payload: Value) -> Result<Answer, Error> {
    generator::handle(app, event(payload)).await
}

fn throttles(aws: &Aws) {
    aws.model_says(429, &[("x-amzn-errortype", "ThrottlingException")], r#"{"message": "Too many requests"}"#);
}

fn later(answer: Result<Answer, Error>) -> Later {
    match answer {
        Ok(Answer::Later(later)) => later,
        other => panic!("{other:?}"),
    }
}

fn is_generated(answer: &Result<Answer, Error>) -> bool {
    matches!(answer, Ok(Answer::Image(output)) if output.outcome == Outcome::Generated)
}

fn looks_at_the_clock(asked: &Asked) -> bool {
    asked.path == CLOCK
}

#[tokio::test]
async fn a_refused_item_gets_its_next_input_and_with_it_an_image() {
    let aws = Aws::new();
    let app = app(&aws);
    throttles(&aws);
    let mut next = later(make(&app, waiting()).await);
    assert_eq!((&next.item, next.execution_name.as_deref()), (&item(json!({})), Some("run")));
    assert!(next.ticket.is_some() && next.can_wait);
    // Coming back before the time is harmless: nobody asks the model too early, or for nothing.
    while aws.model_calls() < 2 {
        next = later(make(&app, serde_json::to_value(next).unwrap()).await);
    }
    aws.model_answers(&crate::aws::sample(image::ImageFormat::Png));
    loop {
        match make(&app, serde_json::to_value(next).unwrap()).await {
            Ok(Answer::Later(later)) => next = later,
            answer => break assert!(is_generated(&answer), "{answer:?}"),
        }
    }
    assert_eq!(aws.model_calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_state_machine_can_tell_the_two_answers_apart() {
    let aws = Aws::new();
    let app = app(&aws);
    let image = serde_json::to_value(make(&app, waiting()).await.unwrap()).unwrap();
    assert!(image.get("waitSeconds").is_none() && image["outcome"] == "generated", "{image}");
    aws.objects.lock().unwrap().clear();
    throttles(&aws);
    let later = serde_json::to_value(make(&app, waiting()).await.unwrap()).unwrap();
    assert!(later["waitSeconds"].is_u64() && later["item"] == item(json!({})), "{later}");
}

#[tokio::test]
async fn who_can_not_wait_gets_the_error_and_no_place() {
    let aws = Aws::new();
    throttles(&aws);
    for payload in [item(json!({})), json!({"item": item(json!({})), "executionName": "run"})] {
        let error = make(&app(&aws), payload).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ModelThrottled);
    }
    assert!(!aws.asked.lock().unwrap().iter().any(looks_at_the_clock));
}

#[tokio::test]
async fn without_a_bucket_for_clocks_nothing_is_paced() {
    let aws = Aws::new();
    throttles(&aws);
    let error = make(&aws.app(Config::default()), waiting()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ModelThrottled);
    assert!(!aws.asked.lock().unwrap().iter().any(looks_at_the_clock));
}

#[tokio::test(start_paused = true)]
async fn an_image_that_is_there_waits_for_nothing() {
    let aws = Aws::new();
    make(&app(&aws), waiting()).await.unwrap();
    aws.asked.lock().unwrap().clear();
    let answer = make(&app(&aws), waiting()).await;
    assert!(matches!(answer, Ok(Answer::Image(output)) if output.outcome == Outcome::Existing));
    assert!(!aws.asked.lock().unwrap().iter().any(looks_at_the_clock));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_can_not_be_used_costs_no_item() {
    for (method, status, code) in
        [("GET", 403, "AccessDenied"), ("GET", 404, "NoSuchBucket"), ("PUT", 403, "AccessDenied")]
    {
        let aws = Aws::new();
        aws.breaks(move |asked| (looks_at_the_clock(asked) && asked.method == method).then(|| s3_error(status, code)));
        let app = app(&aws);
        throttles(&aws);
        let error = make(&app, waiting()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ModelThrottled, "{method} {code}");
        aws.model_answers(&crate::aws::sample(image::ImageFormat::Png));
        let answer = make(&app, waiting()).await;
        assert!(is_generated(&answer), "{method} {code}: {answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_is_written_only_for_who_has_seen_it_as_it_is() {
    let aws = Aws::new();
    let app = app(&aws);
    make(&app, waiting()).await.unwrap();
    aws.objects.lock().unwrap().retain(|path, _| path == CLOCK);
    make(&app, waiting()).await.unwrap();
    let asked = aws.asked.lock().unwrap();
    let puts: Vec<_> = asked.iter().filter(|asked| asked.method == "PUT" && asked.path == CLOCK).collect();
    assert_eq!(puts[0].headers.get("if-none-match").map(String::as_str), Some("*"));
    assert!(puts[1].headers.contains_key("if-match"), "{:?}", puts[1].headers);
}

#[tokio::test(start_paused = true)]
async fn whoever_loses_the_race_for_a_clock_looks_again() {
    for (status, code) in [(412, "PreconditionFailed"), (409, "ConditionalRequestConflict")] {
        let aws = Aws::new();
        let lost = std::sync::atomic::AtomicU32::new(0);
        aws.breaks(move |asked| {
            let loses = looks_at_the_clock(asked) && asked.method == "PUT";
            (loses && lost.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2).then(|| s3_error(status, code))
        });
        let answer = make(&app(&aws), waiting()).await;
        assert!(is_generated(&answer), "{answer:?}");
        let puts =
            aws.asked.lock().unwrap().iter().filter(|asked| looks_at_the_clock(asked) && asked.method == "PUT").count();
        assert_eq!(puts, 3, "{code}");
    }
}
