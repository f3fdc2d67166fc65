//! The commands and their arguments. The help text is the manual.

use crate::aws::Connection;
use clap::{Args, Parser, Subcommand};
use idlist::Message;
use std::path::PathBuf;

/// Drops lists, follows them, shows their pictures, makes some again, takes them home.
#[derive(Debug, Parser)]
#[command(name = "gallery", version = env!("VERSION_WITH_COMMIT"), max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    /// The connection.
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// Print one JSON object, for scripts
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The stack that `samconfig.toml` names.
pub(crate) const DEFAULT_STACK: &str = "id-list-images";

const AFTER_HELP: &str = "\
Exit status: 0 if all pictures are made, 1 if items failed or the list was rejected, 2 if the command could not run, 130 if it was \
interrupted.

Examples:
  gallery serve                            # the page, for the stack in your AWS account
  gallery drop cards.json --wait           # check, price, upload, follow, summary
  gallery runs
  gallery fetch latest --to pictures

Against `local up`, with any credentials:
  gallery --endpoint-url http://127.0.0.1:4566 --stack '' --region us-east-1 serve";

/// Where the stack is.
#[derive(Debug, Args)]
pub(crate) struct ConnectionArgs {
    /// Name of the stack; an empty name means the state machine GenerateImages
    #[arg(long, global = true, value_name = "NAME", default_value = DEFAULT_STACK)]
    stack: String,
    /// Name of the state machine, where it does not follow from the stack
    #[arg(long, global = true, value_name = "NAME")]
    state_machine: Option<String>,
    /// Account of the stack [default: that of the credentials]
    #[arg(long, global = true, value_name = "DIGITS", value_parser = account)]
    account: Option<String>,
    /// Region of the stack [default: as for every AWS client]
    #[arg(long, global = true, value_name = "REGION", value_parser = region)]
    region: Option<String>,
    /// Profile of the AWS configuration
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// Endpoint in place of AWS's own [default: AWS_ENDPOINT_URL]
    #[arg(long, global = true, value_name = "URL")]
    endpoint_url: Option<String>,
}

fn account(text: &str) -> Result<String, Message> {
    idlist::check_account_id(text).map(|()| text.to_owned())
}

fn region(text: &str) -> Result<String, Message> {
    idlist::check_region(text).map(|()| text.to_owned())
}

impl From<ConnectionArgs> for Connection {
    fn from(args: ConnectionArgs) -> Self {
        let ConnectionArgs { stack, state_machine, account, region, profile, endpoint_url } = args;
        Self { stack, state_machine, account, region, profile, endpoint_url }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the page on 127.0.0.1 until Ctrl-C
    Serve(ServeArgs),
    /// Check a list, say what it costs, and drop it into the bucket
    Drop(DropArgs),
    /// List the runs, the latest first
    Runs(RunsArgs),
    /// Follow a run to its end and say what came of it
    Watch(RunArgs),
    /// Bring the pictures of a run to a folder: only what is missing, with items.csv and index.html
    Fetch(FetchArgs),
    /// Make items of a run again, with another seed or prompt, beside the old pictures
    Redo(RedoArgs),
    /// Stop a run; what the model is making at this moment is still paid
    Stop(RunArgs),
    /// Say whether the account is ready, and how to mend what is not
    Doctor(DoctorArgs),
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff
    Man,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Port of the page; 0 takes a free one
    #[arg(long, default_value_t = 4570)]
    pub(crate) port: u16,
}

/// Arguments of `drop`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gallery drop cards.json --wait
  gallery drop prompts.csv --rank vip --max-usd 10
  gallery drop cards.xlsx --check              # what idlist says and what it costs; nothing is uploaded")]
pub(crate) struct DropArgs {
    /// The list: .json, .jsonl, .csv, .tsv or .xlsx
    pub(crate) file: PathBuf,
    /// Follow it to its end
    #[arg(long)]
    pub(crate) wait: bool,
    /// Only check and price it
    #[arg(long, conflicts_with = "wait")]
    pub(crate) check: bool,
    /// Do not drop a list that costs more US dollars
    #[arg(long, value_name = "USD")]
    pub(crate) max_usd: Option<f64>,
    /// Rank of the rows of a table without this column
    #[arg(long, default_value = "normal")]
    pub(crate) rank: String,
    /// Model of the rows of a table without this column
    #[arg(long, default_value = idlist::models::CORE.id)]
    pub(crate) model: String,
}

/// Arguments of `runs`.
#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    /// Most runs that are listed
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i32).range(1..=1000))]
    pub(crate) limit: i32,
}

/// A run.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Name or ARN of the execution, or latest
    #[arg(value_name = "EXECUTION")]
    pub(crate) run: String,
}

/// Arguments of `fetch`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gallery fetch latest --to pictures
  gallery fetch cards-c854af63a7104668bd84da6d9cca677b --to pictures --name '{rank}-{id}.{ext}'")]
pub(crate) struct FetchArgs {
    /// Name or ARN of the execution, or latest
    #[arg(value_name = "EXECUTION")]
    pub(crate) run: String,
    /// The folder
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// How files are called; {rank}, {id}, {file}, {stem} and {ext} are filled in
    #[arg(long, value_name = "TEMPLATE", default_value = "{rank}/{id}/{file}")]
    pub(crate) name: String,
}

/// Arguments of `redo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gallery redo latest A17 A42 --wait
  gallery redo latest vip/A17 --prompt 'silver hair, dark background'")]
pub(crate) struct RedoArgs {
    /// Name or ARN of the execution, or latest
    #[arg(value_name = "EXECUTION")]
    pub(crate) run: String,
    /// Ids of the items; RANK/ID where an id is not enough
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// The new seed [default: one that follows from the old]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// The new prompt [default: the old one]
    #[arg(long, value_name = "TEXT")]
    pub(crate) prompt: Option<String>,
    /// Keep the file names, so that the new pictures replace the old
    #[arg(long)]
    pub(crate) replace: bool,
    /// Follow it to its end
    #[arg(long)]
    pub(crate) wait: bool,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 if nothing is at fault, 1 otherwise. What the caller may not ask, and what an endpoint of your own does not have, is told as
such, not as a fault.
docs/gallery-policy.json lists the permissions that gallery needs; write your own in place of ACCOUNT, REGION and STACK.

Examples:
  gallery doctor
  gallery doctor --try                         # makes one picture, about 0.04 USD")]
pub(crate) struct DoctorArgs {
    /// Make one picture and say what it cost
    #[arg(long)]
    pub(crate) r#try: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
