//! Makes lists: items of one or several ranks, numbered, each with a prompt of its own.

mod rows;
mod sample;
mod template;
mod vary;

use std::fmt::Write as _;
use std::io::{self, Write};

use csv::StringRecord;

pub use rows::{PROMPT_COLUMN, PromptRows};
pub use template::{Template, TemplateError};
pub use vary::{Vary, VaryError};

use crate::models::CORE;
use crate::problem::FieldProblem;
use crate::{Item, RetiredModels};
use template::Piece;

/// What to make a list of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewList {
    /// Ranks in order, each with its number of items; `None` for as many as the file with prompts has rows.
    pub ranks: Vec<(String, Option<u64>)>,
    /// What every id begins with.
    pub id_prefix: String,
    /// Number in the first id of every rank.
    pub start: u64,
    /// Fewest digits of the number in an id; zeros fill it up.
    pub width: usize,
    /// Model id of every item.
    pub model: String,
    /// Bucket that receives the images.
    pub input_bucket_name: String,
    /// File name of the images.
    pub input_key_name: String,
    /// What varies in the prompts.
    pub vary: Vec<Vary>,
    /// The prompt; `None` varies hair colour and background, as the sample list does.
    pub prompt: Option<Template>,
}

/// Why a list could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The list cannot be written.
    #[error(transparent)]
    Write(io::Error),
    /// The file with prompts cannot be read.
    #[error("cannot read the prompts: {0}")]
    Read(io::Error),
    /// The items would have problems.
    #[error("the list would not be good: {}", joined(problems))]
    Bad {
        /// What is wrong.
        problems: Vec<FieldProblem>,
    },
    /// A row of the file with prompts makes a bad item.
    #[error("line {line} of the prompts makes a bad item: {}", joined(problems))]
    BadRow {
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        problems: Vec<FieldProblem>,
    },
    /// The same rank is asked for twice, and its ids would be the same.
    #[error("rank {0:?} is there twice, with the same ids; name it once")]
    RankTwice(String),
    /// The file with prompts has fewer rows than there are items.
    #[error("the prompts end after {rows} items, and {items} are asked for; give more prompts or ask for fewer items")]
    TooFewRows {
        /// Rows of the file.
        rows: u64,
        /// Items that are asked for.
        items: u64,
    },
}

fn joined(problems: &[FieldProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl NewList {
    /// Items of one rank: ids from `A1`, file name `image.jpeg`, the cheapest model, prompts as in the sample list.
    pub fn new(rank: impl Into<String>, number: u64, input_bucket_name: impl Into<String>) -> Self {
        Self {
            ranks: vec![(rank.into(), Some(number))],
            id_prefix: "A".to_owned(),
            start: 1,
            width: 1,
            model: CORE.id.to_owned(),
            input_bucket_name: input_bucket_name.into(),
            input_key_name: "image.jpeg".to_owned(),
            vary: Vec::new(),
            prompt: None,
        }
    }

    /// Checks the items by those with the longest ids and prompts.
    ///
    /// # Errors
    ///
    /// [`MakeError::Bad`] with the problems that checking the list would find, or [`MakeError::RankTwice`].
    pub fn check(&self) -> Result<(), MakeError> {
        let mut ranks: Vec<&str> = Vec::new();
        for (rank, number) in &self.ranks {
            if ranks.contains(&rank.as_str()) {
                return Err(MakeError::RankTwice(rank.clone()));
            }
            ranks.push(rank);
            let last = self.start.saturating_add(number.unwrap_or(1).saturating_sub(1));
            let mut id = String::new();
            self.write_id(last, &mut id);
            let item = Item {
                prompt: self.longest_prompt(&id, rank),
                id,
                rank: rank.clone(),
                input_bucket_name: self.input_bucket_name.clone(),
                input_key_name: self.input_key_name.clone(),
                model: self.model.clone(),
                negative_prompt: None,
                aspect_ratio: None,
                seed: None,
                source_bucket_name: None,
                source_key_name: None,
                strength: None,
            };
            item.check(RetiredModels::Redirect).map_err(|problems| MakeError::Bad { problems })?;
        }
        Ok(())
    }

    /// Writes the list as a JSON array, one item on every line, and returns the number of items. The same list and the
    /// same rows give the same bytes.
    ///
    /// # Errors
    ///
    /// [`MakeError`]; what was written up to then is no whole list.
    pub fn write(&self, mut output: impl Write, rows: &mut PromptRows) -> Result<u64, MakeError> {
        self.check()?;
        let mut row = StringRecord::new();
        let mut line = Vec::new();
        let mut items = 0;
        for (rank, number) in &self.ranks {
            let form = Form::new(self, rank);
            for number in (0..number.unwrap_or(u64::MAX)).map_while(|nth| self.start.checked_add(nth)) {
                if !rows.read(&mut row).map_err(MakeError::Read)? {
                    break;
                }
                line.clear();
                line.extend_from_slice(if items == 0 { b"[\n" } else { b",\n" });
                let begin = line.len();
                form.append(number, &row, &mut line);
                if rows.is_file() {
                    Item::from_slice(line.get(begin..).unwrap_or_default(), RetiredModels::Redirect)
                        .map_err(|problems| MakeError::BadRow { line: rows.line(), problems })?;
                }
                output.write_all(&line).map_err(MakeError::Write)?;
                items += 1;
            }
        }
        let asked: u64 = self.ranks.iter().filter_map(|(_, number)| *number).sum();
        if items < asked {
            return Err(MakeError::TooFewRows { rows: items, items: asked });
        }
        output.write_all(if items == 0 { b"[]\n" } else { b"\n]\n" }).map_err(MakeError::Write)?;
        Ok(items)
    }

    fn write_id(&self, number: u64, id: &mut String) {
        id.push_str(&self.id_prefix);
        let width = self.width;
        // Writing to a text cannot fail.
        let _ = write!(id, "{number:0width$}");
    }

    /// The longest prompt that an item can get, but for what comes from rows.
    fn longest_prompt(&self, id: &str, rank: &str) -> String {
        let Some(template) = &self.prompt else { return sample::LONGEST.to_owned() };
        let longest = |vary: &Vary| vary.values().max_by_key(|value| value.chars().count()).unwrap_or("").to_owned();
        let pieces = template.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Id => id.to_owned(),
            Piece::Rank => rank.to_owned(),
            Piece::Vary(nth) => self.vary.get(*nth).map(longest).unwrap_or_default(),
            Piece::Column(_) => "x".to_owned(),
        });
        pieces.collect()
    }
}

