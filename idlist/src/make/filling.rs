//! Fills the fields of an item: from the cells of a row, and from templates where no cell does.

use serde_json::{Map, Number, Value};

use super::sample;
use super::{Template, Vary};
use crate::table::{Column, Row};
use crate::{FIELDS, is_number_field};

/// A cell that holds an empty text; a blank cell holds none.
pub const EMPTY: &str = "\"\"";

/// What fills the fields of items.
#[derive(Debug, Clone, Default)]
pub struct Filling {
    /// The prompt, whatever the cells say.
    pub prompt: Option<Template>,
    /// Fields, each with what fills it where no cell does. The first for a field counts.
    pub set: Vec<(&'static str, Template)>,
    /// What varies in the templates.
    pub vary: Vec<Vary>,
}

impl Filling {
    /// All templates.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.prompt.iter().chain(self.set.iter().map(|(_, template)| template))
    }

    /// The fields of an item, those without text left out. `id` and `rank` are for rows that have none.
    pub fn fields(&self, columns: &[Column], row: Option<&Row>, id: &str, rank: &str) -> Map<String, Value> {
        let cell = |field: &str| cell(columns, row, |column| column.field == Some(field));
        let template = |field: &str| self.set.iter().find(|(set, _)| *set == field).map(|(_, template)| template);
        let render = |template: &Template, id: &str, rank: &str| {
            template.render(|name| match name {
                "id" => id,
                "rank" => rank,
                _ => match self.vary.iter().find(|vary| vary.name() == name) {
                    Some(vary) => vary.choose(id, rank),
                    None => named(columns, row, name).unwrap_or_else(|| sample::color(name, id, rank)),
                },
            })
        };
        let text = |field: &str, id: &str, rank: &str| match (cell(field), template(field)) {
            (Some(cell), _) => cell.to_owned(),
            (None, Some(template)) => render(template, id, rank),
            (None, None) => String::new(),
        };
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        let rank = or(text("rank", id, rank), rank);
        let id = or(text("id", id, &rank), id);
        let mut fields = Map::new();
        for field in FIELDS {
            let text = match (field, &self.prompt) {
                ("id", _) => id.clone(),
                ("rank", _) => rank.clone(),
                // What stands around a prompt is not one.
                ("prompt", Some(template)) if cell(field).is_none() && template.names().any(|name| name == field) => {
                    String::new()
                }
                ("prompt", Some(template)) => render(template, &id, &rank),
                _ => text(field, &id, &rank),
            };
            let is_overridden = field == "prompt" && self.prompt.is_some();
            if !is_overridden && cell(field) == Some(EMPTY) {
                fields.insert(field.to_owned(), Value::from(""));
            } else if !text.trim().is_empty() {
                fields.insert(field.to_owned(), value(field, text));
            }
        }
        fields
    }
}

/// The cell of the first column that is wanted; none for a blank one.
fn cell<'a>(columns: &[Column], row: Option<&'a Row>, is_wanted: impl Fn(&Column) -> bool) -> Option<&'a str> {
    let cell = row?.cells.get(columns.iter().position(is_wanted)?)?;
    Some(cell.as_str()).filter(|cell| !cell.trim().is_empty())
}

/// The cell for a placeholder: by its heading, else by its field.
fn named<'a>(columns: &[Column], row: Option<&'a Row>, name: &str) -> Option<&'a str> {
    let at = columns.iter().position(|column| column.heading == name);
    let at = at.or_else(|| columns.iter().position(|column| column.field == Some(name)));
    row?.cells.get(at?).map(String::as_str)
}

/// A text as the value of a field. What should be a number and is not stays a text, so that checking the item says so.
fn value(field: &str, text: String) -> Value {
    let number = is_number_field(field).then(|| text.trim().parse::<Number>().ok()).flatten();
    number.map_or(Value::String(text), Value::Number)
}
