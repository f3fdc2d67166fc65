//! Why a list was rejected, from the report that the trigger stored.

use idlist::Finding;
use serde::Deserialize;

/// Problems that are told; the report has more.
const TOLD: usize = 5;

/// The part of a stored report that says what is wrong.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Stored {
    broken: Option<Broken>,
    problem_count: usize,
    problems: Vec<Problem>,
}

#[derive(Deserialize)]
struct Broken {
    line: u64,
    column: u64,
    message: String,
}

#[derive(Deserialize)]
struct Problem {
    index: Option<u64>,
    line: Option<u64>,
    id: Option<String>,
    field: Option<String>,
    message: String,
}

/// The first problems of a stored report, in the words of `local run` and `idlist check`.
pub(crate) fn first_problems(report: &[u8]) -> Vec<String> {
    let Stored { broken, problem_count, problems } = serde_json::from_slice(report).unwrap_or_default();
    let broken = broken.map(|Broken { line, column, message }| format!("line {line}, column {column}: {message}"));
    let in_words = |Problem { index, line, id, field, message }| {
        Finding { index, line, id, items: None, field, kind: (), message: message.into() }.to_string()
    };
    let mut told: Vec<String> = broken.into_iter().chain(problems.into_iter().take(TOLD).map(in_words)).collect();
    if problem_count > TOLD {
        told.push(format!("and {} more, in the report", problem_count - TOLD));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use idlist::{CheckOptions, check_slice};

    #[test]
    fn a_stored_report_reads_as_the_one_that_is_printed() {
        for (list, lines) in [(&b"[{}, 7"[..], 7), (b"[{\"id\": 7}]", 6), (b"[{\"id\": \"A\"}, ]", 6), (b"[]", 1)] {
            let report = check_slice(list, CheckOptions::default());
            let told = first_problems(&serde_json::to_vec(&report).unwrap());
            assert_eq!(told.len(), lines, "{told:?}");
            let printed = report.to_string();
            let listed = told.iter().filter(|line| !line.starts_with("and "));
            assert!(
                listed.clone().count() > 0 && listed.clone().all(|line| printed.contains(line)),
                "{told:?}\n{printed}"
            );
        }
    }
}
