//! InvokeModel over HTTP. <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>

use super::StandIn;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, Response, body::Body};
use percent_encoding::percent_decode_str;
use std::sync::Arc;

/// Somewhat more than the 25,000,000 bytes that Bedrock takes, so that the stand-in can say so itself.
const MAX_REQUEST_BYTES: usize = 26_000_000;

/// Serves a [`StandIn`] as Bedrock.
#[derive(Clone, Debug)]
pub struct BedrockEndpoint(pub Arc<StandIn>);

impl BedrockEndpoint {
    /// Whether a request is for Bedrock.
    pub fn handles<B>(request: &Request<B>) -> bool {
        request.method() == Method::POST && model_id(request.uri().path()).is_some()
    }

    /// Answers one request. `None`: the connection is to be closed without a response.
    pub async fn call<B: Body>(&self, request: Request<B>) -> Option<Response<Full<Bytes>>>
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let model_id = model_id(request.uri().path())?;
        let metadata = request.headers().get("x-amzn-bedrock-request-metadata");
        let metadata = metadata.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect().await.ok()?.to_bytes();
        // A caller that leaves does not stop the model: the image is made, and paid.
        let stand_in = Arc::clone(&self.0);
        let caller = Arc::new(());
        let seen = Arc::downgrade(&caller);
        let call = tokio::spawn(async move {
            let caller_waits = || seen.strong_count() > 0;
            stand_in.invoke_model(&model_id, metadata.as_deref(), &body, caller_waits).await
        });
        let response = call.await;
        drop(caller);
        Some(response.ok()??.map(Full::new))
    }
}

/// The model that a path invokes.
fn model_id(path: &str) -> Option<String> {
    let id = path.strip_prefix("/model/")?.strip_suffix("/invoke")?;
    percent_decode_str(id).decode_utf8().ok().map(Into::into)
}
