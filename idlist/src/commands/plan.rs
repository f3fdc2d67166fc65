//! `idlist plan`: says what a list costs and how long it takes.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use idlist::plan::{Images, ModelCost, Pace, Plan, Prices, plan_all};
use idlist::{CheckOptions, Message, ProblemKind, RetiredModels, check_slice, message};
use unicode_width::UnicodeWidthStr;

use super::say::{say, tell};
use super::{CommandError, Limits, amount, input};

/// Estimate what a list costs and how long it takes.
///
/// Several lists are estimated together, each of which runs when the one before has ended, such as a list and that of its second step.
/// The limits hold for each.
///
/// Prices come from a table with a date; --price sets what your bill says. Retired models cost what their successors
/// cost. Nothing is estimated for a list with problems.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 if there is an estimate, 1 if the list has problems or costs more than --max-usd, 2 if it could not be
read or a price is not known.

Examples:
  idlist plan nomal.json
  idlist plan nomal.json --concurrency 5 --latency 4 --images-per-minute 60
  idlist plan nomal.json --max-usd 50
  idlist plan cards.json cutouts.json
  idlist plan nomal.json --price stability.stable-image-ultra-v1:1=0.08
  idlist plan --json nomal.json | jq .totalUsd")]
pub(crate) struct Args {
    /// Files with a list each; - for stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Price of an image in US dollars; the model by its id or short name (can be given several times)
    #[arg(long, value_name = "MODEL=USD", value_parser = price)]
    price: Vec<(String, f64)>,

    /// Items at the same time, as MaxConcurrency of the state machine
    #[arg(long, default_value_t = 10, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: u32,

    /// Seconds that the model takes for an image
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS", value_parser = positive)]
    latency: f64,

    /// Images a minute, as ImagesPerMinute of the stack [default: no limit]
    #[arg(long, visible_alias = "rate", value_name = "IMAGES", value_parser = positive)]
    images_per_minute: Option<f64>,

    #[command(flatten)]
    limits: Limits,

    /// Plan as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    // The price is judged below, with the prices that are given.
    let options = CheckOptions { max_usd: None, ..args.limits.options(RetiredModels::Redirect) };
    let mut reports = Vec::new();
    for file in &args.files {
        let report = check_slice(&input::bytes(file)?, options);
        if !report.is_good() {
            let file = file.display().to_string();
            tell(&message!("not-planned", "{file} is not good, and is not planned", file));
            report.sentences().iter().for_each(|sentence| eprintln!("{}", say(sentence)));
            return Ok(false);
        }
        reports.push(report);
    }
    let mut prices = Prices::built_in().map_err(|error| CommandError::Usage(error.to_string().into()))?;
    for (model, usd) in &args.price {
        prices.set(model, *usd).map_err(|error| {
            let (model, why) = (format!("{model:?}"), error.message());
            CommandError::Usage(message!("price-of-no-model", "--price: {model} is {why}", model, why))
        })?;
    }
    let pace = Pace { concurrency: args.concurrency, latency: args.latency, rate: args.images_per_minute };
    let plan = plan_all(&reports, &prices, pace);
    let mut output = BufWriter::new(io::stdout().lock());
    let written = if args.json {
        serde_json::to_writer_pretty(&mut output, &plan).map_err(io::Error::from).and_then(|()| writeln!(output))
    } else {
        print(&plan, args, reports.iter().map(|report| report.uncounted).sum(), &mut output)
    };
    written.and_then(|()| output.flush()).map_err(CommandError::Output)?;
    let is_limited = args.limits.max_usd > 0.0;
    let of_list = |report| plan_all(std::slice::from_ref(report), &prices, pace).over_limit(args.limits.max_usd);
    let problems: Vec<_> = reports.iter().filter(|_| is_limited).flat_map(of_list).collect();
    match problems.iter().find(|problem| problem.kind == ProblemKind::UnknownPrice) {
        Some(unknown) => return Err(CommandError::Usage(unknown.message.clone())),
        None => problems.iter().for_each(|problem| tell(&problem.message)),
    }
    Ok(problems.is_empty())
}

