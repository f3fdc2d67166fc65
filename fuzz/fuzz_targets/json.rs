//! Any bytes as a JSON list: checking never panics, both readers find the same, and serde_json agrees on what is JSON.

#![no_main]

use idlist::read::{JsonArray, JsonLines, ReadError};
use idlist::{CheckOptions, Item, RetiredModels, check_slice};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|file: &[u8]| {
    let report = check_slice(file, CheckOptions::default());
    let _ = (report.to_string(), report.hint_line());
    let values = serde_json::from_slice::<Vec<Value>>(file);
    let elements: Result<Vec<_>, _> = JsonArray::new(file).collect();
    // Nested too deep is a problem of one item for the check, and the end for the reader.
    if let (Err(ReadError::Broken(found)), Some(broken)) = (&elements, &report.broken) {
        assert!(found.offset <= broken.offset);
    }
    match (&elements, &values) {
        (Ok(elements), Ok(values)) => {
            assert_eq!((elements.len(), elements.len() as u64), (values.len(), report.items));
            let all_read = |value| Item::from_value(value, RetiredModels::Redirect).is_ok();
            assert!(!report.is_good() || values.iter().all(all_read));
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
        (Err(_), Err(_)) => assert!(!report.is_good()),
    }
    for element in JsonLines::new(file).flatten() {
        serde_json::from_slice::<Value>(&element.json).expect("an element is valid JSON");
    }
});
