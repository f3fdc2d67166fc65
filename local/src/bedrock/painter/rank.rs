//! The frame that a rank gives a picture: material, corners and pips follow from the word.

use super::chance::hash;
use super::rgb::Rgb;

/// How a picture is framed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    /// Light, middle, dark, glint.
    pub(crate) metal: [Rgb; 4],
    /// Thickness in hundredths of the shorter side.
    pub(crate) thickness: f32,
    pub(crate) corner: Corner,
    pub(crate) pip: Pip,
    pub(crate) pips: usize,
    /// Printed at the top; empty without a rank.
    pub(crate) word: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Corner {
    Plain,
    Bracket,
    Diamond,
    Gem,
    Fan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pip {
    Dot,
    Diamond,
    Star,
}

const GRAPHITE: [u32; 4] = [0x6C717D, 0x4A4F5B, 0x343842, 0x7C828F];
const SLATE: [u32; 4] = [0xAFBCC9, 0x8696A6, 0x637283, 0xC3CED8];
const BRONZE: [u32; 4] = [0xE8B484, 0xB07442, 0x744522, 0xF3CBA2];
const SILVER: [u32; 4] = [0xFBFDFF, 0xBEC8D4, 0x828FA0, 0xF1F5FA];
const VIOLET: [u32; 4] = [0xD9B8FF, 0x8A4FD6, 0x4B2486, 0xF0DCFF];
const GOLD: [u32; 4] = [0xFFF4B6, 0xE6B438, 0x9A6614, 0xFFE78A];
const PRISM: [u32; 4] = [0xFFE99A, 0xE85C9C, 0x5B4FD6, 0x8FF0E6];

impl Frame {
    /// The frame for `rank`; a plain dark one without a rank.
    pub(crate) fn of(rank: Option<&str>) -> Self {
        let Some(rank) = rank else {
            return Self::new(GRAPHITE.map(Rgb::hex), 1.6, Corner::Plain, Pip::Dot, 0, "");
        };
        let metal = |colors: [u32; 4]| colors.map(Rgb::hex);
        match rank.trim().to_lowercase().as_str() {
            "nomal" | "normal" | "common" | "n" | "c" | "basic" | "ノーマル" | "普通" => {
                Self::new(metal(SLATE), 2.2, Corner::Plain, Pip::Dot, 1, rank)
            }
            "uncommon" | "bronze" | "uc" | "hn" => Self::new(metal(BRONZE), 2.6, Corner::Bracket, Pip::Dot, 2, rank),
            "rare" | "r" | "silver" | "レア" => Self::new(metal(SILVER), 3.0, Corner::Bracket, Pip::Diamond, 3, rank),
            "epic" | "sr" | "super" | "super rare" | "super-rare" | "hr" => {
                Self::new(metal(VIOLET), 3.2, Corner::Diamond, Pip::Star, 4, rank)
            }
            "vip" | "legend" | "legendary" | "gold" | "ssr" | "premium" | "伝説" => {
                Self::new(metal(GOLD), 3.6, Corner::Gem, Pip::Star, 5, rank)
            }
            "ur" | "mythic" | "ultra" | "divine" | "god" | "lr" => {
                Self::new(metal(PRISM), 3.8, Corner::Gem, Pip::Star, 6, rank)
            }
            word => Self::of_unknown(word, rank),
        }
    }

    fn of_unknown(word: &str, rank: &str) -> Self {
        let hash = hash(&[b"rank", word.as_bytes()]);
        let hue = (hash % 360) as f32;
        let metal = [0.82, 0.5, 0.3, 0.88].map(|lightness| Rgb::from_hsl(hue, 0.55, lightness));
        let corner = [Corner::Bracket, Corner::Diamond, Corner::Fan, Corner::Gem][(hash >> 16) as usize % 4];
        let pip = [Pip::Dot, Pip::Diamond, Pip::Star][(hash >> 24) as usize % 3];
        Self::new(metal, 2.8, corner, pip, (hash >> 32) as usize % 5 + 1, rank)
    }

    fn new(metal: [Rgb; 4], thickness: f32, corner: Corner, pip: Pip, pips: usize, word: &str) -> Self {
        Self { metal, thickness, corner, pip, pips, word: word.chars().take(14).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ranks_have_frames_of_their_own() {
        let ranks = ["nomal", "uncommon", "rare", "epic", "vip", "ur", "guild master", "team-b"];
        for (index, a) in ranks.iter().enumerate() {
            for b in &ranks[index + 1..] {
                let (a, b) = (Frame::of(Some(a)), Frame::of(Some(b)));
                assert_ne!((a.metal, a.pips), (b.metal, b.pips));
            }
        }
    }

    #[test]
    fn case_does_not_change_the_metal_and_the_misspelt_normal_is_normal() {
        assert_eq!(Frame::of(Some("VIP")).metal, Frame::of(Some("vip")).metal);
        assert_eq!(Frame::of(Some("nomal")).metal, Frame::of(Some("normal")).metal);
        assert_eq!(Frame::of(Some("Zork")), Frame::of(Some("Zork")));
    }
}
