//! Finds the colours that a prompt names, in English and Japanese, and which of them is the background's.

use image::Rgb;
use std::{cmp::Reverse, collections::HashSet, sync::LazyLock};

/// A colour in sRGB.
pub(super) type Color = Rgb<u8>;

/// The colour that `0xRRGGBB` writes.
pub(super) const fn hex(value: u32) -> Color {
    let [_, r, g, b] = value.to_be_bytes();
    Rgb([r, g, b])
}

/// `share` of `b` (0 to 1), the rest of `a`.
pub(super) fn mix(a: Color, b: Color, share: f32) -> Color {
    let share = (share * 256.0) as u32;
    let part = |i: usize| ((u32::from(a.0[i]) * (256 - share) + u32::from(b.0[i]) * share + 128) / 256) as u8;
    Rgb([part(0), part(1), part(2)])
}

/// The colour of a hue (0 to 360), saturation and lightness (0 to 1).
pub(super) fn hsl(hue: u64, saturation: f32, lightness: f32) -> Color {
    let chroma = saturation * lightness.min(1.0 - lightness);
    Rgb([0.0, 8.0, 4.0].map(|shift| {
        let k = (shift + hue as f32 / 30.0) % 12.0;
        ((lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)) * 255.0) as u8
    }))
}

/// What a word of a prompt means for its colours.
#[derive(Clone, Copy, PartialEq)]
enum Word {
    Color(Color),
    /// Moves the colour after it towards this one.
    Tone(Color),
    Background,
    /// Stands between "background" and its colour.
    Link,
    /// Ends a clause.
    Break,
    Other,
}

/// Each colour with its names.
const COLORS: &[(u32, &str)] = &[
    (0xFFFFFF, "white|snow white|off white|白|ホワイト"),
    (0x1D1D24, "black|jet black|黒|漆黒|ブラック"),
    (0x8D9299, "gray|grey|灰|灰色|グレー"),
    (0xC5CCD6, "silver|platinum|銀|シルバー"),
    (0xE2AB2F, "gold|golden|amber|mustard|金|黄金|琥珀|ゴールド"),
    (0xF2D27A, "blond|blonde|金髪|ブロンド"),
    (0xA9713A, "bronze|copper|銅|ブロンズ"),
    (0x7A4A2A, "brown|chestnut|chocolate|brunette|茶|栗色|褐色|ブラウン"),
    (0xE4D3B2, "beige|tan|khaki|ベージュ|亜麻色|カーキ"),
    (0xFFF3D6, "cream|ivory|クリーム色|アイボリー"),
    (0xD62F2B, "red|scarlet|赤|朱|茜|レッド"),
    (0xB3122D, "crimson|ruby|紅|深紅|真紅"),
    (0x7A1F35, "burgundy|maroon|auburn|えんじ|ワインレッド"),
    (0xFA9A85, "coral|salmon|peach|サーモンピンク"),
    (0xF08A24, "orange|橙|オレンジ"),
    (0xF6CF37, "yellow|黄|イエロー"),
    (0xA4D43A, "lime|yellow green|黄緑"),
    (0x3C9D4E, "green|emerald|緑|グリーン|エメラルド"),
    (0x3F5F32, "olive|forest green|深緑|オリーブ色"),
    (0xA9EAD0, "mint|ミント"),
    (0x0F8B8D, "teal|turquoise|青緑|ターコイズ"),
    (0x22C3DD, "cyan|aqua|シアン"),
    (0x87C5F0, "sky blue|baby blue|水色|空色"),
    (0x2F6FD8, "blue|azure|sapphire|royal blue|青|蒼|群青|ブルー"),
    (0x1C2C5E, "navy|navy blue|midnight blue|indigo|紺|藍|ネイビー"),
    (0x7E3FB2, "purple|violet|紫|パープル"),
    (0xC9B6F2, "lavender|lilac|藤色|ラベンダー"),
    (0xD81B8C, "magenta|fuchsia|マゼンタ"),
    (0xF48FB1, "pink|rose|桃色|桜色|ピンク"),
];

/// The other words. Those that are `Other` contain the sign of a colour and name none.
const OTHERS: &[(Word, &str)] = &[
    (Word::Background, "background|backglound|backdrop|背景色|背景|バック"),
    (Word::Link, "color|colour|is|of|:|は|が|：|="),
    (Word::Break, "and|with|,|.|;|、|。|，"),
    (Word::Tone(hex(0xFFFFFF)), "light|pale|pastel|薄い|淡い|うすい|明るい|ライト"),
    (Word::Tone(hex(0x000000)), "dark|deep|濃い|暗い|ダーク"),
    (Word::Other, "面白|青年|青春|赤ちゃん|お茶|紅茶|緑茶|紅葉|金魚|金属|お金|銀行|銀河|空白|告白|白鳥"),
];

