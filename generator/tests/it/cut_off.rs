//! Answers of the model that do not come whole.

use crate::aws::{Aws, event, item};
use aws_smithy_types::body::SdkBody;
use generator::{Config, ErrorKind};
use hyper::body::{Body, Bytes, Frame};
use serde_json::json;
use std::io::{Error, ErrorKind::ConnectionReset};
use std::pin::Pin;
use std::task::{Context, Poll};

/// What comes after the beginning of an answer.
#[derive(Clone, Copy)]
pub enum Then {
    /// The connection is gone.
    BreaksOff,
    /// Nothing, ever.
    Hangs,
}

struct Begun {
    beginning: Option<Bytes>,
    then: Then,
}

/// The beginning of a body.
pub fn begun(body: &[u8], then: Then) -> SdkBody {
    let beginning = Bytes::copy_from_slice(&body[..body.len() / 2]);
    SdkBody::from_body_1_x(Begun { beginning: Some(beginning), then })
}

impl Body for Begun {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match (self.beginning.take(), self.then) {
            (Some(bytes), _) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (None, Then::BreaksOff) => Poll::Ready(Some(Err(ConnectionReset.into()))),
            (None, Then::Hangs) => Poll::Pending,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_whole_is_model_failed_and_nothing_is_stored() {
    for (then, why) in [(Then::BreaksOff, "connection reset"), (Then::Hangs, "timed out")] {
        let aws = Aws::new();
        *aws.then.lock().unwrap() = Some(then);
        let begun = tokio::time::Instant::now();
        let app = aws.app(Config::default());
        let error = generator::handle(&app, event(item(json!({})))).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::ModelFailed);
        assert!(error.message.contains("item A1 of rank nomal: no answer from Bedrock"), "{error}");
        assert!(error.message.contains(why), "{error}");
        assert!(aws.objects.lock().unwrap().is_empty());
        // Ten of the 120 seconds that the function has are kept for storing.
        assert!(begun.elapsed() < std::time::Duration::from_secs(111), "{:?}", begun.elapsed());
    }
}
