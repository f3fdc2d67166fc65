//! The pictures of the answers: one drawn for every request, or one for all requests of a kind.

use super::card::{self, Card};
use super::encode::encode;
use super::error::{BedrockError, Refusal};
use super::item::ItemName;
use super::request::{self, Order};
use super::size::{AspectRatio, Size};
use super::{services, source};
use idlist::ImageFormat;
use idlist::models::{Model, PictureRole, Start};
use image::DynamicImage;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What two requests have in common that get the same picture: model, shape and format.
type PictureKind = (&'static str, Option<AspectRatio>, ImageFormat);

/// Draws pictures, or returns those that it has drawn.
#[derive(Debug)]
pub(super) struct Pictures {
    pub(super) size: Size,
    /// Files in base64, if every kind is drawn only once.
    pub(super) drawn: Option<Mutex<HashMap<PictureKind, Arc<str>>>>,
}

impl Pictures {
    /// The file in base64. A request with pictures gets one of its own in any case: it shows them.
    ///
    /// Pictures are drawn on tokio's blocking threads.
    pub(super) async fn base64(
        &self,
        model: &'static Model,
        order: Order,
        seed: u64,
        item: ItemName,
    ) -> Result<Arc<str>, Refusal> {
        let size = self.size;
        let Some(drawn) = self.drawn.as_ref().filter(|_| order.pictures.is_empty()) else {
            return in_background(move || draw(model, &order, Some(seed), &item, size)).await;
        };
        let kind = (model.id, order.aspect_ratio, order.format);
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

async fn in_background(draw: impl FnOnce() -> Result<Arc<str>, Refusal> + Send + 'static) -> Result<Arc<str>, Refusal> {
    tokio::task::spawn_blocking(draw).await.map_err(|_| BedrockError::INTERNAL_SERVER)?
}

/// Without a seed, the picture stands for every request.
fn draw(model: &Model, order: &Order, seed: Option<u64>, item: &ItemName, size: Size) -> Result<Arc<str>, Refusal> {
    let mut pictures = HashMap::new();
    for given in &order.pictures {
        let image = source::decode(&given.file, given.limits);
        let image = image.map_err(|error| request::malformed(&format!("#/{}: {error}", given.name)))?;
        pictures.insert(given.role, image);
    }
    let prompt: String = order.prompt.chars().take(MOST_PROMPT_CHARS).collect();
    let title = short_name(model.id);
    let picture = if model.start == Start::Image {
        services::draw(model.name, &title, &prompt, order.margins, &pictures)
    } else {
        DynamicImage::ImageRgb8(card::draw(&Card {
            id: item.id.as_deref(),
            rank: item.rank.as_deref(),
            model: &title,
            prompt: &prompt,
            seed,
            aspect_ratio: order.aspect_ratio,
            size,
            source: pictures.get(&PictureRole::Source).map(|image| (image, order.strength)),
        }))
    };
    let seed = seed.map_or_else(|| "any seed".to_owned(), |seed| format!("seed {seed}"));
    let description = format!("STAND-IN, not a model's picture: asked of {}, {seed}", model.id);
    let file = encode(&picture, order.format, &description).map_err(|_| BedrockError::INTERNAL_SERVER)?;
    Ok(base64_simd::STANDARD.encode_to_string(file).into())
}

/// `stability.stable-image-core-v1:1` as people call it: `Stable Image Core`.
fn short_name(model_id: &str) -> String {
    let name = model_id.rsplit_once('.').map_or(model_id, |(_, name)| name);
    let name = name.rsplit_once("-v").map_or(name, |(name, _)| name).replace("sd3-5", "SD3.5");
    let capital = |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    name.split('-').map(capital).collect::<Vec<String>>().join(" ")
}
