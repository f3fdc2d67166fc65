//! Leases: however many invocations want one image at the same time, one of them pays for it.

use crate::aws::{Asked, Aws, event, item, s3_error};
use futures_util::future::join_all;
use generator::{Answer, App, Config, Error, ErrorKind, LEASES, Outcome};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};
use tokio::time::{sleep, timeout};

/// The longest that any test waits, in virtual time.
const DEADLINE: Duration = Duration::from_secs(600);

fn app(aws: &Arc<Aws>) -> App {
    aws.buckets.lock().unwrap().push("state".into());
    aws.app(Config { state_bucket_name: Some("state".into()), ..Config::default() })
}

/// The payload with which the state machine of an execution invokes the function.
fn of(execution_name: &str) -> Value {
    json!({"item": item(json!({})), "executionName": execution_name, "canWait": true})
}

async fn invoke(app: &App, payload: Value) -> Result<Answer, Error> {
    generator::handle(app, event(payload)).await
}

/// Invokes the function as the state machine does: again after each wait, until there is an image.
async fn until_made(app: &App, mut payload: Value) -> Result<Outcome, Error> {
    let made = async {
        loop {
            match invoke(app, payload).await? {
                Answer::Image(output) => return Ok(output.outcome),
                Answer::Wait(wait) => {
                    sleep(Duration::from_secs(wait.wait_seconds)).await;
                    payload = serde_json::to_value(wait).unwrap();
                }
            }
        }
    };
    timeout(DEADLINE, made).await.expect("it waits for ever")
}

fn is_lease(path: &str) -> bool {
    path.starts_with(&format!("/state/{LEASES}"))
}

fn of_lease(asked: &Asked, method: &str) -> bool {
    asked.method == method && is_lease(&asked.path)
}

fn leases(aws: &Aws) -> Vec<String> {
    aws.objects.lock().unwrap().keys().filter(|path| is_lease(path)).cloned().collect()
}

/// Deletes the images, and the rate limits: these go by the time of this machine, which stands still in a test.
fn forget_all_but_leases(aws: &Aws) {
    aws.objects.lock().unwrap().retain(|path, _| is_lease(path));
}

/// Leaves the lease of an invocation that ended without a word, and expires so many seconds from now.
async fn leave_lease(aws: &Arc<Aws>, app: &App, seconds: i64) {
    aws.breaks(|asked| of_lease(asked, "DELETE").then(|| s3_error(403, "AccessDenied")));
    invoke(app, of("crashed")).await.unwrap();
    *aws.fault.lock().unwrap() = None;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() as i64;
    forget_all_but_leases(aws);
    for object in aws.objects.lock().unwrap().values_mut() {
        let mut lease: Value = serde_json::from_slice(&object.bytes).unwrap();
        lease["expiresAt"] = json!(now + seconds);
        object.bytes = serde_json::to_vec(&lease).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn sixteen_concurrent_invocations_of_one_item_pay_once() {
    for executions in [1, 16] {
        let aws = Aws::new();
        *aws.latency.lock().unwrap() = (40, 6_000);
        let app = app(&aws);
        let all = (0..16).map(|n| until_made(&app, of(&format!("run-{}", n % executions))));
        let outcomes: Vec<_> = join_all(all).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(aws.model_calls(), 1);
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Generated).count(), 1);
        assert_eq!(leases(&aws), Vec::<String>::new(), "every lease is released");
    }
}

#[tokio::test(start_paused = true)]
async fn concurrent_direct_invocations_pay_once() {
    let aws = Aws::new();
    *aws.latency.lock().unwrap() = (40, 6_000);
    let app = app(&aws);
    let answers = join_all((0..4).map(|_| invoke(&app, item(json!({}))))).await;
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Answer::Image(_)))), "{answers:?}");
    assert_eq!(aws.model_calls(), 1);
}

