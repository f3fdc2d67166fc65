//! From the records of an S3 event to the lists that were dropped.

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

/// A list that was dropped into the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListObject {
    /// The bucket.
    pub bucket: String,
    /// The key, decoded: as every S3 call takes it.
    pub key: String,
    /// The object's version, where the bucket has versions.
    pub version_id: Option<String>,
    /// Tells two events of the same key apart.
    pub sequencer: Option<String>,
    /// The object's entity tag.
    pub e_tag: Option<String>,
}

/// One element of an event's `Records`.
#[derive(Debug)]
pub(crate) enum Record {
    /// An object was created.
    Created(ListObject),
    /// Something that is no list to be made: a removal, a lifecycle event.
    Ignored(String),
    /// No S3 event record that this function understands.
    Unreadable(String),
}

/// Event message structure.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    event_name: String,
    s3: RawS3,
}

#[derive(Deserialize)]
struct RawS3 {
    bucket: RawBucket,
    object: RawObject,
}

#[derive(Deserialize)]
struct RawBucket {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawObject {
    key: String,
    version_id: Option<String>,
    sequencer: Option<String>,
    e_tag: Option<String>,
}

/// The records of an event; `None` when the payload is no S3 event at all. `s3:TestEvent`, which S3 sends when a notification is
/// configured, has none.
pub(crate) fn records_of(event: &Value) -> Option<Vec<Record>> {
    match (event.get("Records"), event.get("Event")) {
        (Some(Value::Array(records)), _) => Some(records.iter().map(record_of).collect()),
        (None, Some(Value::String(name))) if name == "s3:TestEvent" => Some(Vec::new()),
        _ => None,
    }
}

fn record_of(record: &Value) -> Record {
    let raw = match Raw::deserialize(record) {
        Ok(raw) => raw,
        Err(err) => return Record::Unreadable(err.to_string()),
    };
    // Named "ObjectCreated:Put" in events and "s3:ObjectCreated:Put" in configurations.
    if !raw.event_name.trim_start_matches("s3:").starts_with("ObjectCreated:") {
        return Record::Ignored(raw.event_name);
    }
    match decoded(&raw.s3.object.key) {
        Some(key) => Record::Created(ListObject {
            bucket: raw.s3.bucket.name,
            key,
            version_id: raw.s3.object.version_id,
            sequencer: raw.s3.object.sequencer,
            e_tag: raw.s3.object.e_tag,
        }),
        None => Record::Unreadable(format!("the object key {:?} is not URL-encoded UTF-8", raw.s3.object.key)),
    }
}

/// The key as S3 calls take it: events carry it form-urlencoded, so a `+` is a space.
fn decoded(encoded_key: &str) -> Option<String> {
    let spaced = encoded_key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(key: &str) -> Value {
        json!({"Records": [{"eventName": "ObjectCreated:Put", "s3": {
            "bucket": {"name": "lists"}, "object": {"key": key, "sequencer": "0A", "eTag": "e", "versionId": "v"}}}]})
    }

    fn key_of(encoded: &str) -> String {
        match records_of(&event(encoded)).unwrap().remove(0) {
            Record::Created(list) => list.key,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn plus_in_a_key_is_a_space_and_percent_2b_a_plus() {
        assert_eq!(key_of("my+list.json"), "my list.json");
        assert_eq!(key_of("a%2Bb.json"), "a+b.json");
        assert_eq!(key_of("100%25.json"), "100%.json");
        assert_eq!(key_of("%E3%83%AA%E3%82%B9%E3%83%88.json"), "リスト.json");
        assert_eq!(key_of("a=b&c.json"), "a=b&c.json");
        assert_eq!(key_of("folder/x.json"), "folder/x.json");
    }

    #[test]
    fn the_whole_record_is_taken() {
        let record = records_of(&event("x.json")).unwrap().remove(0);
        let Record::Created(list) = record else { panic!("{record:?}") };
        let text = |text: &str| Some(text.to_owned());
        let expected = ListObject {
            bucket: "lists".into(),
            key: "x.json".into(),
            version_id: text("v"),
            sequencer: text("0A"),
            e_tag: text("e"),
        };
        assert_eq!(list, expected);
    }

    #[test]
    fn removals_are_ignored_and_the_test_event_is_empty() {
        let mut removal = event("x.json");
        removal["Records"][0]["eventName"] = json!("ObjectRemoved:Delete");
        assert!(matches!(records_of(&removal).unwrap()[..], [Record::Ignored(_)]));
        assert!(records_of(&json!({"Service": "Amazon S3", "Event": "s3:TestEvent"})).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_s3_event_is_told_apart() {
        for other in [json!(null), json!([]), json!({"a": 1}), json!({"Records": "x"}), json!({"Event": "s3:Other"})] {
            assert!(records_of(&other).is_none(), "{other}");
        }
        for record in [json!({}), json!(7), json!({"eventName": "ObjectCreated:Put"})] {
            let records = records_of(&json!({"Records": [record]})).unwrap();
            assert!(matches!(records[..], [Record::Unreadable(_)]));
        }
        assert!(matches!(records_of(&event("%FF.json")).unwrap()[..], [Record::Unreadable(_)]));
    }
}
