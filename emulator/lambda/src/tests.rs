//! Functions that misbehave, and what the endpoint answers.

use super::{Function, Functions, InvokeError, LambdaEndpoint};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, http::request};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A function that is a shell script; what it says goes to `log` in the folder.
fn function(folder: &Path, script: &str) -> Function {
    Function {
        name: "f".into(),
        region: "us-east-1".into(),
        account: "000000000000".into(),
        command: ("sh".into(), vec!["-c".into(), script.into()]),
        environment: vec![("GREETING".into(), "hello".into()), ("AWS_SECRET_ACCESS_KEY".into(), "secret".into())],
        timeout: Duration::from_secs(60),
        memory_mib: 128,
        max_environments: 1,
        log: folder.join("log"),
    }
}

/// The function alone, with its retries in quick succession.
fn functions(script: &str) -> (TempDir, Functions) {
    let folder = tempfile::tempdir().unwrap();
    let functions = Functions::new(vec![function(folder.path(), script)], 1_000.0);
    (folder, functions)
}

fn log(folder: &TempDir) -> String {
    std::fs::read_to_string(folder.path().join("log")).unwrap_or_default()
}

async fn error_type_of(functions: &Functions) -> (String, String) {
    match functions.invoke("f", Bytes::from_static(b"{}")).await {
        Err(InvokeError::Function(error)) => (error.error_type, String::from_utf8(error.payload).unwrap()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_killed_and_timed_out() {
    let folder = tempfile::tempdir().unwrap();
    let slow = Function { timeout: Duration::from_millis(100), ..function(folder.path(), "sleep 1000") };
    let (error_type, payload) = error_type_of(&Functions::new(vec![slow], 1.0)).await;
    assert_eq!(error_type, "Sandbox.Timedout");
    assert!(payload.contains("Task timed out after 0.10 seconds"), "{payload}");
}

#[tokio::test]
async fn a_function_that_dies_is_an_exit_error_and_the_next_event_gets_a_new_process() {
    let (folder, functions) = functions("echo started; exit 3");
    for _ in 0..2 {
        let (error_type, payload) = error_type_of(&functions).await;
        assert_eq!(error_type, "Runtime.ExitError");
        assert!(payload.contains("exit status: 3"), "{payload}");
    }
    assert_eq!(log(&folder), "started\nstarted\n");
}

#[tokio::test]
async fn an_invocation_goes_on_when_its_caller_leaves_and_can_be_waited_for() {
    let gates = tempfile::tempdir().unwrap();
    let gate = gates.path().join("gate");
    let (folder, functions) = functions(&format!("echo began; read line < {}; echo ended", gate.display()));
    assert!(std::process::Command::new("mkfifo").arg(&gate).status().unwrap().success());
    {
        let mut caller = std::pin::pin!(functions.invoke("f", Bytes::from_static(b"{}")));
        while log(&folder).is_empty() {
            tokio::select! {
                answer = &mut caller => panic!("{answer:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    assert_eq!(functions.at_work(), 1);
    std::fs::write(&gate, "go\n").unwrap();
    functions.rest().await;
    assert_eq!((functions.at_work(), log(&folder).as_str()), (0, "began\nended\n"));
}

#[tokio::test]
async fn a_process_sees_the_variables_of_lambda_and_its_own_and_no_others() {
    let (folder, functions) = functions("env; exit 1");
    error_type_of(&functions).await;
    let log = log(&folder);
    for variable in
        ["AWS_LAMBDA_FUNCTION_NAME=f", "AWS_REGION=us-east-1", "GREETING=hello", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:"]
    {
        assert!(log.lines().any(|line| line.starts_with(variable)), "{variable} is not in {log}");
    }
    assert!(!log.contains("CARGO_MANIFEST_DIR"), "{log}");
}

#[tokio::test]
async fn what_cannot_be_started_and_what_there_is_not_are_told_apart() {
    let (folder, functions) = functions("exit");
    std::fs::create_dir(folder.path().join("log")).unwrap();
    assert!(matches!(functions.invoke("f", Bytes::new()).await, Err(InvokeError::NotStarted { .. })));
    assert!(matches!(functions.invoke("g", Bytes::new()).await, Err(InvokeError::NotFound(_))));
}

#[tokio::test]
async fn an_asynchronous_event_is_tried_three_times() {
    let (folder, functions) = functions("echo tried; exit 1");
    assert!(functions.deliver("f", Bytes::from_static(b"{}")).await.is_err());
    assert_eq!(log(&folder), "tried\ntried\ntried\n");
}

/// An endpoint for `f`.
fn endpoint(script: &str) -> (TempDir, LambdaEndpoint) {
    let (folder, functions) = functions(script);
    (folder, LambdaEndpoint(Arc::new(functions)))
}

/// The status, the headers and the body of an answer.
async fn ask(endpoint: &LambdaEndpoint, request: request::Builder, body: &'static str) -> (u16, HeaderMap, String) {
    let request = request.body(Full::new(Bytes::from_static(body.as_bytes()))).unwrap();
    let (head, body) = endpoint.call(request).await.into_parts();
    (head.status.as_u16(), head.headers, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

fn invocation(function: &str) -> request::Builder {
    Request::post(format!("/2015-03-31/functions/{function}/invocations"))
}

#[tokio::test]
async fn a_failed_function_is_a_200_with_function_error() {
    let (_folder, endpoint) = endpoint("exit 3");
    let arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af";
    for function in ["f", "f:$LATEST", "function:f", arn] {
        let (status, headers, body) = ask(&endpoint, invocation(function), "{}").await;
        assert_eq!(
            (status, &headers["x-amz-function-error"]),
            (200, &"Unhandled".parse().unwrap()),
            "{function}: {body}"
        );
        assert!(body.contains("Runtime.ExitError"), "{body}");
    }
}

#[tokio::test]
async fn an_event_is_accepted_then_tried_three_times() {
    let (folder, endpoint) = endpoint("echo tried; exit 1");
    let (status, _, body) = ask(&endpoint, invocation("f").header("x-amz-invocation-type", "Event"), "").await;
    assert_eq!((status, body.as_str()), (202, ""));
    while log(&folder) != "tried\ntried\ntried\n" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_dry_run_and_what_is_refused_by_name_run_nothing() {
    let (folder, endpoint) = endpoint("exit 3");
    assert_eq!(ask(&endpoint, invocation("f").header("x-amz-invocation-type", "DryRun"), "{}").await.0, 204);
    let unknown = "Function not found: g; there is f";
    let (not_found, invalid) = ("ResourceNotFoundException", "InvalidParameterValueException");
    let unsupported = "Lambda: PUT /2015-03-31/functions/f/code is not supported here; there is Invoke";
    let get = |path: &str| Request::get(format!("/2015-03-31/functions{path}"));
    for (request, event, status, name, message) in [
        (invocation("g"), "{}", 404, not_found, unknown),
        (get("/g"), "", 404, not_found, unknown),
        (invocation("f:prod"), "{}", 404, not_found, "f:prod"),
        (get("/f?Qualifier=prod"), "", 404, not_found, "f:prod"),
        (get("?MaxItems=2"), "", 400, invalid, "the parameter MaxItems is not supported here"),
        (invocation("f"), "{", 400, "InvalidRequestContentException", "EOF"),
        (invocation("f").header("x-amz-log-type", "Tail"), "{}", 400, invalid, "the log of f is the file"),
        (invocation("f").header("x-amz-invocation-type", "Later"), "{}", 400, invalid, "DryRun"),
        (Request::put("/2015-03-31/functions/f/code"), "{}", 404, "UnknownOperationException", unsupported),
    ] {
        let (found, headers, body) = ask(&endpoint, request, event).await;
        assert_eq!((found, headers["x-amzn-errortype"].to_str().unwrap()), (status, name), "{body}");
        assert!(body.contains(message), "{message} is not in {body}");
    }
    assert!(!folder.path().join("log").exists(), "a function was invoked");
}

#[tokio::test]
async fn functions_are_listed_and_described_without_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let functions = ["c", "a", "b"].map(|name| Function { name: name.into(), ..function(folder.path(), "exit") });
    let endpoint = LambdaEndpoint(Arc::new(Functions::new(functions.into(), 1.0)));
    let (_, _, listed) = ask(&endpoint, Request::get("/2015-03-31/functions/"), "").await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let names: Vec<_> = listed["Functions"].as_array().unwrap().iter().map(|found| &found["FunctionName"]).collect();
    assert_eq!(names, ["a", "b", "c"]);
    let (_, _, described) = ask(&endpoint, Request::get("/2015-03-31/functions/a"), "").await;
    assert!(described.contains("\"FunctionArn\":\"arn:aws:lambda:us-east-1:000000000000:function:a\""), "{described}");
    assert!(described.contains("\"GREETING\":\"hello\"") && !described.contains("secret"), "{described}");
}

#[test]
fn paths_of_lambda_are_told_from_keys_in_s3() {
    let handles = LambdaEndpoint::handles;
    assert!(handles("/2015-03-31/functions/f/invocations") && handles("/2018-10-31/layers"));
    assert!(!handles("/2026-11-29/vip/A1/card.png") && !handles("/functions/2015-03-31") && !handles("/2015-03-31"));
}
