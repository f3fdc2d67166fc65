//! Lambda's Runtime API for one process.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use crate::{Kind, Problem, body, meter::Meter, server::Answers};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The input of the generator, as the state machine passes it on.
const ITEM: &str = r#"{"executionName":"benchmark","canWait":true,"item":{"id":"A1","rank":"nomal","inputBucketName":"000000000000-us-west-2-input-image-bucket","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"hair color is brown, backglound color is white"}}"#;

/// The notification of a list that was dropped, without the version that the deployed bucket adds.
const DROPPED: &str = include_str!("../../../../../events/s3-object-created.json");

/// The Runtime API of one run.
pub struct RuntimeApi {
    event: Bytes,
    meter: Arc<Meter>,
}

impl RuntimeApi {
    pub fn new(kind: Kind, meter: Arc<Meter>) -> Result<Arc<Self>, Problem> {
        let event = match kind {
            Kind::Generator => ITEM.into(),
            Kind::Trigger => {
                let mut event: Value = serde_json::from_str(DROPPED)?;
                event["Records"][0]["s3"]["object"]["versionId"] = "096fKKXTRTtl3on89fVO.nfljtsv6qko".into();
                event.to_string().into()
            }
        };
        Ok(Arc::new(Self { event, meter }))
    }
}

impl Answers for RuntimeApi {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if path.ends_with("/invocation/next") {
            if !self.meter.next() {
                // No further invocation comes, and the process waits for one until it is ended.
                std::future::pending::<()>().await;
            }
            let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + Duration::from_secs(300);
            return Response::builder()
                .header("content-type", "application/json")
                .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
                .header("lambda-runtime-deadline-ms", deadline.as_millis().to_string())
                .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-west-2:000000000000:function:f")
                .header("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0")
                .body(Full::new(self.event.clone()))
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
