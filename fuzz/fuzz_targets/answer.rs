//! Any bytes as the model's answer, in pieces: reading never panics, and the picture is what other readers of JSON and base64 find in it.
//! The first byte says how long the pieces are.

#![no_main]

#[allow(dead_code, reason = "the target needs a part of it")]
#[path = "../../generator/src/answer.rs"]
mod answer;
#[allow(dead_code, reason = "the target needs a part of it")]
#[path = "../../generator/src/error.rs"]
mod error;

use base64::{Engine, prelude::BASE64_STANDARD};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let Some((&bytes, body)) = input.split_first() else { return };
    let mut reading = answer::Reading::new(body.len() as u64);
    body.chunks(usize::from(bytes).max(1)).for_each(|piece| reading.push(piece));
    let Ok(picture) = reading.picture() else { return };
    // What is in fields that have no meaning for us is not looked at: it may be no UTF-8, or too deep.
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
    let image = value.get("images").or_else(|| value.get(2)).and_then(|images| images[0].as_str()).expect("an image");
    assert_eq!(BASE64_STANDARD.decode(image).expect("base64"), picture.bytes);
});
