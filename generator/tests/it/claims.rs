//! Two executions with the same item: one pays for its image, the other one waits and finds it.

use crate::aws::{Asked, Aws, event, item, s3_error, sample};
use generator::{Answer, App, Error, ErrorKind, Outcome, config::Config};
use serde_json::{Value, json};
use sha2::Digest;
use std::sync::Arc;

fn app(aws: &Arc<Aws>) -> App {
    aws.app(Config { pace_bucket_name: Some("images".into()), ..Config::default() })
}

/// As the state machine of an execution invokes the function.
fn of(execution_name: &str) -> Value {
    json!({"item": item(json!({})), "executionName": execution_name, "canWait": true})
}

async fn make(app: &App, payload: Value) -> Result<Answer, Error> {
    generator::handle(app, event(payload)).await
}

fn claims(asked: &Asked) -> bool {
    asked.path.contains("/.pace/claim-")
}

fn outcome(answer: Result<Answer, Error>) -> Option<Outcome> {
    match answer {
        Ok(Answer::Image(output)) => Some(output.outcome),
        Ok(Answer::Later(_)) => None,
        Err(err) => panic!("{err}"),
    }
}

/// Removes the image, as if it were not stored yet, and leaves the claim. The clock of the model begins anew, so that nobody waits for a turn.
fn as_in_the_making(aws: &Aws) {
    aws.objects.lock().unwrap().retain(|path, _| path.contains("/.pace/claim-"));
}

#[tokio::test(start_paused = true)]
async fn what_another_execution_makes_is_waited_for_and_not_paid_again() {
    let aws = Aws::new();
    let app = app(&aws);
    assert_eq!(outcome(make(&app, of("first")).await), Some(Outcome::Generated));
    let image = aws.objects.lock().unwrap().clone();
    as_in_the_making(&aws);
    let Ok(Answer::Later(later)) = make(&app, of("second")).await else { panic!("does not wait") };
    assert!((1..=10).contains(&later.wait_seconds), "{later:?}");
    assert_eq!(aws.model_calls(), 1);
    // Nor is a ticket spent on it: the clock is as it was, which is nowhere.
    assert!(aws.objects.lock().unwrap().keys().all(|path| path.contains("/.pace/claim-")));
    *aws.objects.lock().unwrap() = image;
    let again = make(&app, serde_json::to_value(later).unwrap()).await;
    assert_eq!((outcome(again), aws.model_calls()), (Some(Outcome::Existing), 1));
}

/// As a bucket with Object Lock wants it.
#[tokio::test(start_paused = true)]
async fn a_claim_is_stored_with_its_checksum() {
    let aws = Aws::new();
    assert_eq!(outcome(make(&app(&aws), of("first")).await), Some(Outcome::Generated));
    let objects = aws.objects.lock().unwrap();
    let (_, claim) = objects.iter().find(|(path, _)| path.contains("/.pace/claim-")).unwrap();
    let digest = base64_simd::STANDARD.encode_to_string(sha2::Sha256::digest(&claim.bytes));
    assert_eq!(claim.headers["x-amz-checksum-sha256"], digest);
}

#[tokio::test(start_paused = true)]
async fn the_next_attempt_of_the_same_execution_makes_the_image() {
    let aws = Aws::new();
    let app = app(&aws);
    for _ in 0..3 {
        assert_eq!(outcome(make(&app, of("first")).await), Some(Outcome::Generated));
        as_in_the_making(&aws);
    }
}

#[tokio::test(start_paused = true)]
async fn another_image_at_the_same_key_is_nobody_elses() {
    let aws = Aws::new();
    let app = app(&aws);
    assert_eq!(outcome(make(&app, of("first")).await), Some(Outcome::Generated));
    as_in_the_making(&aws);
    let mut other = of("second");
    other["item"]["prompt"] = json!("something else");
    assert_eq!(outcome(make(&app, other).await), Some(Outcome::Generated));
}

#[tokio::test(start_paused = true)]
async fn an_image_that_could_not_be_made_is_free_for_others() {
    let aws = Aws::new();
    let app = app(&aws);
    aws.model_says(500, &[("x-amzn-errortype", "InternalServerException")], "{}");
    make(&app, of("first")).await.unwrap_err();
    as_in_the_making(&aws);
    aws.model_answers(&sample(image::ImageFormat::Png));
    assert_eq!(outcome(make(&app, of("second")).await), Some(Outcome::Generated));
}

