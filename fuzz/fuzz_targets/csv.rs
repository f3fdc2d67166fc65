//! Any bytes as a table: reading never panics, rows are as wide as the heading, and items read alike from text and value.

#![no_main]

use idlist::make::Filling;
use idlist::table::{Table, decode};
use idlist::{Item, RetiredModels};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|file: &[u8]| {
    let sheet = Table::xlsx(file.to_vec(), None);
    let text = decode(file.to_vec(), None).and_then(|text| Table::csv(text, None));
    for table in [sheet, text].into_iter().flatten() {
        let columns = table.columns().to_vec();
        for row in table.map_while(Result::ok) {
            assert_eq!(row.cells.len(), columns.len());
            assert!(row.cells.iter().any(|cell| !cell.trim().is_empty()));
            let fields = Value::Object(Filling::default().fields(&columns, Some(&row), "", ""));
            let from_value = Item::from_value(&fields, RetiredModels::Redirect);
            assert_eq!(Item::from_slice(fields.to_string().as_bytes(), RetiredModels::Redirect), from_value);
        }
    }
});
