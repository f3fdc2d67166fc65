//! Functions that misbehave, and what the endpoint answers.

use super::{AsyncInvoker, Function, Functions, Identity, InvokeError, Invoked, LambdaEndpoint};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, http::request};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// A function that is a shell script; what it says goes to `log` in the folder.
fn functions(folder: &Path, script: &str, timeout: Duration) -> Functions {
    let function = Function {
        name: "f".into(),
        command: ("sh".into(), vec!["-c".into(), script.into()]),
        environment: vec![("GREETING".into(), "hello".into())],
        timeout,
        memory_mib: 128,
        max_environments: 1,
        log: folder.join("log"),
    };
    Functions::new(&Identity { region: "us-east-1".into(), account: "000000000000".into() }, vec![function])
}

const LONG: Duration = Duration::from_secs(60);

async fn error_type_of(functions: &Functions) -> (String, String) {
    match functions.invoke("f", Bytes::from_static(b"{}")).await {
        Err(InvokeError::Function(error)) => (error.error_type, String::from_utf8(error.payload).unwrap()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_killed_and_timed_out() {
    let folder = tempfile::tempdir().unwrap();
    let functions = functions(folder.path(), "sleep 1000", Duration::from_millis(100));
    let (error_type, payload) = error_type_of(&functions).await;
    assert_eq!(error_type, "Sandbox.Timedout");
    assert!(payload.contains("Task timed out after 0.10 seconds"), "{payload}");
}

#[tokio::test]
async fn a_function_that_dies_is_an_exit_error_and_the_next_event_gets_a_new_process() {
    let folder = tempfile::tempdir().unwrap();
    let functions = functions(folder.path(), "echo started; exit 3", LONG);
    for _ in 0..2 {
        let (error_type, payload) = error_type_of(&functions).await;
        assert_eq!(error_type, "Runtime.ExitError");
        assert!(payload.contains("exit status: 3"), "{payload}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "started\nstarted\n");
}

#[tokio::test]
async fn an_invocation_goes_on_when_its_caller_leaves_and_can_be_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("echo began; read line < {}/gate; echo ended", folder.path().display());
    let functions = functions(folder.path(), &script, LONG);
    let log = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
    let gate = folder.path().join("gate");
    assert!(std::process::Command::new("mkfifo").arg(&gate).status().unwrap().success());
    {
        let mut caller = std::pin::pin!(functions.invoke("f", Bytes::from_static(b"{}")));
        while log().is_empty() {
            tokio::select! {
                answer = &mut caller => panic!("{answer:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    assert_eq!(functions.at_work(), 1);
    std::fs::write(&gate, "go\n").unwrap();
    functions.rest().await;
    assert_eq!((functions.at_work(), log().as_str()), (0, "began\nended\n"));
}

#[tokio::test]
async fn a_process_sees_the_variables_of_lambda_and_its_own_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let functions = functions(folder.path(), "env; exit 1", LONG);
    error_type_of(&functions).await;
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    for variable in
        ["AWS_LAMBDA_FUNCTION_NAME=f", "AWS_REGION=us-east-1", "GREETING=hello", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:"]
    {
        assert!(log.lines().any(|line| line.starts_with(variable)), "{variable} is not in {log}");
    }
    assert!(!log.contains("CARGO_MANIFEST_DIR"), "{log}");
}

#[tokio::test]
async fn what_can_not_be_started_and_what_there_is_not_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let functions = functions(&folder.path().join("missing"), "exit", LONG);
    assert!(matches!(functions.invoke("f", Bytes::new()).await, Err(InvokeError::NotStarted { .. })));
    assert!(matches!(functions.invoke("g", Bytes::new()).await, Err(InvokeError::NotFound(_))));
}

#[tokio::test]
async fn an_asynchronous_event_is_tried_three_times() {
    let folder = tempfile::tempdir().unwrap();
    let functions = Arc::new(functions(folder.path(), "echo tried; exit 1", LONG));
    let invoker = AsyncInvoker::new(functions, 1_000.0);
    assert!(invoker.deliver("f", Bytes::from_static(b"{}")).await.is_err());
    assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "tried\ntried\ntried\n");
}

/// An endpoint for `f`, and what its observer was told.
fn endpoint(folder: &Path, script: &str) -> (LambdaEndpoint, mpsc::UnboundedReceiver<Invoked>) {
    let (sender, told) = mpsc::unbounded_channel();
    let invoker = AsyncInvoker::new(Arc::new(functions(folder, script, LONG)), 1_000.0);
    let observer = move |invoked| sender.send(invoked).unwrap();
    (LambdaEndpoint::new(invoker, observer), told)
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
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, mut told) = endpoint(folder.path(), "exit 3");
    let arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af";
    for function in ["f", "f:$LATEST", "function:f", arn] {
        let (status, headers, body) = ask(&endpoint, invocation(function), "{}").await;
        assert_eq!(
            (status, headers["x-amz-function-error"].to_str().unwrap()),
            (200, "Unhandled"),
            "{function}: {body}"
        );
        assert!(body.contains("Runtime.ExitError"), "{body}");
    }
    let line = told.recv().await.unwrap().to_string();
    assert!(line.starts_with("f: invoked by hand, failed with Runtime.ExitError: RequestId"), "{line}");
}

#[tokio::test]
async fn an_event_is_accepted_then_tried_three_times() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, mut told) = endpoint(folder.path(), "echo tried; exit 1");
    let (status, _, body) = ask(&endpoint, invocation("f").header("x-amz-invocation-type", "Event"), "").await;
    assert_eq!((status, body.as_str()), (202, ""));
    assert!(told.recv().await.unwrap().error.is_some());
    assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "tried\ntried\ntried\n");
}

#[tokio::test]
async fn a_dry_run_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, _told) = endpoint(folder.path(), "exit 3");
    assert_eq!(ask(&endpoint, invocation("f").header("x-amz-invocation-type", "DryRun"), "{}").await.0, 204);
    assert!(!folder.path().join("log").exists());
}

