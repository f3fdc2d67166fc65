//! `gallery doctor`: whether the account is ready, before a cent is spent.

mod checks;

use super::{Exit, follow, listed, padded, print_json, print_text, say};
use crate::Error;
use crate::aws::{Account, Connection};
use crate::cli::DoctorArgs;
use crate::service::Gallery;
use checks::Checks;
use idlist::{Message, message};
use serde::Serialize;

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Health {
    Well,
    Fault,
    /// Neither: for information, or the caller may not ask, or the endpoint does not have it.
    Unknown,
}

/// One line of the report.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    health: Health,
    detail: Message,
    /// The command that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

impl Check {
    fn well(name: &'static str, detail: Message) -> Self {
        Self { name, health: Health::Well, detail, command: None }
    }

    fn fault(name: &'static str, detail: Message, command: String) -> Self {
        Self { name, health: Health::Fault, detail, command: Some(command) }
    }

    fn unknown(name: &'static str, detail: Message) -> Self {
        Self { name, health: Health::Unknown, detail, command: None }
    }

    fn with_command(self, command: String) -> Self {
        Self { command: Some(command), ..self }
    }
}

pub(super) async fn run(connection: &Connection, args: &DoctorArgs, json: bool) -> Result<Exit, Error> {
    let config = connection.load().await;
    let (checks, gallery) = match connection.connect_with(&config).await {
        Ok(aws) => {
            let gallery = Gallery::new(aws);
            let checks = Checks { gallery: &gallery, connection, account: Account::new(config) }.all().await;
            (checks, Some(gallery))
        }
        Err(error) => {
            let mend = match error {
                Error::NoRegion => "export AWS_REGION=us-east-1",
                Error::NoAccount(_) => "gallery --account 123456789012 doctor    # with the account of the stack",
                _ => checks::LOG_IN,
            };
            (vec![Check::fault("credentials", error.message(), mend.to_owned())], None)
        }
    };
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

fn line(check: &Check) -> String {
    let sign = match check.health {
        Health::Well => message!("check-well", "ok"),
        Health::Fault => message!("check-fault", "FAULT"),
        Health::Unknown => "-".to_owned().into(),
    };
    let command = check.command.as_ref().map_or(String::new(), |command| format!("\n    {command}"));
    let (sign, name) = (padded(&say(&sign), 6), padded(&say(&title(check.name)), 15));
    format!("{sign}{name}{}{command}\n", say(&check.detail))
}

/// The name of a check, as people read it.
fn title(name: &'static str) -> Message {
    match name {
        "credentials" => message!("check-credentials", "credentials"),
        "stack" => message!("check-stack", "stack"),
        "list bucket" => message!("check-list-bucket", "list bucket"),
        "image bucket" => message!("check-image-bucket", "image bucket"),
        "result bucket" => message!("check-result-bucket", "result bucket"),
        "state machine" => message!("check-state-machine", "state machine"),
        "model" => message!("check-model", "model"),
        "models" => message!("check-models", "models"),
        "price" => message!("check-price", "price"),
        "concurrency" => message!("check-concurrency", "concurrency"),
        "runs" => message!("check-runs", "runs"),
        name => name.to_owned().into(),
    }
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
