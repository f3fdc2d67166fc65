//! CPU time of one picture of the stand-in, painting and encoding: the least and the median of a hundred.
//! `cargo run --release -p local --example paint_speed`

use idlist::ImageFormat;
use local::bedrock::painter::{Request, Size, paint};
use std::time::Duration;

const PROMPTS: [&str; 5] = [
    "hair color is brown, backglound color is white",
    "girl, twin tails",
    "a knight",
    "a red apple",
    "long wavy hair, wizard",
];

/// CPU time of this thread so far. <https://docs.kernel.org/scheduler/sched-stats.html>
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or_default())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for size in [Size::Preview, Size::Model] {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp] {
            let mut times = Vec::new();
            for seed in 0..100 {
                let prompt = PROMPTS[seed as usize % PROMPTS.len()];
                let request = Request { prompt, seed, rank: Some("vip"), size, ..Request::default() };
                let before = cpu();
                paint(&request)?.encode(format, prompt)?;
                times.push(cpu() - before);
            }
            times.sort();
            println!("{size:?} {:<5} least {:>9.2?}  median {:>9.2?}", format.name(), times[0], times[50]);
        }
    }
    Ok(())
}
