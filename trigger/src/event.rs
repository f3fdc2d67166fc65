//! From the records of an S3 event to the lists that were dropped.

use crate::{Error, ErrorKind, output::Ignored};
use aws_lambda_events::s3::S3EventRecord;
use idlist::ListName;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

/// Prefix of lists that an execution stored for itself: those that came as `items` in its input. Their execution is already running.
pub const STORED_INPUT: &str = "state-input/";

/// A list that was dropped into the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    /// The bucket.
    pub(crate) bucket: String,
    /// The key, decoded: as every S3 call takes it.
    pub(crate) key: String,
    /// The object's version, where the bucket has versions.
    pub(crate) version_id: Option<String>,
    /// Distinguishes two events of the same key.
    pub(crate) sequencer: Option<String>,
    /// The object's entity tag.
    pub(crate) e_tag: Option<String>,
}

/// One element of an event's `Records`.
#[derive(Debug)]
pub(crate) enum Record {
    /// A list was created.
    Created(List),
    /// A file that is probably meant as a list, but whose name does not end in `.json`.
    Misnamed(List),
    /// Nothing to make: a removal, an empty object, a picture, a list that an execution stored.
    Ignored(Ignored),
    /// Not an S3 event record.
    Unreadable(String),
}

impl Record {
    pub(crate) fn list(&self) -> Option<&List> {
        match self {
            Self::Created(list) | Self::Misnamed(list) => Some(list),
            Self::Ignored(_) | Self::Unreadable(_) => None,
        }
    }
}

/// The records of an event. `s3:TestEvent`, which S3 sends when a notification is configured, has none.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>
///
/// # Errors
/// `InvalidEvent` when the payload is not an S3 event; one that another service has wrapped is named.
pub(crate) fn records(mut event: Value) -> Result<Vec<Record>, Error> {
    if event.get("Event").and_then(Value::as_str) == Some("s3:TestEvent") {
        return Ok(Vec::new());
    }
    if let Some(wrapper) = wrapper(&event) {
        let message = format!(
            "the event is wrapped by {wrapper}; this function takes the notifications of S3 itself: configure the bucket to invoke it directly"
        );
        return Err(Error::new(ErrorKind::InvalidEvent, message));
    }
    match event.get_mut("Records").map(Value::take) {
        Some(Value::Array(records)) => Ok(records.into_iter().map(record).collect()),
        _ => Err(Error::new(ErrorKind::InvalidEvent, "the event is not an S3 event: it has no Records")),
    }
}

/// The service that wrapped the event, told by the fields that AWS documents for each.
fn wrapper(event: &Value) -> Option<&'static str> {
    if event.get("detail-type").is_some() {
        return Some("EventBridge");
    }
    let first = event.get("Records")?.get(0)?;
    match first.get("eventSource").or_else(|| first.get("EventSource"))?.as_str()? {
        "aws:sqs" => Some("SQS"),
        "aws:sns" => Some("SNS"),
        _ => None,
    }
}

fn record(value: Value) -> Record {
    let record = match S3EventRecord::deserialize(value) {
        Ok(record) => record,
        Err(err) => return Record::Unreadable(err.to_string()),
    };
    let object = record.s3.object;
    let (Some(event_name), Some(bucket), Some(encoded_key)) = (record.event_name, record.s3.bucket.name, object.key)
    else {
        return Record::Unreadable("it names no event, no bucket or no object".into());
    };
    // "ObjectCreated:Put" in events, "s3:ObjectCreated:Put" in configurations.
    if !event_name.trim_start_matches("s3:").starts_with("ObjectCreated:") {
        return ignored(event_name, "not an object that was created");
    }
    let Some(key) = decode(&encoded_key) else {
        return Record::Unreadable(format!("the object key {encoded_key:?} is not URL-encoded UTF-8"));
    };
    let what = format!("s3://{bucket}/{key}");
    if key.starts_with(STORED_INPUT) {
        return ignored(what, "stored by an execution for itself");
    }
    if object.size == Some(0) {
        return ignored(what, "empty object");
    }
    let name = ListName::of(&key);
    let list = List { bucket, key, version_id: object.version_id, sequencer: object.sequencer, e_tag: object.e_tag };
    match name {
        ListName::List => Record::Created(list),
        ListName::Misnamed => Record::Misnamed(list),
        ListName::Other => ignored(what, "not a list: the name does not end in .json"),
    }
}

