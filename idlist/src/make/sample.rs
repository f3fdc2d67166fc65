//! The prompts of a list for which none are given: a hair colour and a background, which differ from each other.

use crate::seed::digest_of;

/// Prompt of items for which none is given.
pub const SAMPLE_PROMPT: &str = "hair color is {hair}, background color is {background}";

/// The names in [`SAMPLE_PROMPT`], which vary unless something else has them.
pub const SAMPLE_NAMES: [&str; 2] = ["hair", "background"];

const HAIR_COLORS: [&str; 10] =
    ["brown", "black", "gold", "silver", "red", "blue", "green", "pink", "purple", "orange"];
const BACKGROUND_COLORS: [&str; 9] = ["white", "red", "blue", "green", "yellow", "gray", "black", "pink", "purple"];

/// The colour of the hair or of the background. It follows from id and rank.
pub(super) fn color(name: &str, id: &str, rank: &str) -> &'static str {
    // Not the first bytes: the seed of the item is made of those.
    let [.., first, second] = digest_of(id, rank);
    let nth = |colors: &[&'static str], byte: u8| colors.get(usize::from(byte) % colors.len().max(1)).copied();
    let hair = nth(&HAIR_COLORS, first);
    let color = match name {
        "hair" => hair,
        _ => nth(&BACKGROUND_COLORS.into_iter().filter(|color| Some(*color) != hair).collect::<Vec<_>>(), second),
    };
    color.unwrap_or_default()
}
