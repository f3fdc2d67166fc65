//! The language in which a person reads messages, and the messages in it.

use std::ffi::OsString;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use crate::message::{Argument, Message};

/// The Japanese messages of this crate and of the tool `idlist`, a catalogue for each part.
pub const JAPANESE: &[&str] = &[
    include_str!("ja/rules.ftl"),
    include_str!("ja/hints.ftl"),
    include_str!("ja/broken.ftl"),
    include_str!("ja/report.ftl"),
    include_str!("ja/plan.ftl"),
    include_str!("ja/table.ftl"),
    include_str!("ja/make.ftl"),
    include_str!("ja/commands.ftl"),
    include_str!("ja/help.ftl"),
];

/// A language of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// English, the language of the code: messages are as they were made.
    English,
    /// Japanese, from the catalogues.
    Japanese,
}

impl Locale {
    /// The language that the environment names: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty.
    /// <https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02>
    pub fn of_environment() -> Self {
        Self::of(std::env::var_os)
    }

    fn of(variable: impl Fn(&'static str) -> Option<OsString>) -> Self {
        let mut names = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
        let name = names.find(|name| !name.is_empty()).unwrap_or_default();
        // `ja_JP.UTF-8@modifier`
        match name.to_string_lossy().split(['_', '.', '@']).next() {
            Some("ja") => Self::Japanese,
            _ => Self::English,
        }
    }
}

/// Catalogues of translated messages.
pub struct Catalogue(FluentBundle<FluentResource>);

impl Catalogue {
    /// Reads catalogues in the syntax of Fluent. An entry that cannot be read is left out; a test finds it. <https://projectfluent.org/fluent/guide/>
    pub fn new(sources: &[&str]) -> Self {
        // No language is named: that decides plurals and the form of numbers, and no message leaves these to Fluent.
        let mut bundle = FluentBundle::new_concurrent(Vec::new());
        bundle.set_use_isolating(false);
        for source in sources {
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(readable, _)| readable);
            // The first message of an id stays.
            let _ = bundle.add_resource(resource);
        }
        Self(bundle)
    }

    /// A message in the words of the catalogues; in English if they do not have it.
    pub fn say(&self, message: &Message) -> String {
        let translation =
            message.id().and_then(|id| self.0.get_message(id)).and_then(|translation| translation.value());
        let Some(pattern) = translation else { return message.to_string() };
        let mut values = FluentArgs::new();
        for (name, argument) in message.arguments() {
            values.set(
                *name,
                match argument {
                    Argument::Text(text) => text.clone(),
                    Argument::Message(message) => self.say(message),
                },
            );
        }
        self.0.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message;

    #[test]
    fn the_language_follows_the_order_of_posix() {
        let of = |values: [Option<&str>; 3]| {
            let [all, messages, lang] = values.map(|value| value.map(OsString::from));
            Locale::of(move |variable| match variable {
                "LC_ALL" => all.clone(),
                "LC_MESSAGES" => messages.clone(),
                _ => lang.clone(),
            })
        };
        for (values, expected) in [
            ([None, None, None], Locale::English),
            ([None, None, Some("ja_JP.UTF-8")], Locale::Japanese),
            ([None, None, Some("ja")], Locale::Japanese),
            ([None, None, Some("ja.UTF-8@x")], Locale::Japanese),
            ([None, None, Some("jam_JM.UTF-8")], Locale::English),
            ([None, None, Some("fr_FR.UTF-8")], Locale::English),
            ([Some(""), Some(""), Some("ja_JP.UTF-8")], Locale::Japanese),
            ([None, Some("C.UTF-8"), Some("ja_JP.UTF-8")], Locale::English),
            ([Some("POSIX"), Some("ja_JP.UTF-8"), Some("ja_JP.UTF-8")], Locale::English),
            ([Some("ja_JP.UTF-8"), Some("C"), Some("en_US.UTF-8")], Locale::Japanese),
        ] {
            assert_eq!(of(values), expected, "{values:?}");
        }
    }

    #[test]
    fn a_message_is_said_with_the_parts_of_it() {
        let catalogue = Catalogue::new(&["whole = { $what }です\nwhat = 配列 { $number }\n"]);
        let what = message!("what", "array {number}", number = 3);
        assert_eq!(catalogue.say(&message!("whole", "is an {what}", what)), "配列 3です");
        assert_eq!(catalogue.say(&message!("unknown", "is new")), "is new");
        assert_eq!(catalogue.say(&Message::from("as it is".to_owned())), "as it is");
    }
}
