//! What is measured of one process, and when.

use crate::{Problem, cgroup::Group};
use nix::{time::ClockId, unistd::Pid};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The clocks of one run.
pub struct Meter {
    warm_up: usize,
    invocations: usize,
    state: Mutex<State>,
}

struct State {
    process: Option<(Pid, Instant)>,
    /// From the start of the process to its first `/next`.
    init: Option<Duration>,
    /// From the start of the process to its first answer.
    cold: Option<Duration>,
    /// When the event that is worked on was handed over.
    handed_over: Option<Instant>,
    /// From event to answer, one for each invocation.
    latencies: Vec<Duration>,
    /// User and system time of the process at each `/next`: what it still does after an answer counts for it.
    cpu: Vec<Duration>,
    problem: Option<String>,
    done: Option<oneshot::Sender<()>>,
}

impl Meter {
    pub fn new(warm_up: usize, warm: usize) -> (Arc<Self>, oneshot::Receiver<()>) {
        let (done, all_done) = oneshot::channel();
        let state = State {
            process: None,
            init: None,
            cold: None,
            handed_over: None,
            latencies: Vec::new(),
            cpu: Vec::new(),
            problem: None,
            done: Some(done),
        };
        (Arc::new(Self { warm_up, invocations: 1 + warm_up + warm, state: Mutex::new(state) }), all_done)
    }

    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        what(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// The process was started just now, at this time.
    pub fn started(&self, process: Pid, at: Instant) {
        self.with(|state| state.process = Some((process, at)));
    }

    /// The process asks for an event: whether there is one.
    pub fn next(&self) -> bool {
        self.with(|state| {
            let Some((process, start)) = state.process else { return false };
            state.init.get_or_insert_with(|| start.elapsed());
            state.cpu.push(cpu_time(process));
            let has_next = state.latencies.len() < self.invocations;
            state.handed_over = has_next.then(Instant::now);
            if !has_next {
                state.done.take().map(|done| done.send(()));
            }
            has_next
        })
    }

    /// The process has answered.
    pub fn answered(&self) {
        self.with(|state| {
            state.cold = state.cold.or_else(|| state.process.map(|(_, start)| start.elapsed()));
            state.latencies.extend(state.handed_over.map(|at| at.elapsed()));
        });
    }

    /// The process says that it failed.
    pub fn failed(&self, problem: String) {
        self.with(|state| {
            state.problem.get_or_insert(problem);
            state.done.take().map(|done| done.send(()));
        });
    }

    /// Milliseconds and MiB; the warm ones are medians.
    pub fn figures(&self, group: &Group) -> Result<Value, Problem> {
        self.with(|state| {
            if let Some(problem) = &state.problem {
                return Err(format!("the function failed: {problem}").into());
            }
            let (process, _) = state.process.ok_or("nothing was started")?;
            let cpu: Vec<Duration> = state.cpu.windows(2).map(|two| two[1].saturating_sub(two[0])).collect();
            let first_warm = 1 + self.warm_up;
            Ok(json!({
                "init_ms": state.init.map(ms),
                "cold_ms": state.cold.map(ms),
                "cold_cpu_ms": state.cpu.get(1).copied().map(ms),
                "warm_ms": median(state.latencies.get(first_warm..).unwrap_or_default()),
                "warm_cpu_ms": median(cpu.get(first_warm..).unwrap_or_default()),
                "peak_rss_mib": peak_rss_mib(process),
                "group_peak_mib": group.peak_mib(),
            }))
        })
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn median(durations: &[Duration]) -> Option<f64> {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().map(ms)
}

/// User and system time of all threads, to the nanosecond.
fn cpu_time(process: Pid) -> Duration {
    let time = ClockId::pid_cpu_clock_id(process).and_then(ClockId::now);
    time.map(Duration::from).unwrap_or_default()
}

/// The most memory that was ever resident, what is shared with other processes included.
fn peak_rss_mib(process: Pid) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib / 1024.0)
}
