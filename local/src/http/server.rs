//! Accepts connections and hands every request to the service that it is for.

use super::service::Service;
use super::{Body, NoAnswer, boxed, faulty_s3, host::refusal, host::to_path_style};
use crate::faults::{Faults, client};
use crate::pipeline::{PipelineServices, REGION};
use emulator_bedrock::{BedrockEndpoint, answer_control_plane};
use emulator_lambda::LambdaEndpoint;
use emulator_s3::S3Endpoint;
use emulator_step_functions::StepFunctionsEndpoint;
use http_body_util::BodyExt;
use hyper::{Request, Response, StatusCode, body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Pause after a connection could not be accepted, as when the process has no file descriptor left: a closed one may free it.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// The services behind the port.
#[derive(Clone)]
pub(crate) struct Endpoints {
    pub(crate) s3: S3Endpoint,
    pub(crate) step_functions: StepFunctionsEndpoint<PipelineServices>,
    pub(crate) lambda: LambdaEndpoint,
    /// `None` when the real Bedrock makes the pictures.
    pub(crate) bedrock: Option<BedrockEndpoint>,
    pub(crate) faults: Arc<Faults>,
}

/// Serves until the task is ended.
pub(crate) async fn serve(listener: TcpListener, endpoints: Endpoints) {
    let mut connections = JoinSet::new();
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let endpoints = endpoints.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let endpoints = endpoints.clone();
                async move { endpoints.answer(request).await }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // A connection that breaks concerns its client alone.
            let _ = connection.await;
        });
        while connections.try_join_next().is_some() {}
    }
}

impl Endpoints {
    /// An error ends the connection without an answer.
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, NoAnswer> {
        let (parts, body) = request.into_parts();
        let service = Service::of(&parts);
        if let Some(why) = refusal(&parts.headers) {
            return Ok(service.error(&parts, StatusCode::FORBIDDEN, why));
        }
        if service == Service::Bedrock && self.bedrock.is_none() {
            let message = "there is no stand-in here: local was started with --bedrock aws";
            return Ok(service.error(&parts, StatusCode::BAD_REQUEST, message));
        }
        let mut request = Request::from_parts(parts, body);
        match (service, &self.bedrock) {
            (Service::StepFunctions, _) => Ok(boxed(self.step_functions.call(request).await)),
            (Service::Lambda, _) => Ok(boxed(self.lambda.call(request).await)),
            (Service::Bedrock, Some(bedrock)) if BedrockEndpoint::handles(&request) => {
                bedrock.call(request).await.map(boxed).ok_or(NoAnswer)
            }
            (Service::Bedrock, _) => Ok(boxed(answer_control_plane(&request, REGION))),
            (Service::S3, _) => {
                to_path_style(&mut request);
                if request.headers().contains_key(client::FUNCTION) {
                    return faulty_s3::answer(&self.faults, &self.s3, request).await;
                }
                Ok(self.s3.call(request).await.map(BodyExt::boxed_unsync))
            }
            (service @ (Service::Sts | Service::Other(_)), _) => Ok(service.answer(request).await),
        }
    }
}
