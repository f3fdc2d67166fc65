//! A list before it is dropped: read from JSON, JSON Lines, CSV or a spreadsheet, checked, priced.

use idlist::make::{Filling, Template};
use idlist::plan::{Pace, Plan, Prices, plan};
use idlist::table::{self, Table};
use idlist::{CheckOptions, JsonArrayWriter, Message, Report, check_slice, clean_stem, message};
use serde_json::{Value, value::RawValue};

/// Seconds that a model takes for one image, for estimates.
const LATENCY: f64 = 4.0;

/// Items that are shown before the list is dropped.
const SHOWN_ITEMS: usize = 6;

/// What fills the fields that a table has no column for.
#[derive(Debug, Clone)]
pub(crate) struct Fill {
    /// The bucket for images.
    pub(crate) bucket: String,
    /// The model.
    pub(crate) model: String,
    /// The rank.
    pub(crate) rank: String,
    /// Items at work at once, for the estimate of time.
    pub(crate) concurrency: u32,
}

/// Why a file cannot be read as a list at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DraftError {
    /// The table has a fault.
    Table(Message),
    /// A line of JSON Lines is not JSON.
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// The name says that it is something else.
    OtherFile(String),
}

impl From<Message> for DraftError {
    fn from(fault: Message) -> Self {
        Self::Table(fault)
    }
}

impl DraftError {
    /// Where the fault is and what to do, as a sentence.
    #[must_use]
    pub(crate) fn message(&self) -> Message {
        match self {
            Self::Table(fault) => fault.clone(),
            Self::Line { line, message } => {
                message!("invalid-json-line", "line {line}: not valid JSON: {message}", line = *line, message)
            }
            Self::OtherFile(file) => message!(
                "other-file",
                "{file} is not a list; gallery reads .json, .jsonl, .csv, .tsv and .xlsx",
                file = format!("{file:?}"),
            ),
        }
    }

    /// The stable name.
    #[cfg(any(test, feature = "cli"))]
    #[must_use]
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Table(_) => "InvalidTable",
            Self::Line { .. } => "InvalidLine",
            Self::OtherFile(_) => "OtherFile",
        }
    }
}

/// A list that was checked and not dropped yet.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Name of the file that it came from.
    pub(crate) file: String,
    /// The key that it gets in the list bucket.
    pub(crate) key: String,
    /// The list as JSON.
    pub(crate) json: Vec<u8>,
    /// What idlist says.
    pub(crate) report: Report,
    /// The broken line with a caret under the fault.
    pub(crate) excerpt: Option<String>,
    /// What it costs and how long it takes.
    pub(crate) plan: Option<Plan>,
    /// Fields that were filled in, with their values, because no column gives them.
    pub(crate) filled: Vec<(&'static str, String)>,
    /// Columns that mean nothing.
    pub(crate) unused: Vec<String>,
    /// The first items.
    pub(crate) first: Vec<Value>,
}

impl Draft {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`DraftError`] if it cannot be read as a list. A list with problems is not an error: the report says so.
    pub(crate) fn read(file: &str, bytes: Vec<u8>, fill: &Fill) -> Result<Self, DraftError> {
        let extension = file.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
        let stem = stem_of(file);
        let (mut filled, mut unused) = (Vec::new(), Vec::new());
        let json = match extension.as_str() {
            "json" => bytes,
            "jsonl" | "ndjson" => json_of_lines(&table::decode(bytes, None)?)?,
            "csv" | "tsv" | "tab" => {
                let delimiter = (extension != "csv").then_some(b'\t');
                let table = Table::csv(table::decode(bytes, None)?, delimiter)?;
                json_of_table(table, &stem, fill, &mut filled, &mut unused)?
            }
            "xlsx" | "xlsm" => json_of_table(Table::xlsx(bytes, None)?, &stem, fill, &mut filled, &mut unused)?,
            _ => return Err(DraftError::OtherFile(file.to_owned())),
        };
        Ok(Self { filled, unused, ..Self::of_json(file, json, fill.concurrency) })
    }

    /// Checks a list that is JSON.
    #[must_use]
    pub(crate) fn of_json(file: &str, json: Vec<u8>, concurrency: u32) -> Self {
        let report = check_slice(&json, CheckOptions::default());
        let excerpt = report.broken.as_ref().map(|broken| idlist::excerpt::show(&json, broken));
        let pace = Pace { concurrency, latency: LATENCY, rate: None };
        let plan = Prices::built_in().ok().filter(|_| report.is_good()).map(|prices| plan(&report, &prices, pace));
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let first: Vec<Value> = serde_json::from_slice::<Vec<&RawValue>>(&json)
            .map(|raws| raws.iter().take(SHOWN_ITEMS).filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect())
            .unwrap_or_default();
        Self {
            file: name.to_owned(),
            key: format!("{}.json", stem_of(file)),
            json,
            report,
            excerpt,
            plan,
            filled: Vec::new(),
            unused: Vec::new(),
            first,
        }
    }

    /// What it costs in US dollars, if all prices are known.
    #[must_use]
    pub(crate) fn usd(&self) -> Option<f64> {
        self.plan.as_ref()?.total_usd
    }
}

