//! The colours that prompts name, in English and Japanese, and how "light" and its like change them.

use crate::bedrock::painter::rgb::Rgb;

/// English names; two words are one name when both stand together.
pub(super) const ENGLISH: &[(&str, u32)] = &[
    ("amber", 0xF0A020),
    ("apricot", 0xFBC48A),
    ("aqua", 0x5FDFE6),
    ("ash", 0xA9A79F),
    ("ash blonde", 0xD9CDAE),
    ("ash brown", 0x86776A),
    ("auburn", 0x8A3324),
    ("azure", 0x3FA0FF),
    ("baby blue", 0xB5DCF5),
    ("balck", 0x1D1D24),
    ("beige", 0xE4D3B2),
    ("black", 0x1D1D24),
    ("blond", 0xF2D27A),
    ("blonde", 0xF2D27A),
    ("blue", 0x2F6FD8),
    ("blueish", 0x2F6FD8),
    ("bluish", 0x2F6FD8),
    ("bronze", 0xA9713A),
    ("brown", 0x7A4A2A),
    ("brownish", 0x7A4A2A),
    ("brunette", 0x5A3621),
    ("burgundy", 0x7A1F35),
    ("caramel", 0xB5763A),
    ("charcoal", 0x3A3D44),
    ("cherry", 0xC2183A),
    ("chestnut", 0x6B3420),
    ("chocolate", 0x5A3420),
    ("copper", 0xB8693A),
    ("coral", 0xFF7F61),
    ("cream", 0xFFF3D6),
    ("crimson", 0xB3122D),
    ("cyan", 0x22C3DD),
    ("emerald", 0x1F9D61),
    ("forest green", 0x22603A),
    ("fuchsia", 0xD81B8C),
    ("ginger", 0xC8602A),
    ("gold", 0xE2AB2F),
    ("golden", 0xE2AB2F),
    ("gray", 0x8D9299),
    ("green", 0x3C9D4E),
    ("greenish", 0x3C9D4E),
    ("grey", 0x8D9299),
    ("hazel", 0x9A7440),
    ("hot pink", 0xFF4F9A),
    ("indigo", 0x3F37A0),
    ("ivory", 0xFFFBEA),
    ("jet black", 0x101014),
    ("khaki", 0xB5A56B),
    ("lavender", 0xC9B6F2),
    ("lilac", 0xC8A2D8),
    ("lime", 0xA4D43A),
    ("magenta", 0xD81B8C),
    ("maroon", 0x6E1423),
    ("midnight blue", 0x16204A),
    ("mint", 0xA9EAD0),
    ("mustard", 0xD6A419),
    ("navy", 0x1C2C5E),
    ("navy blue", 0x1C2C5E),
    ("ocher", 0xC48A2C),
    ("ochre", 0xC48A2C),
    ("off white", 0xF7F4EC),
    ("olive", 0x7C7C2E),
    ("orange", 0xF08A24),
    ("peach", 0xFFC7A3),
    ("pink", 0xF48FB1),
    ("platinum", 0xECE4CF),
    ("platinum blonde", 0xF1E7C8),
    ("plum", 0x7B2E68),
    ("purple", 0x7E3FB2),
    ("red", 0xD62F2B),
    ("reddish", 0xD62F2B),
    ("rose", 0xE2607E),
    ("rose gold", 0xDFA38F),
    ("royal blue", 0x2F4FC9),
    ("ruby", 0xC2183A),
    ("salmon", 0xFA9A85),
    ("sapphire", 0x1F4FBF),
    ("scarlet", 0xE0311E),
    ("silver", 0xC5CCD6),
    ("silvery", 0xC5CCD6),
    ("sky blue", 0x87C5F0),
    ("snow white", 0xFDFEFF),
    ("strawberry blonde", 0xE8A66F),
    ("tan", 0xD2B48C),
    ("teal", 0x0F8B8D),
    ("turquoise", 0x2FC7B8),
    ("violet", 0x8A4FD6),
    ("white", 0xFFFFFF),
    ("yellow", 0xF6CF37),
];

/// Japanese names; the longest that fits counts.
pub(super) const JAPANESE: &[(&str, u32)] = &[
    ("えんじ", 0x7A1F35),
    ("オレンジ", 0xF08A24),
    ("クリーム色", 0xFFF3D6),
    ("グレー", 0x8D9299),
    ("グリーン", 0x3C9D4E),
    ("ゴールド", 0xE2AB2F),
    ("シルバー", 0xC5CCD6),
    ("ネイビー", 0x1C2C5E),
    ("パープル", 0x7E3FB2),
    ("ピンク", 0xF48FB1),
    ("ブラウン", 0x7A4A2A),
    ("ブラック", 0x1D1D24),
    ("ブルー", 0x2F6FD8),
    ("ブロンド", 0xF2D27A),
    ("ベージュ", 0xE4D3B2),
    ("ホワイト", 0xFFFFFF),
    ("レッド", 0xD62F2B),
    ("亜麻色", 0xD9C08A),
    ("灰", 0x8D9299),
    ("栗", 0x6B3420),
    ("群青", 0x2A3F9E),
    ("桃", 0xF48FB1),
    ("金", 0xE2AB2F),
    ("銀", 0xC5CCD6),
    ("銅", 0xB8693A),
    ("紅", 0xB3122D),
    ("黄", 0xF6CF37),
    ("黄緑", 0xA4D43A),
    ("黒", 0x1D1D24),
    ("紺", 0x1C2C5E),
    ("桜色", 0xF9C9D8),
    ("紫", 0x7E3FB2),
    ("朱", 0xE0311E),
    ("深緑", 0x22603A),
    ("水色", 0x9FD8F2),
    ("青", 0x2F6FD8),
    ("青緑", 0x0F8B8D),
    ("赤", 0xD62F2B),
    ("空色", 0x87C5F0),
    ("茶", 0x7A4A2A),
    ("橙", 0xF08A24),
    ("白", 0xFFFFFF),
    ("緑", 0x3C9D4E),
    ("藍", 0x1F3A6E),
];

/// What a word in front of a colour does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// "light", "pale": nearer to white.
    Light,
    /// "dark", "deep": nearer to its shadow.
    Dark,
    /// "bright", "vivid": purer.
    Bright,
}

impl Tone {
    pub(crate) fn of(self, color: Rgb) -> Rgb {
        match self {
            Self::Light => color.lighter(0.42),
            Self::Dark => color.darker(0.5),
            Self::Bright => {
                let (low, high) = (color.0.min(color.1).min(color.2), color.0.max(color.1).max(color.2));
                let spread = f32::from(high.saturating_sub(low)).max(1.0);
                let stretch = |channel: u8| {
                    let pure = f32::from(channel.saturating_sub(low)) / spread * 255.0;
                    (f32::from(channel) * 0.45 + pure * 0.55) as u8
                };
                if high.abs_diff(low) < 24 { color } else { Rgb(stretch(color.0), stretch(color.1), stretch(color.2)) }
            }
        }
    }
}

/// The colour that `#rrggbb` or `#rgb` writes.
pub(super) fn from_hex(word: &str) -> Option<Rgb> {
    let digits = word.strip_prefix('#')?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        6 => Some(Rgb::hex(value)),
        3 => {
            let wide = |shift: u32| ((value >> shift & 0xF) * 17) as u8;
            Some(Rgb(wide(8), wide(4), wide(0)))
        }
        _ => None,
    }
}
