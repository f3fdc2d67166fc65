//! Checks a list, chunk by chunk, and reports what is wrong with it.

use std::io::{self, Read};

use crate::item::{GivenItem, PlainExtent, PlainItems, ReadElement, Rules, not_an_object};
use crate::json::{self, FaultKind};
use crate::listed::Listed;
use crate::plan::price_problems;
use crate::problem::{FieldProblem, ProblemKind};
use crate::read::{CHUNK_BYTES, read_chunk};
use crate::report::Report;
use crate::scan::{Broken, Position, RawElement, Scanner, Step};
use crate::settle::{Settled, Settler};
use crate::waiting::Waiting;
use crate::{MAX_ITEM_BYTES, RetiredModels};

/// What is asked of a list beyond the rules for its items.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckOptions {
    /// Most items; `None` for any number.
    pub max_items: Option<u64>,
    /// Most US dollars that the models may cost, by the built-in table of prices; `None` for any amount.
    pub max_usd: Option<f64>,
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
            rules: Rules::new(options.retired),
            items: 0,
            listed: Listed::default(),
            waiting: Waiting::default(),
            settler: Settler::default(),
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
        let all = *chunk;
        let mut plain = PlainItems::new(leading_text(chunk));
        loop {
            let mut item = GivenItem::default();
            let read = |start: Position, rest: usize| {
                let from = all.len() - rest;
                let PlainExtent { bytes, is_simple } = plain.read(from, &mut item)?;
                let after = if is_simple { start.right(bytes) } else { start.after(all.get(from..from + bytes)?) };
                (bytes <= MAX_ITEM_BYTES).then_some(after)
            };
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
    rules: Rules,
    items: u64,
    listed: Listed,
    /// Good items, on their way to the settler.
    waiting: Waiting,
    settler: Settler,
}

impl Findings {
    /// Checks one element. Those beyond the most that are allowed are only counted: the list is refused anyway.
    fn check_element(&mut self, raw: &RawElement<'_>) -> Result<(), Broken> {
        if self.options.max_items.is_none_or(|max| raw.index < max) {
            let mut given = GivenItem::default();
            match json::parse(raw.bytes, ReadElement(&mut given)) {
                Ok(None) => self.check_item(raw.index, raw.start, &given),
                Ok(Some(other)) => self.listed.add(raw.index, raw.start, None, not_an_object(&other)),
                Err(fault) if fault.kind == FaultKind::Limit => {
                    self.listed.add(raw.index, raw.start, None, problem(ProblemKind::TooDeep, fault.message));
                }
                Err(fault) => return Err(raw.broken(&fault)),
            }
        }
        self.items += 1;
        Ok(())
    }

    fn check_item(&mut self, index: u64, start: Position, given: &GivenItem<'_>) {
        match self.rules.check(given) {
            Ok(item) => {
                self.waiting.add(index, start, &item);
                if self.waiting.is_full() {
                    self.settler.take(&mut self.waiting);
                }
            }
            Err(problems) => {
                for problem in problems {
                    self.listed.add(index, start, given.id(), problem);
                }
            }
        }
    }

    fn add_too_long(&mut self, index: u64, start: Position, bytes: u64) {
        self.items += 1;
        if self.options.max_items.is_none_or(|max| index < max) {
            let message = format!("has {bytes} bytes; Step Functions takes items of at most {MAX_ITEM_BYTES}");
            self.listed.add(index, start, None, problem(ProblemKind::ItemTooLong, message));
        }
    }

    fn into_report(mut self, broken: Option<Broken>) -> Report {
        let Settled { counts, duplicates } = self.settler.finish(self.waiting);
        self.listed.merge(duplicates);
        let items = self.items;
        if let Some(max) = self.options.max_items
            && items > max
        {
            let message = format!(
                "the list has {items} items; at most {max} are allowed: split it, or raise the limit (MaxItemsPerList of \
                 the stack, --max-items of idlist)"
            );
            self.listed.add_first(ProblemKind::TooManyItems, message);
        }
        if let Some(max) = self.options.max_usd {
            for FieldProblem { kind, message, .. } in price_problems(&counts.by_used_model, max) {
                self.listed.add_first(kind, message);
            }
        }
        if items == 0 && broken.is_none() {
            let message = "the list has no items; it needs at least one".to_owned();
            self.listed.add_first(ProblemKind::EmptyList, message);
        }
        Report {
            items,
            problem_count: self.listed.count,
            problems: self.listed.problems,
            broken,
            uncounted: counts.uncounted,
            counts: counts.into_counts(),
        }
    }
}

fn problem(kind: ProblemKind, message: String) -> FieldProblem {
    FieldProblem { field: None, kind, message }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
