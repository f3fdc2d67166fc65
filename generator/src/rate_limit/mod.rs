//! The rate limiter of a model.
mod s3_store;
pub use s3_store::{RATE_LIMITS, S3Store};
use serde::{Deserialize, Serialize};
/// A slot.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(f64);
/// A decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision {
    /// now
    Proceed,
    /// later
    RetryAfter {
        /// s
        seconds: u64,
        /// s
        slot: Option<Slot>,
    },
}
/// The store.
pub trait Store: Send + Sync {
    /// v
    type Version: Send;
    /// e
    type Error: std::fmt::Display;
    /// n
    fn now(&self) -> f64;
    /// r
    fn read(
        &self,
        model_id: &str,
    ) -> impl Future<Output = Result<Option<(Vec<u8>, Self::Version)>, Self::Error>> + Send;
    /// w
    fn write(
        &self,
        model_id: &str,
        seen: Option<&Self::Version>,
        state: Vec<u8>,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}
/// The limiter.
#[derive(Debug)]
pub struct RateLimiter<S> {
    store: S,
}
impl<S: Store> RateLimiter<S> {
    /// n
    pub fn new(store: S, _images_per_minute: Option<f64>) -> Self {
        Self { store }
    }
    /// n
    pub fn now(&self) -> f64 {
        self.store.now()
    }
    /// a
    pub async fn acquire(&self, model_id: &str, _slot: Option<Slot>, _deadline: f64) -> Result<Decision, S::Error> {
        self.store.read(model_id).await?;
        Ok(Decision::Proceed)
    }
    /// t
    pub async fn throttled(&self, _model_id: &str, _sent_at: f64) -> Result<Decision, S::Error> {
        Ok(Decision::RetryAfter { seconds: 5, slot: Some(Slot(1.0)) })
    }
}
