//! `idlist plan`.

use serde_json::{Value, json};

use super::{assert_says, idlist};

/// 950 images of the cheapest model, named by a retired id, and 50 of the dearest.
fn list() -> Vec<u8> {
    let made = |args: &[&str]| String::from_utf8(idlist(args, b"").stdout).unwrap();
    let nomal = made(&["new", "--rank", "nomal=950", "--model", "stability.stable-diffusion-xl-v0"]);
    let vip = made(&["new", "--rank", "vip=50", "--model", "stability.stable-image-ultra-v1:1"]);
    [nomal.trim_end().trim_end_matches(']'), ",", vip.trim_start_matches('[')].concat().into_bytes()
}

#[test]
fn an_estimate_says_what_it_is_made_of() {
    let args = ["plan", "--concurrency", "5", "--latency", "4", "--images-per-minute", "60", "-"];
    assert_says(&idlist(&args, &list()), 0, include_str!("golden/plan.txt"), "");
}

#[test]
fn a_plan_can_be_json_and_prices_can_be_set() {
    let args = ["plan", "--json", "--price", "stability.stable-image-ultra-v1:1=1", "-"];
    let output = idlist(&args, &list());
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&plan["models"][1]["images"], &plan["models"][1]["usd"]), (&json!(50), &json!(50.0)));
    assert_eq!((&plan["seconds"], &plan["limitedBy"]), (&json!(500.0), &json!("concurrency")));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn no_amount_has_digits_that_say_nothing() {
    let list = idlist(&["new", "--rank", "nomal=3"], b"").stdout;
    let text = String::from_utf8(
        idlist(&["plan", "--json", "--price", "stability.stable-image-core-v1:1=0.14", "-"], &list).stdout,
    )
    .unwrap();
    let amounts: Vec<_> = text.lines().filter(|line| line.to_lowercase().contains("usd\":")).collect();
    assert!(amounts.contains(&"      \"usd\": 0.42,"), "{text}");
    for amount in amounts {
        let decimals = amount.trim_end_matches(',').rsplit_once('.').unwrap().1;
        assert!(decimals.len() <= 6, "{amount}");
    }
}

#[test]
fn a_bad_list_is_not_planned() {
    let stderr =
        "idlist: - is not good, and is not planned\n0 items, 1 problem\nthe list has no items; it needs at least one\n";
    assert_says(&idlist(&["plan", "-"], b"[]"), 1, "", stderr);
}

#[test]
fn arguments_have_to_be_numbers_and_models_have_to_exist() {
    for args in [
        ["--price", "core"],
        ["--price", "core=x"],
        ["--max-usd", "x"],
        ["--latency", "0"],
        ["--rate", "-1"],
        ["--concurrency", "0"],
    ] {
        let args = [&["plan", "list.json"], &args[..]].concat();
        assert_eq!(idlist(&args, b"").status.code(), Some(2), "{args:?}");
    }
    let said = |model: &str| {
        let output = idlist(&["plan", "--price", &format!("{model}=0.1"), "-"], &list());
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(
        said("core").starts_with("idlist: --price: \"core\" is not a model that makes images from text here; use ")
    );
    let retired = said("stability.stable-diffusion-xl-v0");
    assert!(retired.contains("use its successor stability.stable-image-core-v1:1"), "{retired}");
}

#[test]
fn a_list_that_costs_too_much_is_planned_and_fails() {
    let output = idlist(&["plan", "--max-usd", "44.99", "-"], &list());
    assert!(String::from_utf8_lossy(&output.stdout).contains("USD  in total"));
    let stderr = "idlist: the images of the list cost about 45.00 USD; the limit is 44.99 USD: split the list (idlist \
                  split), or raise the limit (--max-usd)\n";
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), (stderr, Some(1)));
    let price = "stability.stable-image-ultra-v1:1=0.08";
    for args in [&["plan", "--max-usd", "45", "-"][..], &["plan", "--max-usd", "42", "--price", price, "-"]] {
        assert_eq!(idlist(args, &list()).status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn words_agree_with_numbers() {
    let list = idlist(&["new", "--rank", "vip=1"], b"").stdout;
    let plan = String::from_utf8(idlist(&["plan", "--rate", "1", "-"], &list).stdout).unwrap();
    for text in [" 1 image  ", "Lambda: 1 request of", "at 1 image a minute"] {
        assert!(plan.contains(text), "{plan}");
    }
}

#[test]
fn images_of_all_ranks_are_in_the_price() {
    let item = |nth: usize| {
        format!(
            "{{\"id\":\"A\",\"rank\":\"{nth}\",\"inputBucketName\":\"images\",\"inputKeyName\":\"a.png\",\
             \"model\":\"stability.stable-image-core-v1:1\",\"prompt\":\"a hat\"}}"
        )
    };
    let list = format!("[{}]", (0..1_500).map(item).collect::<Vec<_>>().join(","));
    let plan = String::from_utf8(idlist(&["plan", "-"], list.as_bytes()).stdout).unwrap();
    assert!(
        plan.contains("         500 images  of other ranks\n") && plan.contains("\n       60.00 USD  stab"),
        "{plan}"
    );
}
