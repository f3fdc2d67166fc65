//! `gallery doctor`: whether the account is ready, before a cent is spent.

use super::{Exit, follow, print_json, print_text};
use crate::Error;
use crate::aws::{Aws, Connection};
use crate::cli::DoctorArgs;
use crate::model::{RunStatus, prices};
use crate::service::Gallery;
use serde::Serialize;

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Health {
    Well,
    Fault,
    /// The caller may not ask, or this program does not.
    Unknown,
}

/// One line of the report.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    health: Health,
    detail: String,
    /// The command that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

pub(super) async fn run(connection: &Connection, args: &DoctorArgs, json: bool) -> Result<Exit, Error> {
    let mut checks = Vec::new();
    let gallery = match Aws::connect(connection).await {
        Ok(aws) => Some(Gallery::new(aws)),
        Err(error) => {
            let mend = match error {
                Error::NoRegion => "export AWS_REGION=us-east-1",
                _ => "aws sso login    # or: aws configure",
            };
            checks.push(fault("credentials", error.to_string(), mend.to_owned()));
            None
        }
    };
    if let Some(gallery) = &gallery {
        look(gallery, connection, &mut checks).await;
    }
    let is_well = checks.iter().all(|check| check.health != Health::Fault);
    if json && !args.r#try {
        print_json(&serde_json::json!({"well": is_well, "checks": checks}));
    } else if !json {
        print_text(&checks.iter().map(line).collect::<String>());
    }
    match gallery {
        Some(gallery) if args.r#try && is_well => try_one(&gallery, json).await,
        _ => Ok(if is_well { Exit::Good } else { Exit::Problems }),
    }
}

async fn look(gallery: &Gallery, connection: &Connection, checks: &mut Vec<Check>) {
    let (aws, names) = (&gallery.aws, &gallery.aws.names);
    let place = format!("account {}, region {}", names.account, names.region);
    checks.push(match aws.caller().await {
        Ok(arn) => well("credentials", format!("{arn}, {place}")),
        Err(error @ (Error::NoCredentials | Error::BadCredentials(_) | Error::Unreachable { .. })) => {
            fault("credentials", error.to_string(), "aws sso login    # or: aws configure".to_owned())
        }
        Err(error) => unknown("credentials", format!("{place}; who calls is not told ({error})"), None),
    });
    let deploy = "sam build --config-file sam/samconfig.toml && sam deploy --guided --config-file sam/samconfig.toml";
    for (name, bucket) in [
        ("list bucket", names.list_bucket()),
        ("image bucket", names.image_bucket()),
        ("result bucket", names.result_bucket()),
    ] {
        checks.push(of(name, aws.check_bucket(&bucket).await.map(|()| bucket), deploy));
    }
    let machine = aws.state_machine_status().await;
    let machine = machine.map(|status| format!("{} is {status}", names.state_machine));
    checks.push(of(
        "state machine",
        machine,
        &format!("{deploy}    # or give --stack; now it is {:?}", connection.stack),
    ));
    look_at_runs(gallery, checks).await;
    let models: Vec<&str> = idlist::models::MODELS.iter().map(|model| model.id).collect();
    let ask =
        |model: &&str| format!("aws bedrock get-foundation-model-availability --region us-west-2 --model-id {model}");
    let commands = models.iter().map(ask).collect::<Vec<_>>().join("\n    ");
    checks.push(unknown(
        "models",
        "access is not asked by this version; --try makes one picture, or ask with".to_owned(),
        Some(commands),
    ));
    let price = |(model, usd): (&&str, &f64)| format!("{model} {usd} USD");
    let prices = prices().iter().map(price).collect::<Vec<_>>().join(", ");
    checks.push(unknown("prices", format!("one picture by our table, which AWS is not asked about: {prices}"), None));
}

/// The last failure, and the concurrency of the last run.
async fn look_at_runs(gallery: &Gallery, checks: &mut Vec<Check>) {
    let page = match gallery.aws.list_runs(20, None).await {
        Ok(page) => page,
        Err(error) => return checks.push(of("runs", Err(error), "gallery runs")),
    };
    let failed = page.runs.iter().find(|run| matches!(run.status, RunStatus::Failed | RunStatus::TimedOut));
    checks.push(match failed {
        None => well("runs", format!("{} seen, none failed", page.runs.len())),
        Some(failed) => {
            let run = gallery.aws.describe_run(&failed.name).await.unwrap_or_else(|_| failed.clone());
            let [error, cause] = [run.error, run.cause].map(Option::unwrap_or_default);
            let detail = format!("the last that failed: {}, {error}: {cause}", failed.name);
            unknown("runs", detail, Some(format!("gallery watch {}", failed.name)))
        }
    });
    let latest = match page.runs.first() {
        Some(run) => gallery.aws.describe_run(&run.name).await.ok().and_then(|run| run.max_concurrency),
        None => None,
    };
    let latest = latest.map_or(String::new(), |max| format!("the last run had MaxConcurrency {max}; "));
    let command = "aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions".to_owned();
    let detail = format!("{latest}Lambda's limit, which must not be lower, is not asked by this version; ask with");
    checks.push(unknown("concurrency", detail, Some(command)));
}

/// Makes one picture. It is a new one each time.
async fn try_one(gallery: &Gallery, json: bool) -> Result<Exit, Error> {
    let now = crate::service::now_millis();
    let item = serde_json::json!([{
        "id": format!("try-{now}"), "rank": "gallery-doctor", "inputBucketName": gallery.aws.names.image_bucket(),
        "inputKeyName": "try.png", "model": idlist::models::CORE.id, "prompt": "a red square on a white background",
    }]);
    let dropped = gallery.drop_list("gallery-doctor.json", item.to_string().into_bytes()).await?;
    follow::dropped(gallery, &dropped, json).await
}

fn well(name: &'static str, detail: String) -> Check {
    Check { name, health: Health::Well, detail, command: None }
}

fn fault(name: &'static str, detail: String, command: String) -> Check {
    Check { name, health: Health::Fault, detail, command: Some(command) }
}

fn unknown(name: &'static str, detail: String, command: Option<String>) -> Check {
    Check { name, health: Health::Unknown, detail, command }
}

/// A denied call is not a fault of the account.
fn of(name: &'static str, result: Result<String, Error>, mend: &str) -> Check {
    match result {
        Ok(detail) => well(name, detail),
        Err(error @ Error::Denied { .. }) => unknown(name, format!("not asked: {error}"), None),
        Err(error) => fault(name, error.to_string(), mend.to_owned()),
    }
}

fn line(check: &Check) -> String {
    let sign = match check.health {
        Health::Well => "ok",
        Health::Fault => "FAULT",
        Health::Unknown => "-",
    };
    let command = check.command.as_ref().map_or(String::new(), |command| format!("\n    {command}"));
    format!("{sign:<6}{:<15}{}{command}\n", check.name, check.detail)
}
