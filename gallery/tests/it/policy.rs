//! The policy in docs/gallery-policy.json, enforced on every request that the stand-in gets.

use crate::fake::ACCOUNT;
use axum::http::Method;
use serde_json::Value;

/// Whether the policy allows an action on a resource.
pub(crate) fn allows(action: &str, resource: &str) -> bool {
    let policy = include_str!("../../../docs/gallery-policy.json");
    let policy = policy.replace("ACCOUNT", ACCOUNT).replace("REGION", "us-east-1").replace("STACK", "id-list-images");
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let has = |statement: &Value, field: &str, is_it: &dyn Fn(&str) -> bool| {
        statement[field].as_array().unwrap().iter().any(|value| is_it(value.as_str().unwrap()))
    };
    policy["Statement"].as_array().unwrap().iter().any(|statement| {
        has(statement, "Action", &|known| known == action)
            && has(statement, "Resource", &|pattern| matches(pattern, resource))
    })
}

/// `*` in a pattern stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| matches(after, rest)))),
    }
}

/// Action and resource of a request to Step Functions.
pub(crate) fn of_states(operation: &str, request: &Value) -> (String, String) {
    let arn = ["executionArn", "mapRunArn", "stateMachineArn"].iter().find_map(|name| request[*name].as_str());
    (format!("states:{operation}"), arn.unwrap_or_default().to_owned())
}

/// Action and resource of a request to S3.
pub(crate) fn of_objects(method: &Method, path: &str, query: &str) -> (String, String) {
    let action = match *method {
        Method::HEAD => "s3:ListBucket",
        _ if query.contains("list-type=2") => "s3:ListBucket",
        Method::PUT => "s3:PutObject",
        _ if query.contains("versionId=") => "s3:GetObjectVersion",
        _ => "s3:GetObject",
    };
    (action.to_owned(), format!("arn:aws:s3:::{}", path.trim_matches('/')))
}

#[test]
fn the_policy_allows_no_more_than_it_says() {
    let bucket = format!("arn:aws:s3:::{ACCOUNT}-us-east-1-input-image-bucket");
    assert!(allows("s3:GetObject", &format!("{bucket}/vip/A1/a.png")));
    assert!(!allows("s3:PutObject", &format!("{bucket}/vip/A1/a.png")));
    assert!(!allows("s3:GetObject", "arn:aws:s3:::other/vip/A1/a.png"));
    assert!(!allows(
        "states:StartExecution",
        &format!("arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:id-list-images-GenerateImages")
    ));
}
