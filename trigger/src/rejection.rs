//! A rejected list: its report, stored where the results are.

use crate::{Error, ErrorKind, event::List, execution::version, handler::cause_of};
use aws_sdk_s3::{Client, primitives::ByteStream};
use idlist::Report;
use serde::Serialize;

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
    let key = idlist::rejection_key(&list.bucket, &list.key, version(list));
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
