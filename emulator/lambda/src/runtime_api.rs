//! The Runtime API of one execution environment: hands its process one event at a time and takes the answer.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use super::function::FunctionError;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header::CONTENT_TYPE, service::service_fn};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

/// Largest answer of a function: 6 MB. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_ANSWER_BYTES: usize = 6 * 1024 * 1024;

/// Pause after a connection could not be accepted, as when the host has no file descriptor left: a closed one may free it.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// What a function answered.
pub(crate) type FunctionResult = Result<Vec<u8>, FunctionError>;

/// An event on its way to the process.
pub(crate) struct Invocation {
    pub(crate) request_id: String,
    pub(crate) function_arn: String,
    pub(crate) deadline: SystemTime,
    pub(crate) payload: Bytes,
    pub(crate) answer: oneshot::Sender<FunctionResult>,
}

/// One environment's side of the Runtime API.
struct RuntimeApi {
    events: AsyncMutex<mpsc::Receiver<Invocation>>,
    current: Mutex<Option<(String, oneshot::Sender<FunctionResult>)>>,
}

/// Hands `events` to the process that connects to `listener`, until the listener is dropped with the task.
pub(crate) async fn serve(listener: TcpListener, events: mpsc::Receiver<Invocation>) {
    let api = Arc::new(RuntimeApi { events: AsyncMutex::new(events), current: Mutex::new(None) });
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let api = Arc::clone(&api);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let api = Arc::clone(&api);
                async move { Ok::<_, Infallible>(api.answer(request).await) }
            });
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

impl RuntimeApi {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let path: Vec<&str> = path.split('/').collect();
        let ["", "2018-06-01", "runtime", path @ ..] = &path[..] else { return empty(StatusCode::NOT_FOUND) };
        match (request.method(), path) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["init", "error"]) => empty(StatusCode::ACCEPTED),
            (&Method::POST, ["invocation", request_id, end @ ("response" | "error")]) => {
                let body = Limited::new(request.into_body(), MAX_ANSWER_BYTES).collect().await;
                let answer = match body.map(|body| body.to_bytes().to_vec()) {
                    Ok(body) if *end == "error" => Err(FunctionError::reported(body)),
                    Ok(body) => Ok(body),
                    Err(_) => Err(FunctionError::new(
                        "Function.ResponseSizeTooLarge",
                        &format!(
                            "Response payload size exceeded maximum allowed payload size ({MAX_ANSWER_BYTES} bytes)."
                        ),
                    )),
                };
                self.take_answer(request_id, answer)
            }
            _ => empty(StatusCode::NOT_FOUND),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let Some(invocation) = self.events.lock().await.recv().await else { return empty(StatusCode::GONE) };
        let deadline_ms = invocation.deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let response = Response::builder()
            .header("Lambda-Runtime-Aws-Request-Id", &invocation.request_id)
            .header("Lambda-Runtime-Deadline-Ms", deadline_ms.to_string())
            .header("Lambda-Runtime-Invoked-Function-Arn", &invocation.function_arn)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(invocation.payload));
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some((invocation.request_id, invocation.answer));
        response.unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR))
    }

    fn take_answer(&self, request_id: &str, answer: FunctionResult) -> Response<Full<Bytes>> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match current.take_if(|(id, _)| id == request_id) {
            Some((_, sender)) => {
                // Nobody waits any more where the caller gave up.
                let _ = sender.send(answer);
                empty(StatusCode::ACCEPTED)
            }
            None => empty(StatusCode::BAD_REQUEST),
        }
    }
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
