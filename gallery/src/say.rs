//! Messages in the language of a person: that of the environment for the commands, that of the visitor for the page.

use idlist::{Catalogue, JAPANESE, Locale, Message};
use std::sync::LazyLock;

/// The Japanese messages of gallery.
const OURS: &[&str] = &[include_str!("ja/commands.ftl"), include_str!("ja/doctor.ftl"), include_str!("ja/errors.ftl")];

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(&[JAPANESE, OURS].concat()));

/// The text of a message.
pub(crate) fn say(locale: Locale, message: &Message) -> String {
    match locale {
        Locale::English => message.to_string(),
        Locale::Japanese => CATALOGUE.say(message),
    }
}

#[cfg(test)]
#[path = "../../idlist/tests/catalogue/mod.rs"]
mod catalogue;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_has_a_translation_with_the_same_placeholders() {
        let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        catalogue::assert_is_whole(&src, OURS, JAPANESE);
    }
}
