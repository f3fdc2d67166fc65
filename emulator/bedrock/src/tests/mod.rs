//! The stand-in at the wire: what a client of Bedrock gets back.

mod services;

use super::*;
use image::ImageFormat as FileFormat;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const CORE: &str = "stability.stable-image-core-v1:1";
const ULTRA: &str = "stability.stable-image-ultra-v1:1";
const SD3: &str = "stability.sd3-5-large-v1:0";

fn stand_in() -> StandIn {
    StandIn::new(Options::default())
}

/// Injects a fault into every call.
#[derive(Debug)]
struct Always(BedrockFault);

impl Interceptor for Always {
    fn fault(&self, _identity: u64) -> Option<BedrockFault> {
        Some(self.0)
    }
}

fn failing(name: &str) -> StandIn {
    StandIn::intercepted(Options::default(), Arc::new(Always(BedrockFault::of_name(name).unwrap())))
}

async fn call(stand_in: &StandIn, model_id: &str, body: &Value) -> Response {
    match stand_in.invoke_model(model_id, None, body.to_string().as_bytes()).await {
        Some(response) => response,
        None => panic!("no answer"),
    }
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

fn message(response: &Response) -> String {
    body(response)["message"].as_str().unwrap().to_owned()
}

fn image(response: &Response) -> Vec<u8> {
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    base64_simd::STANDARD.decode_to_vec(body(response)["images"][0].as_str().unwrap()).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    let header = response.headers.iter().find(|(known, _)| *known == name);
    header.map(|(_, value)| value.as_str())
}

fn source() -> String {
    source_of(128, 64)
}

fn source_of(width: u32, height: u32) -> String {
    let mut file = Vec::new();
    let image = image::RgbImage::from_pixel(width, height, image::Rgb([20, 200, 40]));
    image.write_to(&mut std::io::Cursor::new(&mut file), FileFormat::Png).unwrap();
    base64_simd::STANDARD.encode_to_string(file)
}

#[tokio::test]
async fn every_model_answers_with_one_image_its_seed_and_no_finish_reason() {
    let stand_in = stand_in();
    for model in [CORE, ULTRA, SD3] {
        let response =
            call(&stand_in, model, &json!({"prompt": "brown hair", "seed": 77, "output_format": "png"})).await;
        assert_eq!(response.error_type, None);
        assert_eq!(header(&response, "content-type"), Some("application/json"));
        assert_eq!(header(&response, "x-amzn-requestid").map(str::len), Some(36));
        let answer = body(&response);
        assert_eq!(answer["seeds"], json!([77]));
        assert_eq!(answer["finish_reasons"], json!([null]));
        assert_eq!(answer["images"].as_array().map(Vec::len), Some(1));
        assert_eq!(image::guess_format(&image(&response)).unwrap(), FileFormat::Png);
    }
    assert_eq!(stand_in.counts(), Counts { calls: 3, paid: 3, ..Counts::default() });
}

#[tokio::test]
async fn the_format_asked_for_is_the_format_that_comes() {
    let stand_in = stand_in();
    let formats = [
        (CORE, Some("jpeg"), FileFormat::Jpeg),
        (ULTRA, Some("png"), FileFormat::Png),
        (SD3, Some("webp"), FileFormat::WebP),
        (SD3, None, FileFormat::Png),
        (CORE, None, FileFormat::Jpeg),
    ];
    for (model, asked, format) in formats {
        let mut request = json!({"prompt": "a cat"});
        if let Some(asked) = asked {
            request["output_format"] = asked.into();
        }
        let file = image(&call(&stand_in, model, &request).await);
        assert_eq!(image::guess_format(&file).unwrap(), format, "{model} {asked:?}");
        assert!(file.windows(8).any(|bytes| bytes == b"STAND-IN"), "{format:?}");
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes_and_seed_0_a_random_one() {
    let stand_in = stand_in();
    let ask = |seed: u64| json!({"prompt": "a cat", "seed": seed});
    assert_eq!(call(&stand_in, CORE, &ask(5)).await.body, call(&stand_in, CORE, &ask(5)).await.body);
    let random = |response: &Response| body(response)["seeds"][0].as_u64().unwrap();
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
        let Some(response) = stand_in.invoke_model(CORE, metadata, request.as_bytes()).await else { panic!() };
        let file = image(&response);
        let picture = image::load_from_memory(&file).unwrap();
        assert_eq!((picture.width(), picture.height()), (512, 288));
        assert!(!files.contains(&file));
        files.push(file);
    }
}

#[tokio::test]
async fn drawn_once_a_kind_has_one_picture_and_every_answer_its_own_seed() {
    let stand_in = StandIn::new(Options { draw_once: true, size: Size::Tiny, ..Options::default() });
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
        (SD3, json!({"prompt": "a cat", "image": source(), "strength": 0.0, "output_format": "png"})),
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
    let long = "x".repeat(10_001);
    let refused = [
        (CORE, json!({}), "#: required key [prompt] not found"),
        (CORE, json!({"prompt": ""}), "#/prompt: expected minLength: 1, actual: 0"),
        (CORE, json!({"prompt": long}), "#/prompt: expected maxLength: 10000, actual: 10001"),
        (CORE, json!({"prompt": 7}), "#/prompt: expected type: String, found: Integer"),
        (CORE, json!({"prompt": "a", "steps": 30}), "#: extraneous key [steps] is not permitted"),
        (CORE, json!({"prompt": "a", "mode": "text-to-image"}), "#: extraneous key [mode] is not permitted"),
        (CORE, json!({"prompt": "a", "image": "AAAA"}), "#: extraneous key [image] is not permitted"),
        (CORE, json!({"prompt": "a", "aspect_ratio": "1:3"}), "#/aspect_ratio: 1:3 is not a valid enum value"),
        (CORE, json!({"prompt": "a", "output_format": "webp"}), "#/output_format: webp is not a valid enum value"),
        (
            CORE,
            json!({"prompt": "a", "seed": 4_294_967_296_u64}),
            "#/seed: 4294967296 is not less or equal to 4294967295",
        ),
        (
            SD3,
            json!({"prompt": "a", "seed": 4_294_967_295_u64}),
            "#/seed: 4294967295 is not less or equal to 4294967294",
        ),
        (CORE, json!({"prompt": "a", "seed": -1}), "#/seed: -1 is not greater or equal to 0"),
        (CORE, json!({"prompt": "a", "seed": "1"}), "#/seed: expected type: Integer, found: String"),
        (CORE, json!({"prompt": "a", "seed": 1.5}), "#/seed: expected type: Integer, found: Double"),
        (ULTRA, json!({"prompt": "a", "mode": "image-to-image"}), "#/mode: image-to-image is not a valid enum value"),
        (ULTRA, json!({"prompt": "a", "strength": 1.5}), "#/strength: 1.5 is not less or equal to 1"),
        (SD3, json!({"prompt": "a", "image": "AAAA"}), "#: required key [strength] not found"),
        (SD3, json!({"prompt": "a", "mode": "image-to-image", "strength": 1}), "#: required key [image] not found"),
        (ULTRA, json!({"prompt": "a", "image": "not base64!"}), "#/image: expected contentEncoding: base64"),
    ];
    for (model, request, violation) in refused {
        let response = call(&stand_in, model, &request).await;
        assert_eq!((response.status, response.error_type), (400, Some("ValidationException")), "{violation}");
        assert_eq!(header(&response, "x-amzn-errortype"), Some("ValidationException"));
        let expected = format!("Malformed input request: {violation}, please reformat your input and try again.");
        assert_eq!(message(&response), expected);
    }
}

#[tokio::test]
async fn what_is_no_json_object_or_too_large_is_refused() {
    let stand_in = stand_in();
    let send = async |body: &[u8]| match stand_in.invoke_model(CORE, None, body).await {
        Some(response) => (response.status, message(&response)),
        None => panic!("no answer"),
    };
    for broken in [b"".as_slice(), b"{", b"[]", b"\xff"] {
        let malformed = "Malformed input request, please reformat your input and try again.";
        assert_eq!(send(broken).await, (400, malformed.to_owned()));
    }
    let (status, message) = send(&vec![b' '; 25_000_001]).await;
    assert_eq!(status, 400);
    assert!(message.ends_with("Member must have length less than or equal to 25000000"), "{message}");
    let many = call(&stand_in, CORE, &json!({"seed": -1})).await;
    assert!(self::message(&many).contains("2 schema violations found (#: required key [prompt] not found; #/seed"));
}

#[tokio::test]
async fn retired_models_are_gone_and_unknown_ones_are_invalid() {
    let stand_in = stand_in();
    let request = json!({"prompt": "a"});
    for (retired, _) in idlist::models::RETIRED {
        let response = call(&stand_in, retired, &request).await;
        assert_eq!((response.status, response.error_type), (404, Some("ResourceNotFoundException")), "{retired}");
        assert!(message(&response).starts_with("This model version has reached the end of its life."));
    }
    for unknown in ["", "dall-e-3", "us.stability.stable-image-core-v1:1"] {
        let response = call(&stand_in, unknown, &request).await;
        assert_eq!((response.status, response.error_type), (400, Some("ValidationException")), "{unknown}");
        assert_eq!(message(&response), "The provided model identifier is invalid.");
    }
}

#[tokio::test]
async fn image_to_image_starts_from_the_image_for_the_models_that_can() {
    let stand_in = stand_in();
    let requests = [
        (ULTRA, json!({"prompt": "a cat", "image": source(), "strength": 0, "output_format": "png"})),
        (SD3, json!({"prompt": "a cat", "image": source(), "strength": 0.0, "mode": "image-to-image"})),
        (SD3, json!({"prompt": "a cat", "image": source(), "strength": 0.0})),
    ];
    for (model, request) in requests {
        let picture = image::load_from_memory(&image(&call(&stand_in, model, &request).await)).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (512, 256), "the shape of the source");
        assert_eq!(picture.get_pixel(100, 200).0, [20, 200, 40]);
    }
    let request = json!({"prompt": "a cat", "image": source(), "aspect_ratio": "1:1", "output_format": "png"});
    let picture = image::load_from_memory(&image(&call(&stand_in, ULTRA, &request).await)).unwrap();
    assert_eq!((picture.width(), picture.height()), (512, 512));

    let text = base64_simd::STANDARD.encode_to_string(b"text");
    let refused = [
        (ULTRA, json!({"prompt": "a", "image": text}), "#/image: the input image is not a readable"),
        (
            SD3,
            json!({"prompt": "a", "image": source(), "strength": 1, "aspect_ratio": "1:1"}),
            "key [aspect_ratio] is not",
        ),
        (SD3, json!({"prompt": "a", "image": source(), "strength": 1, "mode": "text-to-image"}), "key [image] is not"),
    ];
    for (model, request, part) in refused {
        let response = call(&stand_in, model, &request).await;
        assert_eq!(response.error_type, Some("ValidationException"));
        assert!(message(&response).contains(part), "{}", message(&response));
    }
}

#[tokio::test]
async fn a_filtered_prompt_is_a_success_without_image_and_seed() {
    let stand_in = StandIn::new(Options { filter: vec!["Blood".to_owned(), String::new()], ..Options::default() });
    let response = call(&stand_in, CORE, &json!({"prompt": "a bLOOdy sword"})).await;
    assert_eq!(response.status, 200);
    assert_eq!(body(&response), json!({"finish_reasons": ["Filter reason: prompt"]}));
    image(&call(&stand_in, CORE, &json!({"prompt": "a sword"})).await);
    assert_eq!(stand_in.counts(), Counts { calls: 2, paid: 1, filtered: 1, ..Counts::default() });
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
        let stand_in = failing(name);
        let response = call(&stand_in, CORE, &json!({"prompt": "a"})).await;
        assert_eq!((response.status, response.error_type), (status, Some(name)));
        assert_eq!(header(&response, "x-amzn-errortype"), Some(name));
        assert!(!message(&response).is_empty());
        assert_eq!(header(&response, "retry-after").is_some(), status == 529);
        assert_eq!(stand_in.counts().failed, [(name, 1)].into());
        assert_eq!(stand_in.counts().paid, 0);
    }
}