#[tokio::test]
async fn what_it_refuses_it_refuses_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, _told) = endpoint(folder.path(), "exit 3");
    let unknown = "Function not found: g; there is f";
    for (request, event, status, name, message) in [
        (invocation("g"), "{}", 404, "ResourceNotFoundException", unknown),
        (Request::get("/2015-03-31/functions/g"), "", 404, "ResourceNotFoundException", unknown),
        (invocation("f:prod"), "{}", 404, "ResourceNotFoundException", "f:prod"),
        (Request::get("/2015-03-31/functions/f?Qualifier=prod"), "", 404, "ResourceNotFoundException", "f:prod"),
        (invocation("f"), "{", 400, "InvalidRequestContentException", "EOF"),
        (
            invocation("f").header("x-amz-log-type", "Tail"),
            "{}",
            400,
            "InvalidParameterValueException",
            "the log of f is the file",
        ),
        (
            invocation("f").header("x-amz-invocation-type", "Later"),
            "{}",
            400,
            "InvalidParameterValueException",
            "DryRun",
        ),
        (
            Request::put("/2015-03-31/functions/f/code"),
            "{}",
            404,
            "UnknownOperationException",
            "Lambda: PUT /2015-03-31/functions/f/code is not supported here; there is Invoke",
        ),
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
    let identity = Identity { region: "us-east-1".into(), account: "000000000000".into() };
    let function = |name: &str| Function {
        name: name.into(),
        command: ("false".into(), vec![]),
        environment: vec![("GREETING".into(), "hello".into()), ("AWS_SECRET_ACCESS_KEY".into(), "secret".into())],
        timeout: LONG,
        memory_mib: 128,
        max_environments: 1,
        log: folder.path().join("log"),
    };
    let functions = Functions::new(&identity, ["c", "a", "b"].map(function).into());
    let endpoint = LambdaEndpoint::new(AsyncInvoker::new(Arc::new(functions), 1.0), |_| {});
    let list = async |query: &str| {
        let answer = ask(&endpoint, Request::get(format!("/2015-03-31/functions/{query}")), "").await;
        let page: serde_json::Value = serde_json::from_str(&answer.2).unwrap();
        let listed = page["Functions"].as_array().unwrap().iter();
        let names: Vec<String> = listed.map(|found| found["FunctionName"].as_str().unwrap().to_owned()).collect();
        (names.join(" "), page["NextMarker"].as_str().map(str::to_owned))
    };
    assert_eq!(list("").await, ("a b c".into(), None));
    assert_eq!(list("?MaxItems=2").await, ("a b".into(), Some("b".into())));
    assert_eq!(list("?MaxItems=2&Marker=b").await, ("c".into(), None));
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
