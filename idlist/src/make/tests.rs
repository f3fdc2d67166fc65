//! Tests of making lists.

use proptest::prelude::*;

use super::*;
use crate::read::JsonArray;
use crate::{CheckOptions, check_reader};

fn file(list: &NewList, rows: &mut PromptRows) -> Result<Vec<u8>, MakeError> {
    let mut file = Vec::new();
    list.write(&mut file, rows).map(|_| file)
}

fn items(list: &NewList, rows: &mut PromptRows) -> Vec<Item> {
    let file = file(list, rows).unwrap();
    let read = |element: Result<crate::read::OwnedElement, _>| element.unwrap().json;
    JsonArray::new(file.as_slice())
        .map(|element| Item::from_slice(&read(element), RetiredModels::Redirect).unwrap())
        .collect()
}

fn prompts(list: &NewList, rows: &mut PromptRows) -> Vec<String> {
    items(list, rows).into_iter().map(|item| item.prompt).collect()
}

fn template(text: &str, vary: &[Vary], rows: &PromptRows) -> Option<Template> {
    Some(Template::parse(text, vary, rows.columns()).unwrap())
}

#[test]
fn items_are_numbered_and_always_the_same() {
    let list = NewList::new("nomal", 3, "images");
    let made = items(&list, &mut PromptRows::none());
    assert_eq!(made.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["A1", "A2", "A3"]);
    assert_eq!(made, items(&list, &mut PromptRows::none()));
    let later = NewList { start: 2, ..list };
    assert_eq!(items(&later, &mut PromptRows::none())[0], made[1]);
}

#[test]
fn prompts_differ_between_items_and_ranks() {
    let prompts = |rank| prompts(&NewList::new(rank, 100, "images"), &mut PromptRows::none());
    let mut nomal = prompts("nomal");
    assert_ne!(nomal, prompts("vip"));
    nomal.sort();
    nomal.dedup();
    assert!(nomal.len() > 50, "{}", nomal.len());
}

#[test]
fn what_would_be_a_bad_list_is_not_made() {
    let message = |list: NewList| list.check().unwrap_err().to_string();
    assert_eq!(
        message(NewList::new("a/b", 1, "images")),
        "the list would not be good: `rank` is \"a/b\"; remove the slash"
    );
    let long = NewList { id_prefix: "a".repeat(127), ..NewList::new("vip", 9, "images") };
    long.check().unwrap();
    let longer = NewList { ranks: vec![("vip".to_owned(), Some(10))], ..long };
    assert_eq!(message(longer), "the list would not be good: `id` has 129 characters; use 1 to 128");
    let twice = NewList { ranks: vec![("a".to_owned(), Some(1)); 2], ..NewList::new("a", 1, "images") };
    assert_eq!(message(twice), "rank \"a\" is there twice, with the same ids; name it once");
    let vary = [format!("x=a,{}", "b".repeat(10_000)).parse().unwrap()];
    let rows = PromptRows::none();
    let long = NewList { prompt: template("{x}!", &vary, &rows), vary: vary.into(), ..NewList::new("a", 1, "images") };
    assert!(message(long).contains("10001 characters"));
}

#[test]
fn a_prompt_takes_ids_ranks_values_and_cells() {
    let vary: Vec<Vary> = vec!["hair=red".parse().unwrap()];
    let mut rows = PromptRows::csv(&b"eyes,note\r\nblue,\"a \"\"b\"\"\"\r\ngreen,\r\n"[..]).unwrap();
    let list = NewList {
        ranks: vec![("nomal".to_owned(), Some(1)), ("vip".to_owned(), None)],
        width: 3,
        prompt: template("{id} {rank} {hair} {eyes} {note}.", &vary, &rows),
        vary,
        ..NewList::new("", 0, "images")
    };
    assert_eq!(prompts(&list, &mut rows), ["A001 nomal red blue a \"b\".", "A001 vip red green ."]);
}

#[test]
fn every_line_is_a_prompt_and_none_may_be_missing() {
    let rows = || PromptRows::lines(&b"\xEF\xBB\xBFa cat\r\n\n  {a dog}  \n"[..]);
    let list = NewList {
        ranks: vec![("vip".to_owned(), None)],
        prompt: template("{prompt}", &[], &rows()),
        ..NewList::new("vip", 1, "images")
    };
    assert_eq!(prompts(&list, &mut rows()), ["a cat", "{a dog}"]);
    let list = NewList { ranks: vec![("vip".to_owned(), Some(3))], ..list };
    assert_eq!(
        file(&list, &mut rows()).unwrap_err().to_string(),
        "the prompts end after 2 items, and 3 are asked for; give more prompts or ask for fewer items"
    );
    let mut rows = PromptRows::lines(std::io::Cursor::new(format!("a\n{}\n", "b".repeat(10_001))));
    let error = file(&list, &mut rows).unwrap_err().to_string();
    assert!(error.starts_with("line 2 of the prompts makes a bad item: `prompt` has 10001 characters"), "{error}");
}

proptest! {
    /// What is made reads back equal, and is good, whatever is in the texts.
    #[test]
    fn what_is_made_is_good(
        prefix in "[A-Z\"\\\\髪]{0,4}", rank in "[a-z\"é]{1,4}", prompt in "[ -~\n髪]{1,20}", number in 1..20_u64
    ) {
        let text = prompt.replace('{', "{{").replace('}', "}}");
        let list = NewList {
            id_prefix: prefix.clone(),
            prompt: template(&format!("{text}{{id}}"), &[], &PromptRows::none()),
            ..NewList::new(rank.clone(), number, "images")
        };
        let file = file(&list, &mut PromptRows::none()).unwrap();
        let report = check_reader(file.as_slice(), CheckOptions::default()).unwrap();
        prop_assert!(report.is_good(), "{report}");
        prop_assert_eq!(report.items, number);
        let last = items(&list, &mut PromptRows::none()).pop().unwrap();
        prop_assert_eq!(last.prompt, format!("{prompt}{prefix}{number}"));
        prop_assert_eq!((last.id, last.rank), (format!("{prefix}{number}"), rank));
    }
}
