//! Lambda's Runtime API for one process.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use crate::{Kind, body, meter::Meter, server::Answers};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The item, as the state machine hands it over.
const ITEM: &str = r#"{"executionName":"benchmark","canWait":true,"item":{"id":"A1","rank":"nomal","inputBucketName":"000000000000-us-west-2-input-image-bucket","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"hair color is brown, backglound color is white"}}"#;

/// The event of a list that was dropped.
const DROPPED: &str = include_str!("../../../../../events/s3-object-created.json");

/// The Runtime API of one run.
pub struct RuntimeApi {
    event: &'static str,
    meter: Arc<Meter>,
}

impl RuntimeApi {
    pub fn new(kind: Kind, meter: Arc<Meter>) -> Arc<Self> {
        let event = match kind {
            Kind::Generator => ITEM,
            Kind::Trigger => DROPPED,
            Kind::Empty => "{}",
        };
        Arc::new(Self { event, meter })
    }
}

impl Answers for RuntimeApi {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if path.ends_with("/invocation/next") {
            if !self.meter.next() {
                // The process waits for an invocation that never comes, as a frozen one does.
                std::future::pending::<()>().await;
            }
            let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + Duration::from_secs(300);
            return Response::builder()
                .header("content-type", "application/json")
                .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
                .header("lambda-runtime-deadline-ms", deadline.as_millis().to_string())
                .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-west-2:000000000000:function:f")
                .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0")
                .body(Full::new(Bytes::from_static(self.event.as_bytes())))
                .expect("status and headers are valid");
        }
        if path.ends_with("/response") {
            body::drain(request.into_body()).await;
            self.meter.answered();
        } else {
            let path = path.to_owned();
            let said = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            self.meter.failed(format!("{path}: {}", String::from_utf8_lossy(&said)));
        }
        Response::builder().status(202).body(Full::new(Bytes::new())).expect("status and headers are valid")
    }
}
