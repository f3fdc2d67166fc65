//! The prompts of the sample list: a hair colour and a background, which differ from each other.

use crate::seed::digest_of;

const HAIR_COLORS: [&str; 10] =
    ["brown", "black", "gold", "silver", "red", "blue", "green", "pink", "purple", "orange"];
const BACKGROUND_COLORS: [&str; 9] = ["white", "red", "blue", "green", "yellow", "gray", "black", "pink", "purple"];

/// The longest of them.
pub(super) const LONGEST: &str = "hair color is purple, backglound color is yellow";

/// Appends a prompt that follows from id and rank, worded as in the sample list. It has nothing to escape.
pub(super) fn append(id: &str, rank: &str, line: &mut Vec<u8>) {
    // Not the first bytes: the seed of the item is made of those.
    let [.., first, second] = digest_of(id, rank);
    let hair = nth(HAIR_COLORS.into_iter(), first, HAIR_COLORS.len());
    let others = BACKGROUND_COLORS.iter().filter(|color| **color != hair).count();
    let background = nth(BACKGROUND_COLORS.into_iter().filter(|color| *color != hair), second, others);
    for part in ["hair color is ", hair, ", backglound color is ", background] {
        line.extend_from_slice(part.as_bytes());
    }
}

fn nth(mut colors: impl Iterator<Item = &'static str>, byte: u8, count: usize) -> &'static str {
    colors.nth(usize::from(byte) % count.max(1)).unwrap_or_default()
}
