//! Tests of the rules: for each what it says, and that it is the only thing said.

use serde_json::{Value, json};

use crate::ProblemKind::*;
use crate::{Item, ProblemKind, RetiredModels};

const CORE: &str = "stability.stable-image-core-v1:1";
const ULTRA: &str = "stability.stable-image-ultra-v1:1";
const SD3_5: &str = "stability.sd3-5-large-v1:0";
const RETIRED: &str = "stability.stable-diffusion-xl-v0";
const LIVE: &str = "stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0";

/// An object with more fields; `null` takes a field away.
fn with(mut object: Value, fields: Value) -> Value {
    if let (Value::Object(object), Value::Object(fields)) = (&mut object, fields) {
        object.extend(fields);
    }
    object
}

/// A good item of a model, with some fields set.
fn item(model: &str, fields: Value) -> Value {
    let item = json!({
        "id": "A1", "rank": "nomal", "inputBucketName": "images", "inputKeyName": "image.jpeg", "model": model,
        "prompt": "hair color is brown"
    });
    with(item, fields)
}

/// Fields of a source image, and more.
fn source(more: Value) -> Value {
    with(json!({"sourceBucketName": "sources", "sourceKeyName": "a/b.png"}), more)
}

/// The problems of an item: kind, and the field with the message.
fn problems(item: &Value, retired: RetiredModels) -> Vec<(ProblemKind, String)> {
    let problems = Item::from_value(item, retired).err().unwrap_or_default();
    problems.iter().map(|problem| (problem.kind, problem.to_string())).collect()
}

/// Asserts that an item has one problem.
#[track_caller]
fn one(model: &str, fields: Value, kind: ProblemKind, text: &str) {
    assert_eq!(problems(&item(model, fields), RetiredModels::Redirect), [(kind, text.to_owned())]);
}

#[track_caller]
fn good(model: &str, fields: Value) {
    assert_eq!(problems(&item(model, fields), RetiredModels::Redirect), []);
}

#[test]
fn required_fields_are_required() {
    for field in ["id", "rank", "inputBucketName", "inputKeyName", "model", "prompt"] {
        let text = format!("`{field}` is missing; every item needs it");
        one(CORE, json!({ field: null }), MissingField, &text);
        let mut without = item(CORE, json!({}));
        without.as_object_mut().unwrap().remove(field);
        assert_eq!(problems(&without, RetiredModels::Redirect), [(MissingField, text)]);
    }
    let near = json!({"inputBucketName": null, "input_bucket_name": "images"});
    let text = "`inputBucketName` is missing; every item needs it; rename `input_bucket_name` if it is meant";
    one(CORE, near, MissingField, text);
}

#[test]
fn a_wrong_type_says_what_was_found() {
    for field in ["id", "rank", "inputBucketName", "inputKeyName", "model", "prompt", "negativePrompt", "aspectRatio"] {
        let text = format!("`{field}` is the number 42, not a string; put it between quotes");
        one(CORE, json!({ field: 42 }), WrongType, &text);
    }
    for (fields, text) in [
        (json!({"id": -1}), "`id` is the number -1, not a string; put it between quotes"),
        (json!({"id": 1.5}), "`id` is the number 1.5, not a string; put it between quotes"),
        (json!({"id": true}), "`id` is true, not a string"),
        (json!({"id": ["A1"]}), "`id` is an array, not a string"),
        (json!({"id": {"a": 1}}), "`id` is an object, not a string"),
        (json!({"seed": "7"}), "`seed` is the string \"7\", not an integer; leave the quotes out"),
        (json!({"seed": "NaN"}), "`seed` is the string \"NaN\", not an integer"),
        (json!({"seed": 7.5}), "`seed` is the number 7.5, not an integer; use a whole number"),
    ] {
        one(CORE, fields, WrongType, text);
    }
    let text = "`strength` is the string \"0.5\", not a number; leave the quotes out";
    one(ULTRA, source(json!({"strength": "0.5"})), WrongType, text);
}

#[test]
fn a_whole_float_is_an_integer() {
    for text in ["7.0", "7", "70e-1", "0.7E1"] {
        let text = item(CORE, json!({"seed": 1})).to_string().replace("\"seed\":1", &format!("\"seed\":{text}"));
        assert_eq!(Item::from_slice(text.as_bytes(), RetiredModels::Redirect).unwrap().seed, Some(7), "{text}");
    }
}

#[test]
fn all_problems_of_an_item_are_found_at_once() {
    let fields = json!({"id": "", "rank": 1, "inputBucketName": "B", "inputKeyName": "a", "prompt": " ", "seed": -1});
    let found = problems(&item("dall-e-3", fields), RetiredModels::Redirect);
    let kinds: Vec<_> = found.into_iter().map(|(kind, _)| kind).collect();
    let expected =
        [InvalidName, WrongType, InvalidBucketName, InvalidFileName, UnknownModel, BlankPrompt, SeedOutOfRange];
    assert_eq!(kinds, expected);
}

#[test]
fn a_field_may_appear_only_once() {
    let text = item(CORE, json!({})).to_string().replace("\"rank\"", "\"id\":null,\"other\":1,\"other\":2,\"rank\"");
    let problems = Item::from_slice(text.as_bytes(), RetiredModels::Redirect).unwrap_err();
    assert_eq!(
        (problems[0].kind, problems[0].to_string().as_str()),
        (DuplicateField, "`id` appears twice; remove one")
    );
}

