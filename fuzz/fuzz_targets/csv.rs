//! Any bytes as CSV: reading never panics, and every row is a JSON object.

#![no_main]

use idlist::read::CsvRows;
use idlist::{Item, RetiredModels};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|file: &[u8]| {
    let mut index = 0;
    for row in CsvRows::new(file).map_while(Result::ok) {
        assert_eq!(row.index, index);
        index += 1;
        let object: Map<String, Value> = serde_json::from_slice(&row.json).expect("a row is an object");
        let from_value = Item::from_value(&Value::Object(object), RetiredModels::Redirect);
        assert_eq!(Item::from_slice(&row.json, RetiredModels::Redirect), from_value);
    }
});
