//! A list of 100,000 items goes through the checker as the trigger uses it, and the memory stays far below the function's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;

use idlist::{CheckOptions, Checker};

/// Peak of the resident memory of this process in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_hundred_thousand_items_fit_the_smallest_function() {
    let before = peak_kib();
    let mut checker = Checker::new(CheckOptions { max_items: Some(100_000), ..CheckOptions::default() });
    checker.push(b"[");
    let mut item = String::new();
    for number in 0..100_000 {
        item.clear();
        let comma = if number == 0 { "" } else { "," };
        write!(
            item,
            "{comma}\n{{\"id\":\"A{number}\",\"rank\":\"nomal\",\"inputBucketName\":\"images\",\"inputKeyName\":\"image.jpeg\",\
             \"model\":\"stability.stable-image-core-v1:1\",\"prompt\":\"{}\"}}",
            "hair color is brown ".repeat(20)
        )
        .unwrap();
        checker.push(item.as_bytes());
    }
    checker.push(b"\n]");
    let report = checker.finish();
    assert!(report.is_good(), "{report}");
    assert_eq!(report.items, 100_000);
    let grown = peak_kib() - before;
    assert!(grown < 16 * 1024, "{grown} KiB");
}