#[test]
fn the_rules_for_names_are_applied() {
    for field in ["id", "rank"] {
        one(CORE, json!({ field: "a/b" }), InvalidName, &format!("`{field}` is \"a/b\"; remove the slash"));
    }
    let text = "`inputKeyName` is \"image\"; use a file name that ends in .jpeg, .jpg, .png or .webp";
    one(CORE, json!({"inputKeyName": "image"}), InvalidFileName, text);
    let text = "`inputBucketName` is \"ab\", not a bucket name: it has 2 characters; use 3 to 63";
    one(CORE, json!({"inputBucketName": "ab"}), InvalidBucketName, text);
    let long = "髪".repeat(128);
    let key =
        |bytes: usize| json!({"id": long, "rank": long, "inputKeyName": format!("{}.png", "a".repeat(bytes - 4))});
    good(CORE, key(254));
    let text = "`inputKeyName` makes the object key <rank>/<id>/<inputKeyName> 1025 bytes long; S3 takes at most 1024";
    one(CORE, key(255), KeyTooLong, text);
}

#[test]
fn unknown_and_retired_models_are_told_apart() {
    let text = format!("`model` is \"dall-e-3\", not a model that makes images from text here; use {LIVE}");
    one("dall-e-3", json!({}), UnknownModel, &text);
    good(RETIRED, json!({}));
    let text =
        format!("`model` is \"{RETIRED}\", retired by Amazon Bedrock; use its successor {CORE}, or another of {LIVE}");
    assert_eq!(problems(&item(RETIRED, json!({})), RetiredModels::Reject), [(RetiredModel, text)]);
}

#[test]
fn prompts_are_not_blank_and_not_too_long() {
    for blank in ["", " \n\u{3000}"] {
        one(CORE, json!({ "prompt": blank }), BlankPrompt, "`prompt` is blank; say what the picture shows");
    }
    good(CORE, json!({"negativePrompt": ""}));
    for field in ["prompt", "negativePrompt"] {
        good(CORE, json!({ field: "髪".repeat(10_000) }));
        let text = format!("`{field}` has 10001 characters; {CORE} takes at most 10000");
        one(CORE, json!({ field: "髪".repeat(10_001) }), PromptTooLong, &text);
    }
}

#[test]
fn aspect_ratios_are_those_of_the_model() {
    for ratio in ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"] {
        good(CORE, json!({ "aspectRatio": ratio }));
    }
    let text = "`aspectRatio` is \"4:3\"; use one of 16:9, 1:1, 21:9, 2:3, 3:2, 4:5, 5:4, 9:16, 9:21";
    one(CORE, json!({"aspectRatio": "4:3"}), UnsupportedAspectRatio, text);
}

#[test]
fn seeds_are_within_the_range_of_the_model() {
    // An item of a retired model is judged by its successor.
    for (model, max) in [(CORE, 4_294_967_295_u64), (SD3_5, 4_294_967_294), ("stability.sd3-large-v1:0", 4_294_967_294)]
    {
        good(model, json!({"seed": 0}));
        good(model, json!({"seed": max as f64}));
        let named = if model == CORE { CORE } else { SD3_5 };
        for seed in [json!(max + 1), json!(-1), json!(1e300)] {
            let text = format!("`seed` is {seed}; use 0 to {max} for {named}");
            one(model, json!({ "seed": seed }), SeedOutOfRange, &text);
        }
    }
}

#[test]
fn a_source_image_is_complete_and_for_models_that_take_one() {
    good(ULTRA, source(json!({"aspectRatio": "16:9"})));
    good(SD3_5, source(json!({"strength": 0.5})));
    good(SD3_5, json!({"aspectRatio": "16:9"}));
    for strength in [json!(0), json!(1), json!(0.35), json!(1.0), json!(-0.0)] {
        good(ULTRA, source(json!({ "strength": strength })));
    }
    for strength in [json!(1.01), json!(-0.1), json!(2), json!(-1)] {
        let text = format!("`strength` is {strength}; use 0 to 1");
        one(ULTRA, source(json!({ "strength": strength })), StrengthOutOfRange, &text);
    }
    let not_core = "`sourceBucketName` is not taken by stability.stable-image-core-v1:1, which makes images from text only; leave the \
         source out or use stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0";
    for (model, fields, kind, text) in [
        (
            ULTRA,
            json!({"sourceBucketName": "sources"}),
            IncompleteSource,
            "`sourceKeyName` is missing; sourceBucketName is given, and a source image needs both",
        ),
        (
            ULTRA,
            json!({"sourceKeyName": "a.png"}),
            IncompleteSource,
            "`sourceBucketName` is missing; sourceKeyName is given, and a source image needs both",
        ),
        (
            ULTRA,
            source(json!({"sourceKeyName": ""})),
            InvalidSourceKey,
            "`sourceKeyName` has 0 bytes; an object key has 1 to 1024",
        ),
        (
            ULTRA,
            source(json!({"sourceBucketName": "a_b"})),
            InvalidBucketName,
            "`sourceBucketName` is \"a_b\", not a bucket name: it may have only lower-case letters, digits, dots and hyphens",
        ),
        (CORE, source(json!({})), SourceNotSupported, not_core),
        (RETIRED, source(json!({})), SourceNotSupported, not_core),
        (
            ULTRA,
            json!({"strength": 0.5}),
            StrengthWithoutSource,
            "`strength` is for a source image; give sourceBucketName and sourceKeyName too, or leave it out",
        ),
        (
            SD3_5,
            source(json!({})),
            MissingStrength,
            "`strength` is missing; stability.sd3-5-large-v1:0 needs it with a source image, 0 to 1",
        ),
        (
            SD3_5,
            source(json!({"strength": 0.5, "aspectRatio": "1:1"})),
            AspectRatioWithSource,
            "`aspectRatio` is not taken by stability.sd3-5-large-v1:0 with a source image; leave it out",
        ),
    ] {
        one(model, fields, kind, text);
    }
}
