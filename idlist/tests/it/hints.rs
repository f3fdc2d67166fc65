//! The hints of `idlist check`.

use serde_json::{Value, json};

use super::{assert_says, idlist};

const CORE: &str = "stability.stable-image-core-v1:1";
const ULTRA: &str = "stability.stable-image-ultra-v1:1";

/// A list of good items of rank vip, each with some fields set, one on a line from line 2 on.
fn list(items: &[Value]) -> Vec<u8> {
    let item = |(nth, fields): (usize, &Value)| {
        let mut item = json!({
            "id": format!("A{nth}"), "rank": "vip", "inputBucketName": "images", "inputKeyName": "card.png",
            "model": CORE, "prompt": "a red hat",
        });
        item.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        item.to_string()
    };
    format!("[\n{}\n]", items.iter().enumerate().map(item).collect::<Vec<_>>().join(",\n")).into_bytes()
}

/// Asserts that a list is good and has these hints.
#[track_caller]
fn assert_hints(items: &[Value], hints: &[&str]) {
    let output = String::from_utf8(idlist(&["check", "-"], &list(items)).stdout).unwrap();
    let found: Vec<_> = output.lines().filter_map(|line| line.strip_prefix("hint: ")).collect();
    assert_eq!(found, hints);
    let counted = match hints.len() {
        0 => String::new(),
        1 => ", 1 hint".to_owned(),
        hints => format!(", {hints} hints"),
    };
    let s = if items.len() == 1 { "" } else { "s" };
    assert!(output.starts_with(&format!("{} item{s}, no problems{counted}\n", items.len())), "{output}");
}

#[test]
fn a_field_with_a_nearly_right_name_is_told() {
    assert_hints(
        &[
            json!({"aspect_ratio": "16:9", "Seed": 7}),
            json!({"aspect_ratio": "16:9", "negativePromt": "hat"}),
            json!({"seeds": 7, "campaign": "autumn", "customer": {"no": 1}}),
            // The right name is there, too.
            json!({"seed": 7, "seeds": 7}),
        ],
        &[
            "`aspect_ratio` (2 items) is ignored; is `aspectRatio` meant?",
            "`Seed` (1 item) is ignored; is `seed` meant?",
            "`negativePromt` (1 item) is ignored; is `negativePrompt` meant?",
            "`seeds` (1 item) is ignored; is `seed` meant?",
        ],
    );
}

#[test]
fn texts_that_stand_for_no_value_are_told() {
    assert_hints(
        &[
            json!({"prompt": "#N/A"}),
            json!({"prompt": "[object Object]", "negativePrompt": " nan "}),
            json!({"negativePrompt": "None of these"}),
            json!({"id": "undefined", "prompt": "#N/A"}),
        ],
        &[
            "item 0 (line 2, id A0) and 1 more: `prompt` is only the text \"#N/A\", which stands for no value; is it meant?",
            "item 1 (line 3, id A1): `prompt` is only the text \"[object Object]\", which stands for no value; is it meant?",
            "item 1 (line 3, id A1): `negativePrompt` is only the text \" nan \", which stands for no value; write null or \
             leave the field out",
            "item 3 (line 5, id undefined): `id` is only the text \"undefined\", which stands for no value; is it meant?",
        ],
    );
}

#[test]
fn prompts_with_placeholders_or_in_other_scripts_are_told() {
    assert_hints(
        &[json!({"prompt": "a {hair} girl"}), json!({"prompt": "茶色の髪"}), json!({"prompt": "髪は茶色"})],
        &[
            "item 0 (line 2, id A0): `prompt` still holds {hair}; was it to be filled in?",
            "item 1 (line 3, id A1) and 1 more: `prompt` is mainly in a script that is not Latin; the models are documented \
             for English, and may answer other prompts with an error",
        ],
    );
}

#[test]
fn ids_that_look_alike_under_one_rank_are_told() {
    let ids = |ids: &[&str]| ids.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>();
    let differs = |place: &str, id: &str, from: &str| {
        format!(
            "item {place}: `id` {id} differs from {from}, same rank) only in case, blanks, a dot at the end, or invisible, \
             full-width or accented characters"
        )
    };
    assert_hints(
        &ids(&["A1", "a1", "A\u{200b}1", "Ａ１", "A1.", "Caf\u{e9}", "Cafe\u{301}"]),
        &[
            &differs("1 (line 3, id a1)", "\"a1\"", "\"A1\" (item 0"),
            &differs("2 (line 4, id \"A\\u{200b}1\")", "\"A\\u{200b}1\"", "\"A1\" (item 0"),
            &differs("3 (line 5, id Ａ１)", "\"Ａ１\"", "\"A1\" (item 0"),
            "item 4 (line 6, id A1.): `id` cannot be the name of a file or folder on Windows; the image cannot be copied \
             there",
            &differs("4 (line 6, id A1.)", "\"A1.\"", "\"A1\" (item 0"),
            &differs("6 (line 8, id \"Cafe\\u{301}\")", "\"Cafe\\u{301}\"", "\"Café\" (item 5"),
        ],
    );
    assert_hints(
        &ids(&[" A1", "A2 "]),
        &[
            "item 0 (line 2, id \" A1\") and 1 more: `id` begins or ends with a blank or an invisible character; is it part \
           of the name?",
        ],
    );
    assert_hints(&ids(&["A1", "A2", "B1", "Ｂ１３"]), &[]);
    assert_hints(&[json!({"id": "A1"}), json!({"id": "a1", "rank": "nomal"})], &[]);
    assert_hints(&[json!({"id": "A1"}), json!({"id": "A1", "inputKeyName": "card-2.png"})], &[]);
}

#[test]
fn a_source_image_for_ultra_is_told() {
    assert_hints(
        &[json!({"model": ULTRA, "sourceBucketName": "sources", "sourceKeyName": "a.png"})],
        &[
            "item 0 (line 2, id A0): `sourceBucketName` is for a source image, which stability.stable-image-ultra-v1:1 may \
           reject: AWS documents it, users report otherwise; stability.sd3-5-large-v1:0 takes one",
        ],
    );
}

#[test]
fn hints_are_listed_to_a_hundred_and_the_rest_is_counted() {
    let items: Vec<_> = (0..120).map(|nth| json!({"prompt": format!("a {{x{nth}}}")})).collect();
    let output = idlist(&["check", "--json", "-"], &list(&items));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["good"], &report["hintCount"]), (&json!(true), &json!(120)));
    assert_eq!(report["hints"].as_array().unwrap().len(), 100);
    assert_eq!(
        report["hints"][1],
        json!({"index": 1, "line": 3, "id": "A1", "items": 1, "field": "prompt", "kind": "Placeholder",
               "message": "still holds {x1}; was it to be filled in?"})
    );
    let text = String::from_utf8(idlist(&["check", "-"], &list(&items)).stdout).unwrap();
    assert!(text.ends_with("\nand 20 more hints\n"), "{text}");
}

#[test]
fn strict_makes_hints_count() {
    let list = list(&[json!({"seeds": 7})]);
    assert_eq!(idlist(&["check", "-"], &list).status.code(), Some(0));
    let report = format!(
        "1 item, no problems, 1 hint\n1 item without problems: rank \"vip\", model {CORE}\n\
         hint: `seeds` (1 item) is ignored; is `seed` meant?\n"
    );
    assert_says(&idlist(&["check", "--strict", "-"], &list), 1, &report, "");
}
