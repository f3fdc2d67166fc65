//! What `gallery doctor` says of accounts that are ready and of those that are not.

use crate::cli::run;
use crate::fake::{Fake, item};
use serde_json::{Value, json};

#[tokio::test]
async fn an_account_that_is_ready_is_well_throughout() {
    let fake = Fake::start().await;
    let said = run(&fake, &["doctor"]).await;
    let expected = "\
ok    credentials    arn:aws:sts::123456789012:user/me, account 123456789012, region us-east-1
ok    stack          id-list-images is UPDATE_COMPLETE, with 4 outputs
ok    list bucket    123456789012-us-east-1-unprocessed-id-list-bucket
ok    image bucket   123456789012-us-east-1-input-image-bucket
ok    result bucket  123456789012-us-east-1-sfn-distributed-map-result-bucket
ok    state machine  id-list-images-GenerateImages is ACTIVE
ok    model          stability.stable-image-core-v1:1 in us-west-2
ok    model          stability.stable-image-ultra-v1:1 in us-west-2
ok    model          stability.sd3-5-large-v1:0 in us-west-2
ok    price          stability.stable-image-core-v1:1: 0.04 USD in our table; AWS's rate card: 0.04 USD for Image (images generated)
ok    price          stability.stable-image-ultra-v1:1: 0.14 USD in our table; AWS's rate card: 0.14 USD for Image (images generated)
ok    price          stability.sd3-5-large-v1:0: 0.08 USD in our table; AWS's rate card: 0.08 USD for Image (images generated)
ok    concurrency    Lambda runs 1000 functions at once, MaxConcurrency is 50
ok    runs           none of the last 0 failed
";
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), expected), "{}", said.stderr);
}

#[tokio::test]
async fn each_fault_has_the_command_that_mends_it() {
    let fake = Fake::start().await;
    fake.world().account.agreement = "NOT_AVAILABLE";
    fake.world().account.concurrency = 10;
    fake.world().account.stack = Some("UPDATE_ROLLBACK_FAILED");
    let said = run(&fake, &["doctor"]).await;
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    for expected in [
        "FAULT stack          id-list-images is UPDATE_ROLLBACK_FAILED\n    aws cloudformation describe-stack-events",
        "FAULT model          stability.sd3-5-large-v1:0: the agreement with its provider has not been made in us-west-2\n    aws bedrock create-foundation-model-agreement",
        "FAULT concurrency    Lambda runs 10 functions at once in this account, fewer than MaxConcurrency, which is 50\n    aws service-quotas",
    ] {
        assert!(said.stdout.contains(expected), "{expected}\n{}", said.stdout);
    }
    fake.world().account.authorization = "NOT_AUTHORIZED";
    fake.world().account.stack = None;
    let json: Value = serde_json::from_str(&run(&fake, &["doctor", "--json"]).await.stdout).unwrap();
    let check = |name: &str| json["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap();
    assert_eq!((&json["well"], &check("stack")["health"]), (&json!(false), &json!("fault")));
    assert_eq!(check("stack")["detail"], "the stack id-list-images does not exist, or no longer");
    assert!(
        check("stack")["command"].as_str().unwrap().starts_with("sam build && sam deploy --stack-name id-list-images")
    );
    assert!(check("model")["detail"].as_str().unwrap().contains("the account is not authorized in us-west-2"));
}

#[tokio::test]
async fn what_may_not_be_asked_is_not_a_fault() {
    let fake = Fake::start().await;
    fake.world().account.denies = true;
    let said = run(&fake, &["doctor"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    for name in ["stack ", "models ", "concurrency "] {
        let line = said
            .stdout
            .lines()
            .find(|line| line.contains(&format!("-     {name}")))
            .unwrap_or_else(|| panic!("{}", said.stdout));
        assert!(line.contains("may not be asked: AWS denies"), "{line}");
    }
    assert!(said.stdout.contains("0.04 USD in our table; AWS's rate card is not known"), "{}", said.stdout);
}

#[tokio::test]
async fn what_an_endpoint_does_not_have_is_not_a_fault() {
    let fake = Fake::start().await;
    fake.world().account.is_bare = true;
    let said = run(&fake, &["doctor"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    for service in ["CloudFormation", "Bedrock", "the limits of Lambda"] {
        let expected = format!("not available here: {} does not have {service}", fake.url);
        assert!(said.stdout.contains(&expected), "{expected}\n{}", said.stdout);
    }
    assert!(!said.stdout.contains("FAULT"));
}

#[tokio::test]
async fn the_last_failure_is_told_with_its_reason() {
    let fake = Fake::start().await;
    let name = fake.add_run("a.json", &json!([item(&fake.names, "A1", "x")]), "FAILED", [1, 0, 0, 1]);
    let said = run(&fake, &["doctor"]).await;
    let expected =
        format!("runs           the last failure is {name}: NothingMade: no image\n    gallery watch {name}\n");
    assert!(said.code == Some(0) && said.stdout.contains(&expected), "{}", said.stdout);
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_told_once() {
    let fake = Fake::start().await;
    let said = run(&fake, &["--endpoint-url", "http://127.0.0.1:9", "doctor"]).await;
    assert!(said.code == Some(1) && said.stdout.starts_with("FAULT credentials"), "{}", said.stdout);
    assert_eq!(said.stdout.matches("FAULT").count(), 1, "{}", said.stdout);
}
