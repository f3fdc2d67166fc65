//! Tests of the rules: for each what it says, and that it is the only thing said.

use serde_json::{Value, json};

use crate::ProblemKind::*;
use crate::models::{self, Kind, MODELS, Model, PictureRole, Start};
use crate::{Item, ProblemKind, RetiredModels};

const CORE: &str = "stability.stable-image-core-v1:1";
const ULTRA: &str = "stability.stable-image-ultra-v1:1";
const SD3_5: &str = "stability.sd3-5-large-v1:0";
const RETIRED: &str = "stability.stable-diffusion-xl-v0";
const FROM_TEXT: &str =
    "stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0";

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
    for field in ["id", "rank", "inputBucketName", "inputKeyName", "prompt"] {
        let by = if field == "prompt" { CORE } else { "every item" };
        let text = format!("`{field}` is missing; {by} needs it");
        one(CORE, json!({ field: null }), MissingField, &text);
        let mut without = item(CORE, json!({}));
        without.as_object_mut().unwrap().remove(field);
        assert_eq!(problems(&without, RetiredModels::Redirect), [(MissingField, text)]);
    }
    let text = "`model` is missing; every item needs it";
    one(CORE, json!({"model": null}), MissingField, text);
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
    let text = format!("`model` is \"dall-e-3\", not a model that makes images here; use {}", models::LIVE);
    one("dall-e-3", json!({}), UnknownModel, &text);
    good(RETIRED, json!({}));
    let text = format!(
        "`model` is \"{RETIRED}\", retired by Amazon Bedrock; use its successor {CORE}, or another of {FROM_TEXT}"
    );
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

/// A good item of a model with every field that the model needs, and no other.
fn good_item(model: &Model) -> Value {
    let mut item = item(model.id, json!({"inputKeyName": "a.png", "prompt": null}));
    for parameter in model.parameters {
        match parameter.kind {
            Kind::Text { field, required: true, .. } => item[field] = json!("a hat"),
            Kind::Picture { picture, .. } if model.start == Start::Image => {
                let [bucket, key] = picture.fields();
                (item[*bucket], item[*key]) = (json!("pictures"), json!("a.png"));
            }
            _ => {}
        }
    }
    if let Some(field) = model.one_above_zero.first() {
        item[*field] = json!(1);
    }
    item
}

/// The only problem of an item.
#[track_caller]
fn only(item: &Value) -> (ProblemKind, String) {
    let found = problems(item, RetiredModels::Redirect);
    assert_eq!(found.len(), 1, "{found:?} in {item}");
    found.into_iter().next().unwrap()
}

#[test]
fn every_model_takes_an_item_with_what_it_needs() {
    for model in MODELS {
        assert_eq!(problems(&good_item(model), RetiredModels::Reject), [], "{}", model.id);
    }
}

#[test]
fn what_a_model_needs_is_missed() {
    for model in MODELS {
        let item = good_item(model);
        for parameter in model.parameters {
            let required = match parameter.kind {
                Kind::Text { required, .. } => required,
                Kind::Picture { .. } => model.start == Start::Image,
                _ => false,
            };
            if !required {
                continue;
            }
            for field in parameter.fields() {
                let (kind, text) = only(&with(item.clone(), json!({ *field: null })));
                assert!(matches!(kind, MissingField | IncompleteSource), "{}: {text}", model.id);
                assert!(text.starts_with(&format!("`{field}` is missing; ")), "{}: {text}", model.id);
            }
            let none = parameter.fields().iter().fold(item.clone(), |item, field| with(item, json!({ *field: null })));
            for (kind, text) in problems(&none, RetiredModels::Reject) {
                assert_eq!((kind, text.ends_with(&format!("; {} needs it", model.id))), (MissingField, true), "{text}");
            }
        }
        if let Some(field) = model.one_above_zero.first() {
            let (kind, _) = only(&with(item.clone(), json!({ *field: 0 })));
            assert_eq!(kind, NothingToAdd, "{}", model.id);
        }
    }
}

