//! Templates: text with `{name}` in it, which becomes something else in each item.

use crate::message;
use crate::message::Message;

/// A text with placeholders, such as `{id}`, what varies, or the columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name(String),
}

fn lone_brace() -> Message {
    message!("lone-brace", "has a brace without its partner; write {{{{ or }}}} for a brace itself")
}

impl Template {
    /// Reads a template that may have the names that are `known`.
    ///
    /// # Errors
    ///
    /// What is wrong, as a sentence that wants a subject.
    pub fn parse(text: &str, known: &[&str]) -> Result<Self, Message> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                plain.extend(from.chars().next());
                rest = after;
                continue;
            }
            let named = from.strip_prefix('{').and_then(|from| from.split_once('}'));
            let (name, after) = named.ok_or_else(lone_brace)?;
            if !known.contains(&name) {
                return Err(message!(
                    "unknown-placeholder",
                    "has {{{name}}}, but that is not among {known}; write {{{{ for a brace itself",
                    name,
                    known = known.join(", "),
                ));
            }
            pieces.extend([Piece::Text(std::mem::take(&mut plain)), Piece::Name(name.to_owned())]);
            rest = after;
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self { pieces })
    }

    /// The names in the template.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Name(name) => Some(name.as_str()),
        })
    }

    /// The text, with what `get` gives for each name.
    pub(super) fn render<'a>(&'a self, get: impl Fn(&'a str) -> &'a str) -> String {
        let text = |piece: &'a Piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Name(name) => get(name),
        };
        self.pieces.iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_replaced_and_double_braces_are_braces() {
        let template = Template::parse("{{{id}}} of {rank}: {目}", &["id", "rank", "目"]).unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["id", "rank", "目"]);
        assert_eq!(template.render(|name| if name == "目" { "blue" } else { name }), "{id} of rank: blue");
        assert_eq!(Template::parse("", &[]).unwrap().render(|_| "x"), "");
    }

    #[test]
    fn what_cannot_be_replaced_is_named() {
        let error = |text| Template::parse(text, &["id", "rank", "hair"]).unwrap_err().to_string();
        assert_eq!(error("a {hat}"), "has {hat}, but that is not among id, rank, hair; write {{ for a brace itself");
        assert_eq!(error("a {id"), "has a brace without its partner; write {{ or }} for a brace itself");
        assert_eq!(error("a } b"), "has a brace without its partner; write {{ or }} for a brace itself");
    }
}
