//! What the state machine calls: the functions and the buckets of this pipeline.

use super::names::GENERATOR;
use crate::{
    bedrock::ItemName,
    faults::Faults,
    lambda::{Functions, InvokeError},
    s3::{Attributes, Store, StoreError},
    states::{self, TaskError},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The services of one pipeline.
#[derive(Clone)]
pub struct Services {
    store: Store,
    functions: Arc<Functions>,
    made_buckets: Arc<Mutex<BTreeSet<String>>>,
    faults: Arc<Faults>,
}

/// The fields of an item that say who it is and where its image goes, in the state machine's envelope or without it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(borrow)]
    item: Option<Box<Payload<'a>>>,
    #[serde(borrow)]
    input_bucket_name: Option<std::borrow::Cow<'a, str>>,
    #[serde(flatten)]
    name: ItemName,
}

/// The answer of a generator whose item has to wait for its turn and comes back.
#[derive(Deserialize)]
struct Later {
    #[serde(rename = "waitSeconds")]
    _wait_seconds: u64,
}

impl Services {
    pub(crate) fn new(store: Store, functions: Arc<Functions>, faults: Arc<Faults>) -> Self {
        Self { store, functions, made_buckets: Arc::default(), faults }
    }

    /// Buckets that were made because a list names them.
    #[must_use]
    pub fn made_buckets(&self) -> Vec<String> {
        self.made_buckets.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
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
            // A name that can not be a bucket's: the generator says so, of the item.
            Ok(false) | Err(StoreError::InvalidBucketName { .. }) => Ok(()),
            Err(err) => Err(of_s3(&err)),
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(result) => result,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
}

impl states::Services for Services {
    async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        let mut may_wait = None;
        if function.ends_with(GENERATOR)
            && let Ok(mut item) = serde_json::from_slice::<Payload<'_>>(&payload)
        {
            item = item.item.take().map_or(item, |item| *item);
            may_wait = self.faults.invoked(&item.name);
            self.make_bucket_of(item).await?;
        }
        let answer = self.functions.invoke(function, Bytes::from(payload)).await;
        if let (Some(item), Ok(answer)) = (may_wait, &answer)
            && serde_json::from_slice::<Later>(answer).is_ok()
        {
            self.faults.waits(item);
        }
        answer.map_err(|err| match err {
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
        object.map(|object| json!({"ETag": object.etag})).map_err(|err| of_s3(&err))
    }

    async fn open_object(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> Result<Box<dyn Read + Send>, TaskError> {
        if version_id.is_some_and(|version| version != "null") {
            let cause = format!("the bucket {bucket} has no versions here");
            return Err(TaskError { error: "S3.NoSuchVersion".into(), cause });
        }
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        let opened = self.blocking(move |store| store.open(&bucket, &key)).await;
        opened.map(|(file, _)| Box::new(BufReader::new(file)) as _).map_err(|err| of_s3(&err))
    }

    async fn put_file(&self, bucket: &str, key: &str, path: &Path) -> Result<(), TaskError> {
        let (bucket, key, path) = (bucket.to_owned(), key.to_owned(), path.to_owned());
        let attributes = Attributes::of_type("application/json");
        let stored = self.blocking(move |store| store.put_file(&bucket, &key, &path, attributes)).await;
        stored.map(drop).map_err(|err| of_s3(&err))
    }
}

/// An S3 error as the AWS SDK integrations name it.
fn of_s3(err: &StoreError) -> TaskError {
    TaskError { error: format!("S3.{}", err.code()), cause: err.to_string() }
}