#[test]
fn what_a_model_does_not_take_is_refused() {
    for model in MODELS {
        for field in crate::FIELDS.into_iter().filter(|field| model.parameter_of(field).is_none()).skip(5) {
            let value = if crate::is_number_field(field) { json!(1) } else { json!("images") };
            let (kind, text) = only(&with(good_item(model), json!({ field: value })));
            let is_source = PictureRole::Source.fields().contains(&field);
            let expected = if is_source { SourceNotSupported } else { FieldNotTaken };
            assert_eq!((kind, text.contains(model.id)), (expected, true), "{}: {text}", model.id);
        }
    }
    let text = "`prompt` is not taken by us.stability.stable-image-remove-background-v1:0; leave it out";
    let item = with(good_item(&models::REMOVE_BACKGROUND), json!({"prompt": "a hat"}));
    assert_eq!(only(&item), (FieldNotTaken, text.to_owned()));
}

#[test]
fn numbers_and_words_are_those_of_the_model() {
    for model in MODELS.into_iter().filter(|model| model.start == Start::Image) {
        for parameter in model.parameters {
            let (good, bad) = match parameter.kind {
                Kind::Integer { max, .. } => (vec![json!(1), json!(max)], vec![json!(max + 1), json!(-1)]),
                Kind::Number { min, max, .. } => {
                    (vec![json!(min), json!(max)], vec![json!(min - 0.01), json!(max + 0.01)])
                }
                Kind::Choice { values, .. } => (vec![json!(values[0])], vec![json!("of nothing")]),
                Kind::Text { .. } => (vec![json!("x".repeat(10_000))], vec![json!("x".repeat(10_001))]),
                Kind::Seed => (vec![json!(0), json!(model.max_seed)], vec![json!(model.max_seed + 1)]),
                _ => continue,
            };
            let field = parameter.fields()[0];
            for value in good {
                let item = with(good_item(model), json!({ field: value }));
                assert_eq!(problems(&item, RetiredModels::Reject), [], "{}: {field}", model.id);
            }
            for value in bad {
                let (kind, text) = only(&with(good_item(model), json!({ field: value })));
                let kinds = [NumberOutOfRange, UnsupportedValue, UnsupportedAspectRatio, PromptTooLong, SeedOutOfRange];
                assert!(kinds.contains(&kind) && text.starts_with(&format!("`{field}` ")), "{}: {text}", model.id);
            }
        }
    }
    let text = "`growMask` is 21; use 0 to 20";
    let item = with(good_item(&models::ERASE_OBJECT), json!({"growMask": 21}));
    assert_eq!(only(&item), (NumberOutOfRange, text.to_owned()));
}

#[test]
fn a_transparent_picture_is_not_stored_as_jpeg() {
    let item = with(good_item(&models::REMOVE_BACKGROUND), json!({"inputKeyName": "a.jpg"}));
    let (kind, text) = only(&item);
    assert_eq!(kind, FormatWithoutTransparency);
    assert!(text.ends_with("use a file name that ends in .png or .webp"), "{text}");
}

#[test]
fn an_image_does_not_replace_its_source() {
    let fields = json!({"sourceBucketName": "images", "sourceKeyName": "nomal/A1/a.png"});
    let (kind, text) = only(&with(good_item(&models::FAST_UPSCALE), fields));
    assert_eq!(kind, SourceIsDestination);
    assert!(text.starts_with("`sourceKeyName` names the source image at the place where the image goes"), "{text}");
}

#[test]
fn a_service_is_named_by_its_profile() {
    let text = "`model` is \"stability.stable-outpaint-v1:0\", a model that Amazon Bedrock serves through its inference profile \
                only; use us.stability.stable-outpaint-v1:0";
    one("stability.stable-outpaint-v1:0", json!({}), UnknownModel, text);
}
