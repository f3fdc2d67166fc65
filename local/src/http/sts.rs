//! GetCallerIdentity of STS: whose AWS this is. Clients ask it before anything else.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use super::{Body, answer_of};
use crate::pipeline::ACCOUNT;
use hyper::Response;

/// The one action that is served.
pub(super) const ACTION: &str = "GetCallerIdentity";

/// A user named `local` in the account of the pipeline, whatever the credentials are.
pub(super) fn caller_identity() -> Response<Body> {
    let request_id = uuid::Uuid::new_v4();
    let answer = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>arn:aws:iam::{ACCOUNT}:user/local</Arn><UserId>AIDALOCAL</UserId><Account>{ACCOUNT}</Account>\
         </GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>"
    );
    answer_of(200, "text/xml", answer)
}
