//! Spreadsheets for tests, made of the XML of their sheets.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A workbook of sheets: the name, whether it is hidden, and the rows. Style 1 is a date, style 2 a time.
pub(crate) fn workbook(sheets: &[(&str, bool, &str)]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, xml: &str| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(xml.as_bytes()).unwrap();
    };
    let (mut names, mut targets) = (String::new(), String::new());
    for (nth, (name, is_hidden, rows)) in (1..).zip(sheets) {
        let state = if *is_hidden { "hidden" } else { "visible" };
        names += &format!(r#"<sheet name="{name}" sheetId="{nth}" state="{state}" r:id="r{nth}"/>"#);
        targets += &format!(
            r#"<Relationship Id="r{nth}" Type="{RELATIONSHIPS}/worksheet" Target="worksheets/sheet{nth}.xml"/>"#
        );
        let sheet = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#);
        add(&format!("xl/worksheets/sheet{nth}.xml"), &sheet);
    }
    add(
        "xl/workbook.xml",
        &format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}"><sheets>{names}</sheets></workbook>"#),
    );
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let book = format!(r#"<Relationship Id="r1" Type="{RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/>"#);
    add("_rels/.rels", &format!(r#"<Relationships xmlns="{package}">{book}</Relationships>"#));
    add("xl/_rels/workbook.xml.rels", &format!(r#"<Relationships xmlns="{package}">{targets}</Relationships>"#));
    let formats = r#"<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="20"/>"#;
    add("xl/styles.xml", &format!(r#"<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>"#));
    zip.finish().unwrap().into_inner()
}

/// A row with texts and numbers, the first cell in column A. A text that begins with `<` is the XML of a cell.
pub(crate) fn row(number: u32, cells: &[&str]) -> String {
    let mut xml = format!(r#"<row r="{number}">"#);
    for (column, cell) in ('A'..).zip(cells) {
        xml += &match cell.parse::<f64>() {
            _ if cell.starts_with('<') => cell.replacen("<c", &format!(r#"<c r="{column}{number}""#), 1),
            Ok(_) => format!(r#"<c r="{column}{number}"><v>{cell}</v></c>"#),
            Err(_) => format!(r#"<c r="{column}{number}" t="inlineStr"><is><t>{cell}</t></is></c>"#),
        };
    }
    xml + "</row>"
}
