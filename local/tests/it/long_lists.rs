//! Long lists: memory stays flat.

use crate::local::Data;
use std::io::{BufWriter, Write};
use std::process::Stdio;

/// Peak resident memory of `local` itself for a list of `count` items, in KiB.
fn peak_kib(count: usize) -> u64 {
    let data = Data::new();
    let path = data.0.path().join("long.json");
    let mut list = BufWriter::new(std::fs::File::create(&path).unwrap());
    for n in 0..count {
        let separator = if n == 0 { '[' } else { ',' };
        write!(list, "{separator}\n{}", crate::local::item(n)).unwrap();
    }
    write!(list, "\n]").unwrap();
    drop(list);
    let mut command = data.command(&path);
    command.args(["--picture", "tiny", "--paint-once", "--max-items", "100000", "--concurrency", "8", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let outcome: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(outcome["generated"], count);
    peak
}

#[test]
fn eight_thousand_items_take_no_more_memory_than_one_thousand() {
    let (short, long) = (peak_kib(1_000), peak_kib(8_000));
    println!("peak memory: {short} KiB for 1,000 items, {long} KiB for 8,000");
    // 7,000 items that were kept would be 7,000 times their 300 bytes of input alone, and as much of output.
    assert!(long < short + 3 * 1024, "{short} KiB for 1,000 items, {long} KiB for 8,000");
}
