//! Makes lists: items of one or several ranks, numbered or from the rows of a table, each with a prompt of its own.

mod filling;
mod sample;
mod step;
mod template;
mod vary;

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Map, Value};

pub use filling::{EMPTY, Filling};
pub use sample::{SAMPLE_NAMES, SAMPLE_PROMPT};
pub use step::Step;
pub use template::Template;
pub use vary::Vary;

use crate::message;
use crate::message::Message;
use crate::problem::FieldProblem;
use crate::table::{Column, Place, Row, Table};
use crate::{Item, JsonArrayWriter, RetiredModels, seed_of};

/// The items of one rank.
#[derive(Debug, Clone)]
pub struct Rank {
    /// Name of the rank; `None` takes the rows of every rank.
    pub name: Option<String>,
    /// Number of items; `None` for as many as the table has rows.
    pub number: Option<u64>,
    /// What every id begins with.
    pub id_prefix: String,
    /// Number in the first id.
    pub start: u64,
    /// Fewest digits of the number in an id; zeros fill it up.
    pub width: usize,
    /// Pictures of an item, 1 or more. They differ in file name and seed.
    pub variations: u64,
    /// What fills the fields.
    pub filling: Filling,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Items in the list.
    pub items: u64,
    /// Rows of the table that were not used.
    pub unused_rows: u64,
}

/// Why a list could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The list cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// What is asked for cannot be made.
    #[error("{0}")]
    Asked(Message),
    /// The table cannot be read, or does not make a good list.
    #[error("{0}")]
    Table(Message),
}

impl From<Message> for MakeError {
    fn from(what: Message) -> Self {
        Self::Table(what)
    }
}

impl MakeError {
    /// What went wrong, as a sentence.
    pub fn message(&self) -> Message {
        match self {
            Self::Write(error) => error.to_string().into(),
            Self::Asked(what) | Self::Table(what) => what.clone(),
        }
    }
}

fn joined(problems: &[FieldProblem]) -> Message {
    let sentences = problems.iter().map(FieldProblem::sentence);
    sentences.reduce(|first, second| message!("joined", "{first}; {second}", first, second)).unwrap_or_default()
}

/// Writes a list as a JSON array, one item on every line. The same ranks and the same table give the same bytes.
///
/// A table with a column for `rank` says the rank of each row; else the ranks share the rows in their order.
///
/// # Errors
///
/// [`MakeError`]; what was written up to then is not a whole list.
pub fn write(ranks: &[Rank], mut table: Option<Table>, output: impl Write) -> Result<Made, MakeError> {
    let mut names: Vec<_> = ranks.iter().filter_map(|rank| rank.name.as_deref()).collect();
    names.sort_unstable();
    if let Some([name, _]) = names.array_windows().find(|[first, second]| first == second) {
        let name = format!("{name:?}");
        let what = message!("rank-twice", "rank {name} appears twice, with the same ids; name it once", name);
        return Err(MakeError::Asked(what));
    }
    let columns = table.as_ref().map(|table| table.columns().to_vec()).unwrap_or_default();
    let mut list = List { array: JsonArrayWriter::new(output), items: 0, earlier: HashMap::new(), columns: &columns };
    let rank_column = columns.iter().position(|column| column.field == Some("rank"));
    let mut rows = 0;
    if let (Some(table), Some(column)) = (&mut table, rank_column) {
        let mut numbers: HashMap<String, u64> = HashMap::new();
        for row in table {
            let row = row?;
            let name = row.cells.get(column).map_or("", String::as_str);
            let is_its = |rank: &&Rank| rank.name.as_deref().is_none_or(|known| known == name);
            let Some(rank) = ranks.iter().find(is_its) else {
                let (name, names) = (format!("{name:?}"), names.join(", "));
                let what = message!("unknown-rank", "the rank is {name}; use one of {names}", name, names);
                return Err(row.place.says(what).into());
            };
            let nth = numbers.entry(name.to_owned()).or_default();
            list.add(rank, name, *nth, Some(&row))?;
            *nth += 1;
        }
    } else {
        for rank in ranks {
            for nth in 0..rank.number.unwrap_or(u64::MAX) {
                let row = match &mut table {
                    Some(table) => match table.next() {
                        Some(row) => Some(row?),
                        None => break,
                    },
                    None => None,
                };
                list.add(rank, rank.name.as_deref().unwrap_or_default(), nth, row.as_ref())?;
                rows += 1;
            }
        }
        let asked: u64 = ranks.iter().filter_map(|rank| rank.number).sum();
        if rows < asked {
            return Err(MakeError::Table(message!(
                "too-few-rows",
                "there are {rows} rows, and {asked} are asked for; give more rows or ask for fewer items",
                rows,
                asked,
            )));
        }
    }
    let mut unused_rows = 0;
    for row in table.into_iter().flatten() {
        row?;
        unused_rows += 1;
    }
    let items = list.items;
    if items == 0 {
        return Err(MakeError::Table(message!(
            "list-without-items",
            "the list would have no items; give numbers of items, or rows below the heading"
        )));
    }
    list.array.finish()?;
    Ok(Made { items, unused_rows })
}

