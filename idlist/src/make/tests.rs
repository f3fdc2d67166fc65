//! Tests of making lists.

use proptest::prelude::*;

use super::*;
use crate::{CheckOptions, check_reader};

fn rank(name: &str, number: u64, filling: Filling) -> Rank {
    let id_prefix = "A".to_owned();
    Rank { name: Some(name.to_owned()), number: Some(number), id_prefix, start: 1, width: 1, variations: 1, filling }
}

fn filling(prompt: &str) -> Filling {
    let template = |text| Template::parse(text, &["id", "rank", "hair", "background"]).unwrap();
    let set = [("inputBucketName", "images"), ("inputKeyName", "{id}.png"), ("model", crate::models::CORE.id)];
    let set = set.map(|(field, text)| (field, template(text))).to_vec();
    Filling { prompt: Some(template(prompt)), set, vary: Vec::new() }
}

#[test]
fn sample_prompts_differ_between_items_and_ranks() {
    let prompts = |name: &str| {
        let filling = filling(SAMPLE_PROMPT);
        let prompt = |nth| filling.fields(&[], None, &format!("A{nth}"), name)["prompt"].to_string();
        (0..100).map(prompt).collect::<Vec<_>>()
    };
    let mut nomal = prompts("nomal");
    assert_ne!(nomal, prompts("vip"));
    nomal.sort();
    nomal.dedup();
    assert!(nomal.len() > 50, "{}", nomal.len());
}

proptest! {
    /// What is made is good, whatever is in the texts.
    #[test]
    fn what_is_made_is_good(
        prefix in "[A-Z\"\\\\髪]{0,4}", name in "[a-z\"é]{1,4}", prompt in "[ -~\n髪]{1,20}", number in 1..20_u64, variations in 1..4_u64
    ) {
        let text = prompt.replace('{', "{{").replace('}', "}}");
        let rank = Rank { id_prefix: prefix.clone(), variations, ..rank(&name, number, filling(&format!("{text}{{id}}"))) };
        let mut file = Vec::new();
        let made = write(&[rank], None, &mut file).unwrap();
        let report = check_reader(file.as_slice(), CheckOptions::default()).unwrap();
        prop_assert!(report.is_good(), "{report}");
        prop_assert_eq!((report.items, made.items), (number * variations, number * variations));
        let items: Vec<Value> = serde_json::from_slice(&file).unwrap();
        let last = items.last().unwrap();
        prop_assert_eq!(&last["prompt"], &format!("{prompt}{prefix}{number}"));
        prop_assert_eq!((&last["id"], &last["rank"]), (&format!("{prefix}{number}").into(), &name.into()));
    }
}
