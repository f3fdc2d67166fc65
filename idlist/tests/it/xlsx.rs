//! Spreadsheets that become lists.

use std::io::{Cursor, Write};

use super::folder;
use super::sessions::shell;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A workbook of sheets: the name, whether it is hidden, and the rows. Style 1 is a date, style 2 a time.
fn workbook(sheets: &[(&str, bool, &str)]) -> Vec<u8> {
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
fn row(number: u32, cells: &[&str]) -> String {
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

/// What a shell command says about the workbook `c.xlsx`, on stdout and then on stderr.
fn said(book: &[u8], command: &str) -> String {
    let folder = folder(&[("c.xlsx", book)]);
    let output = shell(command).current_dir(&folder).output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Both commands stop with the same sentence, and write nothing.
#[track_caller]
fn stops(book: &[u8], args: &str, message: &str) {
    let stderr = format!("idlist: c.xlsx: {message}\n");
    for command in ["convert c.xlsx -o list.json", "convert c.xlsx", "new --rank vip --prompts c.xlsx --prompt x{id}"] {
        let said = said(book, &format!("idlist {command} {args}; echo $?; ls"));
        assert!(said.starts_with("2\nc.xlsx\n") && said.ends_with(&stderr), "{said}");
    }
}

#[test]
fn a_spreadsheet_is_read_as_it_is() {
    let rows = [
        row(2, &["id", "prompt", "seed", "", "customer"]),
        row(3, &["7", "a &lt;red&gt; hat", "7.0", "", "TRUE"]),
        row(5, &["  ", "", "<c t=\"str\"><f>IF(1,\"\")</f><v></v></c>"]),
        row(9, &["2.5", "<c t=\"str\"><f>A1</f><v>a hat</v></c>", "4294967295", "", "0.30000000000000004"]),
        row(10, &["<c t=\"b\"><v>1</v></c>", "x", "1E3"]),
    ];
    let book = workbook(&[("lists", true, &row(1, &["x"])), ("Cards", false, &rows.concat())]);
    let sheet = include_str!("golden/sheet.json");
    let new = "idlist new --rank vip --prompts c.xlsx --bucket images --negative-prompt {customer}";
    assert_eq!(said(&book, new), sheet);
    let options = "--bucket images --model stability.stable-image-core-v1:1 --key image.jpeg --set rank=vip";
    let convert = format!("idlist convert c.xlsx {options} --set negativePrompt={{customer}}");
    assert_eq!(said(&book, &format!("{convert} | sed 's/,\"customer\":[^}}]*//'")), sheet);
}

#[test]
fn a_sheet_can_be_chosen_and_the_others_are_named() {
    let sheet = |prompt: &str| row(1, &["id", "prompt"]) + &row(2, &["A1", prompt]);
    let book = workbook(&[("One", false, &sheet("x")), ("Two", false, &sheet("y")), ("Three", true, &sheet("z"))]);
    for (args, prompt, stderr) in
        [("", "x", "idlist: c.xlsx: not read: the sheets Two\n"), ("--sheet Two", "y", ""), ("--sheet Three", "z", "")]
    {
        let found = said(&book, &format!("idlist new --rank vip --prompts c.xlsx {args} | grep -o prompt.*"));
        assert_eq!(found, format!("prompt\":\"{prompt}\"}}\n{stderr}"));
    }
    stops(&book, "--sheet Four", "there is no sheet \"Four\"; the sheets are One, Two, Three");
    stops(&book, "--encoding sjis", "--encoding is not for this kind of file; leave it out");
}

#[test]
fn cells_that_are_no_texts_stop_with_their_names() {
    let date = "holds a date or a time (2:3 becomes one); format the column as text and enter it again";
    for (cell, message) in [
        ("<c s=\"1\"><v>45000</v></c>", date),
        ("<c s=\"2\"><v>0.085</v></c>", date),
        ("<c t=\"d\"><v>2026-01-01</v></c>", date),
        ("<c t=\"e\"><v>#N/A</v></c>", "holds the error #N/A; correct it"),
        ("<c t=\"e\"><v>#DIV/0!</v></c>", "holds the error #DIV/0!; correct it"),
        (
            "<c><v>12345678901234567</v></c>",
            "holds a number of more digits than spreadsheets keep; format the column as text and enter it again",
        ),
        ("<c><f>A1</f></c>", "holds a formula without a result; open the file in a spreadsheet program and save it"),
    ] {
        let book = workbook(&[("Cards", false, &(row(1, &["id", "prompt"]) + &row(2, &["A1", cell])))]);
        stops(&book, "", &format!("cell B2 {message}"));
    }
    let far = row(1, &["id", "prompt"]) + "<row r=\"4\"><c r=\"AB4\"><v>1</v></c></row>";
    let message = "row 4: the row ends with cell 28, but the heading with cell 2; put a cell with separators or line ends in quotes";
    stops(&workbook(&[("Cards", false, &far)]), "", message);
}
