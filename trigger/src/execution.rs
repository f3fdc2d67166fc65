//! The execution of a list: its name and its input, the same for every delivery of the same event.

use crate::event::List;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longest part of a name that is taken from the key: with `-` and 32 hex digits it makes the 80 characters that Step Functions allows.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
const MAX_STEM: usize = 47;

/// 32 hex digits that stand for this very version of the list: SHA-256 of bucket, key, and version id, else sequencer, else ETag.
pub(crate) fn list_hash(list: &List) -> String {
    let version =
        list.version_id.as_deref().or(list.sequencer.as_deref()).or(list.e_tag.as_deref()).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [list.bucket.as_str(), list.key.as_str(), version] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(&hash.finalize()[..16])
}

/// The execution's name: `<cleaned file stem>-<hash>`. CloudWatch Logs takes only `0-9A-Za-z-_` in it.
pub(crate) fn execution_name(list: &List) -> String {
    let file = list.key.rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut name = String::with_capacity(80);
    for c in stem.chars() {
        let kept = c.is_ascii_alphanumeric() || c == '_';
        match (kept, name.ends_with('-')) {
            (true, _) => name.push(c),
            (false, false) if !name.is_empty() => name.push('-'),
            (false, _) => {}
        }
        if name.len() == MAX_STEM {
            break;
        }
    }
    let stem = name.trim_end_matches('-');
    let stem = if stem.is_empty() { "list" } else { stem };
    format!("{stem}-{}", list_hash(list))
}

/// The execution's input: the version of the list that was checked, and nothing that changes between deliveries.
pub(crate) fn execution_input(list: &List, version_id: &str) -> String {
    let [bucket, key, version] = [&*list.bucket, &*list.key, version_id].map(Value::from);
    format!(r#"{{"bucketName":{bucket},"bucketKey":{key},"versionId":{version}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(key: &str) -> List {
        List { bucket: "b".into(), key: key.into(), version_id: None, sequencer: Some("1".into()), e_tag: None }
    }

    #[test]
    fn the_name_shows_the_file() {
        let name = |key| execution_name(&list(key)).rsplit_once('-').unwrap().0.to_owned();
        assert_eq!(name("cards/2026 spring+sale.v2.json"), "2026-spring-sale-v2");
        assert_eq!(name("nomal.json"), "nomal");
        assert_eq!(name("リスト.json"), "list");
        assert_eq!(name(".json"), "list");
        assert_eq!(name(&format!("{}.json", "x".repeat(99))), "x".repeat(47));
    }

    #[test]
    fn the_version_decides_then_the_sequencer_then_the_e_tag() {
        let name = |version: Option<&str>, sequencer: Option<&str>, e_tag: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            execution_name(&List {
                version_id: own(version),
                sequencer: own(sequencer),
                e_tag: own(e_tag),
                ..list("x.json")
            })
        };
        assert_eq!(name(Some("v1"), Some("1"), None), name(Some("v1"), Some("2"), Some("e")));
        assert_ne!(name(Some("v1"), None, None), name(Some("v2"), None, None));
        assert_ne!(name(None, Some("1"), None), name(None, Some("2"), None));
        assert_eq!(name(None, Some("1"), Some("e")), name(None, Some("1"), Some("f")));
        assert_ne!(name(None, None, Some("e")), name(None, None, Some("f")));
    }

    #[test]
    fn the_input_names_the_version_of_the_list() {
        assert_eq!(
            execution_input(&list("a \"b\".json"), "v1"),
            r#"{"bucketName":"b","bucketKey":"a \"b\".json","versionId":"v1"}"#
        );
    }

    proptest! {
        #[test]
        fn a_name_is_always_one_that_step_functions_takes(key in ".{0,200}", sequencer in ".{0,20}") {
            let name = execution_name(&List { sequencer: Some(sequencer), ..list(&key) });
            prop_assert!((34..=80).contains(&name.len()));
            prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        }

        #[test]
        fn other_lists_have_other_names(a in "[a-z/]{1,20}", b in "[a-z/]{1,20}") {
            prop_assume!(a != b);
            prop_assert_ne!(execution_name(&list(&a)), execution_name(&list(&b)));
        }
    }
}