/// Every word, the longest first: of two that fit, the longer one counts.
static WORDS: LazyLock<Vec<(&str, Word)>> = LazyLock::new(|| {
    let colors = COLORS.iter().map(|(color, names)| (Word::Color(hex(*color)), *names));
    let meanings = colors.chain(OTHERS.iter().copied());
    let mut words: Vec<_> = meanings.flat_map(|(word, names)| names.split('|').map(move |name| (name, word))).collect();
    words.sort_by_key(|(name, _)| Reverse(name.len()));
    words
});

/// The colours of `prompt`, the background's first. Empty if it names none.
pub(super) fn named_in(prompt: &str) -> Vec<Color> {
    let words = words(prompt);
    let color = |at: usize| if let Word::Color(color) = words[at] { Some(color) } else { None };
    let in_clause = |at: &usize| words[*at] != Word::Break;
    let background = words.iter().position(|word| *word == Word::Background).and_then(|at| {
        let before = || (0..at).rev().take_while(in_clause).find_map(color);
        let after = || (at + 1..words.len()).take_while(in_clause).find_map(color);
        if words.get(at + 1) == Some(&Word::Link) { after().or_else(before) } else { before().or_else(after) }
    });
    let mut seen = HashSet::new();
    let colors = background.into_iter().chain((0..words.len()).filter_map(color));
    colors.filter(|color| seen.insert(*color)).collect()
}

fn words(prompt: &str) -> Vec<Word> {
    let text = prompt.to_lowercase().replace(['-', '_', '\n'], " ");
    let (mut words, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let known = WORDS.iter().find(|(name, _)| starts_with_word(rest, name));
        let letters = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (mut word, length) = match (known, hexadecimal(rest)) {
            (_, Some(color)) => (Word::Color(color), "#rrggbb".len()),
            (Some((name, word)), _) => (*word, name.len()),
            _ => (Word::Other, letters.max(first.len_utf8())),
        };
        if let (Some(Word::Tone(tone)), Word::Color(color)) = (words.last(), word) {
            word = Word::Color(mix(color, *tone, 0.45));
        }
        words.push(word);
        rest = rest[length..].trim_start();
    }
    words
}

/// Whether `text` begins with `name`, and not with a longer English word.
fn starts_with_word(text: &str, name: &str) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let after = text.strip_prefix(name).map(str::as_bytes);
    after.is_some_and(|after| !(is_letter(name.as_bytes().last()) && is_letter(after.first())))
}

/// The colour that `#rrggbb` writes at the start of `text`.
fn hexadecimal(text: &str) -> Option<Color> {
    u32::from_str_radix(text.strip_prefix('#')?.get(..6)?, 16).ok().map(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_colours_as_people_write_them() {
        const WHITE: Color = hex(0xFFFFFF);
        const BLUE: Color = hex(0x2F6FD8);
        const RED: Color = hex(0xD62F2B);
        let (light, dark) = (mix(BLUE, WHITE, 0.45), mix(BLUE, hex(0), 0.45));
        let cases: &[(&str, &[Color])] = &[
            ("", &[]),
            ("a cat on a sofa", &[]),
            ("red hair, blue background", &[BLUE, RED]),
            ("RED hair and the background is blue", &[BLUE, RED]),
            ("background: blue. red hair", &[BLUE, RED]),
            ("hair color red, background color blue", &[BLUE, RED]),
            ("a red fox in front of a blue-background with white snow", &[BLUE, RED, WHITE]),
            ("red hair, light blue background", &[light, RED]),
            ("red hair, dark-blue background", &[dark, RED]),
            ("dark background with red eyes", &[RED]),
            ("red, white and red", &[RED, WHITE]),
            ("sky blue", &[hex(0x87C5F0)]),
            ("bored, reddish, tanned", &[]),
            ("#2f6fd8 background, #ZZZ, #12345, #", &[BLUE]),
            ("赤い髪、青い背景", &[BLUE, RED]),
            ("赤い髪で背景は青", &[BLUE, RED]),
            ("背景色：薄い青、赤い服", &[light, RED]),
            ("赤い髪、背景は濃い青", &[dark, RED]),
            ("面白い青年がお茶を飲む", &[]),
            ("黒髪、 白背景、青い目", &[WHITE, hex(0x1D1D24), BLUE]),
        ];
        for (prompt, colors) in cases {
            assert_eq!(named_in(prompt), *colors, "{prompt}");
        }
    }
}
