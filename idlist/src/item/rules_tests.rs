//! Tests of the rules: for each what it says, and that it is the only thing said.

use serde_json::{Value, json};

use crate::{Item, ProblemKind, RetiredModels};

const CORE: &str = "stability.stable-image-core-v1:1";
const ULTRA: &str = "stability.stable-image-ultra-v1:1";
const SD3_5: &str = "stability.sd3-5-large-v1:0";

/// A good item of a model, with some fields set; `null` takes a field away.
fn item(model: &str, fields: Value) -> Value {
    with(
        json!({
            "id": "A1",
            "rank": "nomal",
            "inputBucketName": "images",
            "inputKeyName": "image.jpeg",
            "model": model,
            "prompt": "hair color is brown"
        }),
        fields,
    )
}

/// An object with the fields of another.
fn with(object: Value, fields: Value) -> Value {
    let (Value::Object(mut object), Value::Object(fields)) = (object, fields) else { panic!("no object") };
    object.extend(fields);
    Value::Object(object)
}

/// The problems of an item: kind, and the field with the message.
fn problems(model: &str, fields: Value) -> Vec<(ProblemKind, String)> {
    problems_with(model, fields, RetiredModels::Redirect)
}

fn problems_with(model: &str, fields: Value, retired: RetiredModels) -> Vec<(ProblemKind, String)> {
    match Item::from_value(&item(model, fields), retired) {
        Ok(_) => vec![],
        Err(problems) => problems.iter().map(|problem| (problem.kind, problem.to_string())).collect(),
    }
}

/// Asserts that an item has one problem.
#[track_caller]
fn one(model: &str, fields: Value, kind: ProblemKind, text: &str) {
    assert_eq!(problems(model, fields), [(kind, text.to_owned())]);
}

#[track_caller]
fn good(model: &str, fields: Value) {
    assert_eq!(problems(model, fields), []);
}

#[test]
fn required_fields_are_required() {
    for field in ["id", "rank", "inputBucketName", "inputKeyName", "model", "prompt"] {
        let text = format!("`{field}` is missing; every item needs it");
        one(CORE, json!({ field: null }), ProblemKind::MissingField, &text);
        let mut without = item(CORE, json!({}));
        without.as_object_mut().unwrap().remove(field);
        let problems = Item::from_value(&without, RetiredModels::Redirect).unwrap_err();
        assert_eq!(problems[0].to_string(), text);
    }
}

#[test]
fn a_wrong_type_says_what_was_found() {
    for field in ["id", "rank", "inputBucketName", "inputKeyName", "model", "prompt", "negativePrompt", "aspectRatio"] {
        let text = format!("`{field}` is the number 42, not a string; put it between quotes");
        one(CORE, json!({ field: 42 }), ProblemKind::WrongType, &text);
    }
    for (value, found) in [
        (json!(-1), "the number -1, not a string; put it between quotes"),
        (json!(1.5), "the number 1.5, not a string; put it between quotes"),
        (json!(true), "true, not a string"),
        (json!(["A1"]), "an array, not a string"),
        (json!({"a": 1}), "an object, not a string"),
    ] {
        one(CORE, json!({ "id": value }), ProblemKind::WrongType, &format!("`id` is {found}"));
    }
    one(
        CORE,
        json!({"seed": "7"}),
        ProblemKind::WrongType,
        "`seed` is the string \"7\", not an integer; leave the quotes out",
    );
    let text = "`seed` is the number 7.5, not an integer; use a whole number";
    one(CORE, json!({"seed": 7.5}), ProblemKind::WrongType, text);
    let source = json!({"sourceBucketName": "sources", "sourceKeyName": "a.png", "strength": "0.5"});
    one(ULTRA, source, ProblemKind::WrongType, "`strength` is the string \"0.5\", not a number; leave the quotes out");
}

#[test]
fn all_problems_of_an_item_are_found_at_once() {
    let fields = json!({"id": "", "rank": 1, "inputBucketName": "B", "inputKeyName": "a", "prompt": " ", "seed": -1});
    let kinds: Vec<_> = problems("dall-e-3", fields).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds,
        [
            ProblemKind::InvalidName,
            ProblemKind::WrongType,
            ProblemKind::InvalidBucketName,
            ProblemKind::InvalidFileName,
            ProblemKind::UnknownModel,
            ProblemKind::BlankPrompt,
            ProblemKind::SeedOutOfRange
        ]
    );
}