fn ignored(what: String, reason: &str) -> Record {
    Record::Ignored(Ignored { what, reason: reason.to_owned() })
}

/// The key as S3 calls take it: events carry it form-urlencoded, so a `+` is a space.
fn decode(encoded_key: &str) -> Option<String> {
    let spaced = encoded_key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(key: &str) -> Value {
        let mut event: Value = serde_json::from_str(include_str!("../../events/s3-object-created.json")).unwrap();
        event["Records"][0]["s3"]["bucket"]["name"] = json!("lists");
        event["Records"][0]["s3"]["object"] =
            json!({"key": key, "size": 1024, "sequencer": "0A", "eTag": "e", "versionId": "v"});
        event
    }

    fn single(event: Value) -> Record {
        records(event).unwrap().remove(0)
    }

    fn key_of(encoded: &str) -> String {
        match single(event(encoded)) {
            Record::Created(list) => list.key,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_plus_in_a_key_is_a_space() {
        assert_eq!(key_of("my+list.json"), "my list.json");
        assert_eq!(key_of("a%2Bb.json"), "a+b.json");
        assert_eq!(key_of("100%25.json"), "100%.json");
        assert_eq!(key_of("%E3%83%AA%E3%82%B9%E3%83%88.json"), "リスト.json");
        assert_eq!(key_of("a=b&c.json"), "a=b&c.json");
        assert_eq!(key_of("folder/x.json"), "folder/x.json");
    }

    proptest::proptest! {
        #[test]
        fn a_key_that_s3_encoded_is_read_back(key in "[^/].{0,200}") {
            let encoded: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
            proptest::prop_assert_eq!(decode(&encoded), Some(key));
        }
    }

    #[test]
    fn takes_version_sequencer_and_etag_of_a_record() {
        let text = |text: &str| Some(text.to_owned());
        let expected = List {
            bucket: "lists".into(),
            key: "x.json".into(),
            version_id: text("v"),
            sequencer: text("0A"),
            e_tag: text("e"),
        };
        assert_eq!(single(event("x.json")).list(), Some(&expected));
    }

    #[test]
    fn ignores_what_is_not_a_list_to_make() {
        let mut removal = event("x.json");
        removal["Records"][0]["eventName"] = json!("ObjectRemoved:Delete");
        let mut empty = event("x.json");
        empty["Records"][0]["s3"]["object"]["size"] = json!(0);
        for ignored in [removal, empty, event("state-input/run.json"), event("card.png"), event("folder/")] {
            assert!(matches!(single(ignored), Record::Ignored(_)));
        }
        for misnamed in ["cards.json.txt", "cards.csv", "cards", "cards.json+"] {
            assert!(matches!(single(event(misnamed)), Record::Misnamed(_)));
        }
        assert!(records(json!({"Service": "Amazon S3", "Event": "s3:TestEvent"})).unwrap().is_empty());
    }

    #[test]
    fn one_unreadable_record_does_not_fail_the_others() {
        let mut event = event("x.json");
        let good = event["Records"][0].clone();
        event["Records"] = json!([{}, 7, {"eventName": "ObjectCreated:Put"}, good]);
        let records = records(event).unwrap();
        assert!(matches!(
            records[..],
            [Record::Unreadable(_), Record::Unreadable(_), Record::Unreadable(_), Record::Created(_)]
        ));
        assert!(matches!(single(self::event("%FF.json")), Record::Unreadable(_)));
    }

    #[test]
    fn names_the_service_that_wrapped_an_event() {
        let sqs = json!({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]});
        let sns = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "{}"}}]});
        let event_bridge = json!({"source": "aws.s3", "detail-type": "Object Created", "detail": {}});
        for (event, name) in [(sqs, "SQS"), (sns, "SNS"), (event_bridge, "EventBridge")] {
            let error = records(event).unwrap_err();
            assert!(error.kind == ErrorKind::InvalidEvent && error.message.contains(name), "{error}");
        }
        for other in [json!(null), json!([]), json!({"a": 1}), json!({"Records": "x"}), json!({"Event": "s3:Other"})] {
            assert_eq!(records(other).unwrap_err().kind, ErrorKind::InvalidEvent);
        }
    }
}
