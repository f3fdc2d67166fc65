//! The pure work on an image, without network: find the base64 in an answer, decode it, make the checksum, copy it to where it is sent from.
//!
//! Prints milliseconds for each way as one JSON object. `obvious` is what one writes first: `serde_json` into a `String`, the crate
//! base64, and SHA-256 over the whole, as a signature with its payload wants it.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 41;

#[derive(serde::Deserialize)]
struct Owned {
    images: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Borrowed<'a> {
    #[serde(borrow)]
    images: Vec<Text<'a>>,
}

/// A bare `Cow` in a `Vec` would be copied.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

fn main() {
    let bytes = std::env::args().nth(1).and_then(|bytes| bytes.parse().ok()).unwrap_or(2_000_000);
    let image: Vec<u8> = (0..bytes).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let answer = format!(r#"{{"seeds":[7],"finish_reasons":[null],"images":["{}"]}}"#, BASE64_STANDARD.encode(&image));
    let answer = answer.as_bytes();
    let figures = serde_json::json!({
        "bytes": bytes,
        "obvious": median_ms(|| obvious(answer)),
        "serde_borrowed": median_ms(|| serde_borrowed(answer)),
        "scanned": median_ms(|| scanned(answer)),
    });
    println!("{figures}");
}

fn median_ms(mut work: impl FnMut() -> usize) -> f64 {
    let mut times: Vec<_> = std::iter::repeat_with(|| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    })
    .take(ROUNDS)
    .collect();
    times.sort_unstable();
    times[ROUNDS / 2].as_secs_f64() * 1000.0
}

fn obvious(answer: &[u8]) -> usize {
    let answer: Owned = serde_json::from_slice(answer).expect("it is JSON");
    let image = BASE64_STANDARD.decode(&answer.images[0]).expect("it is base64");
    black_box(Sha256::digest(&image));
    sent(&image)
}

fn serde_borrowed(answer: &[u8]) -> usize {
    let answer: Borrowed<'_> = serde_json::from_slice(answer).expect("it is JSON");
    let image = base64_simd::STANDARD.decode_to_vec(answer.images[0].0.as_bytes()).expect("it is base64");
    black_box(crc32fast::hash(&image));
    sent(&image)
}

fn scanned(answer: &[u8]) -> usize {
    const FIELD: &[u8] = br#""images":[""#;
    let begin = memchr::memmem::find(answer, FIELD).expect("there is an image") + FIELD.len();
    let end = begin + memchr::memchr(b'"', &answer[begin..]).expect("the string ends");
    let image = base64_simd::STANDARD.decode_to_vec(&answer[begin..end]).expect("it is base64");
    black_box(crc32fast::hash(&image));
    sent(&image)
}

/// The one copy that every client makes: into the buffers of TLS.
fn sent(image: &[u8]) -> usize {
    let mut record = [0; 16_384];
    let chunks = image.chunks(record.len());
    chunks.map(|chunk| black_box(&mut record)[..chunk.len()].copy_from_slice(chunk)).count()
}
