//! The fault plan: what goes wrong, as options.

use super::{FunctionFault, S3Fault, share::Fault};
use clap::Args;
use emulator_bedrock::BedrockFault;

/// Headings of the options.
pub(crate) const STAND_IN: &str = "The stand-in";
const FAULTS: &str = "Fault injection";

/// What goes wrong, and whether it is written down.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct FaultPlan {
    /// Requests a minute that are answered; the others get ThrottlingException
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = STAND_IN)]
    pub(crate) throttle: Option<u32>,
    /// Refuse prompts with this word (repeatable)
    #[arg(long, value_name = "WORD", help_heading = STAND_IN)]
    pub(crate) filter: Vec<String>,
    /// Milliseconds that every picture takes
    #[arg(long, value_name = "MS", default_value_t = 0, help_heading = STAND_IN)]
    pub(crate) latency: u64,
    /// Fail this share of the calls, such as 0.1=ThrottlingException or 0.1=Slow:3000 (repeatable)
    #[arg(long, value_name = "SHARE=ERROR", help_heading = STAND_IN)]
    pub(crate) fail: Vec<Fault<BedrockFault>>,
    /// Fail this share of the functions' calls of S3: SlowDown, InternalError, Reset or LostAnswer (repeatable)
    #[arg(long, value_name = "SHARE=ERROR", help_heading = FAULTS)]
    pub(crate) fail_s3: Vec<Fault<S3Fault>>,
    /// Let this share of the generator's invocations end in Timeout, Panic or Kill, at any moment (repeatable)
    #[arg(long, value_name = "SHARE=ERROR", help_heading = FAULTS)]
    pub(crate) fail_function: Vec<Fault<FunctionFault>>,
    /// Deliver this share of S3's notifications twice
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = super::share::share, help_heading = FAULTS)]
    pub(crate) duplicate_events: f64,
    /// Which calls fail follows from this number
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = FAULTS)]
    pub(crate) fault_seed: u64,
    /// Write every answer of the model, every image stored and every fault to ledger.jsonl in the data folder
    #[arg(long, help_heading = FAULTS)]
    pub(crate) ledger: bool,
}

impl FaultPlan {
    /// The first option of the plan that only the stand-in knows.
    pub(crate) fn of_stand_in(&self) -> Option<&'static str> {
        let options = [
            ("throttle", self.throttle.is_some()),
            ("filter", !self.filter.is_empty()),
            ("latency", self.latency > 0),
            ("fail", !self.fail.is_empty()),
        ];
        options.into_iter().find_map(|(option, is_set)| is_set.then_some(option))
    }
}