#[test]
fn a_whole_float_is_an_integer() {
    for text in ["7.0", "7", "70e-1", "0.7E1"] {
        let text = item(CORE, json!({"seed": 1})).to_string().replace("\"seed\":1", &format!("\"seed\":{text}"));
        assert_eq!(Item::from_slice(text.as_bytes(), RetiredModels::Redirect).unwrap().seed, Some(7), "{text}");
    }
}

#[test]
fn a_missing_field_with_a_near_name_is_told() {
    let mut value = item(CORE, json!({"input_bucket_name": "images"}));
    value.as_object_mut().unwrap().remove("inputBucketName");
    let problems = Item::from_value(&value, RetiredModels::Redirect).unwrap_err();
    let text = "`inputBucketName` is missing; every item needs it; rename `input_bucket_name` if it is meant";
    assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [text]);
}

#[test]
fn a_field_may_be_there_only_once() {
    let text = item(CORE, json!({})).to_string().replace("\"rank\"", "\"id\":null,\"other\":1,\"other\":2,\"rank\"");
    let problems = Item::from_slice(text.as_bytes(), RetiredModels::Redirect).unwrap_err();
    assert_eq!(problems[0].to_string(), "`id` appears twice; remove one");
    assert_eq!(problems[0].kind, ProblemKind::DuplicateField);
}

#[test]
fn the_rules_for_names_are_applied() {
    for field in ["id", "rank"] {
        let text = format!("`{field}` is \"a/b\"; remove the slash");
        one(CORE, json!({ field: "a/b" }), ProblemKind::InvalidName, &text);
    }
    let text = "`inputKeyName` is \"image\"; use a file name that ends in .jpeg, .jpg, .png or .webp";
    one(CORE, json!({"inputKeyName": "image"}), ProblemKind::InvalidFileName, text);
    let text = "`inputBucketName` is \"ab\", not a bucket name: it has 2 characters; use 3 to 63";
    one(CORE, json!({"inputBucketName": "ab"}), ProblemKind::InvalidBucketName, text);
}

#[test]
fn the_whole_key_has_at_most_1024_bytes() {
    let long = "髪".repeat(128);
    let name = |bytes: usize| format!("{}.jpeg", "a".repeat(bytes - 5));
    good(CORE, json!({"id": long, "rank": long, "inputKeyName": name(254)}));
    one(
        CORE,
        json!({"id": long, "rank": long, "inputKeyName": name(255)}),
        ProblemKind::KeyTooLong,
        "`inputKeyName` makes the object key <rank>/<id>/<inputKeyName> 1025 bytes long; S3 takes at most 1024",
    );
}

#[test]
fn unknown_and_retired_models_are_told_apart() {
    let live = "stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0";
    let text = format!("`model` is \"dall-e-3\", not a model that makes images from text here; use {live}");
    one("dall-e-3", json!({}), ProblemKind::UnknownModel, &text);
    good("stability.stable-diffusion-xl-v0", json!({}));
    let text = format!(
        "`model` is \"stability.stable-diffusion-xl-v0\", retired by Amazon Bedrock; use its successor {CORE}, or another of {live}"
    );
    assert_eq!(
        problems_with("stability.stable-diffusion-xl-v0", json!({}), RetiredModels::Reject),
        [(ProblemKind::RetiredModel, text)]
    );
}

#[test]
fn an_item_of_a_retired_model_is_judged_by_its_successor() {
    let text = "`seed` is 4294967295; use 0 to 4294967294 for stability.sd3-5-large-v1:0";
    one("stability.sd3-large-v1:0", json!({"seed": 4_294_967_295_u64}), ProblemKind::SeedOutOfRange, text);
    good("stability.stable-diffusion-xl-v0", json!({"seed": 4_294_967_295_u64}));
}

#[test]
fn prompts_are_not_blank_and_not_too_long() {
    one(
        CORE,
        json!({"prompt": " \n\u{3000}"}),
        ProblemKind::BlankPrompt,
        "`prompt` is blank; say what the picture shows",
    );
    one(CORE, json!({"prompt": ""}), ProblemKind::BlankPrompt, "`prompt` is blank; say what the picture shows");
    good(CORE, json!({"negativePrompt": ""}));
    for field in ["prompt", "negativePrompt"] {
        good(CORE, json!({ field: "髪".repeat(10_000) }));
        let text = format!("`{field}` has 10001 characters; {CORE} takes at most 10000");
        one(CORE, json!({ field: "髪".repeat(10_001) }), ProblemKind::PromptTooLong, &text);
    }
}