/// Step Functions retries after a time-out of its own while the first invocation is still running.
#[tokio::test(start_paused = true)]
async fn a_retry_waits_for_the_first_invocation_of_its_execution() {
    let aws = Aws::new();
    *aws.latency.lock().unwrap() = (40, 60_000);
    let app = app(&aws);
    let retry = async {
        sleep(Duration::from_secs(10)).await;
        until_made(&app, of("run")).await
    };
    let (first, retry) = tokio::join!(until_made(&app, of("run")), retry);
    assert_eq!((first.unwrap(), retry.unwrap()), (Outcome::Generated, Outcome::Existing));
    assert_eq!(aws.model_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_image_that_was_deleted_is_made_again_at_once() {
    let aws = Aws::new();
    let app = app(&aws);
    invoke(&app, of("run")).await.unwrap();
    forget_all_but_leases(&aws);
    let Ok(Answer::Image(output)) = invoke(&app, of("again")).await else { panic!("it waits") };
    assert_eq!(output.outcome, Outcome::Generated);
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_released_when_the_item_fails_or_waits() {
    for (status, error) in
        [(500, "InternalServerException"), (400, "ValidationException"), (429, "ThrottlingException")]
    {
        let aws = Aws::new();
        let app = app(&aws);
        aws.model_says(status, &[("x-amzn-errortype", error)], "{}");
        let _ = invoke(&app, of("run")).await;
        assert_eq!((aws.model_calls(), leases(&aws)), (1, Vec::new()), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_a_crash_left_is_taken_over_when_it_expires() {
    let aws = Aws::new();
    let app = app(&aws);
    leave_lease(&aws, &app, 100).await;
    let Ok(Answer::Wait(wait)) = invoke(&app, of("next")).await else { panic!("does not wait") };
    assert!((1..=10).contains(&wait.wait_seconds), "{wait:?}");
    assert_eq!(aws.model_calls(), 1);
    leave_lease(&aws, &app, -1).await;
    assert_eq!(until_made(&app, of("next")).await.unwrap(), Outcome::Generated);
    assert_eq!(leases(&aws), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_lease_expires_shortly_after_the_deadline_of_its_invocation() {
    let aws = Aws::new();
    let app = app(&aws);
    aws.breaks(|asked| of_lease(asked, "DELETE").then(|| s3_error(403, "AccessDenied")));
    let event = event(of("run"));
    let deadline = event.context.deadline / 1000;
    generator::handle(&app, event).await.unwrap();
    let lease: Value = serde_json::from_slice(&aws.object(&leases(&aws)[0]).bytes).unwrap();
    assert_eq!(lease["executionName"], "run");
    let margin = lease["expiresAt"].as_u64().unwrap() - deadline;
    assert!((1..=15).contains(&margin), "{margin} s after the deadline");
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_was_taken_over_is_not_released_by_its_first_holder() {
    let aws = Aws::new();
    let app = app(&aws);
    // While the model works, another invocation takes the lease over.
    aws.breaks({
        let aws = Arc::downgrade(&aws);
        move |asked| {
            if asked.path.starts_with("/model/") {
                let aws = aws.upgrade().unwrap();
                for (path, object) in aws.objects.lock().unwrap().iter_mut().filter(|(path, _)| is_lease(path)) {
                    assert!(is_lease(path));
                    object.headers.insert("etag".into(), "\"of another\"".into());
                }
            }
            None
        }
    });
    invoke(&app, of("run")).await.unwrap();
    assert_eq!(leases(&aws).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_images_have_other_leases() {
    let aws = Aws::new();
    let app = app(&aws);
    leave_lease(&aws, &app, 100).await;
    for (field, value) in [("prompt", "something else"), ("id", "B1"), ("inputKeyName", "other.jpeg")] {
        let mut payload = of("run");
        payload["item"][field] = json!(value);
        forget_all_but_leases(&aws);
        assert!(matches!(invoke(&app, payload).await, Ok(Answer::Image(_))), "{field}");
    }
}

#[tokio::test(start_paused = true)]
async fn leases_that_cannot_be_used_cost_no_item() {
    for (method, status, code) in [
        ("PUT", 403, "AccessDenied"),
        ("PUT", 404, "NoSuchBucket"),
        ("PUT", 503, "SlowDown"),
        ("DELETE", 403, "AccessDenied"),
    ] {
        let aws = Aws::new();
        aws.breaks(move |asked| of_lease(asked, method).then(|| s3_error(status, code)));
        assert_eq!(until_made(&app(&aws), of("run")).await.unwrap(), Outcome::Generated, "{method} {code}");
    }
}

#[tokio::test(start_paused = true)]
async fn objects_that_are_not_leases_are_replaced() {
    let aws = Aws::new();
    let app = app(&aws);
    leave_lease(&aws, &app, 100).await;
    aws.objects.lock().unwrap().values_mut().for_each(|object| object.bytes = b"not a lease".to_vec());
    assert_eq!(until_made(&app, of("run")).await.unwrap(), Outcome::Generated);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_its_own_write_does_not_lock_an_invocation_out() {
    let aws = Aws::new();
    let app = app(&aws);
    let lost = AtomicU32::new(0);
    aws.breaks({
        let aws = Arc::downgrade(&aws);
        move |asked| {
            if !of_lease(asked, "PUT") || lost.fetch_add(1, Ordering::Relaxed) > 0 {
                return None;
            }
            let headers = [("etag".to_owned(), "\"stored\"".to_owned())].into();
            let object = crate::aws::Object { headers, bytes: asked.body.clone() };
            aws.upgrade().unwrap().objects.lock().unwrap().insert(asked.path.clone(), object);
            Some(s3_error(500, "InternalError"))
        }
    });
    assert_eq!(until_made(&app, of("run")).await.unwrap(), Outcome::Generated);
    assert_eq!(aws.model_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_missing_image_bucket_costs_no_lease_and_no_model_call() {
    let aws = Aws::new();
    aws.buckets.lock().unwrap().clear();
    let err = invoke(&app(&aws), of("run")).await.unwrap_err();
    assert_eq!((err.kind, aws.model_calls()), (ErrorKind::AccessDenied, 0));
    assert!(!aws.asked.lock().unwrap().iter().any(|asked| of_lease(asked, "PUT")));
}
