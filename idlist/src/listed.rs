//! The problems of a list: the first are listed, the rest counted.

use crate::names::MAX_NAME_CHARS;
use crate::problem::{FieldProblem, ProblemKind};
use crate::report::{MAX_LISTED_PROBLEMS, Problem};
use crate::scan::Position;

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// How many there are.
    pub(crate) count: u64,
    /// The first of them, in the order of their items.
    pub(crate) problems: Vec<Problem>,
}

impl Listed {
    /// Adds a problem of an item, which comes after those that are there.
    pub(crate) fn add(&mut self, index: u64, start: Position, id: Option<&str>, problem: FieldProblem) {
        self.count += 1;
        if self.problems.len() < MAX_LISTED_PROBLEMS {
            let FieldProblem { field, kind, message } = problem;
            let id = id.map(|id| id.chars().take(MAX_NAME_CHARS).collect());
            self.problems.push(Problem { index: Some(index), line: Some(start.line), id, field, kind, message });
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
