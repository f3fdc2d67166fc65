//! Bedrock's InvokeModel. <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>

use super::{Body, NoAnswer, answer_of, full, whole};
use emulator_bedrock::{Answer, StandIn};
use hyper::{Request, Response, body::Incoming};
use percent_encoding::percent_decode_str;
use serde_json::json;
use std::sync::Arc;

/// Somewhat more than the 25,000,000 bytes that Bedrock takes, so that the stand-in can say so itself.
const MAX_REQUEST_BYTES: usize = 26_000_000;

/// The model that a path invokes.
pub(super) fn model_id(path: &str) -> Option<String> {
    let id = path.strip_prefix("/model/")?.strip_suffix("/invoke")?;
    percent_decode_str(id).decode_utf8().ok().map(Into::into)
}

/// An error ends the connection without an answer.
pub(super) async fn answer(
    stand_in: Option<&Arc<StandIn>>,
    model_id: &str,
    request: Request<Incoming>,
) -> Result<Response<Body>, NoAnswer> {
    let Some(stand_in) = stand_in else {
        let message = json!({"message": "there is no stand-in here: local was started with --bedrock aws"});
        return Ok(answer_of(404, "application/json", message.to_string()));
    };
    let metadata = request.headers().get("x-amzn-bedrock-request-metadata");
    let metadata = metadata.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let Some(body) = whole(request.into_body(), MAX_REQUEST_BYTES).await else {
        return Err(NoAnswer);
    };
    // A caller that leaves does not stop the model: the image is made, and paid.
    let (stand_in, model_id) = (Arc::clone(stand_in), model_id.to_owned());
    let caller = Arc::new(());
    let seen = Arc::downgrade(&caller);
    let call = tokio::spawn(async move {
        let waits = || seen.strong_count() > 0;
        stand_in.invoke_model_for(waits, &model_id, metadata.as_deref(), &body).await
    });
    let answer = call.await;
    drop(caller);
    match answer {
        Err(_) | Ok(Answer::Disconnect) => Err(NoAnswer),
        Ok(Answer::Response(answer)) => {
            let head = Response::builder().status(answer.status);
            let head = answer.headers.into_iter().fold(head, |head, (name, value)| head.header(name, value));
            head.body(full(answer.body)).map_err(|_| NoAnswer)
        }
    }
}
