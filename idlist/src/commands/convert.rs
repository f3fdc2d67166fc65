//! `idlist convert`: a list from one format into another, or from a table.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use idlist::make::{Filling, Template};
use idlist::table::{Place, Table};
use idlist::{Item, JsonArrayWriter, Message, ProblemKind, RetiredModels, message};
use serde_json::Value;

use super::CommandError;
use super::cells::{self, Fault, foreign};
use super::fields::{Fields, at_item};
use super::input::{self, Format, List, TableArgs, about, bad, delimiter_of, template};
use super::output::{Output, OutputArgs};
use super::say::tell;

/// Convert a list between JSON, JSON Lines and CSV, or make one from a spreadsheet.
///
/// The names of the files say the formats. In CSV and spreadsheets the first row names the fields, and a blank cell is an
/// absent field. Items from a table are checked; a list that has problems is written all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 if all is well, 1 if items of a table have problems, 2 if the file could not be converted.

Examples:
  idlist convert cards.csv --bucket images-of-cards --model stability.stable-image-core-v1:1 --key '{id}.png' \\
    --set rank=vip -o list.json
  idlist convert people.csv --encoding shift_jis --map 番号=id --map 説明=prompt --set rank=vip -o list.json
  idlist convert cards.xlsx --sheet Cards -o list.json
  idlist convert list.json -o list.csv
  idlist new --rank vip --number 5 | idlist convert - --to csv > list.csv")]
pub(crate) struct Args {
    /// File with the list; - for stdin
    file: PathBuf,

    #[command(flatten)]
    output: OutputArgs,

    /// Format to read [default: by the name of the file, else json]
    #[arg(long, value_name = "FORMAT")]
    from: Option<Format>,

    /// Format to write [default: by the name of the file, else json]
    #[arg(long, value_name = "FORMAT")]
    to: Option<Format>,

    /// Bucket that receives the images, where no column says it
    #[arg(long)]
    bucket: Option<String>,

    /// Bedrock model id, where no column says it
    #[arg(long)]
    model: Option<String>,

    /// File name of the images, such as '{id}.png', where no column says it
    #[arg(long)]
    key: Option<String>,

    #[command(flatten)]
    table: TableArgs,
}

type Found = Result<Fields, CommandError>;

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let from = args.from.or_else(|| Format::of(&args.file)).unwrap_or(Format::Json);
    let output = args.output.output.as_deref();
    let to = args.to.or_else(|| output.and_then(Format::of)).unwrap_or(Format::Json);
    if to == Format::Xlsx {
        return Err(CommandError::Usage(message!(
            "spreadsheet-is-read-only",
            "a spreadsheet cannot be written; write CSV, which spreadsheets open"
        )));
    }
    let mut output = args.output.open()?;
    if from.is_table() {
        let mut rows = rows(args, from)?;
        write(&mut rows, args, to, &mut output)?;
        output.finish()?;
        return Ok(to == Format::Csv || rows.report());
    }
    if !args.table.map.is_empty() || !sets(args).is_empty() {
        return Err(CommandError::Usage(message!(
            "options-for-tables",
            "--map, --set, --bucket, --model and --key are for tables; leave them out"
        )));
    }
    let list = List::read_as(&args.file, from, args.table.encoding)?;
    let items = list.items()?.into_iter().enumerate();
    let items = items.map(|(nth, item)| Fields::read(&list, nth, item));
    write(items, args, to, &mut output)?;
    output.finish()?;
    Ok(true)
}

/// The options that fill fields.
fn sets(args: &Args) -> Vec<(&'static str, String)> {
    let named = [("inputBucketName", &args.bucket), ("model", &args.model), ("inputKeyName", &args.key)];
    let named = named.into_iter().filter_map(|(field, value)| Some((field, value.clone()?)));
    named.chain(args.table.set.iter().cloned()).collect()
}

fn rows(args: &Args, from: Format) -> Result<Rows<'_>, CommandError> {
    let table = args.table.open(&args.file, Some(from))?;
    let known: Vec<&str> = ["id", "rank"].into_iter().chain(input::names(&table)).collect();
    let set = sets(args).iter().map(|(field, text)| template(field, text, &known)).collect::<Result<_, _>>()?;
    let filling = Filling { set, ..Filling::default() };
    let used: Vec<_> = filling.templates().flat_map(Template::names).collect();
    if used.is_empty() && table.columns().iter().all(|column| column.field.is_none()) {
        let what = message!(
            "no-column-is-a-field",
            "no column is named as a field of an item; the columns are {columns}; give --map COLUMN=FIELD, or --delimiter",
            columns = table.headings(),
        );
        return Err(bad(&args.file, what));
    }
    let set: Vec<_> = filling.set.iter().map(|(field, _)| *field).collect();
    input::report_columns(&args.file, &table, &used, &set);
    Ok(Rows { args, table, filling, earlier: HashMap::new(), problems: Vec::new(), unlisted: 0, items: 0 })
}

