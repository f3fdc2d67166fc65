//! Tables that become lists: what `convert` and `new --prompts` read alike, and what stops both.

use std::process::Output;

use super::xlsx::{row, workbook};
use super::{assert_says, folder, idlist, idlist_in, written};

/// Options that fill what the tables here leave out.
const REST: [&str; 8] =
    ["--bucket", "images", "--model", "stability.stable-image-core-v1:1", "--key", "{id}.png", "--set", "rank=vip"];

/// Ids, prompts and seeds that `convert` makes of a table; nothing may be said on stderr.
#[track_caller]
fn converted(name: &str, table: &[u8], args: &[&str]) -> String {
    let folder = folder(&[(name, table)]);
    let output = idlist_in(&folder, &[&["convert", name, "-o", "list.json"], &REST[..], args].concat());
    assert_says(&output, 0, "", "");
    let check = idlist_in(&folder, &["check", "list.json"]);
    assert_eq!(check.status.code(), Some(0), "{check:?}");
    let items: Vec<serde_json::Value> = serde_json::from_str(&written(&folder, "list.json")).unwrap();
    items.iter().map(|item| format!("{}: {} {};", item["id"], item["prompt"], item["seed"])).collect()
}

/// Both commands stop with the same sentence, and write nothing.
#[track_caller]
fn stops(name: &str, table: &[u8], args: &[&str], message: &str) {
    let folder = folder(&[(name, table)]);
    let stderr = format!("idlist: {name}: {message}\n");
    assert_says(&idlist_in(&folder, &[&["convert", name, "-o", "list.json"], args].concat()), 2, "", &stderr);
    assert_says(&idlist_in(&folder, &[&["convert", name], args].concat()), 2, "", &stderr);
    let new = ["new", "--rank", "vip", "--prompts", name, "--prompt", "x{id}"];
    let output = idlist_in(&folder, &[&new, args].concat());
    assert!(said(&output).ends_with(&stderr), "{}", said(&output));
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_separator_is_read_from_the_first_line() {
    let expected = "\"A1\": \"a, b; c\" 7;\"A2\": \"d\" null;";
    let table = |separator: &str| {
        ["id|prompt|seed", "A1|\"a, b; c\"|7", "A2|d|", ""].join("\r\n").replace('|', separator).into_bytes()
    };
    for separator in [",", ";", "\t"] {
        assert_eq!(converted("cards.csv", &table(separator), &[]), expected, "{separator:?}");
    }
    assert_eq!(converted("cards.tsv", &table("\t"), &[]), expected);
    assert_eq!(converted("cards.csv", &[b"\xEF\xBB\xBFsep=;\r\n", &table(";")[..]].concat(), &[]), expected);
    assert_eq!(converted("cards.csv", &table("|"), &["--delimiter", "|"]), expected);
    assert_eq!(converted("cards.csv", &table("\t"), &["--delimiter", "tab"]), expected);
    // Of two that split the heading, the one that makes fields of it.
    assert_eq!(converted("cards.csv", b"id,prompt,a;b;c\nA1,x,\n", &["--set", "seed={a;b;c}1"]), "\"A1\": \"x\" 1;");
    let message = "the cells of the first row can be separated by ',' or ';'; give --delimiter";
    stops("cards.csv", b"name;age,years\nAnn;1,2\n", &[], message);
}

#[test]
fn a_table_without_a_known_column_is_not_a_list() {
    let output = idlist(&["convert", "-", "--from", "csv"], b"id|rank|prompt\nA1|vip|x\n");
    let stderr = "idlist: -: no column is named as a field of an item; the columns are id|rank|prompt; \
                  give --map COLUMN=FIELD, or --delimiter\n";
    assert_says(&output, 2, "", stderr);
}

#[test]
fn a_table_without_rows_makes_no_good_list() {
    let output = idlist(&["new", "--rank", "vip", "--prompts", "-"], b"\n");
    let stderr = "idlist: -: the list would have no items; give numbers of items, or rows below the heading\n";
    assert_says(&output, 2, "", stderr);
    let output = idlist(&["convert", "-", "--from", "csv"], b"id,prompt\n,\n");
    assert_says(&output, 1, "[]\n", "idlist: -: there are no rows below the heading\n");
    let output = idlist(&["new", "--rank", "vip", "--prompts", "-"], b"\ta cat \nid\tprompt\n");
    let stderr = "idlist: -: line 2: a tab inside a line; name a table .csv or .tsv, and put blanks between the words of a prompt\n";
    assert_says(&output, 2, "", stderr);
}

#[test]
fn encodings_are_read_by_their_marks_and_names() {
    let text = "id,prompt,seed\r\nA1,髪,7\r\n";
    let expected = "\"A1\": \"髪\" 7;";
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2], mark: &str| {
        format!("{mark}{text}").encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>()
    };
    for table in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        utf_16(u16::to_le_bytes, "\u{feff}"),
        utf_16(u16::to_be_bytes, "\u{feff}"),
        utf_16(u16::to_le_bytes, ""),
        utf_16(u16::to_be_bytes, ""),
    ] {
        assert_eq!(converted("cards.csv", &table, &[]), expected, "{table:?}");
    }
    let shift_jis = text.as_bytes().to_vec();
    let at = shift_jis.windows(3).position(|bytes| bytes == "髪".as_bytes()).unwrap();
    let shift_jis = [&shift_jis[..at], b"\x94\xAF", &shift_jis[at + 3..]].concat();
    for name in ["shift_jis", "Shift-JIS", "sjis", "cp932", "CP932", "windows-31j", "ms932"] {
        assert_eq!(converted("cards.csv", &shift_jis, &["--encoding", name]), expected, "{name}");
    }
    let message = "line 2: bytes that are not UTF-8; save the file as UTF-8, or give --encoding, such as shift_jis";
    stops("cards.csv", &shift_jis, &[], message);
    let message = "line 3: bytes that are not Shift_JIS; save the file as UTF-8, or give --encoding, such as shift_jis";
    stops("cards.csv", b"id\nA1\n\xFF\n", &["--encoding", "sjis"], message);
    let message = "line 2: a NUL character; save the file as UTF-8, or give --encoding";
    stops("cards.csv", b"id\nA\0\n", &[], message);
    let output = idlist(&["convert", "-", "--encoding", "x"], b"");
    let message = "use utf-8, shift_jis, cp932, euc-jp, utf-16le or another name of the web";
    assert!(said(&output).contains(message), "{}", said(&output));
}

