//! `gallery serve`: the page, on 127.0.0.1.

use super::{Exit, print_json, print_text, say_line};
use crate::Error;
use crate::aws::Connection;
use crate::cli::ServeArgs;
use crate::service::Gallery;
use crate::web::{Config, bind, serve};
use idlist::message;

pub(super) async fn run(
    gallery: Gallery,
    connection: &Connection,
    args: &ServeArgs,
    json: bool,
) -> Result<Exit, Error> {
    let failed = |what: String, error: std::io::Error| Error::File { path: what, message: error.to_string() };
    let listener = bind(args.port).await.map_err(|error| failed(format!("port {}", args.port), error))?;
    let address = listener.local_addr().map_err(|error| failed("the address".to_owned(), error))?;
    let names = gallery.aws.names.clone();
    let config = Config::new(gallery).with_command(format!("gallery{}", connection.options()));
    let page = serve(listener, config).map_err(|error| failed("the folder for thumbnails".to_owned(), error))?;
    let url = format!("http://{address}/");
    if json {
        print_json(&serde_json::json!({"url": url}));
    } else {
        let where_it_is = message!(
            "gallery-is-on",
            "The gallery of {machine} in {region}, account {account} is on {url}",
            machine = &names.state_machine,
            region = &names.region,
            account = &names.account,
            url,
        );
        print_text(&(say_line(&where_it_is) + &say_line(&message!("how-to-stop", "Ctrl-C stops."))));
    }
    page.await.map_err(|error| failed("the page".to_owned(), error))?;
    Ok(Exit::Good)
}
