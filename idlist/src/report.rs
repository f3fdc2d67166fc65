//! What checking a list found: for programs as JSON, for people as text.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::FIELDS;
use crate::broken::Broken;
use crate::hints::HintKind;
use crate::listed::Listed;
use crate::message;
use crate::message::{Message, counted};
use crate::near::in_backticks;
use crate::problem::{ProblemKind, quoted};

/// Most problems, and most hints, that a report lists; the rest is counted.
pub const MAX_LISTED_PROBLEMS: usize = 100;

/// What checking a list found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Report {
    /// Number of items; up to the fault, if the list is broken.
    pub items: u64,
    /// Number of problems, listed or not. A broken file is not among them.
    pub problem_count: u64,
    /// The first [`MAX_LISTED_PROBLEMS`] problems, those of the list as a whole before those of items.
    pub problems: Vec<Problem>,
    /// Number of hints, listed or not. What many items have in common is one hint.
    pub hint_count: u64,
    /// The first [`MAX_LISTED_PROBLEMS`] hints: what is valid and probably not meant. They do not make a list bad.
    pub hints: Vec<Hint>,
    /// Why the file could not be read to its end.
    pub broken: Option<Broken>,
    /// Items without problems, by model and rank.
    pub counts: Vec<Count>,
    /// All items without problems, by the model that makes their images.
    pub images: BTreeMap<&'static str, u64>,
    /// Items without problems that are in none of `counts`, because there are too many different ranks.
    pub uncounted: u64,
}

/// A problem of a list, or of one of its items.
pub type Problem = Finding<ProblemKind>;

/// Something that is valid and probably not meant. What many items have in common is one hint.
pub type Hint = Finding<HintKind>;

/// What is wrong, or probably not meant, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding<K> {
    /// Number of the first item with it, from 0; `None` if it is about the list as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// Line on which that item begins, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// That item's id, if it has one; cut where it is longer than an id may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Number of items with a hint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<u64>,
    /// Name of the field, as the list has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What kind of finding.
    pub kind: K,
    /// What is wrong, and what would be right or may be meant.
    pub message: Message,
}

/// How many items there are of one model and rank.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// Model id as the list has it.
    pub model: String,
    /// The model that is used in place of a retired one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<&'static str>,
    /// The rank.
    pub rank: String,
    /// Number of items.
    pub items: u64,
}

impl Report {
    /// The report on a list that is too large to be read.
    pub fn of_too_large_list(bytes: u64, max_bytes: u64) -> Self {
        let message = message!(
            "list-too-large",
            "the list has {bytes} bytes; at most {max} fit into the memory of the trigger: split it (idlist split), \
             or raise TriggerMemorySize",
            bytes,
            max = max_bytes,
        );
        Self::of_unread_list(ProblemKind::ListTooLarge, message)
    }

    /// The report on a list that is not read because its name does not end in `.json`.
    pub fn of_misnamed_list(key: &str) -> Self {
        let message = message!(
            "misnamed-list",
            "{key} is not read: the name of a list must end in .json; `idlist convert` makes such a list from CSV, Excel and JSON Lines",
            key = quoted(key),
        );
        Self::of_unread_list(ProblemKind::InvalidListName, message)
    }

    fn of_unread_list(kind: ProblemKind, message: Message) -> Self {
        let mut problems = Listed::default();
        problems.add_first(kind, message);
        Self { problem_count: problems.count, problems: problems.listed, ..Self::default() }
    }

    /// The list can be processed: it has items and nothing is wrong with it.
    pub fn is_good(&self) -> bool {
        self.broken.is_none() && self.problem_count == 0
    }

    /// The hints on one line, for a log: their number and the first. `None` without any.
    pub fn hint_line(&self) -> Option<String> {
        let first = self.hints.first()?;
        Some(match self.hint_count {
            1 => format!("1 hint: {first}"),
            count => format!("{count} hints, the first: {first}"),
        })
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 9)?;
        report.serialize_field("good", &self.is_good())?;
        report.serialize_field("items", &self.items)?;
        match &self.broken {
            Some(broken) => report.serialize_field("broken", broken)?,
            None => report.skip_field("broken")?,
        }
        report.serialize_field("problemCount", &self.problem_count)?;
        report.serialize_field("problems", &self.problems)?;
        report.serialize_field("hintCount", &self.hint_count)?;
        report.serialize_field("hints", &self.hints)?;
        report.serialize_field("counts", &self.counts)?;
        report.serialize_field("uncounted", &self.uncounted)?;
        report.end()
    }
}

