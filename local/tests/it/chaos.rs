//! A small chaos test: everything goes wrong that can, nothing is lost, and nothing is paid twice but what a fault explains.

use crate::harness::{Options, half_of_demand, run, run::Report};
use crate::local::Data;
use serde_json::json;

#[test]
fn nothing_is_lost_and_nothing_paid_twice_while_everything_goes_wrong() {
    let data = Data::new();
    let options = Options {
        program: env!("CARGO_BIN_EXE_local").into(),
        data: data.0.path().to_owned(),
        items: 200,
        concurrency: 16,
        faults: 0.1,
        kills: 3,
        seed: 1,
        latency: 160,
        // Less than a busy machine asks for.
        quota: half_of_demand(16, 160) * 2 / 5,
        function_timeout: 10,
    };
    let Report { audit, time, killed_at, again } = run::run(&options).unwrap_or_else(|err| panic!("{err}"));
    eprintln!("{time:?}, killed with {killed_at:?} images there, {:?}", audit.events);
    assert_eq!((killed_at.len(), &again["status"]), (3, &json!("SUCCEEDED")));
    // Items have turns at the quota, so that it may be that no call is throttled.
    for source in ["S3: ", "function: ", "model: "] {
        assert!(audit.events.keys().any(|event| event.starts_with(source)), "no {source}: {:?}", audit.events);
    }
    let lost: usize = audit.lost().values().sum();
    assert_eq!(audit.paid(), audit.images.len() + lost, "{:?}", audit.lost());
}
