//! The page: routes, and what they share.

mod drafts;
mod guard;
mod home;
mod item;
mod layout;
mod live;
mod pictures;
mod redo;
mod run;
mod runs;
mod second_step;
mod sheet;
mod take;
mod text;

use crate::Error;
use crate::service::{Dropped, Gallery, Thumbnails};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use drafts::Drafts;
use guard::Token;
use live::Hub;
use moka::future::Cache;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Largest file that can be dropped on the page.
pub const MAX_UPLOAD_BYTES: usize = 64 * 1024 * 1024;

/// What the page needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    gallery: Gallery,
    concurrency: u32,
    thumbnails: PathBuf,
    patience: Duration,
    command: String,
}

/// How long a page waits for AWS before it says that there is no answer.
const PATIENCE: Duration = Duration::from_secs(15);

impl Config {
    /// The page of a stack.
    #[must_use]
    pub fn new(gallery: Gallery) -> Self {
        let thumbnails = cache_folder().join("gallery").join("thumbnails");
        Self { gallery, concurrency: 10, thumbnails, patience: PATIENCE, command: "gallery".to_owned() }
    }

    /// Items that a run works on at once, for estimates of time.
    #[must_use]
    pub fn with_concurrency(self, concurrency: u32) -> Self {
        Self { concurrency, ..self }
    }

    /// How long a page waits for AWS before it says that there is no answer; else 15 seconds.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How the command line is called for the same stack: the page shows it before verbs such as `fetch`; else `gallery`.
    #[must_use]
    pub fn with_command(self, command: String) -> Self {
        Self { command, ..self }
    }

    /// The folder for thumbnails; else one in the cache folder of whoever runs this.
    #[must_use]
    pub fn with_thumbnails(self, thumbnails: PathBuf) -> Self {
        Self { thumbnails, ..self }
    }
}

/// The answer of AWS, or that there is none.
async fn in_time<T>(patience: Duration, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |_| {
        let message = format!("there is no answer within {} s", patience.as_secs_f32());
        Error::Unreachable { action: "this page", message }
    };
    tokio::time::timeout(patience, answer).await.map_err(late)?
}

/// Where programs keep what they can make again. <https://specifications.freedesktop.org/basedir-spec/latest/>
fn cache_folder() -> PathBuf {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
}

/// What the routes share.
#[derive(Clone)]
struct App {
    gallery: Gallery,
    thumbnails: Thumbnails,
    drafts: Drafts,
    hub: Hub,
    runs: runs::Board,
    token: Token,
    /// Lists that were dropped on this page, until their executions are there.
    dropped: Cache<String, Arc<Dropped>>,
    concurrency: u32,
    command: Arc<str>,
}

/// Listens on a port of 127.0.0.1; 0 takes a free one.
///
/// # Errors
/// If the port is in use, for example.
pub async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// The page, which is served as long as the future is polled.
///
/// # Errors
/// If there is no folder for thumbnails.
pub fn serve(
    listener: TcpListener,
    config: Config,
) -> std::io::Result<impl Future<Output = std::io::Result<()>> + Send> {
    let router = router(config)?;
    Ok(async move { axum::serve(listener, router).await })
}

/// The page as a router, to be served on 127.0.0.1 alone.
///
/// # Errors
/// If there is no folder for thumbnails.
pub fn router(config: Config) -> std::io::Result<Router> {
    let Config { gallery, concurrency, thumbnails, patience, command } = config;
    let hub = Hub::new(gallery.clone(), patience);
    let app = App {
        thumbnails: Thumbnails::new(thumbnails)?,
        drafts: Drafts::default(),
        runs: runs::Board::new(gallery.clone(), hub.clone(), patience),
        hub,
        gallery,
        token: Token::new(),
        dropped: Cache::builder().max_capacity(64).time_to_live(Duration::from_secs(3600)).build(),
        concurrency,
        command: command.into(),
    };
    let changing = Router::new()
        .route("/lists", post(home::upload))
        .route("/lists/{id}/drop", post(home::drop_draft))
        .route("/lists/{id}/discard", post(home::discard))
        .route("/runs/{name}/stop", post(|app, view, name, form| run::change(run::Change::Stop, app, view, name, form)))
        .route(
            "/runs/{name}/redrive",
            post(|app, view, name, form| run::change(run::Change::Redrive, app, view, name, form)),
        )
        .route("/runs/{name}/again", post(run::drop_again))
        .route("/runs/{name}/redo", post(redo::make))
        .route("/runs/{name}/then/{step}", post(second_step::make))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES));
    let reading = Router::new()
        .route("/", get(home::page))
        .route("/events", get(home::events))
        .route("/runs/{name}", get(run::page))
        .route("/runs/{name}/events", get(run::events))
        .route("/runs/{name}/items/{index}", get(item::page))
        .route("/runs/{name}/thumbnails/{index}", get(pictures::thumbnail))
        .route("/runs/{name}/pictures/{index}", get(pictures::original))
        .route("/runs/{name}/redo", get(redo::page))
        .route("/runs/{name}/then/{step}", get(second_step::page))
        .route("/runs/{name}/pictures.zip", get(take::zip))
        .route("/runs/{name}/contact-sheet.html", get(take::contact_sheet))
        .route("/language/{code}", get(language))
        .route("/style.css", get(style))
        .route("/script.js", get(script))
        .route("/icon.svg", get(icon));
    let guarded = changing.merge(reading).fallback(layout::not_found);
    Ok(guarded.layer(axum::middleware::from_fn(guard::guard)).with_state(app))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css"))
}

async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml")], include_str!("icon.svg"))
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("script.js"))
}

#[derive(serde::Deserialize)]
struct Back {
    #[serde(default)]
    to: String,
}

/// Remembers a language and goes back to where it was chosen.
async fn language(Path(code): Path<String>, Query(back): Query<Back>) -> Response {
    let code = if code == "ja" { "ja" } else { "en" };
    let is_local = back.to.starts_with('/') && !back.to.starts_with("//") && !back.to.contains('\\');
    let mut response = Redirect::to(if is_local { &back.to } else { "/" }).into_response();
    let cookie = format!("gallery-language={code}; Path=/; Max-Age=31536000; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
