//! A sign in the prompt's colours, for what the painter cannot draw.

use super::Brush;
use crate::bedrock::painter::canvas::{self, Canvas, Ink};
use crate::bedrock::painter::rgb::Rgb;

const USUAL: [[u32; 3]; 6] = [
    [0x2F4F8F, 0xE2B440, 0xF4EEE0],
    [0x8F2F5A, 0xF4A28A, 0xFBECD8],
    [0x2A6A62, 0x8FD2A8, 0xF6E8B8],
    [0x4A2F7A, 0xC88FE8, 0x7FE0E8],
    [0xB04A2A, 0xF2C05A, 0x3A4A6A],
    [0x1F4A6A, 0x5AB8D8, 0xF28A5A],
];

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush) {
    let mut colors: Vec<Rgb> = brush.palette.clone();
    colors.retain(|color| color.distance(brush.background) > 50.0);
    let usual = brush.chance.pick(&USUAL).map(Rgb::hex);
    let asked = colors.len();
    colors.extend(usual);
    if asked > 0 {
        // One asked colour alone is joined by its own shades, not by strangers.
        colors.truncate(asked);
        colors.push(colors[0].lighter(0.5));
        colors.push(colors[0].darker(0.4));
    }
    let color = |index: usize| colors[index % colors.len()];
    let folds = [5, 6, 8, 10, 12][brush.chance.below(5)];
    canvas.circle(50.0, 50.0, 43.0, color(0).darker(0.55));
    canvas.circle(
        50.0,
        50.0,
        41.6,
        Ink::Radial([50.0, 44.0, 46.0], vec![(0.0, color(0).lighter(0.2), 1.0), (1.0, color(0).darker(0.2), 1.0)]),
    );
    let ring = tiny_skia::PathBuilder::from_circle(50.0, 50.0, 38.4);
    canvas.stroke(ring.as_ref(), 0.9, color(1));
    for layer in 0..4 {
        let reach = 36.0 - layer as f32 * 8.4;
        let tint = color(layer + 1);
        let shape = brush.chance.below(4);
        let shift = if layer % 2 == 0 { 0.0 } else { 180.0 / folds as f32 };
        for fold in 0..folds {
            let turn = fold as f32 * 360.0 / folds as f32 + shift;
            canvas
                .turned((50.0, 50.0), turn, (1.0, 1.0), |canvas| paint_petal(canvas, shape, reach, folds as f32, tint));
        }
    }
    let heart = canvas::star(50.0, 50.0, 8.0, folds, 0.6);
    canvas.fill(heart.as_ref(), color(2).lighter(0.2));
    canvas.circle(50.0, 50.0, 3.4, color(0).darker(0.3));
}

fn paint_petal(canvas: &mut Canvas, shape: usize, reach: f32, folds: f32, tint: Rgb) {
    let (top, half) = (50.0 - reach, reach * 2.2 / folds);
    let ink = Ink::vertical(top, 50.0, &[tint.lighter(0.2), tint.darker(0.3)]);
    match shape {
        0 => canvas.ellipse(50.0, 50.0 - reach * 0.62, half * 0.8, reach * 0.38, ink),
        1 => canvas.polygon(
            &[
                (50.0, top),
                (50.0 + half, 50.0 - reach * 0.6),
                (50.0, 50.0 - reach * 0.2),
                (50.0 - half, 50.0 - reach * 0.6),
            ],
            ink,
        ),
        2 => canvas.shape(
            &format!(
                "M50 {top} C{} {} {} {} 50 50 C{} {} {} {} 50 {top} Z",
                50.0 + half,
                top + reach * 0.2,
                50.0 + half,
                50.0 - reach * 0.3,
                50.0 - half,
                50.0 - reach * 0.3,
                50.0 - half,
                top + reach * 0.2
            ),
            ink,
        ),
        _ => canvas.circle(50.0, top + half * 0.6, half * 0.6, ink),
    }
}
