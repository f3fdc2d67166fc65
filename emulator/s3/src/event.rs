//! What the store tells of a new object, and the event that S3 makes of it.

use serde::Serialize;
use serde_json::{Value, json};
use time::format_description::well_known::iso8601::{Config, EncodedConfig, Iso8601, TimePrecision};

use crate::ObjectInfo;

/// The operation that created an object, as it stands in the event: without the `s3:` of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum EventName {
    /// PutObject, or a call in this process.
    #[serde(rename = "ObjectCreated:Put")]
    Put,
    /// CopyObject.
    #[serde(rename = "ObjectCreated:Copy")]
    Copy,
    /// CompleteMultipartUpload.
    #[serde(rename = "ObjectCreated:CompleteMultipartUpload")]
    CompleteMultipartUpload,
}

/// An object has been created or replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectCreated {
    /// The bucket.
    pub bucket: String,
    /// The object.
    pub object: ObjectInfo,
    /// 16 upper-case hex digits that grow from version to version, also over a restart.
    pub sequencer: String,
    /// How it was created.
    pub event_name: EventName,
}

const MILLISECONDS: EncodedConfig =
    Config::DEFAULT.set_time_precision(TimePrecision::Second { decimal_digits: std::num::NonZeroU8::new(3) }).encode();

/// The event that S3 sends to a function, with one record.
///
/// `region` and `account_id` are those that the pipeline pretends to run in. The key is form-urlencoded, as S3 does it:
/// a space is `+`, `/` stays. Structure: event version 2.1 of
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>
pub fn event_json(event: &ObjectCreated, region: &str, account_id: &str) -> Value {
    let key: Vec<String> =
        event.object.key.split('/').map(|part| form_urlencoded::byte_serialize(part.as_bytes()).collect()).collect();
    let event_time = event.object.last_modified.to_offset(time::UtcOffset::UTC).format(&Iso8601::<MILLISECONDS>);
    let mut object = json!({
        "key": key.join("/"),
        "size": event.object.size,
        "eTag": event.object.etag,
        "sequencer": event.sequencer,
    });
    if let Some(version_id) = &event.object.version_id {
        object["versionId"] = json!(version_id);
    }
    json!({
        "Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": region,
            "eventTime": event_time.unwrap_or_default(),
            "eventName": event.event_name,
            "userIdentity": { "principalId": format!("AWS:{account_id}") },
            "requestParameters": { "sourceIPAddress": "127.0.0.1" },
            "responseElements": { "x-amz-request-id": event.sequencer, "x-amz-id-2": event.sequencer },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "local",
                "bucket": {
                    "name": event.bucket,
                    "ownerIdentity": { "principalId": account_id },
                    "arn": format!("arn:aws:s3:::{}", event.bucket),
                },
                "object": object,
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::Attributes;

    #[test]
    fn the_event_has_the_structure_that_s3_documents() {
        let created = ObjectCreated {
            bucket: "lists".to_owned(),
            object: ObjectInfo {
                key: "リスト/1 a+b%.json".to_owned(),
                size: 12,
                etag: "d41d8cd98f00b204e9800998ecf8427e".to_owned(),
                last_modified: OffsetDateTime::from_unix_timestamp_nanos(1_700_000_000_123_456_789).unwrap(),
                attributes: Attributes::default(),
                checksum: None,
                version_id: None,
            },
            sequencer: "18A1B2C3D4E5F601".to_owned(),
            event_name: EventName::Put,
        };
        let event = event_json(&created, "ap-northeast-1", "000000000000");
        let expected = r#"{"Records": [{
            "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "ap-northeast-1",
            "eventTime": "2023-11-14T22:13:20.123Z", "eventName": "ObjectCreated:Put",
            "userIdentity": {"principalId": "AWS:000000000000"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": "18A1B2C3D4E5F601", "x-amz-id-2": "18A1B2C3D4E5F601"},
            "s3": {
                "s3SchemaVersion": "1.0", "configurationId": "local",
                "bucket": {
                    "name": "lists", "ownerIdentity": {"principalId": "000000000000"}, "arn": "arn:aws:s3:::lists"
                },
                "object": {
                    "key": "%E3%83%AA%E3%82%B9%E3%83%88/1+a%2Bb%25.json", "size": 12,
                    "eTag": "d41d8cd98f00b204e9800998ecf8427e", "sequencer": "18A1B2C3D4E5F601"
                }
            }
        }]}"#;
        assert_eq!(event, serde_json::from_str::<Value>(expected).unwrap());

        let object = ObjectInfo { version_id: Some("v1".to_owned()), ..created.object.clone() };
        for (event_name, name) in [
            (EventName::Copy, "ObjectCreated:Copy"),
            (EventName::CompleteMultipartUpload, "ObjectCreated:CompleteMultipartUpload"),
        ] {
            let other = ObjectCreated { object: object.clone(), event_name, ..created.clone() };
            let record = &event_json(&other, "us-east-1", "0")["Records"][0];
            assert_eq!((&record["s3"]["object"]["versionId"], &record["eventName"]), (&json!("v1"), &json!(name)));
        }
    }
}