/// The name of a file without folders and extension, as keys and ids may have it.
fn stem_of(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    clean_stem(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

fn json_of_lines(text: &str) -> Result<Vec<u8>, DraftError> {
    let mut array = JsonArrayWriter::new(Vec::new());
    for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fault = |message: String| DraftError::Line { line: nth + 1, message };
        let raw: &RawValue = serde_json::from_str(line).map_err(|error| fault(error.to_string()))?;
        array.write(&raw).map_err(|error| fault(error.to_string()))?;
    }
    array.finish().map_err(|error| DraftError::Line { line: 0, message: error.to_string() })
}

fn json_of_table(
    mut table: Table,
    stem: &str,
    fill: &Fill,
    filled: &mut Vec<(&'static str, String)>,
    unused: &mut Vec<String>,
) -> Result<Vec<u8>, DraftError> {
    let pairs: Vec<_> = table
        .columns()
        .iter()
        .filter_map(|column| Some((column.heading.clone(), alias(&table, &column.heading)?)))
        .collect();
    table.assign(&pairs)?;
    if !table.has("prompt") {
        return Err(DraftError::Table(message!(
            "table-without-prompt",
            "no column is named prompt; the columns are {columns}: name one of them prompt",
            columns = table.headings(),
        )));
    }
    let defaults = [
        ("rank", fill.rank.clone()),
        ("inputBucketName", fill.bucket.clone()),
        ("inputKeyName", "{id}.png".to_owned()),
        ("model", fill.model.clone()),
    ];
    let missing = defaults.into_iter().filter(|(field, _)| !table.has(field));
    filled.extend(missing);
    let set = filled.iter().filter_map(|(field, text)| Some((*field, Template::parse(text, &["id", "rank"]).ok()?)));
    let filling = Filling { set: set.collect(), ..Filling::default() };
    let has_id = table.has("id");
    if !has_id {
        filled.insert(0, ("id", format!("{stem}-1, {stem}-2, …")));
    }
    let columns = table.columns().to_vec();
    unused.extend(columns.iter().filter(|column| column.field.is_none()).map(|column| column.heading.clone()));
    unused.retain(|heading| !heading.is_empty());
    let mut array = JsonArrayWriter::new(Vec::new());
    let damaged = |error: std::io::Error| {
        let error = error.to_string();
        message!("table-not-written", "the table cannot be written as a list: {error}", error)
    };
    for (nth, row) in table.enumerate() {
        let id = if has_id { String::new() } else { format!("{stem}-{}", nth + 1) };
        let fields = filling.fields(&columns, Some(&row?), &id, "");
        array.write(&fields).map_err(damaged)?;
    }
    Ok(array.finish().map_err(damaged)?)
}

/// The field that a heading means which is written otherwise: `Prompt`, `negative prompt`, `aspect_ratio`.
fn alias(table: &Table, heading: &str) -> Option<&'static str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let is_known = idlist::FIELDS.contains(&heading);
    let field = idlist::FIELDS.into_iter().find(|field| plain(field) == plain(heading))?;
    (!is_known && !table.has(field)).then_some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill() -> Fill {
        let model = idlist::models::CORE.id.to_owned();
        Fill { bucket: "my-images".into(), model, rank: "normal".into(), concurrency: 10 }
    }

    #[test]
    fn a_table_with_prompts_alone_is_a_list() {
        let draft =
            Draft::read("Spring cards.csv", b"Prompt,mood\na cat,1\n\"a dog, asleep\",2\n".to_vec(), &fill()).unwrap();
        assert!(draft.report.is_good(), "{}", draft.report);
        assert_eq!((draft.report.items, draft.key.as_str()), (2, "Spring-cards.json"));
        assert_eq!(draft.first[1]["prompt"], "a dog, asleep");
        assert_eq!(draft.first[1]["inputKeyName"], "Spring-cards-2.png");
        assert_eq!(draft.filled.len(), 5);
        assert_eq!(draft.unused, ["mood"]);
        assert!(draft.usd().is_some_and(|usd| usd > 0.08));
    }

    #[test]
    fn a_broken_list_shows_its_line() {
        let draft = Draft::read("a.json", b"[\n{},\n]".to_vec(), &fill()).unwrap();
        assert!(draft.excerpt.unwrap().contains('^'));
        assert!(draft.plan.is_none());
    }

    #[test]
    fn what_is_not_a_list_is_refused_by_name() {
        let name = |file: &str, bytes: &[u8]| Draft::read(file, bytes.to_vec(), &fill()).unwrap_err().name();
        assert_eq!(name("cat.png", b"x"), "OtherFile");
        assert_eq!(name("a.jsonl", b"{}\n{"), "InvalidLine");
        assert_eq!(name("a.csv", b"name,age\nx,1\n"), "InvalidTable");
        assert_eq!(name("a.xlsx", b"no zip"), "InvalidTable");
    }

    #[test]
    fn json_lines_become_an_array() {
        let draft = Draft::read("a.jsonl", b"{\"id\":1}\n\n{\"id\":2}\n".to_vec(), &fill()).unwrap();
        assert_eq!(draft.report.items, 2);
    }
}
