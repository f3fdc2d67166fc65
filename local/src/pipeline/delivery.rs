//! S3's notification of the trigger: for every object with the suffix `.json` in the list bucket, at least once.

use super::names::{ACCOUNT, LIST_BUCKET, REGION, TRIGGER};
use crate::{
    lambda::{AsyncInvoker, InvokeError},
    s3::{ObjectCreated, event_json},
};
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;

/// What came of a notification.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Key of the list.
    pub key: String,
    /// Tells apart two objects of one key.
    pub sequencer: String,
    /// What the trigger answered; or, after the last try, why it failed.
    pub result: Result<trigger::Output, Arc<str>>,
}

/// Hands every list's event to the trigger, until the store is gone.
pub(crate) async fn deliver(
    mut created: mpsc::UnboundedReceiver<ObjectCreated>,
    invoker: AsyncInvoker,
    deliveries: broadcast::Sender<Delivery>,
) {
    let mut under_way = JoinSet::new();
    while let Some(object) = created.recv().await {
        if object.bucket != LIST_BUCKET || !object.key.ends_with(".json") {
            continue;
        }
        let (invoker, deliveries) = (invoker.clone(), deliveries.clone());
        under_way.spawn(async move {
            let event = event_json(&object, REGION, ACCOUNT).to_string();
            let answer = invoker.deliver(TRIGGER, Bytes::from(event)).await;
            let result = answer.map_err(|err| Arc::from(message_of(&err))).and_then(|payload| {
                serde_json::from_slice(&payload).map_err(|err| Arc::from(format!("the trigger's answer: {err}")))
            });
            // Nobody may be interested.
            let _ = deliveries.send(Delivery { key: object.key, sequencer: object.sequencer, result });
        });
        while under_way.try_join_next().is_some() {}
    }
}

fn message_of(err: &InvokeError) -> String {
    match err {
        InvokeError::Function(error) => String::from_utf8_lossy(&error.payload).into_owned(),
        other => other.to_string(),
    }
}
