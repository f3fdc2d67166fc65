//! Any bytes as a JSON list: checking never panics, serde_json agrees on what is JSON, and what passes is made.

#![no_main]

use idlist::{CheckOptions, Item, RetiredModels, check_slice};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::RawValue;

fuzz_target!(|file: &[u8]| {
    let report = check_slice(file, CheckOptions::default());
    let _ = (report.to_string(), report.hint_line());
    let Ok(values) = serde_json::from_slice::<Vec<Value>>(file) else {
        assert!(report.broken.is_some() || report.problem_count > 0, "checked, but not JSON");
        return;
    };
    assert_eq!((&report.broken, report.items), (&None, values.len() as u64));
    let elements: Vec<&RawValue> = serde_json::from_slice(file).expect("it was read before");
    for (element, value) in elements.iter().zip(&values) {
        let read = Item::from_slice(element.get().as_bytes(), RetiredModels::Redirect);
        // A value has each field once.
        if read.is_ok() || report.is_good() {
            assert_eq!(read, Item::from_value(value, RetiredModels::Redirect));
        }
    }
});
