//! Makes a list while everything goes wrong that can, audits the ledger, and prints what was found.
//!
//! `cargo run --release -p local --example chaos -- [--items N] [--concurrency N] [--kills N] [--faults SHARE] [--seed N]`
//!
//! Exit code 101: something was lost, or paid twice without a fault that explains it.

#![allow(clippy::needless_pass_by_value, clippy::unwrap_used, dead_code, unreachable_pub)]

mod harness;
#[path = "../../tests/it/local.rs"]
mod local;

use clap::Parser;
use harness::{Options, Report, run};
use local::Data;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

fn main() -> ExitCode {
    // This program is `local`, too: the one that it drives, and its functions.
    if std::env::args().nth(1).is_some_and(|word| matches!(word.as_str(), "up" | "run" | "function")) {
        return ::local::program::run();
    }
    let options = Options::parse();
    let mut data = Data::new();
    println!("the data is in {}, and stays there if a promise is broken", data.0.path().display());
    data.0.disable_cleanup(true);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    print(&options, &runtime.block_on(run(&data, &options)));
    data.0.disable_cleanup(false);
    ExitCode::SUCCESS
}

fn print(options: &Options, report: &Report) {
    let audit = &report.audit;
    println!("quota {} a second of real time", options.requests_per_minute());
    println!("items {}, with an image {}, failed {:?}", options.items, audit.images.len(), audit.failed);
    let killed_at: Vec<_> = report.at_kill.iter().map(BTreeSet::len).collect();
    println!("local was killed with {killed_at:?} images there; {:.0} s in all", report.time.as_secs_f64());
    println!("what happened {:#?}", audit.events);
    println!("paid calls {} = images {} + lost {:#?}", audit.paid(), audit.images.len(), audit.lost());
    let mut by_paid = BTreeMap::<usize, usize>::new();
    for account in audit.items.values() {
        *by_paid.entry(account.paid).or_default() += 1;
    }
    println!("items by paid calls {by_paid:?}");
    for (id, account) in audit.items.iter().filter(|(_, account)| account.paid > 1) {
        println!("{id}: {} paid of {} calls; lost to {}", account.paid, account.calls, account.lost.join(", "));
    }
    println!("the same list again, without faults: {}", report.again);
}
