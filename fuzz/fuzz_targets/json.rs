//! Any bytes as a JSON list: checking never panics, chunks make no difference, and serde_json agrees on what is JSON.

#![no_main]

use idlist::read::{JsonArray, JsonLines};
use idlist::{CheckOptions, Checker, Item, RetiredModels};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|file: &[u8]| {
    let report = |size: usize| {
        let mut checker = Checker::new(CheckOptions::default());
        file.chunks(size).for_each(|chunk| checker.push(chunk));
        checker.finish()
    };
    let whole = report(usize::MAX);
    assert_eq!(report(7), whole);
    assert_eq!(whole.to_string(), report(1).to_string());

    let values = serde_json::from_slice::<Vec<Value>>(file);
    let elements: Result<Vec<_>, _> = JsonArray::new(file).collect();
    match (&elements, &values) {
        (Ok(elements), Ok(values)) => {
            assert_eq!(elements.len(), values.len());
            for (element, value) in elements.iter().zip(values) {
                let read = Item::from_slice(&element.json, RetiredModels::Redirect);
                if element.json.windows(2).any(|pair| pair == b"\"\"") || read.is_err() {
                    continue;
                }
                assert_eq!(read, Item::from_value(value, RetiredModels::Redirect));
            }
        }
        // Nested deeper than we allow.
        (Err(_), Ok(_)) => assert!(file.iter().filter(|byte| matches!(byte, b'[' | b'{')).count() > 100),
        (Ok(_), Err(error)) => panic!("read as a list, but {error}"),
        (Err(_), Err(_)) => assert!(!whole.is_good()),
    }
    for element in JsonLines::new(file).flatten() {
        serde_json::from_slice::<Value>(&element.json).expect("an element is valid JSON");
    }
});
