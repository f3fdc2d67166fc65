//! Checks a list, chunk by chunk, and reports what is wrong with it.

use std::io::{self, Read};

use crate::counts::Counts;
use crate::destinations::{Destinations, Place};
use crate::item::{self, GivenItem, ItemRef, PlainExtent, ReadElement, not_an_object};
use crate::json::{self, FaultKind};
use crate::names::MAX_NAME_CHARS;
use crate::problem::{FieldProblem, ProblemKind};
use crate::read::{CHUNK_BYTES, read_chunk};
use crate::report::{MAX_LISTED_PROBLEMS, Problem, Report};
use crate::scan::{Broken, Position, RawElement, Scanner, Step};
use crate::{MAX_ITEM_BYTES, RetiredModels};

/// What is asked of a list beyond the rules for its items.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckOptions {
    /// Most items; `None` for any number.
    pub max_items: Option<u64>,
    /// What to do with items that name a retired model.
    pub retired: RetiredModels,
}

/// Checks a list that comes in chunks, from wherever they come.
///
/// ```
/// use idlist::{Checker, CheckOptions};
///
/// let mut checker = Checker::new(CheckOptions::default());
/// checker.push(b"[{\"id\": \"A1\"");
/// checker.push(b"},]");
/// let report = checker.finish();
/// assert_eq!(report.items, 1);
/// assert_eq!(report.broken.map(|broken| broken.column), Some(14));
/// ```
#[derive(Debug)]
pub struct Checker {
    scanner: Scanner,
    findings: Findings,
    broken: Option<Broken>,
}

impl Checker {
    /// A checker for one list.
    pub fn new(options: CheckOptions) -> Self {
        let findings = Findings {
            options,
            items: 0,
            problem_count: 0,
            problems: Vec::new(),
            counts: Counts::default(),
            destinations: Destinations::new(),
        };
        Self { scanner: Scanner::new(MAX_ITEM_BYTES), findings, broken: None }
    }

    /// Checks the next part of the list.
    pub fn push(&mut self, mut chunk: &[u8]) {
        if self.broken.is_none() {
            self.broken = self.check_chunk(&mut chunk).err();
        }
    }

    /// The list is broken: nothing that could still come changes the report.
    pub fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    fn check_chunk(&mut self, chunk: &mut &[u8]) -> Result<(), Broken> {
        let max_items = self.findings.options.max_items.unwrap_or(u64::MAX);
        let chunk_bytes = chunk.len();
        let text = leading_text(chunk);
        loop {
            let mut item = GivenItem::default();
            let read = |start, rest: usize| read_plain(start, text.get(chunk_bytes - rest..)?, &mut item);
            if self.findings.items < max_items
                && let Some((index, start)) = self.scanner.offer(chunk, read)?
            {
                self.findings.check_item(index, start, &item);
                self.findings.items += 1;
                continue;
            }
            match self.scanner.step(chunk)? {
                Step::Element(element) => self.findings.check_element(&element)?,
                Step::TooLong { index, start, bytes } => self.findings.add_too_long(index, start, bytes),
                Step::NeedMore => return Ok(()),
            }
        }
    }

    /// Says that the list ends here, and reports on it.
    pub fn finish(self) -> Report {
        let broken = self.broken.or_else(|| self.scanner.finish().err());
        self.findings.into_report(broken)
    }
}

/// Reads the item that `text` begins with, if it is plain and not too long, and says which place follows.
fn read_plain<'a>(start: Position, text: &'a str, item: &mut GivenItem<'a>) -> Option<Position> {
    let PlainExtent { bytes, is_simple } = item::read_plain(text, item)?;
    let after = if is_simple { start.right(bytes) } else { start.after(text.as_bytes().get(..bytes)?) };
    (bytes <= MAX_ITEM_BYTES).then_some(after)
}

/// The text that bytes begin with: all of them, or those before the first that are not UTF-8.
fn leading_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_else(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        std::str::from_utf8(valid).unwrap_or_default()
    })
}

/// Checks a list that is read from `reader`, to its end or to where it is broken.
///
/// # Errors
///
/// What the reader reports. A bad list is no error: the report says so.
pub fn check_reader(mut reader: impl Read, options: CheckOptions) -> io::Result<Report> {
    let mut checker = Checker::new(options);
    let mut chunk = vec![0; CHUNK_BYTES];
    while !checker.is_broken() {
        let read = read_chunk(&mut reader, &mut chunk)?;
        if read == 0 {
            break;
        }
        checker.push(chunk.get(..read).unwrap_or_default());
    }
    Ok(checker.finish())
}

