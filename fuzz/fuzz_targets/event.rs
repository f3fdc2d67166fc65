//! Any JSON as an S3 event: decoding never panics and passes over no record. Any text as a key: encoded as S3 does, it comes back.

#![no_main]

#[allow(dead_code, reason = "the target needs a part of it")]
#[path = "../../trigger/src/record.rs"]
mod record;

use libfuzzer_sys::fuzz_target;
use record::{Record, records_of};
use serde_json::{Value, json};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(event) = serde_json::from_slice::<Value>(bytes)
        && let Some(records) = records_of(&event)
        && let Some(Value::Array(given)) = event.get("Records")
    {
        assert_eq!(records.len(), given.len());
    }
    let Ok(key) = std::str::from_utf8(bytes) else { return };
    let encoded: String = form_urlencoded::byte_serialize(bytes).collect();
    assert!(matches!(decoded(&encoded), Record::Created(list) if list.key == key));
    // As it is, it may be no encoded key.
    decoded(key);
});

fn decoded(key: &str) -> Record {
    let event = json!({"Records": [{"eventName": "ObjectCreated:Put", "s3": {
        "bucket": {"name": "lists"}, "object": {"key": key}}}]});
    records_of(&event).expect("an event").pop().expect("a record")
}
