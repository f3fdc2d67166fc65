//! The stand-in at the wire: what a client of Bedrock gets back.

mod services;

use super::*;
use bytes::Bytes;
use hyper::Response;
use image::{ImageDecoder, ImageFormat as FileFormat, ImageReader};
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

const CORE: &str = "stability.stable-image-core-v1:1";
const ULTRA: &str = "stability.stable-image-ultra-v1:1";
const SD3: &str = "stability.sd3-5-large-v1:0";

fn stand_in() -> StandIn {
    StandIn::new(Options::default(), None)
}

/// Injects its fault into every call, and notes how the calls end.
#[derive(Debug, Default)]
struct Observer {
    fault: Option<BedrockFault>,
    outcomes: Mutex<Vec<String>>,
}

impl Interceptor for Observer {
    fn fault(&self, _identity: u64) -> Option<BedrockFault> {
        self.fault
    }

    fn ended(&self, _item: &ItemName, outcome: CallOutcome, _waits: bool) -> Option<(&'static str, String)> {
        self.outcomes.lock().unwrap().push(outcome.name());
        None
    }
}

fn observed(options: Options, fault: Option<&str>) -> (StandIn, Arc<Observer>) {
    let fault = fault.map(|name| BedrockFault::of_name(name).unwrap());
    let observer = Arc::new(Observer { fault, ..Observer::default() });
    (StandIn::new(options, Some(Arc::<Observer>::clone(&observer))), observer)
}

async fn call(stand_in: &StandIn, model_id: &str, body: &Value) -> Response<Bytes> {
    stand_in.invoke_model(model_id, None, body.to_string().as_bytes(), || true).await.unwrap()
}

fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// The status, the type and the message of an error.
fn error(response: &Response<Bytes>) -> (u16, &str, String) {
    let message = body(response)["message"].as_str().unwrap().to_owned();
    (response.status().as_u16(), header(response, "x-amzn-errortype").unwrap(), message)
}

fn image(response: &Response<Bytes>) -> Vec<u8> {
    assert_eq!(response.status(), 200, "{}", String::from_utf8_lossy(response.body()));
    base64_simd::STANDARD.decode_to_vec(body(response)["images"][0].as_str().unwrap()).unwrap()
}

fn source_of(width: u32, height: u32) -> String {
    base64_of(&image::RgbImage::from_pixel(width, height, image::Rgb([20, 200, 40])).into())
}

/// A PNG file in base64.
fn base64_of(picture: &image::DynamicImage) -> String {
    let mut file = Vec::new();
    picture.write_to(&mut Cursor::new(&mut file), FileFormat::Png).unwrap();
    base64_simd::STANDARD.encode_to_string(file)
}

#[tokio::test]
async fn every_model_answers_with_one_image_its_seed_and_no_finish_reason() {
    let stand_in = stand_in();
    for (model, asked, format) in [
        (CORE, Some("jpeg"), FileFormat::Jpeg),
        (ULTRA, Some("png"), FileFormat::Png),
        (SD3, Some("webp"), FileFormat::WebP),
        (SD3, None, FileFormat::Png),
        (CORE, None, FileFormat::Jpeg),
    ] {
        let mut request = json!({"prompt": "a cat, background #c81e3c", "seed": 77});
        if let Some(asked) = asked {
            request["output_format"] = asked.into();
        }
        let response = call(&stand_in, model, &request).await;
        assert_eq!(header(&response, "x-amzn-errortype"), None);
        assert_eq!(header(&response, "content-type"), Some("application/json"));
        assert_eq!(header(&response, "x-amzn-requestid").map(str::len), Some(36));
        let answer = body(&response);
        assert_eq!((&answer["seeds"], &answer["finish_reasons"]), (&json!([77]), &json!([null])));
        assert_eq!(answer["images"].as_array().map(Vec::len), Some(1));

        let file = image(&response);
        let reader = ImageReader::new(Cursor::new(&file)).with_guessed_format().unwrap();
        assert_eq!(reader.format(), Some(format), "{model} {asked:?}");
        let mut decoder = reader.into_decoder().unwrap();
        let description = format!("STAND-IN, not a model's picture: asked of {model}, seed 77\0");
        assert!(decoder.exif_metadata().unwrap().unwrap().ends_with(description.as_bytes()), "{format:?}");
        let picture = image::DynamicImage::from_decoder(decoder).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (512, 512));
        let [r, g, b] = picture.get_pixel(12, 12).0;
        assert!(r.abs_diff(0xC8) < 6 && g.abs_diff(0x1E) < 6 && b.abs_diff(0x3C) < 6, "{format:?}");
    }
    assert_eq!(stand_in.counts(), Counts { calls: 5, paid: 5 });
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes_and_seed_0_a_random_one() {
    let stand_in = stand_in();
    let ask = |seed: u64| json!({"prompt": "a cat", "seed": seed});
    assert_eq!(call(&stand_in, CORE, &ask(5)).await.body(), call(&stand_in, CORE, &ask(5)).await.body());
    let random = |response: &Response<Bytes>| body(response)["seeds"][0].as_u64().unwrap();
    let first = random(&call(&stand_in, CORE, &ask(0)).await);
    let second = random(&call(&stand_in, CORE, &json!({"prompt": "a cat"})).await);
    assert!(first > 0 && second > 0 && first != second);
    let again = call(&stand_in, CORE, &ask(first)).await;
    assert_eq!(random(&again), first);
}

