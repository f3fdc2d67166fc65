//! `idlist plan`: says what a list costs and how long it takes.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use idlist::plan::{Images, ModelCost, Pace, Plan, Prices, plan_all};
use idlist::{CheckOptions, ProblemKind, RetiredModels, check_slice};

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
            eprint!("idlist: {} is not good, and is not planned\n{report}", file.display());
            return Ok(false);
        }
        reports.push(report);
    }
    let mut prices = Prices::built_in().map_err(|error| CommandError::Usage(error.to_string()))?;
    for (model, usd) in &args.price {
        let unknown = |error| CommandError::Usage(format!("--price: {model:?} is {error}"));
        prices.set(model, *usd).map_err(unknown)?;
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
        None => problems.iter().for_each(|problem| eprintln!("idlist: {}", problem.message)),
    }
    Ok(problems.is_empty())
}

fn print(plan: &Plan, args: &Args, uncounted: u64, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "Estimate with the prices of {}", plan.prices_of)?;
    writeln!(output)?;
    for Images { images, usd, rank, model } in &plan.images {
        writeln!(output, "{:>19}  {:>9} USD  rank {rank:?}, model {model}", counted(*images), dollars(*usd))?;
    }
    if uncounted > 0 {
        writeln!(output, "{:>19}  of other ranks", counted(uncounted))?;
    }
    writeln!(output)?;
    for ModelCost { model, usd, usd_per_image, conflict, .. } in &plan.models {
        match usd_per_image {
            Some(price) => writeln!(output, "{:>12} USD  {model} at {price} USD an image", dollars(*usd))?,
            None => writeln!(output, "{:>12} USD  {model}, whose price is not known; give --price", dollars(None))?,
        }
        if let Some(conflict) = conflict {
            writeln!(output, "                  (sources differ: {conflict})")?;
        }
    }
    for service in &plan.services {
        writeln!(output, "{:>12.2} USD  {}: {}", service.usd, service.service, service.what)?;
    }
    writeln!(output, "{:>12} USD  in total", dollars(plan.total_usd))?;
    let beside = plan.usd_per_image_beside_models;
    writeln!(output, "\nBeside its model, an image costs {beside:.5} USD, without retries and waits")?;
    let limit = match (plan.limited_by, args.images_per_minute) {
        ("rate", Some(1.0)) => "at 1 image a minute".to_owned(),
        ("rate", Some(rate)) => format!("at {rate} images a minute"),
        _ => format!("with {} at the same time, {} s each", args.concurrency, args.latency),
    };
    writeln!(output, "Time: {} {limit}", duration(plan.seconds))?;
    writeln!(output, "The same list again: no image, nothing for models, {:.2} USD for looking", plan.again_usd)?;
    writeln!(output)?;
    writeln!(output, "{}", plan.note)
}

/// A number of images: `1 image`, `2 images`.
fn counted(images: u64) -> String {
    format!("{images} image{}", if images == 1 { "" } else { "s" })
}

/// An amount to the cent; `?` if it is not known.
fn dollars(usd: Option<f64>) -> String {
    usd.map_or("?".to_owned(), |usd| format!("{usd:.2}"))
}

/// Seconds in words: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
fn duration(seconds: f64) -> String {
    let minutes = (seconds / 60.0).ceil() as u64;
    match minutes {
        0..=1 => format!("{} s", seconds.ceil()),
        2..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1440, minutes % 1440 / 60),
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
        let said = [0.5, 60.0, 61.0, 7_140.0, 7_200.0, 172_800.0].map(duration);
        assert_eq!(said, ["1 s", "60 s", "2 min", "119 min", "2 h 0 min", "2 d 0 h"]);
    }
}
