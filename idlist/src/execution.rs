//! Names that follow from a version of a list: that of its execution, and that of the report if it is rejected.
//!
//! The trigger gives them, and whoever follows a list finds its execution and its report by them.

use crate::MAX_KEY_BYTES;
use crate::seed::digest_of_parts;

/// Longest part of a name that is taken from the key: with `-` and 32 hex digits it makes the 80 characters that Step Functions allows.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
const MAX_STEM: usize = 47;

/// The name of the execution of a list: `<cleaned file stem>-<hash>`, the same for each delivery of one event.
///
/// `version` is what tells this version of the object from others.
pub fn execution_name(bucket: &str, key: &str, version: &str) -> String {
    let file = key.rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    format!("{}-{}", clean_stem(stem), hash(bucket, key, version))
}

/// The key of the report on a list that is rejected: `rejected/<key>.<hash>.json`, with a very long key cut.
pub fn rejection_key(bucket: &str, key: &str, version: &str) -> String {
    let hash = hash(bucket, key, version);
    let room = MAX_KEY_BYTES - "rejected/".len() - 1 - hash.len() - ".json".len();
    let key = key.get(..key.floor_char_boundary(room)).unwrap_or(key);
    format!("rejected/{key}.{hash}.json")
}

/// A file name without its extension, reduced to what the name of an execution may have: CloudWatch Logs takes only `0-9A-Za-z-_`.
pub fn clean_stem(stem: &str) -> String {
    let mut name = String::with_capacity(MAX_STEM);
    for c in stem.chars() {
        let is_kept = c.is_ascii_alphanumeric() || c == '_';
        match (is_kept, name.ends_with('-')) {
            (true, _) => name.push(c),
            (false, false) if !name.is_empty() => name.push('-'),
            (false, _) => {}
        }
        if name.len() == MAX_STEM {
            break;
        }
    }
    let stem = name.trim_end_matches('-');
    if stem.is_empty() { "list".to_owned() } else { stem.to_owned() }
}

/// 32 hex digits that stand for this very version of the list.
fn hash(bucket: &str, key: &str, version: &str) -> String {
    hex::encode(&digest_of_parts(&[bucket, key, version])[..16])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_name_shows_the_file() {
        let name = |key| execution_name("b", key, "1").rsplit_once('-').unwrap().0.to_owned();
        assert_eq!(name("cards/2026 spring+sale.v2.json"), "2026-spring-sale-v2");
        assert_eq!(name("nomal.json"), "nomal");
        assert_eq!(name("リスト.json"), "list");
        assert_eq!(name(".json"), "list");
        assert_eq!(name(&format!("{}.json", "x".repeat(99))), "x".repeat(47));
    }

    #[test]
    fn the_name_of_a_version_never_changes() {
        let bucket = "000000000000-us-east-1-unprocessed-id-list-bucket";
        let name = execution_name(bucket, "id-list.json", "f7125e02926d4aaca717bf57f7b5fa31");
        assert_eq!(name, "id-list-c854af63a7104668bd84da6d9cca677b");
    }

    #[test]
    fn the_report_is_found_by_the_name_of_the_list() {
        let key = rejection_key("lists", "cards/vip.json", "1");
        assert!(key.starts_with("rejected/cards/vip.json.") && key.ends_with(".json"), "{key}");
        assert_eq!(key.len(), "rejected/cards/vip.json.".len() + 32 + ".json".len());
    }

    #[test]
    fn a_very_long_key_is_cut_between_characters() {
        let key = rejection_key("lists", &"リ".repeat(341), "1");
        assert!(key.len() <= 1024 && key.len() > 1018, "{}", key.len());
    }

    proptest! {
        #[test]
        fn a_name_is_always_one_that_step_functions_takes(key in ".{0,200}", version in ".{0,20}") {
            let name = execution_name("b", &key, &version);
            prop_assert!((34..=80).contains(&name.len()));
            prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        }

        #[test]
        fn other_lists_have_other_names(a in "[a-z/]{1,20}", b in "[a-z/]{1,20}") {
            prop_assume!(a != b);
            prop_assert_ne!(execution_name("b", &a, "1"), execution_name("b", &b, "1"));
        }
    }
}
