//! `idlist check`.

use serde_json::{Value, json};

use super::{assert_says, idlist};

/// The list of the design document, as it is: with a comma after the last item.
const SAMPLE_WITH_COMMA: &str = include_str!("golden/sample-with-comma.json");

#[track_caller]
fn assert_report(list: &str, status: i32, report: &str) {
    assert_says(&idlist(&["check", "-"], list.as_bytes()), status, report, "");
}

#[test]
fn the_sample_list_is_rejected_for_its_comma() {
    assert_report(
        SAMPLE_WITH_COMMA,
        1,
        "line 17, column 4: a comma after the last item; JSON does not allow it: remove the comma\n\
         17 |   },\n   |    ^\n\
         2 items before that, no problems\n\
         1 item without problems: rank \"nomal\", model stability.stable-diffusion-xl-v0, retired: made with \
         stability.stable-image-core-v1:1\n\
         1 item without problems: rank \"vip\", model stability.stable-diffusion-xl-v0, retired: made with \
         stability.stable-image-core-v1:1\n",
    );
}

#[test]
fn the_sample_list_without_its_comma_is_good() {
    let list = SAMPLE_WITH_COMMA.replace("},\n]", "}\n]");
    assert_report(
        &list,
        0,
        "2 items, no problems\n\
         1 item without problems: rank \"nomal\", model stability.stable-diffusion-xl-v0, retired: made with \
         stability.stable-image-core-v1:1\n\
         1 item without problems: rank \"vip\", model stability.stable-diffusion-xl-v0, retired: made with \
         stability.stable-image-core-v1:1\n",
    );
}

#[test]
fn retired_models_can_be_refused() {
    let list = SAMPLE_WITH_COMMA.replace("},\n]", "}\n]");
    let output = idlist(&["check", "--retired-models", "Reject", "-"], list.as_bytes());
    let live = "stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0";
    let problem = |start: &str| {
        format!(
            "{start}: `model` is \"stability.stable-diffusion-xl-v0\", retired by Amazon Bedrock; use its successor \
             stability.stable-image-core-v1:1, or another of {live}\n"
        )
    };
    let report =
        format!("2 items, 2 problems\n{}{}", problem("item 0 (line 2, id A1)"), problem("item 1 (line 10, id A2)"));
    assert_says(&output, 1, &report, "");
}

#[test]
fn files_that_are_no_lists_are_explained() {
    for (file, report) in [
        (
            "",
            "line 1, column 1: the file is empty; a list is a JSON array: [ … ]\n1 | \n  | ^\n0 items before that, no problems\n",
        ),
        ("[]", "0 items, 1 problem\nthe list has no items; it needs at least one\n"),
        (
            "id,rank\n",
            "line 1, column 1: a list is a JSON array, [ … ]; found the character i\n1 | id,rank\n  | ^\n\
             0 items before that, no problems\n",
        ),
        (
            "{\"items\": []}",
            "line 1, column 1: a list is a JSON array, [ … ]; found an object; put the items between [ and ], with \
             commas between them\n1 | {\"items\": []}\n  | ^\n0 items before that, no problems\n",
        ),
        (
            "\u{feff}[]",
            "line 1, column 1: the file begins with a byte order mark; save it as UTF-8 without BOM\n\
             1 | \u{feff}[]\n  | ^\n0 items before that, no problems\n",
        ),
        ("[[{\"id\": \"A1\"}]]", "1 item, 1 problem\nitem 0 (line 1) is an array, not an object; an item is { … }\n"),
    ] {
        assert_report(file, 1, report);
    }
}

#[test]
fn an_item_of_ten_megabytes_is_a_problem() {
    let list = format!("[{{\"id\": \"{}\"}}]", "x".repeat(10_000_000));
    assert_report(
        &list,
        1,
        "1 item, 1 problem\nitem 0 (line 1) has 10000010 bytes; Step Functions takes items of at most 261120\n",
    );
}

#[test]
fn two_items_with_the_same_destination_are_a_problem() {
    let list = idlist(&["new", "--rank", "vip", "--number", "2", "--bucket", "images"], b"").stdout;
    let list = String::from_utf8(list).unwrap().replace("A2", "A1");
    assert_report(
        &list,
        1,
        "2 items, 1 problem\n\
         item 1 (line 3, id A1) goes to \"s3://images/vip/A1/image.jpeg\", as item 0 does; give one of them another id \
         or rank\n\
         1 item without problems: rank \"vip\", model stability.stable-image-core-v1:1\n",
    );
}