#[test]
fn files_of_other_kinds_are_named() {
    let xlsx = workbook(&[("Cards", false, &row(1, &["id"]))]);
    let message = "the file is a spreadsheet or a zip file; name it .xlsx, or unpack it";
    stops("cards.csv", &xlsx, &[], message);
    let message = "the file is an old or locked spreadsheet; save it as .xlsx without a password";
    stops("cards.csv", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", &[], message);
    stops("cards.xlsx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", &[], message);
    stops("cards.csv", b"\x1F\x8B\x08", &[], "the file is compressed with gzip; unpack it first");
    stops("cards.csv", b" \r\n,,\r\n", &[], "there are no rows; the first row names the columns");
    let folder = folder(&[("list.json", b"[]"), ("cards.xlsx", b"x")]);
    let stderr = "idlist: list.json: a list; give a table or a file with a prompt on each line\n";
    assert_says(&idlist_in(&folder, &["new", "--rank", "vip", "--prompts", "list.json"]), 2, "", stderr);
    let stderr = "idlist: a spreadsheet cannot be written; write CSV, which spreadsheets open\n";
    assert_says(&idlist_in(&folder, &["convert", "list.json", "-o", "list.xlsx"]), 2, "", stderr);
    let stderr = "idlist: cards.xlsx: the file is not a spreadsheet; if it is CSV, name it .csv\n";
    assert_says(&idlist_in(&folder, &["convert", "cards.xlsx"]), 2, "", stderr);
    std::fs::write(folder.path().join("cards.xlsx"), &xlsx[..200]).unwrap();
    let stderr = said(&idlist_in(&folder, &["convert", "cards.xlsx"]));
    assert!(stderr.starts_with("idlist: cards.xlsx: the file is damaged: "), "{stderr}");
}

#[test]
fn a_quote_that_is_not_around_a_whole_cell_stops_with_its_line() {
    let closed = b"id,prompt,seed\nA1,\"says \"\"halt\"\"\",\nA2,\"two\nlines\",\nA3,a 6\" nail,\n";
    assert_eq!(
        converted("c.csv", closed, &[]),
        "\"A1\": \"says \\\"halt\\\"\" null;\"A2\": \"two\\nlines\" null;\"A3\": \"a 6\\\" nail\" null;"
    );
    let open = "the quote that begins a cell here is never closed; close it, or double a quote that is text";
    let outside =
        "the cell that begins here has text outside its quotes; put all inside, and double quotes that are text";
    for (table, line, what) in [
        ("id,prompt\nA1,x\nA2,\"a giant\nA3,y\nA4,z\n", 3, open),
        ("id,prompt\r\nA1,\"two\r\nlines\"\r\nA2,\"a giant\r\nA3,y", 4, open),
        ("id,prompt\rA1,x\rA2,\"a\"\"\r", 3, open),
        ("id,\"prompt\nA1,x\n", 1, open),
        ("id,prompt\nA1,\"a giant\nA2,\"b\"\n", 2, outside),
        ("id,prompt\nA1,\"a\" giant\n", 2, outside),
        ("id,prompt\nA1, \"a giant\"\n", 2, outside),
    ] {
        stops("c.csv", table.as_bytes(), &[], &format!("line {line}: {what}"));
    }
}

#[test]
fn rows_and_columns_without_text_are_none() {
    let table = b"id,prompt,seed,,\r\n\r\nA1,x,1,,\r\n,,,,\r\n , ,,,\r\nA2,y,2,,\r\n,,,,\r\n";
    assert_eq!(converted("cards.csv", table, &[]), "\"A1\": \"x\" 1;\"A2\": \"y\" 2;");
    assert_eq!(converted("cards.csv", b",,\nid,,prompt\nA1,,x\n", &[]), "\"A1\": \"x\" null;");
    let folder = folder(&[("people.csv", b"name,age,city,\r\nAnn,30,Paris,\r\n,,,\r\nBob,40,Rome,\r\n,,,\r\n")]);
    let args = ["new", "--rank", "vip", "--prompts", "people.csv", "--prompt", "{name}, {age}, {city}"];
    let list = String::from_utf8(idlist_in(&folder, &args).stdout).unwrap();
    assert_eq!(list.matches("\"id\"").count(), 2, "{list}");
}

#[test]
fn a_row_of_another_width_stops_with_its_line() {
    let advice = "put a cell with separators or line ends in quotes";
    let message = format!("line 3: the row ends with cell 3, but the heading with cell 2; {advice}");
    stops("c.csv", b"id,prompt\nA1,x\nA2,a, b\n", &[], &message);
    let message = format!("line 5: the row ends with cell 1, but the heading with cell 2; {advice}");
    stops("c.csv", b"id,prompt\nA1,\"x\ny\"\n\nA2\n", &[], &message);
    let message = "line 2: cell 2 has text, but its column has no heading; name the column, or remove the text";
    stops("c.csv", b"id,,prompt\nA1,x,y\n", &[], message);
    stops("c.csv", b"id,prompt,id\n", &[], "the column \"id\" appears twice; remove or rename one");
}

#[test]
fn columns_fill_fields_and_options_fill_the_rest() {
    let table = "\u{feff}番号,説明,note\r\nA1,\"brown, white\",x\r\nA2,黒,\r\n";
    let folder = folder(&[("people.csv", table.as_bytes())]);
    let map = ["--map", "番号=id", "--map", "説明=prompt"];
    let set = ["--set", "negativePrompt={note}{{}}", "--set", "seed=7"];
    let note = "idlist: people.csv: the column means nothing: note\n";
    let args = [&["convert", "people.csv", "--to", "jsonl"], &REST[..], &map].concat();
    assert_says(&idlist_in(&folder, &args), 0, include_str!("golden/people.jsonl"), note);
    // A column that a placeholder takes means something.
    let list = String::from_utf8(idlist_in(&folder, &[&args[..], &set].concat()).stdout).unwrap();
    assert!(list.contains(r#""negativePrompt":"x{}","seed":7,"note":"x"}"#), "{list}");
    for (args, message) in [
        (&["--map", "number=id"][..], "people.csv: there is no column \"number\"; the columns are 番号, 説明, note"),
        (
            &["--map", "番号=id", "--map", "note=id"],
            "people.csv: the column \"id\" appears twice; remove or rename one",
        ),
        (
            &["--set", "model={x}"],
            "model has {x}, but that is not among id, rank, 番号, 説明, note; write {{ for a brace itself",
        ),
        (&["--sheet", "x"], "people.csv: --sheet is not for this kind of file; leave it out"),
    ] {
        assert_says(
            &idlist_in(&folder, &[&["convert", "people.csv"], args].concat()),
            2,
            "",
            &format!("idlist: {message}\n"),
        );
    }
    let output = idlist(&["convert", "-", "--set", "rnk=vip"], b"");
    assert!(said(&output).contains("\"rnk\" is not a field of an item; use one of id, rank, "), "{}", said(&output));
    let stderr = "idlist: --map, --set, --bucket, --model and --key are for tables; leave them out\n";
    assert_says(&idlist(&["convert", "-", "--map", "a=id"], b"[]"), 2, "", stderr);
}

#[test]
fn what_is_probably_not_meant_is_said_once() {
    let table = b"id,prompt,aspect_ratio,Seed,model\nA1,x,16:9,1,stability.sd3-5-large-v1:0\nA2,y,16:9,2,\n";
    let folder = folder(&[("c.csv", table)]);
    let stderr = "idlist: c.csv: a column gives model; what is given for it besides fills only blank cells\n\
                  idlist: c.csv: the columns mean nothing: aspect_ratio (for aspectRatio, give --map 'aspect_ratio=aspectRatio'), \
                  Seed (for seed, give --map 'Seed=seed')\n";
    let output = idlist_in(&folder, &[&["convert", "c.csv", "-o", "list.json"], &REST[..]].concat());
    assert_says(&output, 0, "", stderr);
    let new =
        ["new", "--rank", "vip", "--prompts", "c.csv", "--model", "stability.stable-image-core-v1:1", "-o", "n.json"];
    assert_says(&idlist_in(&folder, &new), 0, "", stderr);
    let output = idlist_in(
        &folder,
        &[
            "new",
            "--rank",
            "vip=1",
            "--prompts",
            "c.csv",
            "--prompt",
            "a hat",
            "--map",
            "aspect_ratio=aspectRatio",
            "--map",
            "Seed=seed",
            "-o",
            "m.json",
        ],
    );
    let stderr = "idlist: c.csv: another prompt is given, so that the column for it means nothing\n\
                  idlist: c.csv: rows that were not asked for: 1\n";
    assert_says(&output, 0, "", stderr);
    assert!(written(&folder, "m.json").contains("\"prompt\":\"a hat\",\"aspectRatio\":\"16:9\",\"seed\":1}"));
}

#[test]
fn problems_of_items_from_a_table_are_said_with_their_rows() {
    let table = b"id,prompt,seed,aspectRatio\nA1,x,1,16:10\nA2,y,2,16:10\nA1,z,many,\nA1,z,5,\nA1,z,6,\n";
    let folder = folder(&[("c.csv", table)]);
    let output = idlist_in(&folder, &[&["convert", "c.csv", "-o", "list.json"], &REST[..]].concat());
    assert_says(&output, 1, "", include_str!("golden/problems.txt"));
    assert_eq!(written(&folder, "list.json").lines().count(), 7);
    let stderr = said(&idlist_in(&folder, &[&["convert", "c.csv"], &REST[2..]].concat()));
    let missing = "idlist: c.csv: line 2: `inputBucketName` is missing; every item needs it; --set inputBucketName=VALUE fills it (and 4 more)\n";
    assert!(stderr.starts_with(missing), "{stderr}");
}

#[test]
fn a_spreadsheet_is_read_as_it_is() {
    let rows = [
        row(2, &["id", "prompt", "seed", "", "customer"]),
        row(3, &["7", "a &lt;red&gt; hat", "7.0", "", "TRUE"]),
        row(5, &["  ", "", "<c t=\"str\"><f>IF(1,\"\")</f><v></v></c>"]),
        row(9, &["2.5", "<c t=\"str\"><f>A1</f><v>a hat</v></c>", "4294967295", "", "0.30000000000000004"]),
        row(10, &["<c t=\"b\"><v>1</v></c>", "x", "1E3"]),
    ]
    .concat();
    let book = workbook(&[("lists", true, &row(1, &["x"])), ("Cards", false, &rows)]);
    let expected = "\"7\": \"a <red> hat\" 7;\"2.5\": \"a hat\" 4294967295;\"TRUE\": \"x\" 1000;";
    let set = ["--set", "negativePrompt={customer}"];
    assert_eq!(converted("cards.xlsx", &book, &set), expected);
    let folder = folder(&[("cards.xlsx", &book)]);
    let args =
        ["new", "--rank", "vip", "--prompts", "cards.xlsx", "--bucket", "images", "--negative-prompt", "{customer}"];
    assert_says(&idlist_in(&folder, &args), 0, include_str!("golden/sheet.json"), "");
}

#[test]
fn a_sheet_can_be_chosen_and_the_others_are_named() {
    let sheet = |prompt: &str| row(1, &["id", "prompt"]) + &row(2, &["A1", prompt]);
    let book = workbook(&[("One", false, &sheet("x")), ("Two", false, &sheet("y")), ("Three", true, &sheet("z"))]);
    for name in ["Two", "Three"] {
        let expected = if name == "Two" { "y" } else { "z" };
        assert_eq!(converted("c.xlsx", &book, &["--sheet", name]), format!("\"A1\": \"{expected}\" null;"));
    }
    let folder = folder(&[("c.xlsx", &book)]);
    let output = idlist_in(&folder, &[&["convert", "c.xlsx", "-o", "list.json"], &REST[..]].concat());
    assert_says(&output, 0, "", "idlist: c.xlsx: not read: the sheets Two\n");
    stops("c.xlsx", &book, &["--sheet", "Four"], "there is no sheet \"Four\"; the sheets are One, Two, Three");
    let stderr = "idlist: c.xlsx: --encoding is not for this kind of file; leave it out\n";
    assert_says(&idlist_in(&folder, &["convert", "c.xlsx", "--encoding", "sjis"]), 2, "", stderr);
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
        stops("c.xlsx", &book, &[], &format!("cell B2 {message}"));
    }
    let far = row(1, &["id", "prompt"]) + "<row r=\"4\"><c r=\"AB4\"><v>1</v></c></row>";
    let message = "row 4: the row ends with cell 28, but the heading with cell 2; put a cell with separators or line ends in quotes";
    stops("c.xlsx", &workbook(&[("Cards", false, &far)]), &[], message);
}
