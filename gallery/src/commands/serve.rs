//! `gallery serve`: the page, on 127.0.0.1.

use super::{Exit, print_json, print_text};
use crate::Error;
use crate::cli::ServeArgs;
use crate::service::Gallery;
use crate::web::{Config, router};
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

pub(super) async fn run(gallery: Gallery, args: &ServeArgs, json: bool) -> Result<Exit, Error> {
    let failed = |what: String, error: std::io::Error| Error::File { path: what, message: error.to_string() };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await;
    let listener = listener.map_err(|error| failed(format!("port {}", args.port), error))?;
    let address = listener.local_addr().map_err(|error| failed("the address".to_owned(), error))?;
    let names = gallery.aws.names.clone();
    let router = router(Config::new(gallery)).map_err(|error| failed("the folder for thumbnails".to_owned(), error))?;
    let url = format!("http://{address}/");
    if json {
        print_json(&serde_json::json!({"url": url}));
    } else {
        let stack = format!("{} in {}, account {}", names.state_machine, names.region, names.account);
        print_text(&format!("The gallery of {stack} is on {url}\nCtrl-C stops.\n"));
    }
    axum::serve(listener, router).await.map_err(|error| failed("the page".to_owned(), error))?;
    Ok(Exit::Good)
}