#[tokio::test]
async fn the_other_faults_break_the_answer_itself() {
    let request = json!({"prompt": "a", "seed": 3});
    let inference = call(&failing("InferenceError"), CORE, &request).await;
    assert_eq!((inference.status, body(&inference)), (200, json!({"finish_reasons": ["Inference error"]})));

    let no_image = call(&failing("NoImage"), CORE, &request).await;
    assert!(image::guess_format(&image(&no_image)).is_err());

    let whole = call(&stand_in(), CORE, &request).await;
    let truncating = failing("Truncated");
    let truncated = call(&truncating, CORE, &request).await;
    assert_eq!((truncated.status, truncating.counts().paid), (200, 1));
    assert_eq!(truncated.body, whole.body[..whole.body.len() / 2]);

    let html = call(&failing("Html"), CORE, &request).await;
    assert_eq!((html.status, header(&html, "content-type")), (200, Some("text/html")));
    assert!(html.body.starts_with(b"<!doctype html>"));

    let other = call(&failing("OtherJson"), CORE, &request).await;
    assert_eq!((other.status, body(&other)["images"].is_null()), (200, true));

    let filtered = failing("Filtered");
    let answer = call(&filtered, CORE, &request).await;
    assert_eq!(body(&answer), json!({"finish_reasons": ["Filter reason: prompt"]}));
    assert_eq!(filtered.counts().filtered, 1);

    let cut_off = failing("Disconnect");
    assert_eq!(cut_off.invoke_model(CORE, None, request.to_string().as_bytes()).await, None);
    assert_eq!(cut_off.counts().failed, [("Disconnect", 1)].into());
}

