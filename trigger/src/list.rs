//! The list in S3, read and put through the checks that `idlist check` makes.

use crate::{
    cause::cause_of,
    error::{Error, ErrorKind},
    record::ListObject,
};
use aws_sdk_s3::{Client, operation::get_object::GetObjectError};
use idlist::{CheckOptions, Report, check_slice};

/// Checks a list; `None` when it is gone: deleted since the event.
///
/// # Errors
/// `ListNotRead` when S3 denies, or fails for a passing reason.
pub(crate) async fn check(s3: &Client, list: &ListObject, options: CheckOptions) -> Result<Option<Report>, Error> {
    let object =
        s3.get_object().bucket(&list.bucket).key(&list.key).set_version_id(list.version_id.clone()).send().await;
    let mut body = match object {
        Ok(object) => object.body,
        Err(err) if err.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
        Err(err) => return Err(not_read(list, &cause_of(&err))),
    };
    let mut bytes = Vec::new();
    while let Some(part) = body.next().await {
        bytes.extend_from_slice(&part.map_err(|err| not_read(list, &err))?);
    }
    Ok(Some(check_slice(&bytes, options)))
}

fn not_read(list: &ListObject, err: &dyn std::fmt::Display) -> Error {
    let ListObject { bucket, key, .. } = list;
    Error::new(ErrorKind::ListNotRead, format!("the list s3://{bucket}/{key} could not be read: {err}"))
}
