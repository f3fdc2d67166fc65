//! What is behind the subject: a colour and a quiet ornament.

use super::canvas::{self, Canvas, Ink};
use super::chance::Chance;
use super::prompt::{Part, Setting, Subject, Wish};
use super::rgb::Rgb;

const COLORS: [u32; 12] = [
    0xCFE4F5, 0xF8DCC8, 0xD8ECD4, 0xE6DAF3, 0xFBEBC6, 0xF6D3DC, 0xBFDDDC, 0x2E3A5C, 0x4B375F, 0x2F5755, 0xE9E6DF,
    0x7CA6C9,
];

/// The colour that the prompt asks for, else that of its setting, else one of the seed's choice.
pub(crate) fn color(wish: &Wish, seed: u64) -> Rgb {
    if let Some(color) = wish.color(Part::Background) {
        return color;
    }
    let of_setting = wish.setting.map(|setting| {
        Rgb::hex(match setting {
            Setting::Night => 0x1E2A52,
            Setting::Space => 0x1B183A,
            Setting::Sunset => 0xF28C5A,
            Setting::Sky => 0x9CD3F3,
            Setting::Sea | Setting::Forest if matches!(wish.subject, Subject::Land(_)) => 0x9CD3F3,
            Setting::Sea => 0x6FBFD8,
            Setting::Forest => 0x5E9266,
            Setting::Snow => 0xDFEBF5,
            Setting::Fire => 0x8F2A1E,
        })
    });
    let allowed = |color: &Rgb| !wish.rules_out(Part::Background, *color);
    let start = Chance::of(seed ^ wish.gist, "background").below(COLORS.len());
    let in_turn = (0..COLORS.len()).map(|index| Rgb::hex(COLORS[(start + index) % COLORS.len()]));
    let subject = wish.color(Part::Subject).or(wish.color(Part::Hair));
    let stands_off = |color: &Rgb| subject.is_none_or(|subject| subject.distance(*color) > 120.0);
    of_setting
        .into_iter()
        .chain(in_turn.clone().filter(stands_off))
        .chain(in_turn)
        .find(allowed)
        .unwrap_or(Rgb::hex(COLORS[start]))
}

/// Fills the canvas, the ornament around (x, y); `unit` is a hundredth of the subject's size.
pub(crate) fn paint(canvas: &mut Canvas, wish: &Wish, seed: u64, color: Rgb, middle: (f32, f32), unit: f32) {
    let (width, height) = (canvas.width(), canvas.height());
    let halo = if color.brightness() > 0.94 { Rgb::WHITE } else { color.lighter(0.4) };
    canvas.place(0.0, 0.0, 1.0);
    let (x, y) = middle;
    let light = Ink::Radial([x, y, 62.0 * unit], vec![(0.0, halo, 1.0), (1.0, color, 1.0)]);
    canvas.rect(0.0, 0.0, width, height, light);
    let mut chance = Chance::of(seed, "ornament");
    let tint = color.ornament();
    canvas.place(middle.0, middle.1, unit);
    let reach = (width.max(height) / unit).hypot(width.min(height) / unit);
    match wish.setting {
        Some(Setting::Night | Setting::Space) => paint_stars(canvas, &mut chance, reach, color),
        Some(Setting::Snow) => paint_dots(canvas, &mut chance, reach, Rgb::WHITE, 0.9),
        _ => match chance.below(8) {
            0 => paint_rays(canvas, reach, tint, 24),
            1 => paint_rings(canvas, reach, tint),
            2 => paint_grid(canvas, reach, tint, |canvas, x, y, tint| canvas.circle(x, y, 1.5, (tint, 0.55))),
            3 => paint_grid(canvas, reach, tint, |canvas, x, y, tint| {
                canvas.polygon(&[(x, y - 3.4), (x + 2.6, y), (x, y + 3.4), (x - 2.6, y)], (tint, 0.45));
            }),
            4 => paint_stripes(canvas, reach, tint),
            5 => paint_dots(canvas, &mut chance, reach, tint, 0.4),
            6 => paint_rays(canvas, reach, tint, 12),
            _ => paint_grid(canvas, reach, tint, |canvas, x, y, tint| {
                canvas.fill(canvas::star(x, y, 3.0, 4, 0.3).as_ref(), (tint, 0.6));
            }),
        },
    }
}

fn paint_rays(canvas: &mut Canvas, reach: f32, tint: Rgb, count: usize) {
    let step = std::f32::consts::TAU / count as f32;
    for ray in 0..count {
        let (from, to) = (ray as f32 * step, (ray as f32 + 0.5) * step);
        canvas.polygon(
            &[(0.0, 0.0), (reach * from.sin(), reach * from.cos()), (reach * to.sin(), reach * to.cos())],
            (tint, 0.34),
        );
    }
}

fn paint_rings(canvas: &mut Canvas, reach: f32, tint: Rgb) {
    let mut radius = 40.0;
    while radius < reach {
        let ring = tiny_skia::PathBuilder::from_circle(0.0, 0.0, radius);
        canvas.stroke(ring.as_ref(), 4.0, (tint, 0.34));
        radius += 11.0;
    }
}

fn paint_grid(canvas: &mut Canvas, reach: f32, tint: Rgb, paint: impl Fn(&mut Canvas, f32, f32, Rgb)) {
    let unit = canvas.unit();
    let (columns, rows) = ((canvas.width() / unit / 12.0 / 2.0).ceil() as i32 + 1, (reach / 12.0 / 2.0).ceil() as i32);
    for row in -rows..=rows {
        for column in -columns..=columns {
            let shift = if row % 2 == 0 { 0.0 } else { 6.0 };
            paint(canvas, column as f32 * 12.0 + shift, row as f32 * 10.4, tint);
        }
    }
}

fn paint_stripes(canvas: &mut Canvas, reach: f32, tint: Rgb) {
    canvas.turned((0.0, 0.0), 32.0, (1.0, 1.0), |canvas| {
        let mut x = -reach;
        while x < reach {
            canvas.rect(x, -reach, 5.0, 2.0 * reach, (tint, 0.28));
            x += 13.0;
        }
    });
}

fn paint_dots(canvas: &mut Canvas, chance: &mut Chance, reach: f32, tint: Rgb, opacity: f32) {
    for _ in 0..46 {
        let (angle, distance) = (chance.between(0.0, std::f32::consts::TAU), chance.between(0.25, 0.62) * reach);
        let radius = chance.between(0.8, 3.4);
        canvas.circle(distance * angle.cos(), distance * angle.sin(), radius, (tint, opacity));
    }
}

fn paint_stars(canvas: &mut Canvas, chance: &mut Chance, reach: f32, color: Rgb) {
    let light = color.lighter(0.85);
    for index in 0..70 {
        let (x, y) = (chance.between(-0.5, 0.5) * reach, chance.between(-0.5, 0.5) * reach);
        if index % 7 == 0 {
            canvas.fill(canvas::star(x, y, chance.between(1.6, 2.8), 4, 0.24).as_ref(), light);
        } else {
            canvas.circle(x, y, chance.between(0.25, 0.7), (light, 0.9));
        }
    }
}
