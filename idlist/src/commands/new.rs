//! `idlist new`: writes a list.

use std::path::{Path, PathBuf};

use idlist::make::{self, Filling, MakeError, Rank, SAMPLE_NAMES, SAMPLE_PROMPT, Template, Vary};
use idlist::models::CORE;
use idlist::table::Table;
use idlist::{Message, check_account_id, check_region, message};

use super::CommandError;
use super::input::{self, Format, TableArgs, about, bad, template};
use super::output::OutputArgs;
use super::say::tell;
use super::settings::{BUCKET, Settings};

/// Most items that a Distributed Map takes.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html>
pub(crate) const MAX_ITEMS: u64 = 100_000_000;

/// Write a new list.
///
/// The items are numbered, and each has a prompt of its own. The same arguments give the same list: what varies follows
/// from an item's id and rank. Without --prompt and --prompts, hair colour and background vary. What differs by rank goes
/// into a recipe. The command line has precedence over a recipe, and a cell of a table over both, but for the prompt.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist new --rank nomal --number 100 > nomal.json
  idlist new --rank nomal=900 --rank vip=100 --width 4 -o list.json
  idlist new --rank vip --number 5 --start 101 --account 111122223333 --region us-west-2 > vip.json
  idlist new --rank vip --number 50 --vary hair=black:3,gold --prompt 'a girl with {hair} hair, no. {id}'
  idlist new --rank vip --prompts prompts.txt
  idlist new --rank vip --prompts people.csv --prompt '{name}, {age} years old, in {city}' --key '{id}.png'
  idlist new --rank vip=10 --aspect-ratio 2:3 --variations 4 --suffix ', watercolour'
  idlist new --recipe - --example > cards.toml
  idlist new --recipe cards.toml -o cards.json")]
pub(crate) struct Args {
    /// Rank of the items, such as nomal; with =COUNT, the number of its items (can be given several times)
    #[arg(long, value_name = "NAME[=COUNT]", value_parser = rank, conflicts_with = "recipe")]
    rank: Vec<(String, Option<u64>)>,

    /// Recipe: a TOML file with settings for all ranks and for each
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,

    /// Print a recipe with comments
    #[arg(long)]
    example: bool,

    #[command(flatten)]
    settings: Settings,

    /// File with a prompt on each line, or a table (.csv, .tsv, .xlsx) with an item in each row
    #[arg(long, value_name = "FILE")]
    prompts: Option<PathBuf>,

    #[command(flatten)]
    table: TableArgs,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    if args.example {
        args.output.write_text(include_bytes!("../../recipe-example.toml"))?;
        return Ok(true);
    }
    let recipe = args.recipe.as_deref().map(Settings::of_recipe).transpose()?;
    let table = args.prompts.as_deref().map(|path| open(path, args)).transpose()?;
    let ranks = ranks(args, recipe.as_ref(), table.as_ref())?;
    let mut output = args.output.open()?;
    let made = make::write(&ranks, table, &mut output).map_err(|error| match (error, &args.prompts) {
        (MakeError::Write(error), _) => args.output.error(error),
        (error @ MakeError::Asked(_), _) | (error, None) => CommandError::Usage(error.message()),
        (error, Some(path)) => bad(path, error.message()),
    })?;
    if let (1.., Some(path)) = (made.unused_rows, &args.prompts) {
        let what = message!("unused-rows", "rows that were not asked for: {number}", number = made.unused_rows);
        tell(&about(path, what));
    }
    output.finish()?;
    Ok(true)
}

fn open(path: &Path, args: &Args) -> Result<Table, CommandError> {
    match Format::of(path) {
        Some(Format::Json | Format::Jsonl) => {
            Err(bad(path, message!("list-for-prompts", "a list; give a table or a file with a prompt on each line")))
        }
        format => args.table.open(path, format),
    }
}

