//! `idlist plan`: says what a list costs and how long it takes.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use idlist::plan::{Pace, Plan, Prices, plan};
use idlist::{RetiredModels, check_slice};

use super::{CommandError, Limits, amount};

/// Estimate what a list costs and how long it takes.
///
/// Prices come from a table with a date; --price sets what your bill says. Retired models cost what their successors
/// cost. Nothing is estimated for a list with problems.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 if there is an estimate, 1 if the list has problems, 2 if it could not be read.

Examples:
  idlist plan nomal.json
  idlist plan nomal.json --concurrency 5 --latency 4 --rate 60
  idlist plan nomal.json --price stability.stable-image-ultra-v1:1=0.08
  idlist plan --json nomal.json | jq .totalUsd")]
pub(crate) struct Args {
    /// File with the list; - for stdin
    file: PathBuf,

    /// Price of an image in US dollars (can be given several times)
    #[arg(long, value_name = "MODEL=USD", value_parser = price)]
    price: Vec<(String, f64)>,

    /// Items at the same time, as MaxConcurrency of the state machine
    #[arg(long, default_value_t = 10, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: u32,

    /// Seconds that the model takes for an image
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS", value_parser = positive)]
    latency: f64,

    /// Images a minute that the quota allows [default: no limit]
    #[arg(long, value_name = "IMAGES", value_parser = positive)]
    rate: Option<f64>,

    #[command(flatten)]
    limits: Limits,

    /// Plan as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let list = super::read(&args.file).map_err(|source| CommandError::Input { path: args.file.clone(), source })?;
    let report = check_slice(&list, args.limits.options(RetiredModels::Redirect));
    if !report.is_good() {
        eprint!("idlist: {} is not good, and is not planned\n{report}", args.file.display());
        return Ok(false);
    }
    let mut prices = Prices::built_in().map_err(|error| CommandError::Usage(error.to_string()))?;
    for (model, usd) in &args.price {
        prices.set(model, *usd);
    }
    let pace = Pace { concurrency: args.concurrency, latency: args.latency, rate: args.rate };
    let plan = plan(&report.counts, &prices, pace);
    let mut output = BufWriter::new(io::stdout().lock());
    let written = if args.json {
        serde_json::to_writer_pretty(&mut output, &plan).map_err(io::Error::from).and_then(|()| writeln!(output))
    } else {
        print(&plan, args, report.uncounted, &mut output)
    };
    written.and_then(|()| output.flush()).map_err(CommandError::Output)?;
    Ok(true)
}

fn print(plan: &Plan, args: &Args, uncounted: u64, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "Estimate with the prices of {}", plan.prices_of)?;
    writeln!(output)?;
    for images in &plan.images {
        writeln!(output, "{:>12} images: rank {:?}, model {}", images.images, images.rank, images.model)?;
    }
    if uncounted > 0 {
        writeln!(output, "{uncounted:>12} images of other ranks, which are not in the estimate")?;
    }
    writeln!(output)?;
    for model in &plan.models {
        match model.usd_per_image {
            Some(price) => writeln!(output, "{:>12.2} USD  {} at {price} USD an image", model.usd, model.model)?,
            None => writeln!(output, "           ? USD  {}, whose price is not known; give --price", model.model)?,
        }
        if let Some(conflict) = &model.conflict {
            writeln!(output, "                  (sources differ: {conflict})")?;
        }
    }
    for service in &plan.services {
        writeln!(output, "{:>12.2} USD  {}: {}", service.usd, service.service, service.what)?;
    }
    writeln!(output, "{:>12.2} USD  in total", plan.total_usd)?;
    writeln!(output)?;
    let limit = match (plan.limited_by, args.rate) {
        ("rate", Some(rate)) => format!("at {rate} images a minute"),
        _ => format!("with {} at the same time, {} s each", args.concurrency, args.latency),
    };
    writeln!(output, "Time: {} {limit}", duration(plan.seconds))?;
    writeln!(output, "The same list again: no image, nothing for models, {:.2} USD for looking", plan.again_usd)?;
    writeln!(output)?;
    writeln!(output, "{}", plan.note)
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
