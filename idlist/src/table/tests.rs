//! Tests of tables: what `csv` writes is read, and quotes are judged as the reader takes them.

use csv::{QuoteStyle, WriterBuilder};
use proptest::prelude::*;

use super::*;

/// Cells with all that can make trouble, of which the first has text.
fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = "[a髪\"',;\t\r\n ]{0,6}";
    let row = (cell, cell, cell).prop_map(|(first, second, third)| vec![format!("{first}x"), second, third]);
    proptest::collection::vec(row, 0..8)
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        rows in rows(), delimiter in prop_oneof![Just(b','), Just(b';'), Just(b'\t')], always in any::<bool>(), crlf in any::<bool>()
    ) {
        let quotes = if always { QuoteStyle::Always } else { QuoteStyle::Necessary };
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut file = WriterBuilder::new().delimiter(delimiter).quote_style(quotes).terminator(terminator).from_writer(Vec::new());
        file.write_record(["id", "prompt", "c"]).unwrap();
        rows.iter().for_each(|row| file.write_record(row).unwrap());
        let file = String::from_utf8(file.into_inner().unwrap()).unwrap();
        let read: Vec<Row> = Table::csv(file.clone(), None).unwrap().collect::<Result<_, _>>().unwrap();
        let mut line = 2;
        for (row, written) in read.iter().zip(&rows) {
            prop_assert_eq!(row.place, Place::Line(line));
            line += 1 + written.iter().map(|cell| text::line_ends(cell)).sum::<u64>();
        }
        let cells: Vec<_> = read.into_iter().map(|row| row.cells).collect();
        prop_assert_eq!(cells, rows);
    }

    /// No quote gets lost without an error: an odd number of them is possible only if one is text in a cell without quotes.
    #[test]
    fn quotes_are_text_or_an_error(rest in "([a\",\n ]{0,12})") {
        let table = Table::csv(format!("id,prompt\n{rest}"), None);
        if let Ok(rows) = table.and_then(Iterator::collect::<Result<Vec<Row>, _>>) {
            let inside = rows.iter().flat_map(|row| &row.cells).map(|cell| cell.matches('"').count()).sum::<usize>();
            prop_assert!(rest.matches('"').count() % 2 == 0 || inside > 0, "{rows:?}");
        }
    }

    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(text) = decode(bytes.clone(), None) {
            let _ = Table::csv(text, None).map(|table| table.for_each(drop));
        }
        let _ = Table::xlsx(bytes, None).map(|table| table.for_each(drop));
    }
}