impl<K> Finding<K> {
    /// The finding as a sentence, with its place.
    pub fn sentence(&self) -> Message {
        let (items, message) = (self.items.unwrap_or(1), self.message.clone());
        match (&self.field, self.index) {
            // What is ignored is told by its name alone.
            (Some(field), _) if !FIELDS.contains(&field.as_str()) => {
                let (field, items) = (in_backticks(field), counted("items", items, "item"));
                message!("unknown-field-finding", "{field} ({items}) {message}", field, items, message)
            }
            (field, Some(index)) => {
                let mut place = place(index, self.line, self.id.as_deref());
                if items > 1 {
                    place = message!("place-and-more", "{place} and {more} more", place, more = items - 1);
                }
                match field {
                    Some(field) => message!("field-finding", "{place}: `{field}` {message}", place, field, message),
                    None => message!("item-finding", "{place} {message}", place, message),
                }
            }
            (_, None) => message,
        }
    }
}

impl<K> fmt::Display for Finding<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

/// `item 3 (line 5, id A3)`. An id is quoted where it has more than letters, digits and a few signs.
fn place(index: u64, line: Option<u64>, id: Option<&str>) -> Message {
    let is_plain = |id: &str| !id.is_empty() && id.chars().all(|char| char.is_alphanumeric() || "-_.".contains(char));
    let id = id.map(|id| if is_plain(id) { id.to_owned() } else { quoted(id) });
    match (line, id) {
        (None, None) => message!("place", "item {index}", index),
        (Some(line), None) => message!("place-by-line", "item {index} (line {line})", index, line),
        (None, Some(id)) => message!("place-by-id", "item {index} (id {id})", index, id),
        (Some(line), Some(id)) => {
            message!("place-by-line-and-id", "item {index} (line {line}, id {id})", index, line, id)
        }
    }
}

impl Report {
    /// The report as people read it: a sentence for each line.
    pub fn sentences(&self) -> Vec<Message> {
        let mut sentences: Vec<_> = self.broken.iter().map(Broken::sentence).collect();
        sentences.push(self.summary());
        sentences.extend(self.problems.iter().map(Finding::sentence));
        let unlisted = self.problem_count.saturating_sub(self.problems.len() as u64);
        if unlisted > 0 {
            let more = counted("more-problems", unlisted, "more problem");
            sentences.push(message!("and-more", "and {more}", more));
        }
        sentences.extend(self.counts.iter().map(Count::sentence));
        if self.uncounted > 0 {
            let items = counted("items", self.uncounted, "item");
            sentences.push(message!("good-items-of-other-ranks", "{items} without problems of other ranks", items));
        }
        sentences.extend(self.hints.iter().map(|hint| message!("hint", "hint: {hint}", hint = hint.sentence())));
        let unlisted = self.hint_count.saturating_sub(self.hints.len() as u64);
        if unlisted > 0 {
            let more = counted("more-hints", unlisted, "more hint");
            sentences.push(message!("and-more", "and {more}", more));
        }
        sentences
    }

    /// How many items, problems and hints there are.
    fn summary(&self) -> Message {
        let mut items = counted("items", self.items, "item");
        if self.broken.is_some() {
            items = message!("items-before-fault", "{items} before that", items);
        }
        let problems = match self.problem_count {
            0 => message!("no-problems", "no problems"),
            count => counted("problems", count, "problem"),
        };
        match self.hint_count {
            0 => message!("summary", "{items}, {problems}", items, problems),
            count => {
                let hints = counted("hints", count, "hint");
                message!("summary-with-hints", "{items}, {problems}, {hints}", items, problems, hints)
            }
        }
    }
}

impl Count {
    fn sentence(&self) -> Message {
        let Self { model, successor, rank, items } = self;
        let (items, rank) = (counted("items", *items, "item"), quoted(rank));
        match *successor {
            None => message!("good-items", "{items} without problems: rank {rank}, model {model}", items, rank, model,),
            Some(successor) => message!(
                "good-items-of-retired-model",
                "{items} without problems: rank {rank}, model {model}, retired: made with {successor}",
                items,
                rank,
                model,
                successor,
            ),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentences().iter().try_for_each(|sentence| writeln!(f, "{sentence}"))
    }
}
