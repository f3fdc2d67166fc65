//! ListFoundationModels over HTTP, and the error for every action of Bedrock that is not served.
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html>

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, Response};
use idlist::models::{CORE, MODELS, Model, SD3_5_LARGE, ULTRA};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// The provider of every model that the stand-in serves.
const PROVIDER: &str = "Stability AI";

/// What the ids of the inference profiles of the United States begin with.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
const PROFILE: &str = "us.";

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
    if method != Method::GET || path.trim_end_matches('/') != "/foundation-models" {
        let message =
            format!("Bedrock: {method} {path} is not supported here; there is InvokeModel and ListFoundationModels");
        return json_response(404, Some("UnknownOperationException"), &json!({ "message": message }));
    }
    let query = request.uri().query().unwrap_or_default();
    let models: Vec<Value> =
        MODELS.iter().filter(|model| is_asked_for(model, query)).map(|model| summary(model, region)).collect();
    json_response(200, None, &json!({ "modelSummaries": models }))
}

/// Whether a model passes every filter of the query.
fn is_asked_for(model: &Model, query: &str) -> bool {
    query.split('&').filter_map(|pair| pair.split_once('=')).all(|(filter, value)| {
        let value = percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy().into_owned();
        match filter {
            "byProvider" => {
                let vendor = id(model).split('.').next().unwrap_or_default();
                value.eq_ignore_ascii_case(PROVIDER) || value.eq_ignore_ascii_case(vendor)
            }
            "byOutputModality" => value == "IMAGE",
            "byInferenceType" => value == inference_type(model),
            // None of the models can be customized.
            "byCustomizationType" => false,
            _ => true,
        }
    })
}

/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_FoundationModelSummary.html>
fn summary(model: &Model, region: &str) -> Value {
    json!({
        "modelArn": format!("arn:aws:bedrock:{region}::foundation-model/{}", id(model)),
        "modelId": id(model),
        "modelName": name(model),
        "providerName": PROVIDER,
        "inputModalities": if *model == CORE { &["TEXT"][..] } else { &["TEXT", "IMAGE"] },
        "outputModalities": ["IMAGE"],
        "responseStreamingSupported": false,
        "customizationsSupported": [],
        "inferenceTypesSupported": [inference_type(model)],
        "modelLifecycle": { "status": "ACTIVE" },
    })
}

/// The id of the foundation model, also where the model is invoked through an inference profile.
fn id(model: &Model) -> &str {
    model.id.strip_prefix(PROFILE).unwrap_or(model.id)
}

fn inference_type(model: &Model) -> &'static str {
    if model.id.starts_with(PROFILE) { "INFERENCE_PROFILE" } else { "ON_DEMAND" }
}

/// <https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html>
fn name(model: &Model) -> &str {
    if *model == CORE {
        "Stable Image Core 1.0"
    } else if *model == ULTRA {
        "Stable Image Ultra 1.0"
    } else if *model == SD3_5_LARGE {
        "Stable Diffusion 3.5 Large"
    } else {
        id(model)
    }
}

fn json_response(status: u16, error_type: Option<&'static str>, body: &Value) -> Response<Full<Bytes>> {
    let head = Response::builder().status(status).header("content-type", "application/json");
    let head = error_type.into_iter().fold(head, |head, name| head.header("x-amzn-errortype", name));
    head.body(Full::new(body.to_string().into())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn listed(path_and_query: &str) -> Vec<String> {
        let response = answer_control_plane(&Request::get(path_and_query).body(()).unwrap(), "us-west-2");
        assert_eq!(response.status(), 200);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let models = body["modelSummaries"].as_array().unwrap().iter();
        models.map(|model| model["modelId"].as_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn models_are_listed_by_provider_and_output() {
        let all: Vec<&str> = MODELS.iter().map(|model| id(model)).collect();
        for filter in ["", "?byProvider=Stability%20AI", "?byProvider=stability", "?byOutputModality=IMAGE"] {
            assert_eq!(listed(&format!("/foundation-models{filter}")).await, all, "{filter}");
        }
        for filter in ["byProvider=Amazon", "byOutputModality=TEXT", "byOutputModality=IMAGE&byProvider=amazon"] {
            assert!(listed(&format!("/foundation-models?{filter}")).await.is_empty(), "{filter}");
        }
    }

    #[tokio::test]
    async fn other_actions_are_refused_by_name() {
        let request = Request::post("/model/stability.stable-image-core-v1:1/converse").body(()).unwrap();
        assert!(is_bedrock_path(request.method(), request.uri().path()));
        let response = answer_control_plane(&request, "us-west-2");
        assert_eq!(
            (response.status().as_u16(), response.headers()["x-amzn-errortype"].to_str().unwrap()),
            (404, "UnknownOperationException")
        );
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body);
        assert!(body.contains("Bedrock: POST /model/") && body.contains("there is InvokeModel and"), "{body}");
        assert!(!is_bedrock_path(&Method::GET, "/model/vip/A1/card.png"));
    }
}
