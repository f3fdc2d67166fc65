//! CPU time of one picture of the stand-in, painting and encoding: the mean of two hundred.
//! `cargo run --release -p local --example paint_speed`

use idlist::ImageFormat;
use local::bedrock::painter::{Request, Size, paint};
use std::time::Duration;

const PICTURES: u32 = 200;

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
            let before = cpu();
            for seed in 0..PICTURES {
                let prompt = PROMPTS[seed as usize % PROMPTS.len()];
                let request = Request { prompt, seed: seed.into(), rank: Some("vip"), size, ..Request::default() };
                paint(&request)?.encode(format, prompt)?;
            }
            println!("{size:?} {:<5} {:>9.2?}", format.name(), (cpu() - before) / PICTURES);
        }
    }
    Ok(())
}