fn print(plan: &Plan, args: &Args, uncounted: u64, output: &mut impl Write) -> io::Result<()> {
    let date = plan.prices_of.as_str();
    writeln!(output, "{}\n", say(&message!("prices-of", "Estimate with the prices of {date}", date)))?;
    for Images { images, usd, rank, model } in &plan.images {
        let rank = format!("{rank:?}");
        let what = message!("rank-and-model", "rank {rank}, model {model}", rank, model);
        writeln!(output, "{}  {:>9} USD  {}", counted(*images), dollars(*usd), say(&what))?;
    }
    if uncounted > 0 {
        writeln!(output, "{}  {}", counted(uncounted), say(&message!("of-other-ranks", "of other ranks")))?;
    }
    writeln!(output)?;
    for ModelCost { model, usd, usd_per_image, conflict, .. } in &plan.models {
        let what = match *usd_per_image {
            Some(price) => message!("price-of-image", "{model} at {price} USD an image", model, price),
            None => message!("price-not-known", "{model}, whose price is not known; give --price", model),
        };
        writeln!(output, "{:>12} USD  {}", dollars(*usd), say(&what))?;
        if let Some(conflict) = *conflict {
            let what = message!("sources-differ", "(sources differ: {conflict})", conflict);
            writeln!(output, "                  {}", say(&what))?;
        }
    }
    for service in &plan.services {
        writeln!(output, "{:>12.2} USD  {}: {}", service.usd, service_name(service.service), say(&service.what))?;
    }
    writeln!(output, "{:>12} USD  {}", dollars(plan.total_usd), say(&message!("in-total", "in total")))?;
    let beside = message!(
        "beside-its-model",
        "Beside its model, an image costs {usd} USD, without retries and waits",
        usd = format!("{:.5}", plan.usd_per_image_beside_models),
    );
    let again = message!(
        "same-list-again",
        "The same list again: no image, nothing for models, {usd} USD for looking",
        usd = format!("{:.2}", plan.again_usd),
    );
    writeln!(output, "\n{}\n{}\n{}\n", say(&beside), say(&time(plan, args)), say(&again))?;
    // The note stands beside the prices, which are data.
    writeln!(output, "{}", say(&Message::new("note-on-prices", plan.note.clone(), Vec::new())))
}

/// The name of a service, of which some have words in them.
fn service_name(service: &str) -> String {
    match service {
        "S3 requests" => say(&message!("s3-requests", "S3 requests")),
        "S3 storage" => say(&message!("s3-storage", "S3 storage")),
        name => name.to_owned(),
    }
}

/// How long it takes, and what decides that.
fn time(plan: &Plan, args: &Args) -> Message {
    let time = duration(plan.seconds);
    match (plan.limited_by, args.images_per_minute) {
        ("rate", Some(1.0)) => message!("time-at-one-a-minute", "Time: {time} at 1 image a minute", time),
        ("rate", Some(rate)) => message!("time-by-rate", "Time: {time} at {rate} images a minute", time, rate),
        _ => message!(
            "time-by-concurrency",
            "Time: {time} with {number} at the same time, {seconds} s each",
            time,
            number = args.concurrency,
            seconds = args.latency,
        ),
    }
}

/// A number of images at the right of its column: `1 image`, `2 images`.
fn counted(images: u64) -> String {
    let text = say(&match images {
        1 => message!("one-image", "{number} image", number = images),
        _ => message!("images", "{number} images", number = images),
    });
    // Japanese characters take two columns.
    format!("{}{text}", " ".repeat(19_usize.saturating_sub(text.width())))
}

/// An amount to the cent; `?` if it is not known.
fn dollars(usd: Option<f64>) -> String {
    usd.map_or("?".to_owned(), |usd| format!("{usd:.2}"))
}

/// Seconds in words: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
fn duration(seconds: f64) -> Message {
    let minutes = (seconds / 60.0).ceil() as u64;
    match minutes {
        0..=1 => message!("seconds", "{seconds} s", seconds = seconds.ceil()),
        2..=119 => message!("minutes", "{minutes} min", minutes),
        120..=2879 => message!("hours", "{hours} h {minutes} min", hours = minutes / 60, minutes = minutes % 60),
        _ => message!("days", "{days} d {hours} h", days = minutes / 1440, hours = minutes % 1440 / 60),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(number),
        _ => Err("give a number above 0".to_owned()),
    }
}

fn price(text: &str) -> Result<(String, f64), String> {
    let (model, usd) = text.rsplit_once('=').ok_or("write MODEL=USD")?;
    Ok((model.to_owned(), amount(usd)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_words() {
        let said = [0.5, 60.0, 61.0, 7_140.0, 7_200.0, 172_800.0].map(|seconds| duration(seconds).to_string());
        assert_eq!(said, ["1 s", "60 s", "2 min", "119 min", "2 h 0 min", "2 d 0 h"]);
    }
}