#[test]
fn a_limit_can_be_set() {
    let list = idlist(&["new", "--rank", "vip", "--number", "3"], b"").stdout;
    assert_says(
        &idlist(&["check", "--max-items", "2", "-"], &list),
        1,
        "3 items, 1 problem\n\
         the list has 3 items; the limit is 2: split it (idlist split), or raise the limit (MaxItemsPerList of the stack, \
         --max-items of idlist)\n\
         2 items without problems: rank \"vip\", model stability.stable-image-core-v1:1\n",
        "",
    );
}

#[test]
fn the_limits_are_those_of_the_trigger() {
    let list = idlist(&["new", "--rank", "vip", "--number", "10001"], b"").stdout;
    for (args, status) in [
        (&["check", "-"][..], 1),
        (&["plan", "-"], 1),
        (&["check", "--max-items", "0", "-"], 0),
        (&["check", "--max-items", "0", "--max-usd", "400.04", "-"], 0),
        (&["check", "--max-items", "0", "--max-usd", "400.03", "-"], 1),
        (&["plan", "--max-items", "0", "--max-usd", "400.03", "-"], 1),
        (&["check", "--max-usd", "-1", "-"], 2),
    ] {
        assert_eq!(idlist(args, &list).status.code(), Some(status), "{args:?}");
    }
}

#[test]
fn a_report_can_be_json() {
    let output = idlist(&["check", "--json", "-"], b"[{\"id\": 1}, 2,]");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), &b""[..]));
    assert!(output.stdout.ends_with(b"}\n"));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["good"], &report["items"], &report["problemCount"]), (&json!(false), &json!(2), &json!(7)));
    assert_eq!((&report["broken"]["kind"], &report["broken"]["column"]), (&json!("TrailingComma"), &json!(14)));
    assert_eq!(
        report["problems"][0],
        json!({"index": 0, "line": 1, "field": "id", "kind": "WrongType",
               "message": "is the number 1, not a string; put it between quotes"})
    );
}

#[test]
fn a_file_is_checked_like_stdin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a list.json");
    std::fs::write(&path, idlist(&["new", "--rank", "vip", "--number", "5"], b"").stdout).unwrap();
    let report =
        "5 items, no problems\n5 items without problems: rank \"vip\", model stability.stable-image-core-v1:1\n";
    assert_says(&idlist(&["check", path.to_str().unwrap()], b""), 0, report, "");
}

#[test]
fn a_file_that_cannot_be_read_is_no_bad_list() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.json");
    let stderr = format!("idlist: cannot read {}: No such file or directory (os error 2)\n", path.display());
    assert_says(&idlist(&["check", path.to_str().unwrap()], b""), 2, "", &stderr);
}

#[test]
fn several_files_are_checked_and_the_worst_decides() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (good, bad, none) = (path("good.json"), path("bad.json"), path("none.json"));
    std::fs::write(&good, idlist(&["new", "--rank", "vip", "--number", "2"], b"").stdout).unwrap();
    std::fs::write(&bad, "[\n  {\"id\": \"A1\n").unwrap();
    let report = format!(
        "{good}:\n2 items, no problems\n\
         2 items without problems: rank \"vip\", model stability.stable-image-core-v1:1\n\n\
         {bad}:\nline 2, column 13: item 0 has a string with a line break or other control character in it; is the \
         closing quote missing?\n\
         2 |   {{\"id\": \"A1\n  |             ^\n0 items before that, no problems\n"
    );
    assert_says(&idlist(&["check", &good, &bad], b""), 1, &report, "");
    let stderr = format!("idlist: cannot read {none}: No such file or directory (os error 2)\n");
    assert_says(&idlist(&["check", &good, &none, &bad], b""), 2, &report, &stderr);

    let output = idlist(&["check", "--json", &good, &bad], b"");
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&reports[0]["file"], &reports[0]["good"]), (&json!(good), &json!(true)));
    assert_eq!((&reports[1]["file"], &reports[1]["broken"]["line"]), (&json!(bad), &json!(2)));
}

#[test]
fn ranks_that_are_nearly_the_same_get_a_hint_and_stay_good() {
    let list = idlist(&["new", "--rank", "nomal=9", "--rank", "normal=1"], b"").stdout;
    let report = "10 items, no problems, 1 hint\n\
                  9 items without problems: rank \"nomal\", model stability.stable-image-core-v1:1\n\
                  1 item without problems: rank \"normal\", model stability.stable-image-core-v1:1\n\
                  hint: the ranks \"nomal\" (9) and \"normal\" (1) are nearly the same; is one a typing error?\n";
    assert_says(&idlist(&["check", "-"], &list), 0, report, "");
}
