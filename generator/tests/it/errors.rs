//! Every kind of failure, from what really comes over the wire.

use crate::aws::{Asked, Aws, event, item, plain, s3_error};
use generator::{Config, Error, ErrorKind, Outcome};
use http::Response;
use idlist::models::RetiredModels;
use lambda_runtime::Diagnostic;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn when_bedrock_says(status: u16, error_type: &str, message: &str) -> Error {
    let aws = Aws::new();
    aws.model_says(status, &[("x-amzn-errortype", error_type)], &json!({ "message": message }).to_string());
    let error = aws.make(item(json!({}))).await.unwrap_err();
    assert!(error.message.contains("item A1 of rank nomal") && error.message.contains(error_type), "{error}");
    assert!(!error.message.contains("hair color"), "the prompt is not for messages: {error}");
    assert!(aws.objects.lock().unwrap().is_empty());
    error
}

#[tokio::test]
async fn bedrocks_errors_have_the_kinds_of_the_table() {
    use ErrorKind::{AccessDenied, ModelFailed, ModelNotAvailable, ModelRejected, ModelThrottled};
    let ended = "This model version has reached the end of its life. Please refer to the AWS documentation.";
    let legacy =
        "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model.";
    let table = [
        (429, "ThrottlingException", "Too many requests", ModelThrottled),
        (429, "ModelNotReadyException", "not ready", ModelThrottled),
        (503, "ServiceUnavailableException", "busy", ModelThrottled),
        (400, "ServiceQuotaExceededException", "quota", ModelThrottled),
        (529, "overloaded_error", "overloaded", ModelThrottled),
        (408, "ModelTimeoutException", "timeout", ModelFailed),
        (424, "ModelErrorException", "error", ModelFailed),
        (500, "InternalServerException", "oops", ModelFailed),
        (502, "SomethingNew", "gateway", ModelFailed),
        (404, "ResourceNotFoundException", ended, ModelNotAvailable),
        (404, "ResourceNotFoundException", legacy, ModelNotAvailable),
        (400, "ValidationException", legacy, ModelNotAvailable),
        (400, "ValidationException", "The provided model identifier is invalid.", ModelNotAvailable),
        (400, "ValidationException", "Malformed input request", ModelRejected),
        (400, "ValidationException", "Operation not allowed", AccessDenied),
        (400, "ValidationException", "Your account is not authorized to invoke this API operation.", AccessDenied),
        (403, "AccessDeniedException", "You don't have access to the model", AccessDenied),
        (403, "UnrecognizedClientException", "The security token is invalid", AccessDenied),
    ];
    for (status, name, message, kind) in table {
        let error = when_bedrock_says(status, name, message).await;
        assert_eq!(error.kind, kind, "{status} {name} {message}");
    }
}

#[tokio::test]
async fn a_filtered_prompt_is_content_filtered() {
    let aws = Aws::new();
    aws.model_says(200, &[], r#"{"finish_reasons":["Filter reason: prompt"]}"#);
    let error = aws.make(item(json!({}))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ContentFiltered);
    assert!(error.message.contains("Filter reason: prompt"), "{error}");
}

#[tokio::test]
async fn an_answer_without_an_image_is_model_failed() {
    for body in [r#"{"finish_reasons":["Inference error"]}"#, "<html>", r#"{"images":["aGVsbG8="]}"#, ""] {
        let aws = Aws::new();
        aws.model_says(200, &[], body);
        assert_eq!(aws.make(item(json!({}))).await.unwrap_err().kind, ErrorKind::ModelFailed, "{body}");
    }
}

#[tokio::test]
async fn items_that_break_the_rules_are_invalid() {
    let broken = [
        item(json!({"prompt": null})),
        item(json!({"prompt": "  "})),
        item(json!({"id": "a/b"})),
        item(json!({"rank": ".."})),
        item(json!({"inputBucketName": "No"})),
        item(json!({"inputKeyName": "image.gif"})),
        item(json!({"seed": -1})),
        item(json!({"aspectRatio": "4:3"})),
        item(json!({"sourceBucketName": "images"})),
        item(json!({"id": 7})),
        json!(42),
        json!("x"),
        json!([]),
        json!(null),
        json!({}),
        json!({"item": 42, "executionName": "run"}),
    ];
    for payload in broken {
        let aws = Aws::new();
        let error = aws.make(payload.clone()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidItem, "{payload}: {error}");
        assert!(aws.asked.lock().unwrap().is_empty(), "nothing is asked for {payload}");
    }
}

#[tokio::test]
async fn an_invalid_item_says_which_field_and_what_would_be_right() {
    let error = Aws::new().make(item(json!({"id": "a/b", "inputKeyName": "x.gif"}))).await.unwrap_err();
    assert!(error.message.contains("id") && error.message.contains("inputKeyName"), "{error}");
    assert!(error.message.contains(".jpeg"), "{error}");
}

#[tokio::test]
async fn unknown_and_rejected_models_are_not_available() {
    let aws = Aws::new();
    let error = aws.make(item(json!({"model": "acme.paint-v1"}))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ModelNotAvailable);
    assert!(error.message.contains("acme.paint-v1") && error.message.contains("stability.sd3-5-large-v1:0"), "{error}");

    let app = aws.app(Config { retired_models: RetiredModels::Reject, ..Config::default() });
    let retired = event(item(json!({"model": "amazon.nova-canvas-v1:0"})));
    let error = generator::handle(&app, retired).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ModelNotAvailable);
    assert!(error.message.contains("retired"), "{error}");
    assert_eq!(aws.model_calls(), 0);
}