/// The items of one rank as JSON text, with gaps for what differs. What is always the same is escaped once.
struct Form<'a> {
    list: &'a NewList,
    rank: &'a str,
    /// `{"id":"` and the prefix.
    before_number: String,
    /// Everything between the id and the prompt.
    before_prompt: String,
    gaps: Vec<Gap<'a>>,
}

enum Gap<'a> {
    Text(String),
    Id(String),
    Vary(&'a Vary, Vec<String>),
    Column(usize),
    Sample,
}

impl<'a> Form<'a> {
    fn new(list: &'a NewList, rank: &'a str) -> Self {
        let before_prompt = format!(
            "\",\"rank\":\"{}\",\"inputBucketName\":\"{}\",\"inputKeyName\":\"{}\",\"model\":\"{}\",\"prompt\":\"",
            escaped(rank),
            escaped(&list.input_bucket_name),
            escaped(&list.input_key_name),
            escaped(&list.model)
        );
        let gaps = list.prompt.as_ref().map_or(vec![Gap::Sample], |template| {
            let gap = |piece: &Piece| match piece {
                Piece::Text(text) => Gap::Text(escaped(text)),
                Piece::Id => Gap::Id(escaped(&list.id_prefix)),
                Piece::Rank => Gap::Text(escaped(rank)),
                Piece::Vary(nth) => match list.vary.get(*nth) {
                    Some(vary) => Gap::Vary(vary, vary.values().map(escaped).collect()),
                    None => Gap::Text(String::new()),
                },
                Piece::Column(nth) => Gap::Column(*nth),
            };
            template.pieces.iter().map(gap).collect()
        });
        Self { list, rank, before_number: format!("{{\"id\":\"{}", escaped(&list.id_prefix)), before_prompt, gaps }
    }

    fn append(&self, number: u64, row: &StringRecord, line: &mut Vec<u8>) {
        let mut id = String::with_capacity(self.list.id_prefix.len() + 20);
        self.list.write_id(number, &mut id);
        let digits = id.get(self.list.id_prefix.len()..).unwrap_or_default();
        for part in [&self.before_number, digits, &self.before_prompt] {
            line.extend_from_slice(part.as_bytes());
        }
        for gap in &self.gaps {
            match gap {
                Gap::Text(text) => line.extend_from_slice(text.as_bytes()),
                Gap::Id(prefix) => {
                    line.extend_from_slice(prefix.as_bytes());
                    line.extend_from_slice(digits.as_bytes());
                }
                Gap::Vary(vary, values) => {
                    let value = values.get(vary.choose(&id, self.rank)).map_or("", String::as_str);
                    line.extend_from_slice(value.as_bytes());
                }
                Gap::Column(nth) => line.extend_from_slice(escaped(row.get(*nth).unwrap_or_default()).as_bytes()),
                Gap::Sample => sample::append(&id, self.rank, line),
            }
        }
        line.extend_from_slice(b"\"}");
    }
}

/// A text as it stands in a JSON string, without the quotes.
fn escaped(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.get(1..json.len() - 1).unwrap_or_default().to_owned()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
