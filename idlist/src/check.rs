//! Checks a list and reports what is wrong with it.

use std::io::{self, Read};

use crate::alike::SeenItems;
use crate::array::Array;
use crate::broken::Broken;
use crate::counts::Counts;
use crate::hints::{HintKind, Hints};
use crate::item::{self, Fields, Rules, problem};
use crate::json;
use crate::listed::{Listed, Place};
use crate::message;
use crate::models::Model;
use crate::plan::price_problems;
use crate::position::Lines;
use crate::problem::{FieldProblem, ProblemKind, quoted};
use crate::report::Report;
use crate::{Item, MAX_ITEM_BYTES, RetiredModels};

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

/// Checks a list, to its end or to where it is broken.
///
/// ```
/// use idlist::{CheckOptions, check_slice};
///
/// let report = check_slice(b"[{\"id\": \"A1\"},]", CheckOptions::default());
/// assert_eq!(report.items, 1);
/// assert_eq!(report.broken.map(|broken| broken.column), Some(14));
/// ```
pub fn check_slice(list: &[u8], options: CheckOptions) -> Report {
    let mut checker = Checker {
        options,
        rules: Rules::new(options.retired),
        array: Array::new(list),
        has_unknown: false,
        lines: Lines::new(list),
        counts: Counts::default(),
        seen: SeenItems::default(),
        problems: Listed::default(),
        hints: Hints::default(),
    };
    let broken = checker.check_items().err();
    checker.into_report(broken)
}

/// Reads a list to its end and checks it.
///
/// # Errors
///
/// What the reader reports. A bad list is not an error: the report says so.
pub fn check_reader(mut reader: impl Read, options: CheckOptions) -> io::Result<Report> {
    let mut list = Vec::new();
    reader.read_to_end(&mut list)?;
    Ok(check_slice(&list, options))
}

/// A list on its way through the checks, and what was found so far.
struct Checker<'a> {
    options: CheckOptions,
    rules: Rules,
    array: Array<'a>,
    /// The last item had fields without a meaning: the next will have them, too, and is looked at in detail at once.
    has_unknown: bool,
    lines: Lines<'a>,
    counts: Counts,
    seen: SeenItems,
    problems: Listed<ProblemKind>,
    hints: Hints,
}

impl<'a> Checker<'a> {
    fn check_items(&mut self) -> Result<(), Broken> {
        let mut fields = Fields::default();
        while let Some(from) = self.array.find()? {
            let bytes = self.check_element(from, &mut fields)?;
            self.array.pass(from + bytes);
        }
        Ok(())
    }

    /// Checks the element that begins at `from` and returns its length. Those beyond the most that are allowed are only
    /// counted: the list is refused anyway.
    fn check_element(&mut self, from: usize, fields: &mut Fields<'a>) -> Result<usize, Broken> {
        if self.options.max_items.is_some_and(|max| self.array.elements >= max) {
            return self.array.element(from).map(str::len);
        }
        let text = self.array.text.get(from..).filter(|_| !self.has_unknown);
        if let Some(bytes) = text.and_then(|text| fields.read(text)) {
            if bytes <= MAX_ITEM_BYTES {
                self.check_item(from, fields);
            } else {
                self.add_too_long(from, bytes);
            }
            return Ok(bytes);
        }
        let element = self.array.element(from)?;
        if element.len() > MAX_ITEM_BYTES {
            self.add_too_long(from, element.len());
            return Ok(element.len());
        }
        match item::element(element.as_bytes()).map_err(|fault| self.array.fault(from, element, &fault))? {
            Ok(object) => {
                let fields = Fields::diagnose(object.iter());
                self.has_unknown = !fields.unknown.is_empty();
                self.check_item(from, &fields);
            }
            Err(problem) => self.add(from, None, problem),
        }
        Ok(element.len())
    }

    fn check_item(&mut self, from: usize, item: &Fields<'_>) {
        let checked = self.rules.check(item);
        let (index, id) = (self.array.elements, item.id.as_deref());
        let lines = &mut self.lines;
        let model = checked.as_ref().ok().copied();
        self.hints.look_at(item, model, || Place::new(index, lines.of(from), id));
        match checked {
            Ok(model) => self.add_good(from, item, model),
            Err(problems) => {
                for problem in problems {
                    self.add(from, id, problem);
                }
            }
        }
    }