/// The ranks with all that is said about them.
fn ranks(args: &Args, recipe: Option<&Settings>, table: Option<&Table>) -> Result<Vec<Rank>, CommandError> {
    let settings = merged(args, recipe, table.is_some_and(|table| table.has("rank")));
    if let Some(fault) = fault(args, &settings, table) {
        return Err(CommandError::Usage(fault));
    }
    let ranks: Vec<_> = settings.iter().map(|one| make_rank(one, args, table)).collect::<Result<_, _>>()?;
    let used: Vec<_> = ranks.iter().flat_map(|rank| rank.filling.templates()).flat_map(Template::names).collect();
    if let Some(vary) = ranks.iter().flat_map(|rank| &rank.filling.vary).find(|vary| !used.contains(&vary.name())) {
        let name = vary.name();
        let what = message!("unused-name", "{name} varies, but nothing has {{{name}}} in it; leave it out", name);
        return Err(CommandError::Usage(what));
    }
    if let (Some(path), Some(table)) = (&args.prompts, table) {
        let given = settings.iter().flat_map(Settings::fields).map(|(field, _)| field);
        input::report_columns(path, table, &used, &given.chain(args.table.fields()).collect::<Vec<_>>());
        if table.has("prompt") && !used.contains(&"prompt") {
            let what = message!("unused-prompts", "another prompt is given, so that the column for it means nothing");
            tell(&about(path, what));
        }
    }
    Ok(ranks)
}

/// The settings of each rank. A table with ranks needs none.
fn merged(args: &Args, recipe: Option<&Settings>, has_ranks: bool) -> Vec<Settings> {
    let given = &args.settings;
    match recipe {
        Some(recipe) => recipe.rank.iter().map(|rank| given.clone().or(&rank.clone().or(recipe))).collect(),
        None if args.rank.is_empty() && has_ranks => vec![given.clone()],
        None => {
            let counted = |(name, number): &(String, Option<u64>)| Settings {
                name: Some(name.clone()),
                number: number.or(given.number),
                ..given.clone()
            };
            args.rank.iter().map(counted).collect()
        }
    }
}

/// What does not fit together.
fn fault(args: &Args, ranks: &[Settings], table: Option<&Table>) -> Option<Message> {
    let has = |field| table.is_some_and(|table| table.has(field));
    let given = &args.settings;
    let is_numbered = given.id_prefix.is_some() || given.start.is_some() || given.width.is_some();
    let is_counted = ranks.iter().any(|rank| rank.number.is_some());
    let total = ranks.iter().map(|rank| rank.number.unwrap_or(0).saturating_mul(rank.variations()));
    let total = total.fold(0, u64::saturating_add);
    let open_ended = ranks.iter().filter(|rank| rank.number.is_none()).count();
    let sets = |field: &str| args.table.fields().any(|set| set == field);
    let forms = ranks.iter().find_map(|rank| {
        let account = rank.account.as_deref().and_then(|account| check_account_id(account).err());
        account.or_else(|| rank.region.as_deref().and_then(|region| check_region(region).err()))
    });
    let faults = [
        (
            sets("rank") || sets("prompt"),
            message!("set-of-rank-or-prompt", "--set cannot give rank and prompt here; use --rank and --prompt"),
        ),
        (sets("id") && table.is_none(), message!("set-of-id", "--set gives all items one id; use --id-prefix")),
        (
            table.is_none() && args.table.is_given(),
            message!(
                "options-for-prompts",
                "--map, --encoding, --delimiter and --sheet are for --prompts; leave them out"
            ),
        ),
        (
            has("id") && is_numbered,
            message!("ids-in-table", "the ids are in the table; leave --id-prefix, --start and --width out"),
        ),
        (
            has("rank") && (!args.rank.is_empty() || is_counted),
            message!("ranks-in-table", "the ranks are in the table; leave --rank and numbers of items out"),
        ),
        (
            ranks.is_empty(),
            message!("no-rank", "no rank is named; give --rank NAME=COUNT, --recipe, or --prompts with a column rank"),
        ),
        (
            open_ended > 0 && table.is_none(),
            message!("rank-without-number", "a rank has no number of items; give --number, or write --rank NAME=COUNT"),
        ),
        (
            given.number.is_some() && args.recipe.is_none() && args.rank.iter().all(|(_, count)| count.is_some()),
            message!("number-without-use", "--number has nothing to do, every rank has its own; leave it out"),
        ),
        (
            open_ended > 1 && !has("rank"),
            message!(
                "shared-prompts",
                "several ranks share the prompts; write --rank NAME=COUNT to say how many each gets"
            ),
        ),
    ];
    let too_many = || {
        message!(
            "too-many-asked-for",
            "{total} items are asked for; Step Functions takes at most {max}",
            total,
            max = MAX_ITEMS,
        )
    };
    let fault = faults.into_iter().find(|(is_fault, _)| *is_fault).map(|(_, fault)| fault);
    fault.or(forms).or_else(|| (total > MAX_ITEMS).then(too_many))
}

