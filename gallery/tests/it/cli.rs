//! What the commands print, and how they exit.

use crate::fake::{Fake, Mood, child, item, png};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) async fn run(fake: &Fake, arguments: &[&str]) -> Said {
    run_in("C", fake, arguments).await
}

/// Runs the tool in a locale.
pub(crate) async fn run_in(locale: &str, fake: &Fake, arguments: &[&str]) -> Said {
    let output = fake.command().env("LC_ALL", locale).args(arguments).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A run of two items: one made, one filtered.
pub(crate) async fn finished() -> (Fake, String) {
    let fake = Fake::start().await;
    let items = [item(&fake.names, "A1", "a cat"), item(&fake.names, "A2", "a dog")];
    let name = fake.add_run("cards.json", &json!(items), "SUCCEEDED", [2, 0, 1, 1]);
    let failed = child(&items[1], Err(("ContentFiltered", "item A2 of rank vip: filtered")));
    fake.add_results(&name, &json!([child(&items[0], Ok("generated"))]), &json!([failed]));
    fake.put(&fake.names.image_bucket(), "vip/A1/a.png", &png());
    (fake, name)
}

#[tokio::test]
async fn runs_are_listed() {
    let (fake, name) = finished().await;
    let said = run(&fake, &["runs"]).await;
    let line = format!("2026-09-21 14:13  done       1 of 2, 1 failed          {name}\n");
    assert_eq!((said.code, said.stdout), (Some(0), line), "{}", said.stderr);
    let json: Value = serde_json::from_str(&run(&fake, &["runs", "--json"]).await.stdout).unwrap();
    assert_eq!(json["runs"][0]["counts"]["failed"], 1);
    let empty = Fake::start().await;
    assert_eq!(run(&empty, &["runs"]).await.stdout, "There are no runs yet. `gallery drop LIST` starts one.\n");
}

#[tokio::test]
async fn watching_a_finished_run_sums_it_up() {
    let (fake, _) = finished().await;
    let said = run(&fake, &["watch", "latest"]).await;
    let expected = "cards.json: done. 1 made (about 0.04 USD), 0 already there, 1 failed, 0 not made.\n\
                    1 × ContentFiltered:\n  vip/A2: item A2 of rank vip: filtered\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), expected), "{}", said.stderr);
    let json: Value = serde_json::from_str(&run(&fake, &["watch", "latest", "--json"]).await.stdout).unwrap();
    assert_eq!((&json["tally"]["made"], &json["failures"][0]["error"]), (&json!(1), &json!("ContentFiltered")));
}

#[tokio::test]
async fn checking_a_list_uploads_nothing() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("pets.csv");
    std::fs::write(&list, "prompt\na cat\n").unwrap();
    let said = run(&fake, &["drop", list.to_str().unwrap(), "--check"]).await;
    let expected = "1 item, no problems\n\
        1 item without problems: rank \"normal\", model stability.stable-image-core-v1:1\n\
        no column gives id: pets-1, pets-2, …\n\
        no column gives rank: normal\n\
        no column gives inputBucketName: 000000000000-us-east-1-input-image-bucket\n\
        no column gives inputKeyName: {id}.png\n\
        no column gives model: stability.stable-image-core-v1:1\n\
        1 picture: about 0.04 USD, about 4 s without a quota\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), expected), "{}", said.stderr);
    std::fs::write(&list, "name\n").unwrap();
    let said = run(&fake, &["drop", list.to_str().unwrap()]).await;
    assert!(said.code == Some(2) && said.stderr.contains("no column is named prompt"), "{}", said.stderr);
    assert!(!fake.world().requests.iter().any(|request| request.starts_with("PUT")));
}

#[tokio::test]
async fn a_rejected_list_exits_1() {
    let fake = Fake::start().await;
    fake.world().rejects = true;
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("pets.csv");
    std::fs::write(&list, "prompt\na cat\n").unwrap();
    let said = run(&fake, &["drop", list.to_str().unwrap(), "--wait"]).await;
    assert!(
        said.stdout.ends_with("The list was rejected; nothing was started.\nitem 0: `prompt` is <i>bad</i>\n"),
        "{}",
        said.stdout
    );
    assert_eq!(said.code, Some(1));
    let said = run(&fake, &["drop", list.to_str().unwrap(), "--max-usd", "0.01"]).await;
    assert!(said.code == Some(2) && said.stderr.contains("more than --max-usd 0.01"));
}

