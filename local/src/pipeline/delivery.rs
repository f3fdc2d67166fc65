//! S3's notification of the trigger: for every object that is created in the list bucket, at least once.

use super::names::TRIGGER;
use super::outbox::{Notification, Outbox};
use bytes::Bytes;
use emulator_lambda::{Functions, InvokeError};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;

/// What came of a notification.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Key of the list.
    pub(crate) key: String,
    /// What the trigger answered; or, after the last try, why it failed.
    pub(crate) result: Result<trigger::Output, String>,
    /// Where the event is kept if the trigger failed every time.
    pub(crate) given_up: Option<PathBuf>,
}

/// Hands every list's event to the trigger, until the task is ended.
pub(crate) async fn deliver(
    mut created: mpsc::UnboundedReceiver<Notification>,
    outbox: Outbox,
    functions: Arc<Functions>,
    deliveries: broadcast::Sender<Delivery>,
) {
    let mut under_way = JoinSet::new();
    while let Some(notification) = created.recv().await {
        let (outbox, functions, deliveries) = (outbox.clone(), Arc::clone(&functions), deliveries.clone());
        under_way.spawn(async move {
            let (result, given_up) = match functions.deliver(TRIGGER, Bytes::from(notification.event.to_string())).await
            {
                Ok(answer) => {
                    outbox.taken(&notification);
                    (serde_json::from_slice(&answer).map_err(|err| format!("the trigger's answer: {err}")), None)
                }
                // What cannot be put aside waits on, as what Lambda itself could not deliver.
                Err(InvokeError::Function(error)) => {
                    let message = String::from_utf8_lossy(&error.payload).into_owned();
                    (Err(message), outbox.give_up(&notification, &error).ok())
                }
                Err(err) => (Err(err.to_string()), None),
            };
            // Nobody may be interested.
            let _ = deliveries.send(Delivery { key: notification.key, result, given_up });
        });
        while under_way.try_join_next().is_some() {}
    }
}
