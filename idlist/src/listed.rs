//! The problems of a list: the first are listed, the rest counted.

use crate::names::MAX_NAME_CHARS;
use crate::problem::{FieldProblem, ProblemKind};
use crate::report::{MAX_LISTED_PROBLEMS, Problem};

/// Where an item is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) index: u64,
    /// Line on which it begins.
    pub(crate) line: u64,
    /// Its id, if it has one; cut where it is longer than an id may be.
    pub(crate) id: Option<String>,
}

impl Place {
    pub(crate) fn new(index: u64, line: u64, id: Option<&str>) -> Self {
        Self { index, line, id: id.map(|id| id.chars().take(MAX_NAME_CHARS).collect()) }
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// How many there are.
    pub(crate) count: u64,
    /// The first of them, in the order of their items.
    pub(crate) problems: Vec<Problem>,
}

impl Listed {
    /// Adds a problem of an item, which comes after those that are there. `place` is asked if the problem is listed.
    pub(crate) fn add(&mut self, problem: FieldProblem, place: impl FnOnce() -> Place) {
        self.count += 1;
        if self.problems.len() < MAX_LISTED_PROBLEMS {
            let FieldProblem { field, kind, message } = problem;
            let Place { index, line, id } = place();
            self.problems.push(Problem { index: Some(index), line: Some(line), id, field, kind, message });
        }
    }

    /// Adds the problems of other items.
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.problems.extend(other.problems);
        self.problems.sort_by_key(|problem| problem.index);
        self.problems.truncate(MAX_LISTED_PROBLEMS);
    }

    /// Adds a problem of the list as a whole, which comes before those of items.
    pub(crate) fn add_first(&mut self, kind: ProblemKind, message: String) {
        self.count += 1;
        self.problems.insert(0, Problem { index: None, line: None, id: None, field: None, kind, message });
        self.problems.truncate(MAX_LISTED_PROBLEMS);
    }
}