/// What was found so far.
#[derive(Debug)]
struct Findings {
    options: CheckOptions,
    items: u64,
    problem_count: u64,
    problems: Vec<Problem>,
    counts: Counts,
    destinations: Destinations,
}

impl Findings {
    /// Checks one element. Those beyond the most that are allowed are only counted: the list is refused anyway.
    fn check_element(&mut self, raw: &RawElement<'_>) -> Result<(), Broken> {
        if self.options.max_items.is_none_or(|max| raw.index < max) {
            let mut given = GivenItem::default();
            match json::parse(raw.bytes, ReadElement(&mut given)) {
                Ok(None) => self.check_item(raw.index, raw.start, &given),
                Ok(Some(other)) => self.add(raw.index, raw.start, None, not_an_object(&other)),
                Err(fault) if fault.kind == FaultKind::Limit => {
                    self.add(raw.index, raw.start, None, problem(ProblemKind::TooDeep, fault.message));
                }
                Err(fault) => return Err(raw.broken(&fault)),
            }
        }
        self.items += 1;
        Ok(())
    }

    fn check_item(&mut self, index: u64, start: Position, given: &GivenItem<'_>) {
        let place = given.destination().map(|destination| self.destinations.look(destination));
        match item::check(given, self.options.retired) {
            Ok(item) => {
                if let Some(problem) = place.and_then(|place| self.duplicate(&item, place, index)) {
                    return self.add(index, start, given.id(), problem);
                }
                self.counts.add(item.model, item.used_model.id, item.rank);
            }
            Err(problems) => {
                for problem in problems {
                    self.add(index, start, given.id(), problem);
                }
            }
        }
    }

    fn duplicate(&mut self, item: &ItemRef<'_>, place: Place, index: u64) -> Option<FieldProblem> {
        // Step Functions takes 100,000,000 items at most.
        let first = self.destinations.insert(place, u32::try_from(index).unwrap_or(u32::MAX))?;
        let destination = format!("s3://{}/{}/{}/{}", item.input_bucket_name, item.rank, item.id, item.input_key_name);
        let message =
            format!("{destination:?} is the destination of item {first} too; give one of them another id or rank");
        Some(problem(ProblemKind::DuplicateDestination, message))
    }

    fn add_too_long(&mut self, index: u64, start: Position, bytes: u64) {
        self.items += 1;
        if self.options.max_items.is_none_or(|max| index < max) {
            let message = format!("has {bytes} bytes; Step Functions takes items of at most {MAX_ITEM_BYTES}");
            self.add(index, start, None, problem(ProblemKind::ItemTooLong, message));
        }
    }

    fn add(&mut self, index: u64, start: Position, id: Option<&str>, problem: FieldProblem) {
        self.problem_count += 1;
        if self.problems.len() < MAX_LISTED_PROBLEMS {
            let FieldProblem { field, kind, message } = problem;
            let id = id.map(|id| id.chars().take(MAX_NAME_CHARS).collect());
            self.problems.push(Problem { index: Some(index), line: Some(start.line), id, field, kind, message });
        }
    }

    /// Adds a problem of the list as a whole, which comes before those of items.
    fn add_first(&mut self, kind: ProblemKind, message: String) {
        self.problem_count += 1;
        self.problems.insert(0, Problem { index: None, line: None, id: None, field: None, kind, message });
        self.problems.truncate(MAX_LISTED_PROBLEMS);
    }

    fn into_report(mut self, broken: Option<Broken>) -> Report {
        let items = self.items;
        if let Some(max) = self.options.max_items
            && items > max
        {
            let message = format!("the list has {items} items; at most {max} are allowed: split it or raise the limit");
            self.add_first(ProblemKind::TooManyItems, message);
        }
        if items == 0 && broken.is_none() {
            let message = "the list has no items; it needs at least one".to_owned();
            self.add_first(ProblemKind::EmptyList, message);
        }
        Report {
            items,
            problem_count: self.problem_count,
            problems: self.problems,
            broken,
            uncounted: self.counts.uncounted,
            counts: self.counts.into_counts(),
        }
    }
}

fn problem(kind: ProblemKind, message: String) -> FieldProblem {
    FieldProblem { field: None, kind, message }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
