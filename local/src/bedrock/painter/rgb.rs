//! A colour, and what painters do with colours: mixing, lighter, darker, how alike two are.

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    pub(crate) const WHITE: Self = Self(255, 255, 255);
    pub(crate) const BLACK: Self = Self(0, 0, 0);

    /// The colour that `0xRRGGBB` writes.
    #[must_use]
    pub const fn hex(value: u32) -> Self {
        let [_, r, g, b] = value.to_be_bytes();
        Self(r, g, b)
    }

    /// `share` of `other` (0 to 1), the rest of `self`.
    pub(crate) fn mix(self, other: Self, share: f32) -> Self {
        let part = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share.clamp(0.0, 1.0)).round() as u8;
        Self(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }

    pub(crate) fn lighter(self, share: f32) -> Self {
        self.mix(Self::WHITE, share)
    }

    /// The colour in shadow: warm colours turn browner, cool ones bluer, none turns grey.
    pub(crate) fn darker(self, share: f32) -> Self {
        let keep = if self.0 >= self.2 { (0.36, 0.22, 0.20) } else { (0.16, 0.20, 0.40) };
        let part = |channel: u8, keep: f32| (f32::from(channel) * keep) as u8;
        let shadow = Self(part(self.0, keep.0), part(self.1, keep.1), part(self.2, keep.2));
        self.mix(shadow, share)
    }

    /// How bright it looks, 0 to 1.
    pub(crate) fn brightness(self) -> f32 {
        (0.299 * f32::from(self.0) + 0.587 * f32::from(self.1) + 0.114 * f32::from(self.2)) / 255.0
    }

    /// How far apart two colours look, 0 to about 765 ("redmean", a weighted Euclidean distance).
    /// <https://www.compuphase.com/cmetric.htm>
    pub(crate) fn distance(self, other: Self) -> f32 {
        let mean_red = (f32::from(self.0) + f32::from(other.0)) / 2.0;
        let square = |a: u8, b: u8| (f32::from(a) - f32::from(b)).powi(2);
        ((2.0 + mean_red / 256.0) * square(self.0, other.0)
            + 4.0 * square(self.1, other.1)
            + (2.0 + (255.0 - mean_red) / 256.0) * square(self.2, other.2))
        .sqrt()
    }

    /// The colour of a hue (0 to 360), saturation and lightness (0 to 1).
    pub(crate) fn from_hsl(hue: f32, saturation: f32, lightness: f32) -> Self {
        let chroma = saturation * lightness.min(1.0 - lightness);
        let channel = |shift: f32| {
            let k = (shift + hue / 30.0) % 12.0;
            let value = lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
            (value * 255.0).round() as u8
        };
        Self(channel(0.0), channel(8.0), channel(4.0))
    }

    /// A tint of the same family that can be seen on this colour, for quiet ornament.
    pub(crate) fn ornament(self) -> Self {
        if self.brightness() > 0.55 { self.darker(0.16) } else { self.lighter(0.22) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hue_0_is_red_and_120_is_green() {
        assert_eq!(Rgb::from_hsl(0.0, 1.0, 0.5), Rgb(255, 0, 0));
        assert_eq!(Rgb::from_hsl(120.0, 1.0, 0.5), Rgb(0, 255, 0));
    }

    #[test]
    fn mixing_half_and_half_is_the_middle() {
        assert_eq!(Rgb::BLACK.mix(Rgb::WHITE, 0.5), Rgb(128, 128, 128));
    }

    #[test]
    fn ornament_differs_from_its_ground() {
        for ground in [Rgb::WHITE, Rgb::BLACK, Rgb(128, 128, 128), Rgb(255, 0, 0)] {
            assert!(ground.distance(ground.ornament()) > 40.0, "{ground:?}");
        }
    }
}
