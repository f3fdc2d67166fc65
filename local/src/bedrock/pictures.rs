//! The pictures of the answers: one painted for every request, or one for all requests of a kind.

use super::painter::{self, AspectRatio, Size, Source, SourceError};
use super::request::Order;
use idlist::{ImageFormat, models::Model};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub(super) enum PaintError {
    /// What the request wants to start from is no picture.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The painter gave up.
    #[error("the painter gave up: {0}")]
    Painter(#[from] tokio::task::JoinError),
}

/// What two requests have in common that get the same picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Kind {
    model_id: &'static str,
    aspect_ratio: Option<AspectRatio>,
    format: ImageFormat,
}

/// Paints, or has painted before.
#[derive(Debug)]
pub(super) struct Pictures {
    size: Size,
    /// Files in base64, if every kind is painted only once.
    painted: Option<Mutex<HashMap<Kind, Arc<str>>>>,
}

impl Pictures {
    pub(super) fn new(size: Size, paint_once: bool) -> Self {
        Self { size, painted: paint_once.then(Mutex::default) }
    }

    /// The file in base64. A request that names a source is painted in any case: its answer follows the source.
    ///
    /// Painting runs on tokio's blocking threads.
    pub(super) async fn base64(
        &self,
        model: &'static Model,
        order: Order,
        seed: u64,
        rank: Option<String>,
    ) -> Result<Arc<str>, PaintError> {
        let size = self.size;
        let Some(painted) = self.painted.as_ref().filter(|_| order.source.is_none()) else {
            let what = format!("asked of {}, seed {seed}", model.id);
            return in_background(move || paint(model, &order, seed, rank.as_deref(), size, &what)).await;
        };
        let kind = Kind { model_id: model.id, aspect_ratio: order.aspect_ratio, format: order.format };
        let there = painted.lock().unwrap_or_else(PoisonError::into_inner).get(&kind).cloned();
        if let Some(picture) = there {
            return Ok(picture);
        }
        // Of requests that come at the same time each may paint; they paint the same.
        let order = Order { prompt: ANY.to_owned(), negative_prompt: None, ..order };
        let what = format!("painted once for all that is asked of {}", model.id);
        let picture = in_background(move || paint(model, &order, 1, None, size, &what)).await?;
        painted.lock().unwrap_or_else(PoisonError::into_inner).insert(kind, Arc::clone(&picture));
        Ok(picture)
    }
}

/// The prompt of a picture for every prompt.
const ANY: &str = "portrait of a smiling woman, blue background";

async fn in_background(
    paint: impl FnOnce() -> Result<Arc<str>, SourceError> + Send + 'static,
) -> Result<Arc<str>, PaintError> {
    Ok(tokio::task::spawn_blocking(paint).await??)
}

fn paint(
    model: &'static Model,
    order: &Order,
    seed: u64,
    rank: Option<&str>,
    size: Size,
    what: &str,
) -> Result<Arc<str>, SourceError> {
    let source = order.source.as_ref();
    let picture = painter::paint(&painter::Request {
        prompt: &order.prompt,
        negative_prompt: order.negative_prompt.as_deref(),
        seed,
        rank,
        aspect_ratio: order.aspect_ratio,
        size,
        source: source.map(|(bytes, strength)| Source { bytes, strength: *strength as f32 }),
        model: &title(model.id),
    })?;
    let file = picture.encode(order.format, &format!("STAND-IN, not a model's picture: {what}"))?;
    Ok(base64_simd::STANDARD.encode_to_string(file).into())
}

/// `stability.stable-image-core-v1:1` as people call it: `STABLE IMAGE CORE`.
fn title(model_id: &str) -> String {
    let name = model_id.split_once('.').map_or(model_id, |(_, name)| name);
    let name = name.rsplit_once("-v").map_or(name, |(name, _)| name);
    name.to_uppercase().replace("SD3-5", "SD3.5").replace('-', " ")
}