    fn add_good(&mut self, from: usize, item: &Fields<'_>, used: &'static Model) {
        let Fields { id: Some(id), rank: Some(rank), input_bucket_name: Some(bucket), model: Some(model), .. } = item
        else {
            return;
        };
        self.counts.add(model, used.id, rank);
        self.seen.add(self.array.elements, from, bucket, rank, id);
    }

    fn add(&mut self, from: usize, id: Option<&str>, problem: FieldProblem) {
        let index = self.array.elements;
        let FieldProblem { field, kind, message } = problem;
        self.problems.add(|| Place::new(index, self.lines.of(from), id).finding(None, field, kind, message));
    }

    fn add_too_long(&mut self, from: usize, bytes: usize) {
        let message = message!(
            "item-too-long",
            "has {bytes} bytes; Step Functions takes items of at most {max}",
            bytes,
            max = MAX_ITEM_BYTES,
        );
        self.add(from, None, problem(ProblemKind::ItemTooLong, message));
    }

    /// Looks for items with the same destination, and for ids that look alike.
    fn compare_items(&mut self) {
        let (text, retired) = (self.array.text, self.options.retired);
        let read = |from| Item::from_slice(json::first(text.get(from..)?).ok()?.as_bytes(), retired).ok();
        let mut duplicates = Listed::default();
        for alike in std::mem::take(&mut self.seen).find(read) {
            let Some(item) = read(alike.item.start) else { continue };
            let earlier = alike.earlier.index;
            let mut place = || Place::new(alike.item.index.into(), self.lines.of(alike.item.start), Some(&item.id));
            if alike.is_same {
                if let Ok(used) = item.resolved_model(retired) {
                    self.counts.take_back(&item.model, used.id, &item.rank);
                }
                let message = message!(
                    "duplicate-destination",
                    "goes to {destination}, as item {earlier} does; give one of them another id or rank",
                    destination = format!("{:?}", item.destination()),
                    earlier,
                );
                duplicates.add(|| place().finding(None, None, ProblemKind::DuplicateDestination, message));
            } else {
                let earlier_id = read(alike.earlier.start).map_or(String::new(), |item| quoted(&item.id));
                let message = message!(
                    "similar-ids",
                    "{name} differs from {earlier_id} (item {earlier}, same rank) only in case, blanks, a dot at the end, or \
                     invisible, full-width or accented characters",
                    name = quoted(&item.id),
                    earlier_id,
                    earlier,
                );
                self.hints.hint(HintKind::SimilarIds, "id", message, place);
            }
        }
        self.problems.merge(duplicates);
    }

    fn into_report(mut self, broken: Option<Broken>) -> Report {
        self.compare_items();
        let Self { options, array, mut problems, mut hints, counts, .. } = self;
        let items = array.elements;
        if let Some(max) = options.max_items
            && items > max
        {
            let message = message!(
                "too-many-items",
                "the list has {number} items; the limit is {max}: split it (idlist split), or raise the limit \
                 (MaxItemsPerList of the stack, --max-items of idlist)",
                number = items,
                max,
            );
            problems.add_first(ProblemKind::TooManyItems, message);
        }
        if let Some(max) = options.max_usd {
            for FieldProblem { kind, message, .. } in price_problems(&counts.by_used_model, max) {
                problems.add_first(kind, message);
            }
        }
        if items == 0 && broken.is_none() {
            let message = message!("empty-list", "the list has no items; it needs at least one");
            problems.add_first(ProblemKind::EmptyList, message);
        }
        let (uncounted, images) = (counts.uncounted, counts.by_used_model.clone());
        let counts = counts.into_counts();
        hints.listed.sort_by_key(|hint| hint.index);
        hints.add_similar_ranks(&counts);
        Report {
            items,
            problem_count: problems.count,
            problems: problems.listed,
            hint_count: hints.count,
            hints: hints.listed,
            broken,
            images,
            uncounted,
            counts,
        }
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
