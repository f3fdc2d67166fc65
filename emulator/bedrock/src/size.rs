//! The aspect ratios that the models take, and how many pixels a picture has.

use std::fmt;

/// Width to height, as the Stability models name it: `16:9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct AspectRatio(u32, u32);

/// Every ratio, with the pixels of a picture of about one megapixel whose sides are multiples of 64.
const RATIOS: [(AspectRatio, (u32, u32)); 9] = [
    (AspectRatio(16, 9), (1344, 768)),
    (AspectRatio::SQUARE, (1024, 1024)),
    (AspectRatio(21, 9), (1536, 640)),
    (AspectRatio(2, 3), (832, 1216)),
    (AspectRatio(3, 2), (1216, 832)),
    (AspectRatio(4, 5), (896, 1088)),
    (AspectRatio(5, 4), (1088, 896)),
    (AspectRatio(9, 16), (768, 1344)),
    (AspectRatio(9, 21), (640, 1536)),
];

impl AspectRatio {
    /// The ratio of a request that names none.
    pub(super) const SQUARE: Self = Self(1, 1);

    /// The ratio of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::all().find(|ratio| ratio.to_string() == name)
    }

    /// Every ratio that the models take.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        RATIOS.into_iter().map(|(ratio, _)| ratio)
    }
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

/// How many pixels a picture has.
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
    pub(super) fn pixels(self, ratio: AspectRatio) -> (u32, u32) {
        let AspectRatio(width, height) = ratio;
        let within = |side| (side * width / width.max(height), side * height / width.max(height));
        match self {
            Self::Tiny => within(TINY_SIDE),
            Self::Preview => within(PREVIEW_SIDE),
            Self::Model => RATIOS.into_iter().find(|(known, _)| *known == ratio).map_or((1024, 1024), |(_, size)| size),
        }
    }

    /// Width and height in pixels of a picture shaped like one of `width` by `height`.
    ///
    /// Nothing is longer than 9:21, the longest shape that the models make.
    pub(super) fn pixels_like(self, width: u32, height: u32) -> (u32, u32) {
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
    use idlist::models::{Kind, MODELS};

    #[test]
    fn sizes_keep_the_ratio_at_512_pixels_or_about_a_megapixel() {
        for ratio in AspectRatio::all() {
            let expected = ratio.0 as f32 / ratio.1 as f32;
            let (width, height) = Size::Preview.pixels(ratio);
            assert_eq!(width.max(height), 512, "{ratio}");
            assert!((width as f32 / height as f32 / expected - 1.0).abs() < 0.003, "{ratio}");
            let (width, height) = Size::Model.pixels(ratio);
            assert!((640..=1536).contains(&width) && (640..=1536).contains(&height), "{ratio}");
            assert!((950_000..=1_080_000).contains(&(width * height)), "{ratio}");
            assert!((width as f32 / height as f32 / expected - 1.0).abs() < 0.04, "{ratio}");
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
    fn reads_every_ratio_of_every_model_by_its_name() {
        for model in MODELS {
            if let Some(Kind::Choice { values, .. }) = model.parameter_of("aspectRatio").map(|it| &it.kind) {
                assert!(values.iter().all(|name| AspectRatio::named(name).is_some()), "{}", model.name);
            }
        }
        assert_eq!(AspectRatio::named("1:3"), None);
    }
}
