//! A small chaos test: everything goes wrong that can, nothing is lost, and nothing is paid twice but what a fault explains.

use crate::harness::{Options, Report, run};
use crate::local::Data;
use clap::Parser;
use serde_json::json;

#[tokio::test]
async fn nothing_is_lost_and_nothing_paid_twice_while_everything_goes_wrong() {
    let data = Data::new();
    // The quota is less than a busy machine asks for.
    let options = "chaos --items 200 --concurrency 16 --latency 160 --quota 0.2 --function-timeout 10";
    let Report { audit, time, at_kill, again } = run(&data, &Options::parse_from(options.split(' '))).await;
    eprintln!("{time:?}, {:?}", audit.events);
    assert_eq!((at_kill.len(), &again["status"]), (3, &json!("SUCCEEDED")));
    // Items wait for slots of the quota, so that it may be that no call is throttled.
    for source in ["S3: ", "function: ", "model: "] {
        assert!(audit.events.keys().any(|event| event.starts_with(source)), "no {source}: {:?}", audit.events);
    }
    let lost: usize = audit.lost().values().sum();
    assert_eq!(audit.paid(), audit.images.len() + lost, "{:?}", audit.lost());
}
