//! Whether the name of an object says that it is a list.

/// Extensions of files that lists are kept in and made from, without those that begin with `json`.
const LIST_EXTENSIONS: [&str; 7] = ["csv", "tsv", "xlsx", "xls", "ndjson", "gz", "zip"];

/// What the name of an object in the list bucket says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListName {
    /// It is a list: the name ends in `.json`, in any case.
    List,
    /// It is probably meant as a list, but has another name: `.json.txt`, `.jsonl`, `.csv`, `.xlsx`, `.gz`, or no extension.
    Misnamed,
    /// It is something else: a folder marker, a picture.
    Other,
}

impl ListName {
    /// Judges an object key, or a path with `/`.
    pub fn of(key: &str) -> Self {
        let name = key.rsplit('/').next().unwrap_or_default().to_lowercase();
        if name.ends_with(".json") {
            return Self::List;
        }
        let mut parts = name.trim().split('.');
        let stem = parts.next().unwrap_or_default();
        let mut extensions = parts.peekable();
        let has_none = !stem.is_empty() && extensions.peek().is_none();
        if has_none || extensions.any(|part| part.starts_with("json") || LIST_EXTENSIONS.contains(&part)) {
            Self::Misnamed
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ListName;

    #[test]
    fn a_name_tells_lists_from_other_files() {
        for key in ["cards.json", "CARDS.JSON", "a/b/Cards.Json", ".json", "リスト.json"] {
            assert_eq!(ListName::of(key), ListName::List, "{key}");
        }
        for key in [
            "cards.json.txt",
            "cards.jsonl",
            "cards.json ",
            "a/cards",
            "cards.CSV",
            "c.xlsx",
            "cards.json.gz",
            "c.json~",
        ] {
            assert_eq!(ListName::of(key), ListName::Misnamed, "{key}");
        }
        for key in ["folder/", "", "a.png", "notes.txt", ".DS_Store", "cards.csv/a.png"] {
            assert_eq!(ListName::of(key), ListName::Other, "{key}");
        }
    }
}