#[tokio::test]
async fn item_and_aspect_ratio_show_in_the_picture() {
    let stand_in = stand_in();
    let request = json!({"prompt": "a cat", "seed": 1, "aspect_ratio": "16:9", "output_format": "png"}).to_string();
    let mut files = Vec::new();
    for metadata in [
        None,
        Some(r#"{"id":"A1","rank":"nomal"}"#),
        Some(r#"{"id":"A1","rank":"vip"}"#),
        Some(r#"{"id":"A2","rank":"vip"}"#),
    ] {
        let response = stand_in.invoke_model(CORE, metadata, request.as_bytes(), || true).await;
        let file = image(&response.unwrap());
        let picture = image::load_from_memory(&file).unwrap();
        assert_eq!((picture.width(), picture.height()), (512, 288));
        assert!(!files.contains(&file));
        files.push(file);
    }
}

#[tokio::test]
async fn drawn_once_a_kind_has_one_picture_and_every_answer_its_own_seed() {
    let stand_in = StandIn::new(Options { draw_once: true, size: Size::Tiny, ..Options::default() }, None);
    let ask = async |model, request: Value| {
        let response = call(&stand_in, model, &request).await;
        (image(&response), body(&response)["seeds"][0].clone())
    };
    let (first, seed) = ask(CORE, json!({"prompt": "a cat", "seed": 5, "output_format": "png"})).await;
    assert_eq!(seed, 5);
    assert!(first.windows(8).any(|bytes| bytes == b"STAND-IN"));
    assert_eq!(image::load_from_memory(&first).unwrap().width(), 16);
    let other_words = json!({"prompt": "blue hair", "negative_prompt": "x", "seed": 6, "output_format": "png"});
    assert_eq!(ask(CORE, other_words).await, (first.clone(), json!(6)));

    let mut kinds = vec![first];
    for (model, request) in [
        (ULTRA, json!({"prompt": "a cat", "output_format": "png"})),
        (CORE, json!({"prompt": "a cat", "output_format": "jpeg"})),
        (CORE, json!({"prompt": "a cat", "output_format": "png", "aspect_ratio": "16:9"})),
        (SD3, json!({"prompt": "a cat", "image": source_of(128, 64), "strength": 0.0, "output_format": "png"})),
    ] {
        let (file, _) = ask(model, request).await;
        assert!(!kinds.contains(&file));
        kinds.push(file);
    }
    assert_eq!(stand_in.counts().paid, 6);
}

#[tokio::test]
async fn what_breaks_the_schema_is_refused_in_bedrocks_words() {
    let stand_in = stand_in();
    let prompt = |prompt: &str| json!({"prompt": prompt});
    let seed = |seed: Value| json!({"prompt": "a", "seed": seed});
    let from_image = |field: &str, value: &str| json!({"prompt": "a", "image": "AAAA", "strength": 1, field: value});
    for (model, request, violation) in [
        (CORE, json!({}), "#: required key [prompt] not found"),
        (CORE, prompt(""), "#/prompt: expected minLength: 1, actual: 0"),
        (CORE, prompt(&"x".repeat(10_001)), "#/prompt: expected maxLength: 10000, actual: 10001"),
        (CORE, json!({"prompt": 7}), "#/prompt: expected type: String, found: Integer"),
        (CORE, json!({"prompt": "a", "steps": 30}), "#: extraneous key [steps] is not permitted"),
        (CORE, json!({"prompt": "a", "mode": "text-to-image"}), "#: extraneous key [mode] is not permitted"),
        (CORE, json!({"prompt": "a", "image": "AAAA"}), "#: extraneous key [image] is not permitted"),
        (CORE, json!({"prompt": "a", "aspect_ratio": "1:3"}), "#/aspect_ratio: 1:3 is not a valid enum value"),
        (CORE, json!({"prompt": "a", "output_format": "webp"}), "#/output_format: webp is not a valid enum value"),
        (CORE, seed(4_294_967_296_u64.into()), "#/seed: 4294967296 is not less or equal to 4294967295"),
        (SD3, seed(4_294_967_295_u64.into()), "#/seed: 4294967295 is not less or equal to 4294967294"),
        (CORE, seed((-1).into()), "#/seed: -1 is not greater or equal to 0"),
        (CORE, seed("1".into()), "#/seed: expected type: Integer, found: String"),
        (CORE, seed(1.5.into()), "#/seed: expected type: Integer, found: Double"),
        (ULTRA, json!({"prompt": "a", "mode": "image-to-image"}), "#/mode: image-to-image is not a valid enum value"),
        (ULTRA, json!({"prompt": "a", "strength": 1.5}), "#/strength: 1.5 is not less or equal to 1"),
        (SD3, json!({"prompt": "a", "image": "AAAA"}), "#: required key [strength] not found"),
        (SD3, json!({"prompt": "a", "mode": "image-to-image", "strength": 1}), "#: required key [image] not found"),
        (SD3, from_image("mode", "text-to-image"), "#: extraneous key [image] is not permitted"),
        (SD3, from_image("aspect_ratio", "1:1"), "#: extraneous key [aspect_ratio] is not permitted"),
        (ULTRA, json!({"prompt": "a", "image": "not base64!"}), "#/image: expected contentEncoding: base64"),
    ] {
        let expected = format!("Malformed input request: {violation}, please reformat your input and try again.");
        assert_eq!(error(&call(&stand_in, model, &request).await), (400, "ValidationException", expected));
    }
}

#[tokio::test]
async fn what_is_no_json_object_or_too_large_is_refused() {
    let stand_in = stand_in();
    let too_large = vec![b' '; 25_000_001];
    for (body, message) in [
        (&b""[..], "Malformed input request, please reformat your input and try again."),
        (b"{", "Malformed input request, please reformat your input and try again."),
        (b"[]", "Malformed input request, please reformat your input and try again."),
        (b"\xff", "Malformed input request, please reformat your input and try again."),
        (&too_large, "Member must have length less than or equal to 25000000"),
        (br#"{"seed": -1}"#, "2 schema violations found (#: required key [prompt] not found; #/seed"),
    ] {
        let (status, _, found) = error(&stand_in.invoke_model(CORE, None, body, || true).await.unwrap());
        assert!(status == 400 && found.contains(message), "{found}");
    }
}

#[tokio::test]
async fn retired_models_are_gone_and_other_ids_without_model_are_invalid() {
    let stand_in = stand_in();
    let request = json!({"prompt": "a"});
    let retired =
        idlist::models::RETIRED.map(|(id, _)| (id, 404, "This model version has reached the end of its life."));
    let invalid = "The provided model identifier is invalid.";
    for (id, status, start) in retired.into_iter().chain([
        ("", 400, invalid),
        ("dall-e-3", 400, invalid),
        ("us.stability.stable-image-core-v1:1", 400, invalid),
        (
            "stability.stable-outpaint-v1:0",
            400,
            "Invocation of this model ID with on-demand throughput isn’t supported.",
        ),
    ]) {
        let response = call(&stand_in, id, &request).await;
        let (found, name, message) = error(&response);
        let expected = if status == 404 { "ResourceNotFoundException" } else { "ValidationException" };
        assert_eq!((found, name, message.starts_with(start)), (status, expected, true), "{id}: {message}");
    }
}

#[tokio::test]
async fn image_to_image_starts_from_the_image_for_the_models_that_can() {
    let stand_in = stand_in();
    let image_of = source_of(128, 64);
    for (model, request, size) in [
        (ULTRA, json!({"prompt": "a cat", "image": image_of, "strength": 0, "output_format": "png"}), (512, 256)),
        (SD3, json!({"prompt": "a cat", "image": image_of, "strength": 0.0, "mode": "image-to-image"}), (512, 256)),
        (SD3, json!({"prompt": "a cat", "image": image_of, "strength": 0.0}), (512, 256)),
        (
            ULTRA,
            json!({"prompt": "a cat", "image": image_of, "aspect_ratio": "1:1", "output_format": "png"}),
            (512, 512),
        ),
    ] {
        let picture = image::load_from_memory(&image(&call(&stand_in, model, &request).await)).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), size, "the shape of the source, unless another is asked for");
        assert_eq!(picture.get_pixel(100, 200).0, [20, 200, 40]);
    }
    let text = base64_simd::STANDARD.encode_to_string(b"text");
    let response = call(&stand_in, ULTRA, &json!({"prompt": "a", "image": text})).await;
    let (_, name, message) = error(&response);
    assert_eq!(name, "ValidationException");
    assert!(message.contains("#/image: the input image is not a readable"), "{message}");
}

#[tokio::test]
async fn a_filtered_prompt_is_a_success_without_image_and_seed() {
    let filter = vec!["Blood".to_owned(), String::new()];
    let (stand_in, observer) = observed(Options { filter, ..Options::default() }, None);
    let response = call(&stand_in, CORE, &json!({"prompt": "a bLOOdy sword"})).await;
    assert!(response.status() == 200 && response.body() == r#"{"finish_reasons":["Filter reason: prompt"]}"#);
    image(&call(&stand_in, CORE, &json!({"prompt": "a sword"})).await);
    assert_eq!(*observer.outcomes.lock().unwrap(), ["Filtered", "Image"]);
    assert_eq!(stand_in.counts(), Counts { calls: 2, paid: 1 });
}

#[tokio::test]
async fn every_error_has_its_status_name_and_message() {
    let statuses = [
        ("ThrottlingException", 429),
        ("ModelNotReadyException", 429),
        ("ServiceUnavailableException", 503),
        ("InternalServerException", 500),
        ("ModelTimeoutException", 408),
        ("ModelErrorException", 424),
        ("overloaded_error", 529),
        ("ServiceQuotaExceededException", 400),
        ("ValidationException", 400),
        ("AccessDeniedException", 403),
        ("ResourceNotFoundException", 404),
    ];
    assert_eq!(statuses.len(), BedrockError::ALL.len());
    for (name, status) in statuses {
        let (stand_in, observer) = observed(Options::default(), Some(name));
        let response = call(&stand_in, CORE, &json!({"prompt": "a"})).await;
        let (found, found_name, message) = error(&response);
        assert_eq!((found, found_name, message.is_empty()), (status, name, false));
        assert_eq!(header(&response, "retry-after").is_some(), status == 529);
        assert!(*observer.outcomes.lock().unwrap() == [name] && stand_in.counts().paid == 0, "{name}");
    }
}

#[tokio::test]
async fn the_other_faults_break_the_answer_itself() {
    let request = json!({"prompt": "a", "seed": 3});
    let json = "application/json";
    for (fault, content_type, start) in [
        ("InferenceError", json, r#"{"finish_reasons":["Inference error"]}"#),
        ("Filtered", json, r#"{"finish_reasons":["Filter reason: prompt"]}"#),
        ("NoImage", json, r#"{"seeds":[3],"finish_reasons":[null],"images":["dGhpcyBpcyBub3QgYW4gaW1hZ2U="]}"#),
        ("Html", "text/html", "<!doctype html>"),
        ("OtherJson", json, r#"{"output":"#),
    ] {
        let (stand_in, observer) = observed(Options::default(), Some(fault));
        let response = call(&stand_in, CORE, &request).await;
        assert_eq!((response.status().as_u16(), header(&response, "content-type")), (200, Some(content_type)));
        assert!(response.body().starts_with(start.as_bytes()), "{fault}");
        assert!(*observer.outcomes.lock().unwrap() == [fault] && stand_in.counts().paid == 0, "{fault}");
    }

    let whole = call(&stand_in(), CORE, &request).await.into_body();
    let (truncating, _) = observed(Options::default(), Some("Truncated"));
    let truncated = call(&truncating, CORE, &request).await;
    assert_eq!((truncated.status().as_u16(), truncating.counts().paid), (200, 1));
    assert_eq!(*truncated.body(), whole[..whole.len() / 2]);
}

#[tokio::test(start_paused = true)]
async fn more_requests_than_the_quota_are_throttled_until_a_minute_has_passed() {
    let filter = vec!["a".to_owned()];
    let (stand_in, observer) = observed(Options { throttle: Some(3), filter, ..Options::default() }, None);
    let request = json!({"prompt": "a"});
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(call(&stand_in, CORE, &request).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    tokio::time::advance(Duration::from_secs(59)).await;
    let message = "Too many requests, please wait before trying again.".to_owned();
    assert_eq!(error(&call(&stand_in, CORE, &request).await), (429, "ThrottlingException", message));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(call(&stand_in, CORE, &request).await.status(), 200);
    assert_eq!(stand_in.counts(), Counts { calls: 7, paid: 0 });
    let outcomes = observer.outcomes.lock().unwrap().join(" ");
    assert_eq!(outcomes, "Filtered Filtered Filtered Throttled Throttled Throttled Filtered");
}

#[tokio::test(start_paused = true)]
async fn latency_and_minutes_shrink_with_the_speed() {
    let (latency, throttle, filter) = (Duration::from_secs(8), Some(1), vec!["a".to_owned()]);
    let options = Options { latency, throttle, filter, speed: 4.0, ..Options::default() };
    let (stand_in, _) = observed(options, None);
    let request = json!({"prompt": "a"});
    let start = Instant::now();
    assert_eq!(call(&stand_in, CORE, &request).await.status(), 200);
    assert_eq!(start.elapsed(), Duration::from_secs(2));
    assert_eq!(call(&stand_in, CORE, &request).await.status(), 429);
    tokio::time::advance(Duration::from_secs(13)).await;
    assert_eq!(call(&stand_in, CORE, &request).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_a_good_one_that_takes_longer() {
    let (stand_in, _) = observed(Options { speed: 2.0, ..Options::default() }, Some("Slow:5000"));
    let start = Instant::now();
    let response = call(&stand_in, CORE, &json!({"prompt": "a"})).await;
    assert!(image::guess_format(&image(&response)).is_ok());
    assert_eq!((start.elapsed(), stand_in.counts().paid), (Duration::from_millis(2500), 1));
    for name in ["Throttling", "Slow", "Slow:soon"] {
        assert_eq!(BedrockFault::of_name(name), None);
    }
}

#[tokio::test]
async fn the_endpoint_answers_over_http_and_closes_the_connection_when_told_to() {
    let request = |path: &str| {
        let body = json!({"prompt": "a", "seed": 3}).to_string();
        hyper::Request::post(path).body(http_body_util::Full::<Bytes>::from(body)).unwrap()
    };
    let path = format!("/model/{CORE}/invoke");
    assert!(BedrockEndpoint::handles(&request(&path)) && !BedrockEndpoint::handles(&request("/model/a/converse")));
    let response = BedrockEndpoint(Arc::new(stand_in())).call(request(&path)).await.unwrap();
    assert!(response.status() == 200 && response.headers()["content-type"] == "application/json");
    let (disconnecting, observer) = observed(Options::default(), Some("Disconnect"));
    assert!(BedrockEndpoint(Arc::new(disconnecting)).call(request(&path)).await.is_none());
    assert_eq!(*observer.outcomes.lock().unwrap(), ["Disconnect"]);
}
