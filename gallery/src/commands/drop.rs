//! `gallery drop`: a list is checked, priced, uploaded, followed.

use super::{Exit, follow, print_json, print_text, say_line};
use crate::Error;
use crate::aws::{Connection, Names};
use crate::cli::DropArgs;
use crate::model::{Draft, Fill};
use crate::service::{Dropped, Gallery};
use idlist::{counted, message};

/// Items at work at once, for the estimate of time, as the template's default.
const CONCURRENCY: u32 = 10;

/// Only checks the list: AWS is not asked.
pub(super) fn check(connection: &Connection, args: &DropArgs, json: bool) -> Result<Exit, Error> {
    let [account, region] = [&connection.account, &connection.region].map(|text| text.clone().unwrap_or_default());
    let (account, region) = match (account.as_str(), region.as_str()) {
        ("", _) | (_, "") => ("000000000000".to_owned(), "us-east-1".to_owned()),
        _ => (account, region),
    };
    let draft = read(args, Names::new(account, region, String::new()).image_bucket())?;
    say(&draft, None, json);
    Ok(if draft.report.is_good() { Exit::Good } else { Exit::Problems })
}

pub(super) async fn run(gallery: &Gallery, args: &DropArgs, json: bool) -> Result<Exit, Error> {
    let draft = read(args, gallery.aws.names.image_bucket())?;
    if !draft.report.is_good() {
        say(&draft, None, json);
        return Ok(Exit::Problems);
    }
    if let Some(max) = args.max_usd {
        match draft.usd() {
            Some(usd) if usd <= max => {}
            Some(usd) => {
                let usd = format!("{usd:.2}");
                let what = message!(
                    "list-too-expensive",
                    "the list costs about {usd} USD, more than --max-usd {max}",
                    usd,
                    max
                );
                return Err(Error::Usage(what));
            }
            None => {
                let what = message!("limit-without-price", "the price of a model is not known; leave --max-usd out");
                return Err(Error::Usage(what));
            }
        }
    }
    let dropped = gallery.drop_list(&draft.key, draft.json.clone()).await?;
    if !(json && args.wait) {
        say(&draft, Some(&dropped), json);
    }
    if args.wait { follow::dropped(gallery, &dropped, json).await } else { Ok(Exit::Good) }
}

fn read(args: &DropArgs, bucket: String) -> Result<Draft, Error> {
    let bytes = std::fs::read(&args.file).map_err(|error| Error::of_file(&args.file, &error))?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let fill = Fill { bucket, model: args.model.clone(), rank: args.rank.clone(), concurrency: CONCURRENCY };
    Draft::read(&name, bytes, &fill).map_err(|error| Error::NotAList {
        file: args.file.display().to_string(),
        name: error.name(),
        message: error.message(),
    })
}

fn say(draft: &Draft, dropped: Option<&Dropped>, json: bool) {
    if json {
        let (usd, seconds) = (draft.usd(), draft.plan.as_ref().map(|plan| plan.seconds));
        print_json(&serde_json::json!({"report": draft.report, "usd": usd, "seconds": seconds, "dropped": dropped}));
        return;
    }
    let mut text: String = draft.report.sentences().iter().map(say_line).collect();
    text += draft.excerpt.as_deref().unwrap_or_default();
    for (field, value) in &draft.filled {
        text += &say_line(&message!("filled", "no column gives {field}: {value}", field = *field, value));
    }
    if let Some(plan) = &draft.plan {
        let price = match draft.usd() {
            None => message!("no-price", "a price that is not known"),
            Some(usd) => message!("about-usd", "about {usd} USD", usd = format!("{usd:.2}")),
        };
        text += &say_line(&message!(
            "cost-and-time",
            "{pictures}: {price}, about {seconds} s without a quota",
            pictures = counted("pictures", draft.report.items, "picture"),
            price,
            seconds = format!("{:.0}", plan.seconds),
        ));
    }
    if let Some(Dropped { key, run, .. }) = dropped {
        text += &say_line(&match run {
            None => message!("dropped", "dropped as {key}", key),
            Some(run) => message!("dropped-with-run", "dropped as {key}: {run}", key, run),
        });
    }
    print_text(&text);
}
