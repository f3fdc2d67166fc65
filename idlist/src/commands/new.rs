//! `idlist new`: writes a list.

use std::fs::File;
use std::path::{Path, PathBuf};

use idlist::make::{MakeError, NewList, PROMPT_COLUMN, PromptRows, Template, Vary};

use super::CommandError;
use super::output::Output;
use super::progress::Progress;

/// Most items that a Distributed Map takes.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html>
const MAX_ITEMS: u64 = 100_000_000;

/// Write a new list.
///
/// The items are numbered, and each has a prompt of its own. The same arguments give the same list: what varies follows
/// from an item's id and rank. Without --prompt and --prompts, hair colour and background vary.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist new --rank nomal --number 100 > nomal.json
  idlist new --rank nomal=900 --rank vip=100 --width 4 -o list.json
  idlist new --rank vip --number 5 --start 101 --account 111122223333 --region us-west-2 > vip.json
  idlist new --rank vip --number 50 --vary hair=black:3,gold --prompt 'a girl with {hair} hair, no. {id}'
  idlist new --rank vip --prompts prompts.txt
  idlist new --rank vip --prompts people.csv --prompt '{name}, {age} years old, in {city}'")]
pub(crate) struct Args {
    /// Rank of the items, such as nomal; with =COUNT, the number of its items (can be given several times)
    #[arg(long, required = true, value_name = "NAME[=COUNT]", value_parser = rank)]
    rank: Vec<(String, Option<u64>)>,

    /// Number of items of every rank without =COUNT
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=MAX_ITEMS))]
    number: Option<u64>,

    /// What every id begins with
    #[arg(long, default_value = "A", value_name = "TEXT")]
    id_prefix: String,

    /// Number in the first id of every rank
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    start: u32,

    /// Fewest digits of the number in an id; zeros fill it up
    #[arg(long, default_value_t = 1, value_name = "DIGITS", value_parser = clap::value_parser!(u8).range(1..=100))]
    width: u8,

    /// Bedrock model id
    #[arg(long, default_value = idlist::models::CORE.id)]
    model: String,

    /// File name of the images; .jpeg, .jpg, .png or .webp decides their format
    #[arg(long, default_value = "image.jpeg")]
    key: String,

    /// Prompt, with {id}, {rank}, the names of --vary and the columns of --prompts in it
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,

    /// What {NAME} in the prompt can be; with :WEIGHT, how often (can be given several times)
    #[arg(long, value_name = "NAME=VALUE[:WEIGHT],…", requires = "prompt")]
    vary: Vec<Vary>,

    /// File with a prompt for every item: one on each line, or a .csv file with a first row that names the columns
    #[arg(long, value_name = "FILE")]
    prompts: Option<PathBuf>,

    /// Bucket that receives the images [default: <ACCOUNT>-<REGION>-input-image-bucket]
    #[arg(long)]
    bucket: Option<String>,

    /// AWS account id in the name of the bucket
    #[arg(long, default_value = "000000000000", conflicts_with = "bucket")]
    account: String,

    /// AWS region in the name of the bucket
    #[arg(long, default_value = "us-east-1", conflicts_with = "bucket")]
    region: String,

    /// File to write, which appears only when it is whole [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: Args) -> Result<bool, CommandError> {
    let mut rows = match &args.prompts {
        Some(path) => open_prompts(path)?,
        None => PromptRows::none(),
    };
    let list = list(&args, &rows)?;
    // Before a file is opened.
    list.check().map_err(|error| CommandError::Usage(error.to_string()))?;
    let mut output = Output::open(args.output.as_deref())?;
    let made = list.write(Progress::new(&mut output, None), &mut rows);
    made.map_err(|error| match (error, args.prompts) {
        (MakeError::Write(error), _) => output.error(error),
        (MakeError::Read(source), Some(path)) => CommandError::Input { path, source },
        (other, _) => CommandError::Usage(other.to_string()),
    })?;
    output.finish()?;
    Ok(true)
}

fn open_prompts(path: &Path) -> Result<PromptRows, CommandError> {
    let open = || {
        let file = File::open(path)?;
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            return PromptRows::csv(file);
        }
        Ok(PromptRows::lines(file))
    };
    open().map_err(|source| CommandError::Input { path: path.to_owned(), source })
}

fn list(args: &Args, rows: &PromptRows) -> Result<NewList, CommandError> {
    let default_number = args.number.or((!rows.is_file()).then_some(0));
    let ranks: Vec<_> = args.rank.iter().map(|(name, count)| (name.clone(), count.or(default_number))).collect();
    let is_missing = ranks.iter().any(|(_, number)| *number == Some(0));
    let total = ranks.iter().filter_map(|(_, number)| *number).fold(0, u64::saturating_add);
    let unused = args.number.is_some() && args.rank.iter().all(|(_, count)| count.is_some());
    let open_ended = ranks.iter().filter(|(_, number)| number.is_none()).count();
    let fault = if is_missing {
        Some("a rank has no number of items; give --number, or write --rank NAME=COUNT".to_owned())
    } else if unused {
        Some("--number has nothing to do, every rank has its own; leave it out".to_owned())
    } else if total > MAX_ITEMS {
        Some(format!("{total} items are asked for; Step Functions takes at most {MAX_ITEMS}"))
    } else if open_ended > 1 {
        Some("several ranks share the prompts; write --rank NAME=COUNT to say how many each gets".to_owned())
    } else {
        None
    };
    if let Some(fault) = fault {
        return Err(CommandError::Usage(fault));
    }
    let bucket = || format!("{}-{}-input-image-bucket", args.account, args.region);
    Ok(NewList {
        ranks,
        id_prefix: args.id_prefix.clone(),
        start: args.start.into(),
        width: args.width.into(),
        model: args.model.clone(),
        input_bucket_name: args.bucket.clone().unwrap_or_else(bucket),
        input_key_name: args.key.clone(),
        vary: args.vary.clone(),
        prompt: template(args, rows)?,
    })
}

fn template(args: &Args, rows: &PromptRows) -> Result<Option<Template>, CommandError> {
    let of_rows = format!("{{{PROMPT_COLUMN}}}");
    let Some(text) = args.prompt.as_deref().or(rows.is_file().then_some(&of_rows)) else { return Ok(None) };
    Template::parse(text, &args.vary, rows.columns()).map(Some).map_err(|error| CommandError::Usage(error.to_string()))
}

/// `vip` or `vip=100`.
fn rank(text: &str) -> Result<(String, Option<u64>), String> {
    let counted =
        text.rsplit_once('=').filter(|(_, count)| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()));
    let Some((name, count)) = counted else { return Ok((text.to_owned(), None)) };
    match count.parse() {
        Ok(number @ 1..=MAX_ITEMS) => Ok((name.to_owned(), Some(number))),
        _ => Err(format!("{count} is not in 1..={MAX_ITEMS}")),
    }
}