#[test]
fn aspect_ratios_are_those_of_the_model() {
    for ratio in ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"] {
        good(CORE, json!({ "aspectRatio": ratio }));
    }
    let text = "`aspectRatio` is \"4:3\"; use one of 16:9, 1:1, 21:9, 2:3, 3:2, 4:5, 5:4, 9:16, 9:21";
    one(CORE, json!({"aspectRatio": "4:3"}), ProblemKind::UnsupportedAspectRatio, text);
}

#[test]
fn seeds_are_within_the_range_of_the_model() {
    good(CORE, json!({"seed": 0}));
    good(CORE, json!({"seed": 4_294_967_295.0}));
    good(CORE, json!({"seed": 4_294_967_295_u64}));
    good(SD3_5, json!({"seed": 4_294_967_294_u64}));
    for (model, seed, max) in [
        (CORE, json!(4_294_967_296_u64), "4294967295"),
        (SD3_5, json!(4_294_967_295_u64), "4294967294"),
        (ULTRA, json!(-1), "4294967295"),
    ] {
        let text = format!("`seed` is {seed}; use 0 to {max} for {model}");
        one(model, json!({ "seed": seed }), ProblemKind::SeedOutOfRange, &text);
    }
}

/// A source image and more fields.
fn source(more: Value) -> Value {
    with(json!({"sourceBucketName": "sources", "sourceKeyName": "a/b.png"}), more)
}

#[test]
fn a_source_image_needs_bucket_and_key() {
    good(ULTRA, source(json!({})));
    one(
        ULTRA,
        json!({"sourceBucketName": "sources"}),
        ProblemKind::IncompleteSource,
        "`sourceKeyName` is missing; sourceBucketName is given, and a source image needs both",
    );
    one(
        ULTRA,
        json!({"sourceKeyName": "a.png"}),
        ProblemKind::IncompleteSource,
        "`sourceBucketName` is missing; sourceKeyName is given, and a source image needs both",
    );
    one(
        ULTRA,
        source(json!({"sourceKeyName": ""})),
        ProblemKind::InvalidSourceKey,
        "`sourceKeyName` has 0 bytes; an object key has 1 to 1024",
    );
    one(
        ULTRA,
        source(json!({"sourceBucketName": "a_b"})),
        ProblemKind::InvalidBucketName,
        "`sourceBucketName` is \"a_b\", not a bucket name: it may have only lower-case letters, digits, dots and hyphens",
    );
}

#[test]
fn a_source_image_is_for_models_that_can_start_from_one() {
    let text = format!(
        "`sourceBucketName` is not taken by {CORE}, which makes images from text only; leave the source out or use {ULTRA} or {SD3_5}"
    );
    one(CORE, source(json!({})), ProblemKind::SourceNotSupported, &text);
    one("stability.stable-diffusion-xl-v0", source(json!({})), ProblemKind::SourceNotSupported, &text);
}

#[test]
fn strength_is_from_0_to_1_and_for_a_source_image() {
    for strength in [json!(0), json!(1), json!(0.35), json!(1.0), json!(-0.0)] {
        good(ULTRA, source(json!({ "strength": strength })));
    }
    for strength in [json!(1.01), json!(-0.1), json!(2), json!(-1)] {
        let text = format!("`strength` is {strength}; use 0 to 1");
        one(ULTRA, source(json!({ "strength": strength })), ProblemKind::StrengthOutOfRange, &text);
    }
    one(
        ULTRA,
        json!({"strength": 0.5}),
        ProblemKind::StrengthWithoutSource,
        "`strength` is for a source image; give sourceBucketName and sourceKeyName too, or leave it out",
    );
}

#[test]
fn sd3_5_large_wants_strength_and_no_aspect_ratio_with_a_source_image() {
    good(SD3_5, json!({"aspectRatio": "16:9"}));
    good(SD3_5, source(json!({"strength": 0.5})));
    good(ULTRA, source(json!({"aspectRatio": "16:9"})));
    let text = format!("`strength` is missing; {SD3_5} needs it with a source image, 0 to 1");
    one(SD3_5, source(json!({})), ProblemKind::MissingStrength, &text);
    let text = format!("`aspectRatio` is not taken by {SD3_5} with a source image; leave it out");
    one(SD3_5, source(json!({"strength": 0.5, "aspectRatio": "1:1"})), ProblemKind::AspectRatioWithSource, &text);
}
