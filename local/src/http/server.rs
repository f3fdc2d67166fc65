//! Accepts connections and hands every request to the service that it is for.

use super::{Body, NoAnswer, answer_of, bedrock, door::turned_away, faulty_s3, lambda, states};
use crate::{faults::Faults, faults::client, pipeline::Services};
use emulator_bedrock::StandIn;
use emulator_lambda::Functions;
use emulator_s3::S3Endpoint;
use emulator_step_functions::Executions;
use http_body_util::BodyExt;
use hyper::{Method, Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The services behind the port.
#[derive(Clone)]
pub(crate) struct Endpoints {
    pub(crate) s3: S3Endpoint,
    pub(crate) executions: Executions<Services>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) stand_in: Option<Arc<StandIn>>,
    pub(crate) faults: Arc<Faults>,
}

/// Serves until the task is ended.
pub(crate) async fn serve(listener: TcpListener, endpoints: Endpoints) {
    let mut connections = JoinSet::new();
    loop {
        // Out of file descriptors: the next connection may find one.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
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
        if let Some(why) = turned_away(request.headers()) {
            return Ok(answer_of(403, "text/plain", why));
        }
        let path = request.uri().path();
        if let Some(target) = request.headers().get("x-amz-target") {
            let target = target.to_str().unwrap_or_default().to_owned();
            return Ok(states::answer(&self.executions, &target, request).await);
        }
        if request.method() == Method::POST {
            if let Some(model_id) = bedrock::model_id(path) {
                return bedrock::answer(self.stand_in.as_ref(), &model_id, request).await;
            }
            if let Some(function) = lambda::function_name(path) {
                return Ok(lambda::answer(&self.functions, &function, request).await);
            }
        }
        if request.headers().contains_key(client::FUNCTION) {
            return faulty_s3::answer(&self.faults, &self.s3, request).await;
        }
        Ok(self.s3.call(request).await.map(BodyExt::boxed_unsync))
    }
}
