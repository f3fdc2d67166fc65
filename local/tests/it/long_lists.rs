//! Long lists: memory stays flat.

use crate::local::{item_with, local_up, output_of};
use serde_json::{Value, json};

/// Peak resident memory of `local` itself for a list of `count` items of 8 KB, in KiB.
async fn peak_kib(count: usize) -> u64 {
    let (_data, up) = local_up(&["--paint-once", "--max-items", "100000", "--concurrency", "8"]);
    let item = |n| item_with(n, json!({"prompt": "a cat ".repeat(1_300)}));
    up.put_list("long.json", &Value::from_iter((0..count).map(item)).to_string()).await;
    let ended = up.ended(&up.first_execution().await).await;
    assert_eq!(output_of(&ended)["succeeded"], count);
    let status = std::fs::read_to_string(format!("/proc/{}/status", up.process.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn seven_hundred_items_take_no_more_memory_than_one_hundred() {
    let (short, long) = (peak_kib(100).await, peak_kib(700).await);
    println!("{short} KiB for 100 items, {long} KiB for 700");
    // Items that were kept would be 4.8 MB of input alone.
    assert!(long < short + 3 * 1024, "{short} KiB for 100 items, {long} KiB for 700");
}