fn make_rank(settings: &Settings, args: &Args, table: Option<&Table>) -> Result<Rank, CommandError> {
    let mut known: Vec<&str> = ["id", "rank"].into_iter().chain(table.into_iter().flat_map(input::names)).collect();
    if let Some(vary) = settings.vary.iter().find(|vary| known.contains(&vary.name())) {
        let what = message!(
            "name-in-use",
            "{name} varies, and is an id, a rank or a column besides; use another name",
            name = vary.name(),
        );
        return Err(CommandError::Usage(what));
    }
    known.extend(settings.vary.iter().map(Vary::name));
    let prompt = match (settings.prompt.as_deref(), &args.prompts, table) {
        (Some(prompt), ..) => prompt,
        (None, Some(path), Some(table)) if !table.has("prompt") => {
            let what = message!(
                "no-column-for-prompt",
                "no column is named prompt; give --prompt with {{COLUMN}} in it, or --map COLUMN=prompt; the columns are {columns}",
                columns = table.headings(),
            );
            return Err(bad(path, what));
        }
        (None, _, Some(_)) => "{prompt}",
        (None, ..) => {
            known.extend(SAMPLE_NAMES);
            SAMPLE_PROMPT
        }
    };
    let mut prompt = around(settings.prefix.as_deref(), prompt, settings.suffix.as_deref());
    if let Some(path) = &settings.style {
        let style = input::text(path, None)?;
        prompt = match style.trim().split_once("{prompt}") {
            Some((before, behind)) => format!("{before}{prompt}{behind}"),
            None => format!("{prompt}, {}", style.trim()),
        };
    }
    let mut set = args.table.templates(&known)?;
    let defaults = [("inputBucketName", BUCKET), ("inputKeyName", "image.jpeg"), ("model", CORE.id)];
    let defaults = defaults.map(|(field, value)| (field, value.to_owned()));
    for (field, value) in settings.fields().into_iter().chain(defaults) {
        set.push(template(field, &value, &known)?);
    }
    let prompt = Some(template("prompt", &prompt, &known)?.1);
    Ok(Rank {
        name: settings.name.clone(),
        number: settings.number,
        id_prefix: settings.id_prefix.clone().unwrap_or_else(|| "A".to_owned()),
        start: settings.start.unwrap_or(1).into(),
        width: settings.width.unwrap_or(1).into(),
        variations: settings.variations(),
        filling: Filling { prompt, set, vary: settings.vary.clone() },
    })
}

/// A prompt with what comes before and behind it, with a blank between words.
fn around(prefix: Option<&str>, prompt: &str, suffix: Option<&str>) -> String {
    let mut text = String::new();
    for part in [prefix, Some(prompt), suffix].into_iter().flatten().filter(|part| !part.is_empty()) {
        let needs_blank = !text.is_empty() && !text.ends_with(char::is_whitespace);
        if needs_blank && !part.starts_with(|first: char| first.is_whitespace() || ",.;:!?)".contains(first)) {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
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
