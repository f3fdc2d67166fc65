//! What the state machine calls: the functions and the buckets of this pipeline.

use super::{blocking, names::GENERATOR};
use bytes::Bytes;
use emulator_lambda::{Functions, InvokeError};
use emulator_s3::{Attributes, ObjectInfo, Store, StoreError};
use emulator_step_functions::TaskError;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use time::format_description::well_known::Rfc3339;

/// The services of one pipeline.
#[derive(Clone)]
pub(crate) struct PipelineServices {
    pub(crate) store: Store,
    pub(crate) functions: Arc<Functions>,
    made_buckets: Arc<Mutex<BTreeSet<String>>>,
}

/// The field of an item that says where its image goes, in the state machine's envelope or without it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(borrow)]
    item: Option<Box<Payload<'a>>>,
    #[serde(borrow)]
    input_bucket_name: Option<std::borrow::Cow<'a, str>>,
}

impl PipelineServices {
    pub(crate) fn new(store: Store, functions: Arc<Functions>) -> Self {
        Self { store, functions, made_buckets: Arc::default() }
    }

    /// Buckets that were made since because a list names them.
    pub(crate) fn take_made_buckets(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.made_buckets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// On AWS the buckets that a list names are somebody's; here they are made.
    async fn make_bucket_of(&self, item: Payload<'_>) -> Result<(), TaskError> {
        let Some(bucket) = item.input_bucket_name else { return Ok(()) };
        // A look at a folder is quicker than another thread; and a function of a bucket that is there is invoked without a wait.
        if self.store.bucket_exists(&bucket).unwrap_or(false) {
            return Ok(());
        }
        let bucket = bucket.into_owned();
        let made = self.blocking({
            let bucket = bucket.clone();
            move |store| store.create_bucket(&bucket)
        });
        match made.await {
            Ok(true) => {
                self.made_buckets.lock().unwrap_or_else(PoisonError::into_inner).insert(bucket);
                Ok(())
            }
            // A name that cannot be a bucket's: the generator says so, of the item.
            Ok(false) | Err(StoreError::InvalidBucketName { .. }) => Ok(()),
            Err(err) => Err(of_s3(&err)),
        }
    }

    async fn open_version(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> Result<(File, ObjectInfo), StoreError> {
        let (bucket, key, version_id) = (bucket.to_owned(), key.to_owned(), version_id.map(str::to_owned));
        self.blocking(move |store| store.open_version(&bucket, &key, version_id.as_deref())).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.clone();
        blocking(move || work(&store)).await
    }
}

impl emulator_step_functions::Services for PipelineServices {
    async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        if function.ends_with(GENERATOR)
            && let Ok(mut item) = serde_json::from_slice::<Payload<'_>>(&payload)
        {
            item = item.item.take().map_or(item, |item| *item);
            self.make_bucket_of(item).await?;
        }
        self.functions.invoke(function, Bytes::from(payload)).await.map_err(|err| match err {
            InvokeError::Function(error) => {
                TaskError { error: error.error_type, cause: String::from_utf8_lossy(&error.payload).into_owned() }
            }
            err @ InvokeError::NotFound(_) => {
                TaskError { error: "Lambda.ResourceNotFoundException".into(), cause: err.to_string() }
            }
            err @ InvokeError::NotStarted { .. } => {
                TaskError { error: "Lambda.ServiceException".into(), cause: err.to_string() }
            }
        })
    }

    async fn put_object(
        &self,
        bucket: &str,
        key: &str,
        content_type: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Value, TaskError> {
        let attributes = content_type.map_or_else(Attributes::default, Attributes::of_type);
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        let object = self.blocking(move |store| store.put(&bucket, &key, &body, attributes)).await;
        let object = object.map_err(|err| of_s3(&err))?;
        let mut output = json!({"ETag": format!("\"{}\"", object.etag)});
        set_version_id(&mut output, object.version_id);
        Ok(output)
    }

    async fn head_object(&self, bucket: &str, key: &str, version_id: Option<&str>) -> Result<Value, TaskError> {
        let object = self.open_version(bucket, key, version_id).await.map_err(|err| of_head(&err))?.1;
        let last_modified = object.last_modified.replace_nanosecond(0).unwrap_or(object.last_modified);
        let mut output = json!({
            "AcceptRanges": "bytes",
            "ContentLength": object.size,
            "ContentType": object.attributes.content_type,
            "ETag": format!("\"{}\"", object.etag),
            "LastModified": last_modified.format(&Rfc3339).unwrap_or_default(),
            "Metadata": object.attributes.metadata,
        });
        set_version_id(&mut output, object.version_id);
        Ok(output)
    }

    async fn open_object(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> Result<Box<dyn Read + Send>, TaskError> {
        let opened = self.open_version(bucket, key, version_id).await;
        opened.map(|(file, _)| Box::new(BufReader::new(file)) as _).map_err(|err| of_s3(&err))
    }

    async fn put_file(&self, bucket: &str, key: &str, path: &Path) -> Result<(), TaskError> {
        let (bucket, key, path) = (bucket.to_owned(), key.to_owned(), path.to_owned());
        let attributes = Attributes::of_type("application/json");
        let stored = self.blocking(move |store| store.put_file(&bucket, &key, &path, attributes)).await;
        stored.map(drop).map_err(|err| of_s3(&err))
    }
}

/// An S3 error as the AWS SDK integrations name it: by the exception of the AWS SDK for Java, which has one for few codes.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html>
fn of_s3(err: &StoreError) -> TaskError {
    let (error, cause) = match err.code() {
        code @ ("NoSuchBucket" | "NoSuchKey") => (format!("S3.{code}Exception"), err.to_string()),
        code => ("S3.S3Exception".to_owned(), format!("{code}: {err}")),
    };
    TaskError { error, cause }
}

/// An S3 error of HeadObject: an answer to HEAD has no body, so whatever is not there is a key that is not there.
fn of_head(err: &StoreError) -> TaskError {
    match err.status() {
        404 => TaskError { error: "S3.NoSuchKeyException".to_owned(), cause: err.to_string() },
        _ => of_s3(err),
    }
}

fn set_version_id(output: &mut Value, version_id: Option<String>) {
    if let Some(version_id) = version_id {
        output["VersionId"] = version_id.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use emulator_s3::DEFAULT_MAX_OBJECT_BYTES;
    use emulator_step_functions::Services as _;

    fn services(folder: &Path) -> PipelineServices {
        let store = Store::new(folder, DEFAULT_MAX_OBJECT_BYTES).unwrap();
        store.create_bucket("plain").unwrap();
        store.create_bucket("versioned").unwrap();
        store.enable_versioning("versioned").unwrap();
        PipelineServices::new(store, Arc::new(Functions::new(Vec::new(), 1.0)))
    }

    #[tokio::test]
    async fn objects_are_put_described_and_read_by_version() {
        let folder = tempfile::tempdir().unwrap();
        let services = services(folder.path());
        let put = async |text: &str| services.put_object("versioned", "a", None, text.into()).await.unwrap();
        let (one, two) = (put("[1]").await, put("[2, 2]").await);
        for (version_id, text, put) in [(None, "[2, 2]", &two), (one["VersionId"].as_str(), "[1]", &one)] {
            let opened = services.open_object("versioned", "a", version_id).await.unwrap();
            assert_eq!(std::io::read_to_string(opened).unwrap(), text);
            let head = services.head_object("versioned", "a", version_id).await.unwrap();
            let expected = (&json!(text.len()), &put["ETag"], &put["VersionId"]);
            assert_eq!((&head["ContentLength"], &head["ETag"], &head["VersionId"]), expected);
        }
        assert_ne!(one["VersionId"], two["VersionId"]);
        assert_eq!(services.put_object("plain", "a", None, vec![]).await.unwrap().get("VersionId"), None);
    }

    #[tokio::test]
    async fn errors_have_the_names_of_the_sdk_integrations() {
        let folder = tempfile::tempdir().unwrap();
        let services = services(folder.path());
        let error = |result: Result<Value, TaskError>| result.unwrap_err().error;
        assert_eq!(error(services.put_object("missing", "a", None, vec![]).await), "S3.NoSuchBucketException");
        assert_eq!(error(services.head_object("plain", "a", None).await), "S3.NoSuchKeyException");
        assert_eq!(error(services.head_object("missing", "a", None).await), "S3.NoSuchKeyException");
        assert_eq!(error(services.put_object("plain", "", None, vec![]).await), "S3.S3Exception");
        let failed = async |bucket, version_id| services.open_object(bucket, "a", version_id).await.err().unwrap();
        assert_eq!(failed("missing", None).await.error, "S3.NoSuchBucketException");
        assert_eq!(failed("plain", None).await.error, "S3.NoSuchKeyException");
        let unknown = failed("versioned", Some("unknown")).await;
        assert_eq!(unknown.error, "S3.S3Exception");
        assert!(unknown.cause.starts_with("NoSuchVersion: "), "{unknown}");
    }
}
