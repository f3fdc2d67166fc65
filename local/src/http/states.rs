//! Step Functions: AWS JSON 1.0 over HTTP.

use super::{Body, answer_of, whole};
use crate::pipeline::Services;
use emulator_step_functions::Executions;
use hyper::{Request, Response, body::Incoming};

/// Largest request of Step Functions: 1 MB. <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const MAX_REQUEST_BYTES: usize = 1024 * 1024;

pub(super) async fn answer(
    executions: &Executions<Services>,
    target: &str,
    request: Request<Incoming>,
) -> Response<Body> {
    let Some(body) = whole(request.into_body(), MAX_REQUEST_BYTES).await else {
        let too_large = r#"{"__type":"ValidationException","message":"the request is larger than 1 MB"}"#;
        return answer_of(400, "application/x-amz-json-1.0", too_large);
    };
    let (status, body) = executions.handle(target, &body).await;
    answer_of(status, "application/x-amz-json-1.0", body)
}
