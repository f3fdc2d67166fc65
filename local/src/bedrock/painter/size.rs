//! The shapes a picture can have and how many pixels that is.

use std::fmt;
use std::str::FromStr;

/// Width to height, as the Stability models name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum AspectRatio {
    W16H9,
    #[default]
    W1H1,
    W21H9,
    W2H3,
    W3H2,
    W4H5,
    W5H4,
    W9H16,
    W9H21,
}

impl AspectRatio {
    /// Every ratio that the models take.
    pub const ALL: [Self; 9] = [
        Self::W16H9,
        Self::W1H1,
        Self::W21H9,
        Self::W2H3,
        Self::W3H2,
        Self::W4H5,
        Self::W5H4,
        Self::W9H16,
        Self::W9H21,
    ];

    /// The name that requests use, such as `16:9`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::W16H9 => "16:9",
            Self::W1H1 => "1:1",
            Self::W21H9 => "21:9",
            Self::W2H3 => "2:3",
            Self::W3H2 => "3:2",
            Self::W4H5 => "4:5",
            Self::W5H4 => "5:4",
            Self::W9H16 => "9:16",
            Self::W9H21 => "9:21",
        }
    }

    const fn parts(self) -> (u32, u32) {
        match self {
            Self::W16H9 => (16, 9),
            Self::W1H1 => (1, 1),
            Self::W21H9 => (21, 9),
            Self::W2H3 => (2, 3),
            Self::W3H2 => (3, 2),
            Self::W4H5 => (4, 5),
            Self::W5H4 => (5, 4),
            Self::W9H16 => (9, 16),
            Self::W9H21 => (9, 21),
        }
    }

    /// Pixels of a picture of about one megapixel with sides that are multiples of 64.
    const fn model_pixels(self) -> (u32, u32) {
        match self {
            Self::W16H9 => (1344, 768),
            Self::W1H1 => (1024, 1024),
            Self::W21H9 => (1536, 640),
            Self::W2H3 => (832, 1216),
            Self::W3H2 => (1216, 832),
            Self::W4H5 => (896, 1088),
            Self::W5H4 => (1088, 896),
            Self::W9H16 => (768, 1344),
            Self::W9H21 => (640, 1536),
        }
    }
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for AspectRatio {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|ratio| ratio.name() == name).ok_or(())
    }
}

/// How large pictures are painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Size {
    /// 16 pixels on the longer side: for runs that are about anything but pictures.
    Tiny,
    /// 512 pixels on the longer side: quick.
    #[default]
    Preview,
    /// About a megapixel, as the models make them.
    Model,
}

const TINY_SIDE: u32 = 16;
const PREVIEW_SIDE: u32 = 512;
const MODEL_AREA: f32 = 1024.0 * 1024.0;

impl Size {
    /// Width and height in pixels of a picture of this ratio.
    #[must_use]
    pub fn pixels(self, ratio: AspectRatio) -> (u32, u32) {
        let (width, height) = ratio.parts();
        let within = |side| (side * width / width.max(height), side * height / width.max(height));
        match self {
            Self::Tiny => within(TINY_SIDE),
            Self::Preview => within(PREVIEW_SIDE),
            Self::Model => ratio.model_pixels(),
        }
    }

    /// Width and height in pixels of a picture shaped like one of `width` by `height`.
    ///
    /// Nothing is longer than 9:21, the longest shape that the models make.
    #[must_use]
    pub fn pixels_like(self, width: u32, height: u32) -> (u32, u32) {
        let shape = (width.max(1) as f32 / height.max(1) as f32).clamp(9.0 / 21.0, 21.0 / 9.0);
        let longer = match self {
            Self::Tiny => TINY_SIDE as f32,
            Self::Preview => PREVIEW_SIDE as f32,
            Self::Model => (MODEL_AREA * shape.max(1.0 / shape)).sqrt(),
        };
        let side = |share: f32| (longer * share.min(1.0)).round() as u32;
        (side(shape), side(1.0 / shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_512_pixels_on_its_longer_side() {
        let sizes = AspectRatio::ALL.map(|ratio| Size::Preview.pixels(ratio));
        assert_eq!(
            sizes,
            [
                (512, 288),
                (512, 512),
                (512, 219),
                (341, 512),
                (512, 341),
                (409, 512),
                (512, 409),
                (288, 512),
                (219, 512)
            ]
        );
    }

    #[test]
    fn a_model_size_is_about_a_megapixel_of_the_ratio() {
        for ratio in AspectRatio::ALL {
            let (width, height) = Size::Model.pixels(ratio);
            assert!((640..=1536).contains(&width) && (640..=1536).contains(&height), "{ratio}");
            assert!((950_000..=1_080_000).contains(&(width * height)), "{ratio}");
            let (w, h) = ratio.parts();
            let error = (width as f32 / height as f32) / (w as f32 / h as f32) - 1.0;
            assert!(error.abs() < 0.04, "{ratio} {error}");
        }
    }

    #[test]
    fn a_source_keeps_its_shape_unless_it_is_too_long() {
        assert_eq!(Size::Preview.pixels_like(1000, 500), (512, 256));
        assert_eq!(Size::Preview.pixels_like(64, 64), (512, 512));
        assert_eq!(Size::Preview.pixels_like(5000, 64), (512, 219));
        assert_eq!(Size::Model.pixels_like(300, 300), (1024, 1024));
    }

    #[test]
    fn every_ratio_is_read_by_its_name() {
        for ratio in AspectRatio::ALL {
            assert_eq!(ratio.name().parse(), Ok(ratio));
        }
        assert_eq!("1:3".parse::<AspectRatio>(), Err(()));
    }
}
