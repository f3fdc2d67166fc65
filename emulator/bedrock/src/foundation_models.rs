//! ListFoundationModels over HTTP, and the error for every action of Bedrock that is not served.
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html>

use super::error::{BedrockError, Refusal};
use super::response;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, Response};
use idlist::models::{MODELS, Model, Start};
use serde_json::{Value, json};

/// The provider of every model that the stand-in serves.
const PROVIDER: &str = "Stability AI";

/// The error of an action that is not served; its message names what there is.
const UNKNOWN_OPERATION: BedrockError = BedrockError { name: "UnknownOperationException", status: 404, message: "" };

/// Whether the path of a request is one of Bedrock's.
#[must_use]
pub fn is_bedrock_path(method: &Method, path: &str) -> bool {
    let invokes = ["/invoke", "/invoke-with-response-stream", "/converse", "/converse-stream"];
    path == "/foundation-models"
        || path.starts_with("/foundation-models/")
        || (path.starts_with("/model/") && *method == Method::POST && invokes.iter().any(|end| path.ends_with(end)))
}

/// Answers a request for Bedrock other than InvokeModel: ListFoundationModels in `region`, or an error that names what there is.
pub fn answer_control_plane<B>(request: &Request<B>, region: &str) -> Response<Full<Bytes>> {
    let (method, path) = (request.method(), request.uri().path());
    let response = if method == Method::GET && path.trim_end_matches('/') == "/foundation-models" {
        let query = request.uri().query().unwrap_or_default();
        let models = MODELS.iter().filter(|model| is_asked_for(model, query));
        let models: Vec<Value> = models.map(|model| summary(model, region)).collect();
        response::json(200, &json!({ "modelSummaries": models }))
    } else {
        let message =
            format!("Bedrock: {method} {path} is not supported here; there is InvokeModel and ListFoundationModels");
        response::error(Refusal(UNKNOWN_OPERATION, message))
    };
    response.map(Full::new)
}

/// Whether a model passes every filter of the query.
fn is_asked_for(model: &Model, query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).all(|(filter, value)| match &*filter {
        // The vendor is the first part of each id.
        "byProvider" => [PROVIDER, "stability"].iter().any(|provider| value.eq_ignore_ascii_case(provider)),
        "byOutputModality" => value == "IMAGE",
        "byInferenceType" => value == inference_type(model),
        // None of the models can be customized.
        "byCustomizationType" => false,
        _ => true,
    })
}

/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_FoundationModelSummary.html>
fn summary(model: &Model, region: &str) -> Value {
    // The id of the foundation model, also where the model is invoked through an inference profile.
    let id = model.id.strip_prefix("us.").unwrap_or(model.id);
    // <https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html>
    let name = match model.name {
        "core" => "Stable Image Core 1.0",
        "ultra" => "Stable Image Ultra 1.0",
        "sd3.5-large" => "Stable Diffusion 3.5 Large",
        _ => id,
    };
    json!({
        "modelArn": format!("arn:aws:bedrock:{region}::foundation-model/{id}"),
        "modelId": id,
        "modelName": name,
        "providerName": PROVIDER,
        "inputModalities": if model.start == Start::Text { &["TEXT"][..] } else { &["TEXT", "IMAGE"] },
        "outputModalities": ["IMAGE"],
        "responseStreamingSupported": false,
        "customizationsSupported": [],
        "inferenceTypesSupported": [inference_type(model)],
        "modelLifecycle": { "status": "ACTIVE" },
    })
}

/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
fn inference_type(model: &Model) -> &'static str {
    if model.has_profile() { "INFERENCE_PROFILE" } else { "ON_DEMAND" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    /// The status, the type of the error and the body.
    async fn answer(method: &str, path_and_query: &str) -> (u16, Option<String>, String) {
        let request = Request::builder().method(method).uri(path_and_query).body(()).unwrap();
        let (head, body) = answer_control_plane(&request, "us-west-2").into_parts();
        let error = head.headers.get("x-amzn-errortype").map(|name| name.to_str().unwrap().to_owned());
        let body = body.collect().await.unwrap().to_bytes();
        (head.status.as_u16(), error, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn models_are_listed_by_provider_and_output() {
        for (filter, count) in [
            ("", MODELS.len()),
            ("?byProvider=Stability%20AI", MODELS.len()),
            ("?byProvider=stability", MODELS.len()),
            ("?byOutputModality=IMAGE", MODELS.len()),
            ("?byProvider=Amazon", 0),
            ("?byOutputModality=TEXT", 0),
            ("?byOutputModality=IMAGE&byProvider=amazon", 0),
        ] {
            let (status, _, body) = answer("GET", &format!("/foundation-models{filter}")).await;
            let listed = serde_json::from_str::<Value>(&body).unwrap()["modelSummaries"].as_array().unwrap().to_vec();
            assert_eq!((status, listed.len()), (200, count), "{filter}");
            for (summary, model) in listed.iter().zip(MODELS) {
                assert_eq!(summary["modelId"], model.id.trim_start_matches("us."));
            }
        }
    }

    #[tokio::test]
    async fn other_actions_are_refused_by_name() {
        let path = "/model/stability.stable-image-core-v1:1/converse";
        assert!(is_bedrock_path(&Method::POST, path) && !is_bedrock_path(&Method::GET, "/model/vip/A1/card.png"));
        let (status, error, body) = answer("POST", path).await;
        assert_eq!((status, error.as_deref()), (404, Some("UnknownOperationException")));
        assert!(body.contains("Bedrock: POST /model/") && body.contains("there is InvokeModel and"), "{body}");
    }
}
