//! The command line.

use crate::faults::{FaultPlan, STAND_IN};
use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PathBufValueParser, PossibleValuesParser, TypedValueParser},
};
use emulator_bedrock::Size;
use idlist::RetiredModels;
use std::path::PathBuf;

/// The whole pipeline on one machine: drop a JSON list in, get an image for every item. No AWS account is needed.
#[derive(Debug, Parser)]
#[command(name = "local", version = env!("VERSION_WITH_COMMIT"), arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What `local` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the images of one list, then exit
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Serve S3, Step Functions, Lambda, Bedrock and the gallery's page until Ctrl-C
    #[command(after_help = UP_EXAMPLES)]
    Up(UpArguments),
    /// Run as the worker process of a function; started by `local` itself
    #[command(hide = true)]
    Function {
        #[arg(value_enum)]
        role: Role,
    },
}

const RUN_EXAMPLES: &str = "\
Examples:
  local run events/id-list.json
  local run cards.json --concurrency 20 --data /tmp/cards
  local run cards.json --throttle 60 --speed 30      what a quota of 60 images a minute does, in fast motion
  local run cards.json --fail 0.1=ModelErrorException --filter sword
  local run cards.json --bedrock aws                 real pictures, with your AWS credentials, at Bedrock's price
  local run cards.json --json | jq .failures

Exit codes:
    0  the execution succeeded and every item has its image
    1  the list was rejected, items failed, or the execution failed
    2  it could not run
  130  it was interrupted; the same list again makes only what is missing";

const UP_EXAMPLES: &str = "\
Examples:
  local up                                            then open http://127.0.0.1:4567/ and drop a list
  local up --throttle 20 --gallery-port 8080
  aws --endpoint-url http://127.0.0.1:4566 s3 cp events/id-list.json \\
      s3://000000000000-us-east-1-unprocessed-id-list-bucket/
  aws --endpoint-url http://127.0.0.1:4566 stepfunctions list-executions \\
      --state-machine-arn arn:aws:states:us-east-1:000000000000:stateMachine:GenerateImages";

/// Arguments of `local run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The list: a JSON array of items
    #[arg(value_name = "LIST")]
    pub(crate) list: PathBuf,
    /// Print one JSON object instead of the summary
    #[arg(long)]
    pub(crate) json: bool,
    /// Port of the endpoints; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// Arguments of `local up`.
#[derive(Debug, Args)]
pub(crate) struct UpArguments {
    /// Port of the endpoints; 0 takes a free one
    #[arg(long, default_value_t = 4566)]
    pub(crate) port: u16,
    /// Port of the gallery's page; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 4567)]
    pub(crate) gallery_port: u16,
    /// Serve no page
    #[arg(long, conflicts_with = "gallery_port")]
    pub(crate) no_gallery: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// The pipeline's settings.
#[derive(Debug, Clone, Args)]
pub(crate) struct Settings {
    /// Folder that keeps buckets, pictures, results and logs
    #[arg(long, value_name = "DIR", default_value = "local-data", value_parser = PathBufValueParser::new().try_map(folder))]
    pub(crate) data: PathBuf,
    /// Items worked on at once (the state machine's MaxConcurrency)
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) concurrency: u32,
    /// Stop the execution early once more than this percentage of its items has failed; 100 tries every item
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) tolerated_failure_percentage: u8,
    /// A list with more items is rejected
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_items: u64,
    /// A list whose images are estimated to cost more US dollars is rejected; 0: no limit
    #[arg(long, value_name = "USD", default_value_t = 0.0, value_parser = not_negative)]
    pub(crate) max_usd: f64,
    /// Images a minute that the quota of a model allows, where it is known; 0: the rate is learned
    #[arg(long, value_name = "N", default_value_t = 0.0, value_parser = not_negative)]
    pub(crate) images_per_minute: f64,
    /// What a retired model id means: Redirect to its successor, or Reject the item
    #[arg(long, value_name = "Redirect|Reject", default_value = "Redirect")]
    pub(crate) retired_models: RetiredModels,
    /// Seconds that the generator may work on one item
    #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=900))]
    pub(crate) function_timeout: u32,
    /// Factor by which the waits of the state machine, retries and the stand-in's minutes are shorter
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// State machine definition to run instead of the built-in sam/statemachine.asl.json
    #[arg(long, value_name = "FILE")]
    pub(crate) definition: Option<PathBuf>,
    /// Who makes the pictures: the stand-in, or the real Bedrock with your AWS credentials (costs money)
    #[arg(long, value_enum, default_value_t = Bedrock::StandIn)]
    pub(crate) bedrock: Bedrock,
    /// Region of the real Bedrock
    #[arg(long, value_name = "REGION", default_value = "us-west-2", value_parser = region)]
    pub(crate) bedrock_region: String,
    /// How large pictures are
    #[arg(long, default_value = "preview", value_parser = size(), help_heading = STAND_IN)]
    pub(crate) picture: Size,
    /// Draw one picture for all requests of a model, shape and format, whatever their prompts: for long lists
    #[arg(long, help_heading = STAND_IN)]
    pub(crate) paint_once: bool,
    #[command(flatten)]
    pub(crate) faults: FaultPlan,
}

/// Who makes the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bedrock {
    /// The stand-in of this program.
    StandIn,
    /// Amazon Bedrock.
    Aws,
}

/// A function that `local` can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// S3 event to execution.
    Trigger,
    /// Item to image.
    Generator,
}

fn size() -> impl TypedValueParser<Value = Size> {
    PossibleValuesParser::new(["tiny", "preview", "model"]).map(|name| match name.as_str() {
        "tiny" => Size::Tiny,
        "model" => Size::Model,
        _ => Size::Preview,
    })
}

fn folder(path: PathBuf) -> Result<PathBuf, String> {
    match path.ancestors().find(|part| part.exists()) {
        Some(part) if !part.is_dir() => Err(format!("{} is a file; name a folder", part.display())),
        _ => Ok(path),
    }
}

fn region(text: &str) -> Result<String, String> {
    idlist::check_region(text).map(|()| text.to_owned()).map_err(String::from)
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if (1.0..=100_000.0).contains(&factor) => Ok(factor),
        _ => Err("a number from 1 to 100000".into()),
    }
}

fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..f64::INFINITY).contains(&number) => Ok(number),
        _ => Err("a number that is not negative".into()),
    }
}
