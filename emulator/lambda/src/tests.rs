//! Functions that misbehave: too slow, dead, missing, or silent.

use super::{AsyncInvoker, Function, Functions, Identity, InvokeError, LambdaEndpoint};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

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

#[tokio::test]
async fn the_endpoint_answers_as_lambdas_invoke() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = LambdaEndpoint::new(Arc::new(functions(folder.path(), "exit 3", LONG)));
    let invoke = async |name: &str, invocation_type: &str| {
        let request = Request::post(format!("/2015-03-31/functions/{name}/invocations"))
            .header("x-amz-invocation-type", invocation_type)
            .body(Full::new(Bytes::from_static(b"{}")))
            .unwrap();
        assert!(LambdaEndpoint::handles(&request));
        let response = endpoint.call(request).await;
        let failed = response.headers().get("x-amz-function-error").map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, failed, String::from_utf8(body.to_vec()).unwrap())
    };
    let (status, failed, body) = invoke("f", "RequestResponse").await;
    assert_eq!((status, failed.as_deref()), (200, Some("Unhandled")));
    assert!(body.contains("Runtime.ExitError"), "{body}");
    assert_eq!(invoke("g", "RequestResponse").await.0, 404);
    let (status, _, body) = invoke("f", "Event").await;
    assert_eq!(status, 400);
    assert!(body.contains("invocation type Event is not supported here"), "{body}");
    assert!(!LambdaEndpoint::handles(&Request::get("/2015-03-31/functions/f/invocations").body(()).unwrap()));
}
