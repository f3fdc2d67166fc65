//! The interesting cases of the fuzz targets, as ordinary tests.

use super::{assert_says, idlist};

#[test]
fn escapes_are_read_and_numbers_have_no_leading_zero() {
    let report = "line 1, column 26: item 0 is not valid JSON: invalid number\n\
                  1 | [{\"id\":\"A\\u0031\",\"seed\":01},{\"id\":\"髪\"}]\n  |                          ^\n\
                  0 items before that, no problems\n";
    assert_says(&idlist(&["check", "-"], include_bytes!("../../../fuzz/corpus/json/escapes.json")), 1, report, "");
}

#[test]
fn cells_have_quotes_and_line_ends_in_them() {
    let list = "[\n{\"id\":\"A1\",\"rank\":\"vi\\\"p\",\"prompt\":\"a\\r\\nb\",\"seed\":1000.0}\n]\n";
    let csv = include_bytes!("../../../fuzz/corpus/csv/quotes.csv");
    let output = idlist(&["convert", "-", "--from", "csv"], csv);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(1), list));
}
