//! A rejected list: its report, stored where the results are.

use crate::{Error, ErrorKind, event::List, execution::list_hash, handler::cause_of};
use aws_sdk_s3::{Client, primitives::ByteStream};
use idlist::Report;
use serde::Serialize;

/// Longest object key. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const MAX_KEY_BYTES: usize = 1024;

/// What is stored of a rejected list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rejection<'a> {
    bucket_name: &'a str,
    bucket_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<&'a str>,
    #[serde(flatten)]
    report: &'a Report,
}

/// Stores the report of a rejected list and returns its key.
///
/// # Errors
/// `ReportNotStored` when S3 denies, or fails transiently.
pub(crate) async fn store(s3: &Client, bucket: &str, list: &List, report: &Report) -> Result<String, Error> {
    let key = report_key(list);
    let not_stored = |err: &dyn std::fmt::Display| {
        Error::new(
            ErrorKind::ReportNotStored,
            format!("the report of the rejected list s3://{}/{} could not be stored: {err}", list.bucket, list.key),
        )
    };
    let rejection =
        Rejection { bucket_name: &list.bucket, bucket_key: &list.key, version_id: list.version_id.as_deref(), report };
    let body = serde_json::to_vec_pretty(&rejection).map_err(|err| not_stored(&err))?;
    s3.put_object()
        .bucket(bucket)
        .key(&key)
        .content_type("application/json")
        .body(ByteStream::from(body))
        .send()
        .await
        .map_err(|err| not_stored(&cause_of(&err)))?;
    Ok(key)
}

/// `rejected/<bucketKey>.<hash>.json`, with a very long key cut.
fn report_key(list: &List) -> String {
    let hash = list_hash(list);
    let room = MAX_KEY_BYTES - "rejected/".len() - 1 - hash.len() - ".json".len();
    let key = &list.key[..list.key.floor_char_boundary(room)];
    format!("rejected/{key}.{hash}.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_for(key: &str) -> String {
        let list = List {
            bucket: "lists".into(),
            key: key.into(),
            version_id: None,
            sequencer: Some("1".into()),
            e_tag: None,
        };
        report_key(&list)
    }

    #[test]
    fn the_report_is_found_by_the_name_of_the_list() {
        let key = key_for("cards/vip.json");
        assert!(key.starts_with("rejected/cards/vip.json.") && key.ends_with(".json"), "{key}");
        assert_eq!(key.len(), "rejected/cards/vip.json.".len() + 32 + ".json".len());
    }

    #[test]
    fn a_very_long_key_is_cut_between_characters() {
        let key = key_for(&"リ".repeat(341));
        assert!(key.len() <= 1024 && key.len() > 1018, "{}", key.len());
    }
}
