//! A small chaos test: everything goes wrong that can, nothing is lost, and nothing is paid twice but what a fault explains.

use crate::harness::{Options, run, run::Report};
use crate::local::Data;
use serde_json::json;

#[tokio::test]
async fn nothing_is_lost_and_nothing_paid_twice_while_everything_goes_wrong() {
    let data = Data::new();
    let options = Options {
        items: 200,
        concurrency: 16,
        faults: 0.1,
        kills: 3,
        seed: 1,
        latency: 160,
        // Less than a busy machine asks for.
        quota: 0.2,
        function_timeout: 10,
    };
    let Report { audit, time, killed_at, again } = run::run(&data, &options).await;
    eprintln!("{time:?}, killed with {killed_at:?} images there, {:?}", audit.events);
    assert_eq!((killed_at.len(), &again["status"]), (3, &json!("SUCCEEDED")));
    // Items wait for slots of the quota, so that it may be that no call is throttled.
    for source in ["S3: ", "function: ", "model: "] {
        assert!(audit.events.keys().any(|event| event.starts_with(source)), "no {source}: {:?}", audit.events);
    }
    let lost: usize = audit.lost().values().sum();
    assert_eq!(audit.paid(), audit.images.len() + lost, "{:?}", audit.lost());
}
