//! The execution of a list: its name and its input, the same for every delivery of the same event.

use crate::event::List;
use serde_json::Value;

/// What tells this version of the list from others: the version id, else the sequencer, else the ETag.
pub(crate) fn version(list: &List) -> &str {
    list.version_id.as_deref().or(list.sequencer.as_deref()).or(list.e_tag.as_deref()).unwrap_or_default()
}

/// The execution's name.
pub(crate) fn execution_name(list: &List) -> String {
    idlist::execution_name(&list.bucket, &list.key, version(list))
}

/// The execution's input: the version of the list that was checked, and nothing that changes between deliveries.
pub(crate) fn execution_input(list: &List, version_id: &str) -> String {
    let [bucket, key, version] = [&*list.bucket, &*list.key, version_id].map(Value::from);
    format!(r#"{{"bucketName":{bucket},"bucketKey":{key},"versionId":{version}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(key: &str) -> List {
        List { bucket: "b".into(), key: key.into(), version_id: None, sequencer: Some("1".into()), e_tag: None }
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
}