#[tokio::test(start_paused = true)]
async fn more_requests_than_the_quota_are_throttled_until_a_minute_has_passed() {
    let throttle = Some(3);
    let stand_in = StandIn::new(Options { throttle, filter: vec!["a".to_owned()], ..Options::default() });
    let request = json!({"prompt": "a"});
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(call(&stand_in, CORE, &request).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    tokio::time::advance(Duration::from_secs(59)).await;
    let throttled = call(&stand_in, CORE, &request).await;
    assert_eq!(throttled.error_type, Some("ThrottlingException"));
    assert_eq!(message(&throttled), "Too many requests, please wait before trying again.");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(call(&stand_in, CORE, &request).await.status, 200);
    assert_eq!(stand_in.counts(), Counts { calls: 7, throttled: 3, filtered: 4, ..Counts::default() });
}

#[tokio::test(start_paused = true)]
async fn latency_and_minutes_shrink_with_the_speed() {
    let options = Options {
        latency: Duration::from_secs(8),
        throttle: Some(1),
        filter: vec!["a".to_owned()],
        speed: 4.0,
        ..Options::default()
    };
    let stand_in = StandIn::new(options);
    let start = Instant::now();
    assert_eq!(call(&stand_in, CORE, &json!({"prompt": "a"})).await.status, 200);
    assert_eq!(start.elapsed(), Duration::from_secs(2));
    assert_eq!(call(&stand_in, CORE, &json!({"prompt": "a"})).await.status, 429);
    tokio::time::advance(Duration::from_secs(13)).await;
    assert_eq!(call(&stand_in, CORE, &json!({"prompt": "a"})).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_is_a_good_one_that_takes_longer() {
    let slow = Arc::new(Always(BedrockFault::Slow(3000)));
    let stand_in = StandIn::intercepted(Options { speed: 2.0, ..Options::default() }, slow);
    let start = Instant::now();
    let response = call(&stand_in, CORE, &json!({"prompt": "a"})).await;
    assert!(image::guess_format(&image(&response)).is_ok());
    assert_eq!((start.elapsed(), stand_in.counts().paid), (Duration::from_millis(1500), 1));
}

#[tokio::test]
async fn the_endpoint_answers_over_http_and_closes_the_connection_when_told_to() {
    let request = |path: &str| {
        let body = json!({"prompt": "a", "seed": 3}).to_string();
        hyper::Request::post(path).body(http_body_util::Full::<bytes::Bytes>::from(body)).unwrap()
    };
    let path = format!("/model/{CORE}/invoke");
    assert!(BedrockEndpoint::handles(&request(&path)) && !BedrockEndpoint::handles(&request("/model/a/converse")));
    let response = BedrockEndpoint::new(Arc::new(stand_in())).call(request(&path)).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    let disconnecting = Arc::new(failing("Disconnect"));
    assert!(BedrockEndpoint::new(Arc::clone(&disconnecting)).call(request(&path)).await.is_none());
    assert_eq!(disconnecting.counts().failed, [("Disconnect", 1)].into());
}
