//! S3's notification of the trigger: for every object that is created in the list bucket, at least once.

use super::names::TRIGGER;
use super::outbox::{Notification, Outbox};
use bytes::Bytes;
use emulator_lambda::{Functions, InvokeError, TRIES};
use std::path::PathBuf;
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
    /// Where the event is kept if the trigger failed every time.
    pub given_up: Option<PathBuf>,
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
            let answer = functions.deliver(TRIGGER, Bytes::from(notification.event.to_string())).await;
            let given_up = match &answer {
                Ok(_) => {
                    outbox.taken(&notification);
                    None
                }
                // What cannot be put aside waits on, as what Lambda itself could not deliver.
                Err(InvokeError::Function(error)) => outbox.give_up(&notification, TRIES, error).ok(),
                Err(_) => None,
            };
            let result = answer.map_err(|err| Arc::from(message_of(&err))).and_then(|payload| {
                serde_json::from_slice(&payload).map_err(|err| Arc::from(format!("the trigger's answer: {err}")))
            });
            let Notification { key, sequencer, .. } = notification;
            // Nobody may be interested.
            let _ = deliveries.send(Delivery { key, sequencer, result, given_up });
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
