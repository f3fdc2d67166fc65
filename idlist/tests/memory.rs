//! A list of 100,000 items is checked as the trigger checks it: beside the list itself, the memory is a few bytes an item.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;

use idlist::{CheckOptions, check_slice};

/// Peak of the resident memory of this process in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_hundred_thousand_items_fit_the_smallest_function() {
    let items = 100_000;
    // Written to already, so that its memory is there before the measurement.
    let mut list = "x".repeat(64 << 20);
    list.clear();
    for number in 0..items {
        let comma = if number == 0 { "[" } else { "," };
        write!(
            list,
            "{comma}\n{{\"id\":\"A{number}\",\"rank\":\"nomal\",\"inputBucketName\":\"images\",\"inputKeyName\":\"image.jpeg\",\
             \"model\":\"stability.stable-image-core-v1:1\",\"prompt\":\"{}\"}}",
            "hair color is brown ".repeat(20)
        )
        .unwrap();
    }
    list.push_str("\n]");
    let before = peak_kib();
    let report = check_slice(list.as_bytes(), CheckOptions { max_items: Some(items), ..CheckOptions::default() });
    assert!(report.is_good(), "{report}");
    assert_eq!(report.items, items);
    let (grown, list_kib) = (peak_kib() - before, list.len() as u64 / 1024);
    assert!(grown <= items * 64 / 1024, "{grown} KiB");
    assert!(list_kib + grown < 100 * 1024, "{list_kib} KiB and {grown} KiB");
}
