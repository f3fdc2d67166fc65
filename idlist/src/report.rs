//! What checking a list found: for programs as JSON, for people as text.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::FIELDS;
use crate::broken::Broken;
use crate::hints::HintKind;
use crate::listed::Listed;
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
    pub message: String,
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
        let message = format!(
            "the list has {bytes} bytes; at most {max_bytes} fit into the memory of the trigger: split it (idlist split), \
             or raise TriggerMemorySize"
        );
        Self::of_unread_list(ProblemKind::ListTooLarge, message)
    }

    /// The report on a list that is not read because its name does not end in `.json`.
    pub fn of_misnamed_list(key: &str) -> Self {
        let message = format!(
            "{} is not read: the name of a list must end in .json; `idlist convert` makes such a list from CSV, Excel and JSON Lines",
            quoted(key)
        );
        Self::of_unread_list(ProblemKind::InvalidListName, message)
    }

    fn of_unread_list(kind: ProblemKind, message: String) -> Self {
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

impl<K> fmt::Display for Finding<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = self.items.unwrap_or(1);
        match (&self.field, self.index) {
            // What is ignored is told by its name alone.
            (Some(field), _) if !FIELDS.contains(&field.as_str()) => {
                write!(f, "{} ({}) ", in_backticks(field), counted(items, "item"))?;
            }
            (field, Some(index)) => {
                write_place(f, index, self.line, self.id.as_deref())?;
                if items > 1 {
                    write!(f, " and {} more", items - 1)?;
                }
                f.write_str(&field.as_ref().map_or(" ".to_owned(), |field| format!(": `{field}` ")))?;
            }
            (_, None) => {}
        }
        f.write_str(&self.message)
    }
}

/// `item 3 (line 5, id A3)`. An id is quoted where it has more than letters, digits and a few signs.
fn write_place(f: &mut fmt::Formatter<'_>, index: u64, line: Option<u64>, id: Option<&str>) -> fmt::Result {
    let is_plain = |id: &str| !id.is_empty() && id.chars().all(|char| char.is_alphanumeric() || "-_.".contains(char));
    let line = line.map(|line| format!("line {line}"));
    let id = id.map(|id| if is_plain(id) { format!("id {id}") } else { format!("id {}", quoted(id)) });
    let known: Vec<_> = [line, id].into_iter().flatten().collect();
    match known.as_slice() {
        [] => write!(f, "item {index}"),
        known => write!(f, "item {index} ({})", known.join(", ")),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(broken) = &self.broken {
            writeln!(f, "{broken}")?;
        }
        let before = if self.broken.is_some() { " before that" } else { "" };
        let problems = match self.problem_count {
            0 => "no problems".to_owned(),
            count => counted(count, "problem"),
        };
        let hints = match self.hint_count {
            0 => String::new(),
            count => format!(", {}", counted(count, "hint")),
        };
        writeln!(f, "{}{before}, {problems}{hints}", counted(self.items, "item"))?;
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        let unlisted = self.problem_count.saturating_sub(self.problems.len() as u64);
        if unlisted > 0 {
            writeln!(f, "and {}", counted(unlisted, "more problem"))?;
        }
        for Count { model, successor, rank, items } in &self.counts {
            let retired = successor.map_or(String::new(), |successor| format!(", retired: made with {successor}"));
            writeln!(f, "{} without problems: rank {}, model {model}{retired}", counted(*items, "item"), quoted(rank))?;
        }
        if self.uncounted > 0 {
            writeln!(f, "{} without problems of other ranks", counted(self.uncounted, "item"))?;
        }
        for hint in &self.hints {
            writeln!(f, "hint: {hint}")?;
        }
        let unlisted = self.hint_count.saturating_sub(self.hints.len() as u64);
        if unlisted > 0 {
            writeln!(f, "and {}", counted(unlisted, "more hint"))?;
        }
        Ok(())
    }
}

/// A number with its noun: `1 item`, `2 items`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}
