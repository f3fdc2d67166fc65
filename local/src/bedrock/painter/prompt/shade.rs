//! "light brown", "dark hair", "blue green": what surrounds a colour word taken into the colour.

use super::colors::Tone;
use super::lexer::Token;
use super::meaning::{Meaning, Part};
use crate::bedrock::painter::rgb::Rgb;

/// "light" and "dark" taken into the colour that follows; neighbouring colours mixed ("blue green").
pub(super) fn shade(tokens: Vec<Token>) -> Vec<Token> {
    let mut shaded: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if let Some(color) = token.color() {
            push_color(&mut shaded, token, color);
        } else {
            if let Some(last) = shaded.last_mut()
                && let (Some(part), Some(tone)) = (token.part(), tone(last))
                && let Some(color) = tone_alone(part, tone)
            {
                set_color(last, color);
            }
            shaded.push(token);
        }
    }
    shaded
}

fn push_color(shaded: &mut Vec<Token>, mut token: Token, mut color: Rgb) {
    while let Some(tone) = shaded.last().and_then(tone) {
        color = tone.of(color);
        shaded.pop();
    }
    if let Some(last) = shaded.last_mut()
        && let Some(earlier) = last.color()
    {
        set_color(last, earlier.mix(color, 0.5));
    } else {
        set_color(&mut token, color);
        shaded.push(token);
    }
}

fn set_color(token: &mut Token, color: Rgb) {
    token.meanings.retain(|meaning| !matches!(meaning, Meaning::Color(_) | Meaning::Tone(_)));
    token.meanings.push(Meaning::Color(color));
}

fn tone(token: &Token) -> Option<Tone> {
    token.meanings.iter().find_map(|meaning| match meaning {
        Meaning::Tone(tone) => Some(*tone),
        _ => None,
    })
}

/// "dark hair", "light background": a tone without a colour.
fn tone_alone(part: Part, tone: Tone) -> Option<Rgb> {
    let value = match (part, tone) {
        (Part::Hair, Tone::Dark) => 0x2E2220,
        (Part::Hair, Tone::Light) => 0xD9B37A,
        (Part::Background, Tone::Dark) => 0x222636,
        (Part::Background, Tone::Light) => 0xF1F3F7,
        (Part::Skin, Tone::Dark) => 0x7A4A32,
        (Part::Skin, Tone::Light) => 0xFBE3D2,
        (Part::Eyes, Tone::Dark) => 0x352522,
        (Part::Clothes, Tone::Dark) => 0x2B2F3F,
        (Part::Clothes, Tone::Light) => 0xEAEDF2,
        _ => return None,
    };
    Some(Rgb::hex(value))
}
