//! The gallery's page of `local up`: beside the endpoint, on this machine only, and never in its way.

use crate::local::{ask, items, local_up};

#[tokio::test]
async fn the_page_shows_what_runs_at_the_endpoint() {
    let (_data, up) = local_up(&["--gallery-port", "0"]);
    let line = up.says("gallery:").await;
    let url = line.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")).unwrap();
    let get = |path: &str| ask(url, &format!("GET {path}"), "", "").1;
    assert!(get("/").contains("No runs yet"));
    up.put_list("cards.json", &items(2)).await;
    let said = up.says(": SUCCEEDED").await;
    let name = said.split(':').next().unwrap();
    let run = get(&format!("/runs/{name}"));
    assert!(run.contains("2 of 2"), "{run}");
    let command = format!("gallery --endpoint-url {} --region us-east-1 --stack '' fetch {name}", up.url);
    assert!(run.contains(&command), "{run}");
}

#[tokio::test]
async fn the_page_is_left_out_when_its_port_is_taken_or_it_is_not_wanted() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for arguments in [&["--gallery-port", &port][..], &["--no-gallery"]] {
        let (data, up) = local_up(arguments);
        up.put_list("cards.json", &items(1)).await;
        up.says(": SUCCEEDED").await;
        assert!(!up.said().contains("gallery:"), "{}", up.said());
        assert!(!data.0.path().join("thumbnails").exists());
    }
}
