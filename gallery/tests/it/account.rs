//! The part of the stand-in that `doctor` asks: STS, CloudFormation, Lambda's limits, Bedrock's models.

use crate::fake::{ACCOUNT, Fake, xml};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An account that is ready, unless a test changes it.
#[derive(Debug)]
pub(crate) struct Account {
    /// Status of the stack, if there is one.
    pub(crate) stack: Option<&'static str>,
    pub(crate) max_concurrency: u64,
    pub(crate) concurrency: u64,
    pub(crate) agreement: &'static str,
    pub(crate) authorization: &'static str,
    pub(crate) region: &'static str,
    /// Only STS answers; the others deny.
    pub(crate) denies: bool,
    /// Only STS answers; the others do not exist, as at an endpoint of S3 alone.
    pub(crate) is_bare: bool,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            stack: Some("UPDATE_COMPLETE"),
            max_concurrency: 50,
            concurrency: 1000,
            agreement: "AVAILABLE",
            authorization: "AUTHORIZED",
            region: "AVAILABLE",
            denies: false,
            is_bare: false,
        }
    }
}

/// Action and resource of such a request.
pub(crate) fn permission(path: &str, body: &str) -> Option<(String, String)> {
    let anything = |action: &str| Some((action.to_owned(), "*".to_owned()));
    match path {
        "/2016-08-19/account-settings" => anything("lambda:GetAccountSettings"),
        path if path.starts_with("/foundation-model-availability/") => {
            anything("bedrock:GetFoundationModelAvailability")
        }
        path if path.starts_with("/list-foundation-model-agreement-offers/") => {
            anything("bedrock:ListFoundationModelAgreementOffers")
        }
        "/" if body.contains("Action=DescribeStacks") => {
            let name = body.split('&').find_map(|pair| pair.strip_prefix("StackName=")).unwrap();
            let stack = format!("arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/{name}/0");
            Some(("cloudformation:DescribeStacks".to_owned(), stack))
        }
        _ => None,
    }
}

pub(crate) fn answer(fake: &Fake, path: &str, body: &str) -> Option<Response> {
    if path == "/" && body.contains("Action=GetCallerIdentity") {
        let identity =
            format!("<Arn>arn:aws:sts::{ACCOUNT}:user/me</Arn><Account>{ACCOUNT}</Account><UserId>u</UserId>");
        return Some(xml(StatusCode::OK, &result("GetCallerIdentity", &identity)));
    }
    let (action, _) = permission(path, body)?;
    let world = fake.world();
    let account = &world.account;
    if account.is_bare {
        return Some(xml(StatusCode::NOT_FOUND, "<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>"));
    }
    if account.denies && path == "/" {
        return Some(xml(StatusCode::FORBIDDEN, &query_error("AccessDenied", &format!("no {action}"))));
    }
    if account.denies {
        let body = json!({"message": format!("no {action}")}).to_string();
        return Some((StatusCode::FORBIDDEN, [("x-amzn-errortype", "AccessDeniedException")], body).into_response());
    }
    Some(match action.as_str() {
        "cloudformation:DescribeStacks" => stack(fake, account),
        "lambda:GetAccountSettings" => json(&json!({"AccountLimit": {"TotalCodeSize": 1, "CodeSizeUnzipped": 1,
            "CodeSizeZipped": 1, "ConcurrentExecutions": account.concurrency}})),
        "bedrock:GetFoundationModelAvailability" => {
            json(&json!({"modelId": "m", "entitlementAvailability": account.agreement,
            "agreementAvailability": {"status": account.agreement}, "authorizationStatus": account.authorization,
            "regionAvailability": account.region}))
        }
        _ => offers(path),
    })
}

fn stack(fake: &Fake, account: &Account) -> Response {
    let Some(status) = account.stack else {
        let error = query_error("ValidationError", "Stack with id id-list-images does not exist");
        return xml(StatusCode::BAD_REQUEST, &error);
    };
    let names = &fake.names;
    let outputs = [
        ("ListBucketName", names.list_bucket()),
        ("ImageBucketName", names.image_bucket()),
        ("ResultBucketName", names.result_bucket()),
        ("StateMachineArn", names.state_machine_arn()),
    ];
    let output = |(name, value): &(&str, String)| {
        format!("<member><OutputKey>{name}</OutputKey><OutputValue>{value}</OutputValue></member>")
    };
    let outputs = outputs.iter().map(output).collect::<String>();
    let max = account.max_concurrency;
    let parameter =
        format!("<member><ParameterKey>MaxConcurrency</ParameterKey><ParameterValue>{max}</ParameterValue></member>");
    let stack = format!(
        "<Stacks><member><StackName>id-list-images</StackName><StackStatus>{status}</StackStatus>\
         <CreationTime>2026-11-01T00:00:00Z</CreationTime><Parameters>{parameter}</Parameters><Outputs>{outputs}</Outputs></member></Stacks>"
    );
    xml(StatusCode::OK, &result("DescribeStacks", &stack))
}

fn offers(path: &str) -> Response {
    let price = match path {
        path if path.contains("core") => "0.04",
        path if path.contains("ultra") => "0.14",
        _ => "0.08",
    };
    let card = json!([{"dimension": "d", "price": price, "description": "images generated", "unit": "Image"}]);
    let terms = json!({"usageBasedPricingTerm": {"rateCard": card}, "legalTerm": {}, "supportTerm": {}});
    json(&json!({"modelId": "m", "offers": [{"offerId": "o", "offerToken": "t", "termDetails": terms}]}))
}

fn json(value: &Value) -> Response {
    ([("content-type", "application/json")], value.to_string()).into_response()
}

fn result(operation: &str, content: &str) -> String {
    format!("<{operation}Response><{operation}Result>{content}</{operation}Result></{operation}Response>")
}

fn query_error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    )
}