/// A list that is being written.
struct List<'a, W> {
    array: JsonArrayWriter<W>,
    items: u64,
    /// The destinations of rows. Numbered items have different ones.
    earlier: HashMap<String, Place>,
    columns: &'a [Column],
}

impl<W: Write> List<'_, W> {
    fn add(&mut self, rank: &Rank, name: &str, nth: u64, row: Option<&Row>) -> Result<(), MakeError> {
        // A blank id among others is not a number.
        let id = match self.columns.iter().any(|column| column.field == Some("id")) {
            true => String::new(),
            false => format!("{}{:0width$}", rank.id_prefix, rank.start.saturating_add(nth), width = rank.width),
        };
        let mut fields = rank.filling.fields(self.columns, row, &id, name);
        for variation in 0..rank.variations {
            let fields = match rank.variations {
                1 => std::mem::take(&mut fields),
                _ => varied(fields.clone(), variation),
            };
            let item = Item::from_value(&Value::Object(fields), RetiredModels::Redirect);
            let item = item.map_err(|problems| match row {
                Some(row) => MakeError::Table(message!(
                    "bad-row",
                    "{place} makes a bad item: {problems}",
                    place = row.place.message(),
                    problems = joined(&problems),
                )),
                None => MakeError::Asked(message!(
                    "bad-item",
                    "the list would not be good: item {id} of rank {rank}: {problems}",
                    id = &id,
                    rank = name,
                    problems = joined(&problems),
                )),
            })?;
            if let Some(Row { place, .. }) = row {
                let destination = item.destination();
                if let Some(earlier) = self.earlier.insert(destination.clone(), *place) {
                    return Err(MakeError::Table(message!(
                        "rows-with-one-destination",
                        "{place} and {earlier} have the same destination, {destination}; give one another id, rank or file name",
                        place = place.message(),
                        earlier = earlier.message(),
                        destination,
                    )));
                }
            }
            self.array.write(&item)?;
            self.items += 1;
        }
        Ok(())
    }
}

/// Makes a variation of an item: `image-1.png` with the first seed, `image-2.png` with the next.
fn varied(mut fields: Map<String, Value>, variation: u64) -> Map<String, Value> {
    let text = |field: &str| fields.get(field).and_then(Value::as_str).unwrap_or_default();
    let max_seed = crate::models::resolve(text("model"), RetiredModels::Redirect).map_or(1, |model| model.max_seed);
    // 0 asks the model for a random seed.
    let stable = || 1 + (seed_of(text("id"), text("rank"), max_seed) - 1 + variation) % max_seed;
    let seed = match fields.get("seed") {
        None => Value::from(stable()),
        Some(seed) => seed.as_u64().map_or_else(|| seed.clone(), |seed| Value::from(seed.saturating_add(variation))),
    };
    let key = match text("inputKeyName").rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{}.{extension}", variation + 1),
        None => text("inputKeyName").to_owned(),
    };
    fields.insert("seed".to_owned(), seed);
    fields.insert("inputKeyName".to_owned(), Value::from(key));
    fields
}

#[cfg(test)]
mod tests;
