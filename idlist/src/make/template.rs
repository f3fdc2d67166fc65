//! Prompt templates: text with `{name}` in it, which becomes something else in every item.

use super::vary::Vary;

/// A prompt with placeholders: `{id}`, `{rank}`, the names that vary, and the columns of the file with prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub(super) pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Id,
    Rank,
    /// What varies, by its number.
    Vary(usize),
    /// A cell of the row, by its number.
    Column(usize),
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is nothing with this name.
    #[error("the prompt has {{{name}}}, but that is not among {known}; write {{{{ for a brace itself")]
    UnknownName {
        /// What stands between the braces.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A brace has no partner.
    #[error("the prompt has a brace without its partner; write {{{{ or }}}} for a brace itself")]
    LoneBrace,
}

impl Template {
    /// Reads a template; `columns` are those of the file with prompts, if there is one.
    ///
    /// # Errors
    ///
    /// [`TemplateError`], which names what is wrong.
    pub fn parse(text: &str, vary: &[Vary], columns: &[String]) -> Result<Self, TemplateError> {
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
            let (name, after) =
                from.strip_prefix('{').and_then(|from| from.split_once('}')).ok_or(TemplateError::LoneBrace)?;
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(piece(name, vary, columns)?);
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces })
    }
}

fn piece(name: &str, vary: &[Vary], columns: &[String]) -> Result<Piece, TemplateError> {
    if let Some(nth) = vary.iter().position(|vary| vary.name() == name) {
        return Ok(Piece::Vary(nth));
    }
    if let Some(nth) = columns.iter().position(|column| column == name) {
        return Ok(Piece::Column(nth));
    }
    match name {
        "id" => Ok(Piece::Id),
        "rank" => Ok(Piece::Rank),
        _ => {
            let names = ["id", "rank"].into_iter().chain(vary.iter().map(Vary::name));
            let known: Vec<_> = names.chain(columns.iter().map(String::as_str)).collect();
            Err(TemplateError::UnknownName { name: name.to_owned(), known: known.join(", ") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_replaced_and_double_braces_are_braces() {
        let vary = ["hair=red".parse().unwrap()];
        let template = Template::parse("{{{id}}} of {rank}: {hair} {目}", &vary, &["目".to_owned()]).unwrap();
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(
            template.pieces,
            [text("{"), Piece::Id, text("} of "), Piece::Rank, text(": "), Piece::Vary(0), text(" "), Piece::Column(0)]
        );
        assert_eq!(Template::parse("", &[], &[]).unwrap().pieces, []);
    }

    #[test]
    fn what_cannot_be_replaced_is_named() {
        let vary = ["hair=red".parse().unwrap()];
        let error = |text| Template::parse(text, &vary, &[]).unwrap_err().to_string();
        assert_eq!(
            error("a {hat}"),
            "the prompt has {hat}, but that is not among id, rank, hair; write {{ for a brace itself"
        );
        assert_eq!(error("a {id"), "the prompt has a brace without its partner; write {{ or }} for a brace itself");
        assert_eq!(error("a } b"), "the prompt has a brace without its partner; write {{ or }} for a brace itself");
    }
}