#[tokio::test]
async fn fetching_brings_only_what_is_missing() {
    let (fake, name) = finished().await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let said = run(&fake, &["fetch", &name, "--to", to, "--name", "{rank}-{id}.{ext}"]).await;
    assert_eq!(said.stdout, format!("1 fetched, 0 already there, 1 not made: {to}\n"), "{}", said.stderr);
    assert_eq!(std::fs::read(folder.path().join("vip-A1.png")).unwrap(), png());
    let csv = std::fs::read_to_string(folder.path().join("items.csv")).unwrap();
    assert!(csv.contains("A1,vip,vip-A1.png,stability.stable-image-core-v1:1,"), "{csv}");
    assert!(std::fs::read_to_string(folder.path().join("index.html")).unwrap().contains("data:image/jpeg"));
    let said = run(&fake, &["fetch", &name, "--to", to, "--name", "{rank}-{id}.{ext}", "--json"]).await;
    let json: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&json["fetched"], &json["present"], said.code), (&json!(0), &json!(1), Some(1)));
}

#[tokio::test]
async fn redo_and_stop_say_what_they_did() {
    let (fake, name) = finished().await;
    let said = run(&fake, &["redo", &name, "A1", "--seed", "7"]).await;
    assert!(
        said.code == Some(0) && said.stdout.starts_with("1 dropped as redo-cards.json: redo-cards-"),
        "{}",
        said.stderr
    );
    let said = run(&fake, &["redo", &name, "Z9"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(2), "gallery: the list has no item \"Z9\"\n"));
    let said = run(&fake, &["stop", &name]).await;
    assert!(said.code == Some(0) && said.stdout.contains("is stopped"));
    let said = run(&fake, &["watch", "no-such-run"]).await;
    assert_eq!(said.stderr, "gallery: the execution no-such-run does not exist, or no longer\n");
}

#[tokio::test]
async fn no_credential_is_printed() {
    let fake = Fake::start().await;
    for mood in [Mood::Throttling, Mood::Denying, Mood::Expired] {
        fake.world().mood = mood;
        let said = run(&fake, &["--account", crate::fake::ACCOUNT, "runs", "--json"]).await;
        assert_eq!(said.code, Some(2), "{mood:?}");
        let error: Value = serde_json::from_str(&said.stdout).unwrap();
        assert!(["Throttled", "Denied", "BadCredentials"].contains(&error["error"].as_str().unwrap()), "{error}");
        assert!(!(said.stdout + &said.stderr).contains("SECRET"), "{mood:?}");
    }
}

#[tokio::test]
async fn help_and_manual_are_complete() {
    let fake = Fake::start().await;
    for command in ["serve", "drop", "runs", "watch", "fetch", "redo", "stop", "doctor"] {
        let said = run(&fake, &[command, "--help"]).await;
        assert!(said.code == Some(0) && said.stdout.contains("Usage: gallery"), "{command}");
    }
    assert!(run(&fake, &["completions", "bash"]).await.stdout.contains("complete -F"));
    assert!(run(&fake, &["man"]).await.stdout.contains(".TH"));
    let said = run(&fake, &["drop"]).await;
    assert!(said.code == Some(2) && said.stderr.starts_with("gallery: "));
}

#[tokio::test]
async fn a_wrong_region_or_account_is_told_before_anything_is_asked() {
    let fake = Fake::start().await;
    for (option, value, reason) in
        [("--region", "tokyo", "not the name of an AWS region"), ("--account", "12", "not an AWS account id")]
    {
        let said = run(&fake, &[option, value, "runs"]).await;
        assert!(said.code == Some(2) && said.stderr.contains(reason), "{}", said.stderr);
    }
    assert!(fake.world().requests.is_empty());
}

#[tokio::test]
async fn an_interrupted_command_exits_130() {
    let fake = Fake::start().await;
    let name = fake.add_run("a.json", &json!([item(&fake.names, "A1", "x")]), "RUNNING", [1, 1, 0, 0]);
    let mut watch = fake.command().args(["watch", &name]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(watch.stderr.take().unwrap()).read_line(&mut line).await.unwrap();
    assert_eq!(line, "0 of 1\n");
    let pid = watch.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(watch.wait().await.unwrap().code(), Some(130));
}
