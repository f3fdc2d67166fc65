//! What the commands say to a person, in the language that the environment names.

use std::sync::LazyLock;

use idlist::{Catalogue, JAPANESE, Locale, Message};

static LOCALE: LazyLock<Locale> = LazyLock::new(Locale::of_environment);
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(JAPANESE));

/// Whether messages are said as they are.
pub(crate) fn is_english() -> bool {
    *LOCALE == Locale::English
}

/// The text of a message.
pub(crate) fn say(message: &Message) -> String {
    match *LOCALE {
        Locale::English => message.to_string(),
        Locale::Japanese => CATALOGUE.say(message),
    }
}

/// Says something on stderr, in the name of the tool.
pub(crate) fn tell(message: &Message) {
    eprintln!("idlist: {}", say(message));
}
