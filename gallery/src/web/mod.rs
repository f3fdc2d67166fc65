//! stub
use crate::service::Gallery;
/// x
pub struct Config {
    #[allow(dead_code)]
    gallery: Gallery,
}
impl Config {
    pub(crate) fn new(gallery: Gallery) -> Self {
        Self { gallery }
    }
}
/// x
pub fn router(_: Config) -> std::io::Result<axum::Router> {
    Ok(axum::Router::new())
}
