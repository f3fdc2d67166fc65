//! Makes a list while everything goes wrong that can, audits the books, and prints what was found.
//!
//! `cargo run --release -p local --example chaos -- [--items N] [--concurrency N] [--kills N] [--faults SHARE] [--seed N]`
//!
//! Exit code 1: something was lost, or paid twice without a fault that explains it.

#![allow(unreachable_pub)]

mod harness;

use clap::Parser;
use harness::run::Report;
use harness::{Options, run};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Makes a list while everything goes wrong that can, and audits the books.
#[derive(Parser)]
struct Arguments {
    /// Items of the list.
    #[arg(long, default_value_t = 10_000)]
    items: usize,
    /// Items that are worked on at once.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// Share of all calls that go wrong.
    #[arg(long, default_value_t = 0.1)]
    faults: f64,
    /// How often local is killed.
    #[arg(long, default_value_t = 3)]
    kills: usize,
    /// What is drawn follows from this.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Milliseconds that the model takes.
    #[arg(long, default_value_t = 640)]
    latency: u64,
    /// Seconds that the function may take.
    #[arg(long, default_value_t = 20)]
    function_timeout: u32,
}

fn main() -> ExitCode {
    // This program is `local`, too: the one that it drives, and its functions.
    if std::env::args().nth(1).is_some_and(|word| matches!(word.as_str(), "up" | "run" | "function")) {
        return local::program::run();
    }
    let arguments = Arguments::parse();
    match test(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("chaos: {err}");
            ExitCode::FAILURE
        }
    }
}

fn test(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let options = Options {
        program: std::env::current_exe()?,
        data: folder.path().to_owned(),
        items: arguments.items,
        concurrency: arguments.concurrency,
        faults: arguments.faults,
        kills: arguments.kills,
        seed: arguments.seed,
        latency: arguments.latency,
        quota: harness::half_of_demand(arguments.concurrency, arguments.latency),
        function_timeout: arguments.function_timeout,
    };
    match run::run(&options) {
        Ok(report) => print(&options, &report),
        Err(err) => {
            println!("the data is kept in {}", folder.keep().display());
            return Err(err);
        }
    }
    Ok(())
}

fn print(options: &Options, report: &Report) {
    let audit = &report.audit;
    println!("quota {} a second of real time", options.quota);
    println!("items {}, with an image {}, failed {:?}", options.items, audit.images.len(), audit.failed);
    println!("local was killed with {:?} images there; {:.0} s in all", report.killed_at, report.time.as_secs_f64());
    println!("what happened {:#?}", audit.events);
    println!("paid calls {} = images {} + lost {:#?}", audit.paid(), audit.images.len(), audit.lost());
    let mut by_paid = BTreeMap::<usize, usize>::new();
    for books in audit.items.values() {
        *by_paid.entry(books.paid).or_default() += 1;
    }
    println!("items by paid calls {by_paid:?}");
    for (id, books) in audit.items.iter().filter(|(_, books)| books.paid > 1) {
        println!("{id}: {} paid of {} calls; lost to {}", books.paid, books.calls, books.lost.join(", "));
    }
    println!("the same list again, without faults: {}", report.again);
}
