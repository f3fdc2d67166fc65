//! The pictures of the answers: one drawn for every request, or one for all requests of a kind.

use super::card::{self, Card};
use super::encode::encode;
use super::item::ItemName;
use super::request::Order;
use super::services;
use super::size::{AspectRatio, Size};
use super::source::{self, SourceError};
use idlist::ImageFormat;
use idlist::models::{Model, PictureRole, Start};
use image::DynamicImage;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub(super) enum PictureError {
    /// What the request has under this name is not a picture, or not one that the model takes.
    #[error("{name}: {error}")]
    Source { name: &'static str, error: SourceError },
    /// The encoder failed.
    #[error(transparent)]
    Encoding(#[from] image::ImageError),
    /// The thread that draws panicked.
    #[error("the card was not drawn: {0}")]
    Drawing(#[from] tokio::task::JoinError),
}

/// What two requests have in common that get the same picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PictureKind {
    model_id: &'static str,
    aspect_ratio: Option<AspectRatio>,
    format: ImageFormat,
}

/// Draws pictures, or returns those that it has drawn.
#[derive(Debug)]
pub(super) struct Pictures {
    size: Size,
    /// Files in base64, if every kind is drawn only once.
    drawn: Option<Mutex<HashMap<PictureKind, Arc<str>>>>,
}

impl Pictures {
    pub(super) fn new(size: Size, draw_once: bool) -> Self {
        Self { size, drawn: draw_once.then(Mutex::default) }
    }

    /// The file in base64. A request with pictures gets one of its own in any case: it shows them.
    ///
    /// Pictures are drawn on tokio's blocking threads.
    pub(super) async fn base64(
        &self,
        model: &'static Model,
        order: Order,
        seed: u64,
        item: ItemName,
    ) -> Result<Arc<str>, PictureError> {
        let size = self.size;
        let Some(drawn) = self.drawn.as_ref().filter(|_| order.pictures.is_empty()) else {
            return in_background(move || draw(model, &order, Some(seed), &item, size)).await;
        };
        let kind = PictureKind { model_id: model.id, aspect_ratio: order.aspect_ratio, format: order.format };
        let there = drawn.lock().unwrap_or_else(PoisonError::into_inner).get(&kind).cloned();
        if let Some(picture) = there {
            return Ok(picture);
        }
        // Of requests that come at the same time each may draw; they draw the same.
        let order = Order { prompt: ANY.to_owned(), ..order };
        let picture = in_background(move || draw(model, &order, None, &ItemName::default(), size)).await?;
        drawn.lock().unwrap_or_else(PoisonError::into_inner).insert(kind, Arc::clone(&picture));
        Ok(picture)
    }
}

/// A card shows the beginning of a prompt; what comes later is not searched for colours either, which takes milliseconds.
const MOST_PROMPT_CHARS: usize = 2_000;

/// Stands in the place of the prompt on a picture for every prompt.
const ANY: &str = "one picture for every prompt";

async fn in_background(
    draw: impl FnOnce() -> Result<Arc<str>, PictureError> + Send + 'static,
) -> Result<Arc<str>, PictureError> {
    tokio::task::spawn_blocking(draw).await?
}

/// Without a seed, the picture stands for every request.
fn draw(
    model: &Model,
    order: &Order,
    seed: Option<u64>,
    item: &ItemName,
    size: Size,
) -> Result<Arc<str>, PictureError> {
    let decode = |given: &super::request::Given| match source::decode(&given.file, given.limits) {
        Ok(image) => Ok((given.picture, image)),
        Err(error) => Err(PictureError::Source { name: given.name, error }),
    };
    let pictures = order.pictures.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    let of_kind = |kind: PictureRole| pictures.iter().find(|(picture, _)| *picture == kind).map(|(_, image)| image);
    let prompt: String = order.prompt.chars().take(MOST_PROMPT_CHARS).collect();
    let picture = match (model.start, of_kind(PictureRole::Source)) {
        (Start::Image, Some(source)) => services::draw(&services::Job {
            service: model.name,
            title: &short_name(model.id),
            prompt: &prompt,
            margins: order.margins,
            source,
            mask: of_kind(PictureRole::Mask),
            style: of_kind(PictureRole::Style),
        }),
        (_, source) => DynamicImage::ImageRgb8(card::draw(&Card {
            id: item.id.as_deref(),
            rank: item.rank.as_deref(),
            model: &short_name(model.id),
            prompt: &prompt,
            seed,
            aspect_ratio: order.aspect_ratio,
            size,
            source: source.map(|image| (image, order.strength)),
        })),
    };
    let seed = seed.map_or_else(|| "any seed".to_owned(), |seed| format!("seed {seed}"));
    let description = format!("STAND-IN, not a model's picture: asked of {}, {seed}", model.id);
    let file = encode(&picture, order.format, &description)?;
    Ok(base64_simd::STANDARD.encode_to_string(file).into())
}

/// `stability.stable-image-core-v1:1` as people call it: `Stable Image Core`.
fn short_name(model_id: &str) -> String {
    let name = model_id.rsplit_once('.').map_or(model_id, |(_, name)| name);
    let name = name.rsplit_once("-v").map_or(name, |(name, _)| name).replace("sd3-5", "SD3.5");
    let capital = |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    name.split('-').map(capital).collect::<Vec<String>>().join(" ")
}
