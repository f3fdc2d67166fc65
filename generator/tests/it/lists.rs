//! The check of a list and the function judge an item alike: what passes the one, the other makes.

use crate::aws::{Aws, Object, item, sized};
use generator::ErrorKind;
use idlist::{CheckOptions, check_reader};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Values that are right for some field, and values that are right for none.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_u64..5_000_000_000).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-0.5..1.5).prop_map(Value::from),
        "[a-z0-9:/. é髪\n-]{0,12}".prop_map(Value::from),
        (1_000_usize..1_100).prop_map(|length| "k".repeat(length).into()),
        (9_990_usize..10_010).prop_map(|length| "髪".repeat(length).into()),
        proptest::sample::select(vec![
            json!("images"),
            json!("source.png"),
            json!("picture.JPG"),
            json!("16:9"),
            json!("7:3"),
            json!("stability.stable-image-ultra-v1:1"),
            json!("stability.sd3-5-large-v1:0"),
            json!("us.stability.stable-outpaint-v1:0"),
            json!("us.stability.stable-image-remove-background-v1:0"),
            json!("stability.stable-diffusion-xl-v1"),
            json!("amazon.nova-lite-v1:0"),
            json!(["images"]),
            json!({"id": "A1"}),
        ]),
    ]
}

fn fields() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let mut names = idlist::FIELDS.to_vec();
    names.push("of somebody else");
    // A source comes in twos and threes, else it would nearly always be incomplete.
    let source = (proptest::option::of(0.0..=1.0)).prop_map(|strength| {
        let mut source = vec![("sourceBucketName", json!("images")), ("sourceKeyName", json!("source.png"))];
        source.extend(strength.map(|strength| ("strength", json!(strength))));
        source
    });
    let any = proptest::collection::vec((proptest::sample::select(names), value()), 0..3);
    (proptest::option::of(source), any).prop_map(|(source, any)| [source.unwrap_or_default(), any].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_the_check_passes_the_function_accepts_and_nothing_else(fields in fields()) {
        let mut given = item(json!({}));
        for (field, value) in fields {
            given[field] = value;
        }
        let list = json!([given]).to_string();
        let report = check_reader(list.as_bytes(), CheckOptions::default()).unwrap();

        let aws = Aws::new();
        let source = Object { bytes: sized(64, 64, image::ImageFormat::Png), ..Object::default() };
        aws.objects.lock().unwrap().insert("/images/source.png".into(), source);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let made = runtime.block_on(aws.make(given));
        let refused = matches!(
            made.as_ref().map_err(|error| error.kind),
            Err(ErrorKind::InvalidItem | ErrorKind::ModelNotAvailable)
        );
        prop_assert_eq!(report.is_good(), !refused, "{}\n{:?}", report, made);
        if refused {
            prop_assert!(aws.asked.lock().unwrap().is_empty(), "an item that is refused asks for nothing");
        }
    }
}
