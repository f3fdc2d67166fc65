//! A sentence for a person: in English, and what it takes to say it in another language.

use std::fmt;
use std::ops::Deref;

use serde::{Serialize, Serializer};

/// A sentence for a person, or a part of one. It reads, compares and is serialized as English text; `Locale::say` translates it.
///
/// ```
/// let message = idlist::message!("example", "is {number}; use {min} to {max}", number = 7, min = 0, max = 5);
/// assert_eq!(message.to_string(), "is 7; use 0 to 5");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    english: String,
    id: Option<&'static str>,
    arguments: Vec<(&'static str, Argument)>,
}

/// What fills a placeholder of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A text that is the same in all languages.
    Text(String),
    /// A part of the sentence that has a translation of its own.
    Message(Message),
}

/// Makes a [`Message`] of its id in the catalogues, its English sentence and the arguments, `name` or `name = value`.
#[macro_export]
macro_rules! message {
    (@value $name:ident) => { $name };
    (@value $name:ident $value:expr) => { $value };
    ($id:literal, $english:literal $(,)?) => { $crate::Message::new($id, format!($english), Vec::new()) };
    ($id:literal, $english:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        match [$($crate::Argument::from($crate::message!(@value $name $($value)?))),+] {
            [$($name),+] => {
                let english = format!($english, $($name = $name),+);
                $crate::Message::new($id, english, vec![$((stringify!($name), $name)),+])
            }
        }
    };
}

/// A number with its noun: `1 item`, `2 items`. Translations have it as `$number`.
pub fn counted(id: &'static str, number: u64, noun: &str) -> Message {
    let s = if number == 1 { "" } else { "s" };
    Message::new(id, format!("{number} {noun}{s}"), vec![("number", number.into())])
}

impl Message {
    /// A message with the id that its translations have, and what fills their placeholders. [`message!`](crate::message!)
    /// makes one of a template.
    pub fn new(id: &'static str, english: String, arguments: Vec<(&'static str, Argument)>) -> Self {
        Self { english, id: Some(id), arguments }
    }

    /// Its id in the catalogues; `None` for a text that has no translation, such as one of another program.
    #[cfg(feature = "translations")]
    pub(crate) fn id(&self) -> Option<&'static str> {
        self.id
    }

    /// What fills the placeholders.
    #[cfg(feature = "translations")]
    pub(crate) fn arguments(&self) -> &[(&'static str, Argument)] {
        &self.arguments
    }
}

/// A text that is the same in all languages.
impl From<String> for Message {
    fn from(english: String) -> Self {
        Self { english, id: None, arguments: Vec::new() }
    }
}

impl From<Message> for String {
    fn from(message: Message) -> Self {
        message.english
    }
}

impl Deref for Message {
    type Target = str;

    fn deref(&self) -> &str {
        &self.english
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.english)
    }
}

impl std::error::Error for Message {}

impl PartialEq<str> for Message {
    fn eq(&self, other: &str) -> bool {
        self.english == other
    }
}

impl PartialEq<&str> for Message {
    fn eq(&self, other: &&str) -> bool {
        self.english == *other
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.english)
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Message(message) => message.fmt(f),
        }
    }
}

impl From<Message> for Argument {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

macro_rules! from_display {
    ($($type:ty)*) => {
        $(impl From<$type> for Argument {
            fn from(value: $type) -> Self {
                Self::Text(value.to_string())
            }
        })*
    };
}

from_display!(&str &String char i32 i64 u32 u64 usize f64 &serde_json::Number);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_its_english_text() {
        let (what, max) = (message!("what", "an array"), 3_u64);
        let message = message!("whole", "is {what}, {name}; {max}", what, name = "x".to_owned(), max);
        assert_eq!(message, "is an array, x; 3");
        assert_eq!(format!("{message:<20}|"), "is an array, x; 3   |");
        assert_eq!(serde_json::to_value(&message).unwrap(), "is an array, x; 3");
        assert_eq!(counted("items", 1, "item"), "1 item");
        assert_eq!(counted("items", 0, "item"), "0 items");
    }
}