async fn when_s3_says(
    method: &'static str,
    answer: impl Fn() -> Response<Vec<u8>> + Send + Sync + 'static,
) -> (Error, usize) {
    let aws = Aws::new();
    aws.breaks(move |asked: &Asked| (asked.method == method && !asked.path.starts_with("/model/")).then(&answer));
    let error = aws.make(item(json!({}))).await.unwrap_err();
    assert!(error.message.contains("item A1 of rank nomal") && error.message.contains("s3://images"), "{error}");
    let asked = aws.asked.lock().unwrap();
    (error, asked.iter().filter(|asked| asked.method == method && !asked.path.starts_with("/model/")).count())
}

#[tokio::test(start_paused = true)]
async fn s3s_passing_failures_are_storage_failed_after_three_attempts_before_the_model_is_paid() {
    for status in [503, 500] {
        let (error, attempts) = when_s3_says("HEAD", move || plain(status, "")).await;
        assert_eq!((error.kind, attempts), (ErrorKind::StorageFailed, 3), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_paid_image_is_stored_although_s3_fails_for_a_while() {
    let aws = Aws::new();
    let failures = AtomicUsize::new(0);
    aws.breaks(move |asked: &Asked| {
        let fails = asked.method == "PUT" && failures.fetch_add(1, Ordering::Relaxed) < 12;
        fails.then(|| s3_error(503, "SlowDown"))
    });
    let output = aws.make(item(json!({}))).await.unwrap();
    assert_eq!((output.outcome, aws.model_calls()), (Outcome::Generated, 1));
}

#[tokio::test(start_paused = true)]
async fn storing_gives_up_when_the_time_of_the_function_is_over() {
    for (status, code) in [(503, "SlowDown"), (500, "InternalError")] {
        let (error, attempts) = when_s3_says("PUT", move || s3_error(status, code)).await;
        assert_eq!(error.kind, ErrorKind::StorageFailed, "{error}");
        assert!(attempts > 10, "{attempts} attempts in two minutes");
    }
}

#[tokio::test(start_paused = true)]
async fn s3_denying_is_access_denied_and_costs_no_model_call_where_it_is_seen_first() {
    let (error, _) = when_s3_says("PUT", || s3_error(403, "AccessDenied")).await;
    assert_eq!(error.kind, ErrorKind::AccessDenied);
    assert!(error.message.contains("s3:PutObject"), "{error}");

    let aws = Aws::new();
    aws.breaks(|asked: &Asked| (asked.method == "HEAD").then(|| plain(403, "")));
    let error = aws.make(item(json!({}))).await.unwrap_err();
    assert_eq!((error.kind, aws.model_calls()), (ErrorKind::AccessDenied, 0));
    assert!(error.message.contains("s3:ListBucket"), "{error}");
}

#[tokio::test]
async fn a_source_that_is_missing_is_told_apart_from_one_that_is_no_image() {
    let with_source = || {
        item(
            json!({"model": "stability.stable-image-ultra-v1:1", "sourceBucketName": "images", "sourceKeyName": "s.png"}),
        )
    };
    let aws = Aws::new();
    let error = aws.make(with_source()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SourceMissing);
    assert!(error.message.contains("s3://images/s.png") && error.message.contains("does not exist"), "{error}");

    aws.store("/images/s.png", b"no image".to_vec());
    let error = aws.make(with_source()).await.unwrap_err();
    assert_eq!((error.kind, aws.model_calls()), (ErrorKind::InvalidItem, 0));
}

#[tokio::test]
async fn without_time_left_the_model_is_not_paid() {
    let aws = Aws::new();
    let app = aws.app(Config::default());
    let mut late = event(item(json!({})));
    late.context.deadline = 1;
    let error = generator::handle(&app, late).await.unwrap_err();
    assert_eq!((error.kind, aws.model_calls()), (ErrorKind::ModelFailed, 0), "{error}");
}

#[tokio::test]
async fn the_outside_sees_the_kind_as_error_type_and_never_a_rust_path() {
    let aws = Aws::new();
    let error = aws.make(json!("x")).await.unwrap_err();
    let Diagnostic { error_type, .. } = error.into();
    assert_eq!(error_type, "InvalidItem");
    aws.breaks(|_| panic!("kaboom"));
    let error = aws.make(item(json!({}))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Internal);
    assert!(error.message.contains("item A1 of rank nomal"), "{error}");
    assert!(!error.message.contains("kaboom"), "{error}");
}
