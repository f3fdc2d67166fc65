//! The gallery's page of `local up`: beside the endpoint, on this machine only, and never in its way.

use crate::local::{Data, Up, items};
use std::io::{Read, Write};
use std::net::TcpStream;

/// The answer of the page at an address such as `http://127.0.0.1:1/`.
fn get(url: &str, path: &str) -> String {
    let authority = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(authority).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

async fn page(up: &Up) -> String {
    let line = up.says("gallery:").await;
    line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned()
}

#[tokio::test]
async fn the_page_shows_what_runs_at_the_endpoint() {
    let data = Data::new();
    let up = data.up(&["--gallery-port", "0"]);
    let url = page(&up).await;
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert!(get(&url, "/").contains("No runs yet"));
    up.clients().put_list("cards.json", &items(2)).await;
    let said = up.says(": SUCCEEDED").await;
    let name = said.split(':').next().unwrap();
    let run = get(&url, &format!("/runs/{name}"));
    assert!(run.contains("2 of 2"), "{run}");
    assert!(
        run.contains(&format!("gallery --endpoint-url {} --region us-east-1 --stack '' fetch {name}", up.url)),
        "{run}"
    );
}

#[tokio::test]
async fn a_port_that_is_taken_leaves_only_the_page_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let data = Data::new();
    let up = data.up(&["--gallery-port", &port]);
    up.says("Ctrl-C stops").await;
    assert!(!up.said().contains("gallery:"), "{}", up.said());
    up.clients().put_list("cards.json", &items(1)).await;
    up.says(": SUCCEEDED").await;
}

#[tokio::test]
async fn the_page_can_be_left_out() {
    let data = Data::new();
    let up = data.up(&["--no-gallery"]);
    up.says("Ctrl-C stops").await;
    assert!(!up.said().contains("gallery:"), "{}", up.said());
    assert!(!data.0.path().join("thumbnails").exists());
}