/// The rows of a table as items, which are checked.
struct Rows<'a> {
    args: &'a Args,
    table: Table,
    filling: Filling,
    earlier: HashMap<String, Place>,
    /// Where items have a problem first, what it is, and in how many more rows it is the same.
    problems: Vec<(Place, Message, u64)>,
    /// Problems that are not among them.
    unlisted: u64,
    items: u64,
}

/// Most different problems that are listed; the rest is counted.
const MAX_LISTED: usize = 20;

impl Rows<'_> {
    fn check(&mut self, place: Place, fields: &Value) {
        self.items += 1;
        match Item::from_value(fields, RetiredModels::Redirect) {
            Err(problems) => {
                for problem in problems {
                    let sentence = problem.sentence();
                    let what = match (problem.kind, problem.field) {
                        (ProblemKind::MissingField, Some(field)) => message!(
                            "missing-in-table",
                            "{problem}; --set {field}=VALUE fills it",
                            problem = sentence,
                            field,
                        ),
                        _ => sentence,
                    };
                    self.note(place, what);
                }
            }
            Ok(item) => {
                let destination = item.destination();
                if let Some(earlier) = self.earlier.insert(destination.clone(), place) {
                    let what = message!(
                        "same-destination-as-row",
                        "the same destination as {earlier}, {destination}",
                        earlier = earlier.message(),
                        destination,
                    );
                    self.note(place, what);
                }
            }
        }
    }

    fn note(&mut self, place: Place, what: Message) {
        let is_full = self.problems.len() == MAX_LISTED;
        match self.problems.iter_mut().find(|(_, known, _)| *known == what) {
            Some((.., more)) => *more += 1,
            None if !is_full => self.problems.push((place, what, 0)),
            None => self.unlisted += 1,
        }
    }

    /// Says what is wrong with the items; true if nothing is.
    fn report(&self) -> bool {
        for (place, what, more) in &self.problems {
            let what = match more {
                0 => what.clone(),
                more => message!("what-and-more", "{what} (and {more} more)", what = what.clone(), more = *more),
            };
            tell(&about(&self.args.file, place.says(what)));
        }
        if self.unlisted > 0 {
            tell(&message!("other-problems", "other problems: {number}", number = self.unlisted));
        }
        if self.items == 0 {
            tell(&about(&self.args.file, message!("no-rows-below", "there are no rows below the heading")));
        }
        self.problems.is_empty() && self.items > 0
    }
}

impl Iterator for Rows<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Self::Item> {
        let row = match self.table.next()? {
            Ok(row) => row,
            Err(error) => return Some(Err(bad(&self.args.file, error))),
        };
        let mut fields = self.filling.fields(self.table.columns(), Some(&row), "", "");
        for (column, cell) in self.table.columns().iter().zip(&row.cells) {
            if column.field.is_none() && !cell.trim().is_empty() {
                fields.insert(column.heading.clone(), foreign(cell));
            }
        }
        let fields = Value::Object(fields);
        self.check(row.place, &fields);
        Some(fields.to_string().parse().map_err(|what: Message| bad(&self.args.file, what)))
    }
}

fn write(
    mut items: impl Iterator<Item = Found>,
    args: &Args,
    to: Format,
    output: &mut Output,
) -> Result<(), CommandError> {
    let failed = |error| args.output.error(error);
    match to {
        Format::Csv => {
            let items = items.collect::<Result<Vec<_>, _>>()?;
            let delimiter = args.output.output.as_deref().and_then(delimiter_of).unwrap_or(b',');
            cells::write(&items, delimiter, output).map_err(|fault| match fault {
                Fault::Write(error) => failed(error),
                Fault::Item(nth, what) => bad(&args.file, at_item(nth, what)),
            })
        }
        Format::Jsonl => items.try_for_each(|item| {
            serde_json::to_writer(&mut *output, &item?).map_err(|error| failed(error.into()))?;
            output.write_all(b"\n").map_err(failed)
        }),
        _ => {
            let mut array = JsonArrayWriter::new(output);
            items.try_for_each(|item| array.write(&item?).map_err(failed))?;
            array.finish().map(drop).map_err(failed)
        }
    }
}
