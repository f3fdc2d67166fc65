//! The painter: a picture that follows the prompt, plainly marked as no model's work.
//!
//! The same request always gives the same bytes. Painting is pure computation, so call it through
//! `tokio::task::spawn_blocking` in an async program. In a release build, on two busy threads of a 2026 cloud machine, a
//! portrait of 512 x 512 pixels took about 11 ms of CPU time to paint, and 8 ms to write as JPEG, 2 ms as PNG, 4 ms as WebP.

mod backdrop;
mod canvas;
mod caption;
mod chance;
mod encode;
mod frame;
mod lettering;
mod motif;
mod path_data;
mod portrait;
mod prompt;
mod rank;
mod rgb;
mod size;
mod source;
#[cfg(test)]
mod tests;

pub use rgb::Rgb;
pub use size::{AspectRatio, Size};
pub use source::{Source, SourceError};

pub(crate) use chance::hash;

use canvas::Canvas;
use caption::Caption;
use idlist::ImageFormat;
use prompt::{Subject, Wish};
use rank::Frame;
use tiny_skia::Pixmap;

/// What to paint.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// What shall be in the picture.
    pub prompt: &'a str,
    /// What shall not be in the picture: colours, hats, glasses and their like are left out.
    pub negative_prompt: Option<&'a str>,
    /// Decides all that the prompt leaves open.
    pub seed: u64,
    /// The item's rank; decides the frame.
    pub rank: Option<&'a str>,
    /// Width to height; without it that of the source, else 1:1.
    pub aspect_ratio: Option<AspectRatio>,
    /// How many pixels.
    pub size: Size,
    /// The picture to start from, if any.
    pub source: Option<Source<'a>>,
    /// The model's name as the caption prints it.
    pub model: &'a str,
}

/// A painted picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pixmap: Pixmap,
}

/// Paints what `request` asks for.
///
/// # Errors
///
/// [`SourceError`] if the source cannot be read.
pub fn paint(request: &Request<'_>) -> Result<Picture, SourceError> {
    let source = request
        .source
        .map(|source| Ok::<_, SourceError>((source::decode(source.bytes)?, source.strength)))
        .transpose()?;
    let (width, height) = match (request.aspect_ratio, &source) {
        (Some(ratio), _) => request.size.pixels(ratio),
        (None, Some((image, _))) => request.size.pixels_like(image.width(), image.height()),
        (None, None) => request.size.pixels(AspectRatio::default()),
    };
    let mut canvas = Canvas::new(width, height);
    let frame = Frame::of(request.rank);
    let caption = Caption::new(request.model, &canvas, frame::inset(&frame, &canvas));
    paint_subject(&mut canvas, request, &caption);
    caption.paint(&mut canvas);
    frame::paint(&mut canvas, &frame, caption.top());
    if let Some((image, strength)) = source
        && strength < 1.0
    {
        let image = source::cover(&image, width, height);
        source::blend(canvas.pixmap_mut(), &image, strength);
        caption.paint(&mut canvas);
    }
    Ok(Picture { pixmap: canvas.into_pixmap() })
}

/// The largest share of the picture's sides that the subject's square takes.
const PORTRAIT_SCALE: (f32, f32) = (1.0 / 0.92, 1.0 / 0.98);
const MOTIF_SCALE: (f32, f32) = (1.0 / 1.1, 1.0 / 1.06);

fn paint_subject(canvas: &mut Canvas, request: &Request<'_>, caption: &Caption) {
    let seed = request.seed;
    let wish = Wish::read(request.prompt, request.negative_prompt);
    let background = backdrop::color(&wish, seed);
    let (width, height) = (canvas.width(), caption.top());
    let person = (wish.subject == Subject::Person).then(|| portrait::Person::new(&wish, seed, background));
    let (across, down) = if person.is_some() { PORTRAIT_SCALE } else { MOTIF_SCALE };
    let unit = (width * across).min(height * down) / 100.0;
    let left = width / 2.0 - 50.0 * unit;
    let spare = (height - 100.0 * unit).max(0.0);
    let top = match &person {
        Some(person) => spare * 0.3 + unit * person.headroom(),
        None => (height - 100.0 * unit) / 2.0 + unit,
    };
    let heart = (width / 2.0, top + 46.0 * unit);
    backdrop::paint(canvas, &wish, seed, background, heart, unit);
    canvas.place(left, top, unit);
    if let Some(person) = person {
        portrait::paint(canvas, &person);
    } else {
        let bottom = (canvas.height() - top) / unit;
        let view = [-left / unit, -top / unit, (width - left) / unit, bottom];
        motif::paint(canvas, &wish, seed, background, view);
    }
}

impl Picture {
    /// Pixels from left to right.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.pixmap.width()
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.pixmap.height()
    }

    /// The colour at a place, counted from the top left; `None` outside.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<Rgb> {
        let pixel = self.pixmap.pixel(x, y)?;
        Some(Rgb(pixel.red(), pixel.green(), pixel.blue()))
    }

    /// The picture as a file whose EXIF image description is `description` (ASCII).
    ///
    /// # Errors
    ///
    /// [`image::ImageError`] if the encoder fails; it writes to memory and has no reason to.
    pub fn encode(&self, format: ImageFormat, description: &str) -> image::ImageResult<Vec<u8>> {
        let mut rgb = Vec::with_capacity(self.pixmap.data().len() / 4 * 3);
        for pixel in self.pixmap.data().chunks_exact(4) {
            rgb.extend_from_slice(&pixel[..3]);
        }
        encode::encode(&rgb, (self.width(), self.height()), format, description)
    }
}
