//! Long lists: memory stays flat.

use crate::local::{items, local_up, output_of};

/// Peak resident memory of `local` itself for a list of `count` items, in KiB.
async fn peak_kib(count: usize) -> u64 {
    let (_data, up) = local_up(&["--paint-once", "--max-items", "100000", "--concurrency", "8"]);
    up.put_list("long.json", &items(count)).await;
    let ended = up.ended(&up.first_execution().await).await;
    assert_eq!(output_of(&ended)["succeeded"], count);
    let status = std::fs::read_to_string(format!("/proc/{}/status", up.process.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn eight_thousand_items_take_no_more_memory_than_one_thousand() {
    let (short, long) = (peak_kib(1_000).await, peak_kib(8_000).await);
    // 7,000 items that were kept would be 7,000 times their 300 bytes of input alone, and as much of output.
    assert!(long < short + 3 * 1024, "{short} KiB for 1,000 items, {long} KiB for 8,000");
}