#[tokio::test(start_paused = true)]
async fn an_item_that_waits_for_its_quota_holds_nobody_up() {
    let aws = Aws::new();
    let app = app(&aws);
    aws.model_says(429, &[("x-amzn-errortype", "ThrottlingException")], "{}");
    let Ok(Answer::Later(later)) = make(&app, of("first")).await else { panic!("does not wait") };
    assert!(later.ticket.is_some());
    // As of a list that was stopped: another execution makes it, as soon as it is its turn.
    aws.model_answers(&sample(image::ImageFormat::Png));
    as_in_the_making(&aws);
    assert_eq!((outcome(make(&app, of("second")).await), aws.model_calls()), (Some(Outcome::Generated), 2));
}

#[tokio::test(start_paused = true)]
async fn a_claim_ends_with_the_time_of_its_function() {
    let aws = Aws::new();
    let app = app(&aws);
    assert_eq!(outcome(make(&app, of("first")).await), Some(Outcome::Generated));
    as_in_the_making(&aws);
    // As of a function that was killed a minute ago.
    let over = |text: &[u8]| {
        let mut claims: Value = serde_json::from_slice(text).unwrap();
        claims[0]["until"] = json!(claims[0]["until"].as_u64().unwrap() - 200);
        serde_json::to_vec(&claims).unwrap()
    };
    for (path, object) in aws.objects.lock().unwrap().iter_mut() {
        assert!(path.contains("/.pace/claim-"));
        object.bytes = over(&object.bytes);
    }
    assert_eq!(outcome(make(&app, of("second")).await), Some(Outcome::Generated));
}

#[tokio::test(start_paused = true)]
async fn what_are_no_claims_is_replaced() {
    let aws = Aws::new();
    let app = app(&aws);
    for _ in 0..2 {
        assert_eq!(outcome(make(&app, of("first")).await), Some(Outcome::Generated));
        as_in_the_making(&aws);
        aws.objects.lock().unwrap().values_mut().for_each(|object| object.bytes = b"no claims".to_vec());
    }
}

#[tokio::test(start_paused = true)]
async fn claims_that_can_not_be_used_cost_no_item() {
    for (method, status, code) in [("GET", 403, "AccessDenied"), ("PUT", 403, "AccessDenied")] {
        let aws = Aws::new();
        aws.breaks(move |asked| (claims(asked) && asked.method == method).then(|| s3_error(status, code)));
        assert_eq!(outcome(make(&app(&aws), of("first")).await), Some(Outcome::Generated), "{method} {code}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_loses_the_race_for_a_claim_looks_again() {
    let aws = Aws::new();
    let lost = std::sync::atomic::AtomicU32::new(0);
    aws.breaks(move |asked| {
        let loses = claims(asked) && asked.method == "PUT";
        (loses && lost.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2)
            .then(|| s3_error(412, "PreconditionFailed"))
    });
    assert_eq!(outcome(make(&app(&aws), of("first")).await), Some(Outcome::Generated));
    let puts = aws.asked.lock().unwrap().iter().filter(|asked| claims(asked) && asked.method == "PUT").count();
    assert_eq!(puts, 3);
}

#[tokio::test(start_paused = true)]
async fn who_can_not_wait_claims_nothing() {
    let aws = Aws::new();
    make(&app(&aws), item(json!({}))).await.unwrap();
    assert!(!aws.asked.lock().unwrap().iter().any(claims));
}

#[tokio::test(start_paused = true)]
async fn the_claim_shows_that_the_bucket_is_there() {
    let is_of_bucket = |asked: &Asked| asked.path.trim_matches('/') == "images";
    let aws = Aws::new();
    assert_eq!(outcome(make(&app(&aws), of("first")).await), Some(Outcome::Generated));
    assert!(!aws.asked.lock().unwrap().iter().any(is_of_bucket));

    let aws = Aws::new();
    aws.buckets.lock().unwrap().clear();
    let err = make(&app(&aws), of("first")).await.unwrap_err();
    assert_eq!((err.kind, aws.model_calls()), (ErrorKind::AccessDenied, 0));
}
