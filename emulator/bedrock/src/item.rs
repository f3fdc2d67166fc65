//! Which item a call is for, as its request metadata say.

use super::hash::hash;
use serde::{Deserialize, Serialize};

/// The item's identity; the generator sends it with every call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemName {
    /// The item's `id`.
    pub id: Option<String>,
    /// The item's `rank`.
    pub rank: Option<String>,
}

impl ItemName {
    /// Reads the header `X-Amzn-Bedrock-Request-Metadata`, a JSON object of strings; empty for anything else.
    ///
    /// Header values hold few characters, so the generator writes the bytes of the others as `=XX`; here they are read back.
    pub(super) fn from_request_metadata(metadata: Option<&str>) -> Self {
        let name: Self = metadata.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        Self { id: name.id.as_deref().map(unescape), rank: name.rank.as_deref().map(unescape) }
    }

    /// A number for the item, or for `body` if the call does not say which item it is for.
    #[must_use]
    pub fn identity(&self, body: &[u8]) -> u64 {
        if *self == Self::default() {
            return hash(&[b"body", body]);
        }
        let [id, rank] = [&self.id, &self.rank].map(|part| part.as_deref().unwrap_or_default().as_bytes());
        hash(&[b"item", id, rank])
    }
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'=').then(|| after.get(..2)).flatten();
        let escaped = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_bytes_are_read_back() {
        let name = ItemName::from_request_metadata(Some(r#"{"id":"A1=3D","rank":"=E3=83=AC=E3=82=A2"}"#));
        assert_eq!(name, ItemName { id: Some("A1=".to_owned()), rank: Some("レア".to_owned()) });
        assert_eq!(unescape("a=b=4"), "a=b=4");
    }

    #[test]
    fn what_is_no_object_of_strings_names_no_item() {
        for metadata in [None, Some(""), Some("[]"), Some(r#"{"id":7}"#)] {
            assert_eq!(ItemName::from_request_metadata(metadata), ItemName::default(), "{metadata:?}");
        }
    }

    #[test]
    fn the_same_item_has_the_same_identity_whatever_its_body() {
        let name = |id: &str, rank: &str| ItemName { id: Some(id.to_owned()), rank: Some(rank.to_owned()) };
        assert_eq!(name("A1", "vip").identity(b"x"), name("A1", "vip").identity(b"y"));
        assert_ne!(name("ab", "c").identity(b"x"), name("a", "bc").identity(b"x"));
        assert_ne!(ItemName::default().identity(b"x"), ItemName::default().identity(b"y"));
    }
}
