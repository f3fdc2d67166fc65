//! A client of the page, without a network.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// The page, without a network.
pub(crate) struct Page(
    pub(crate) Router,
    #[expect(dead_code, reason = "it goes with the page")] pub(crate) tempfile::TempDir,
);

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.bytes).unwrap()
    }

    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").map(|value| value.to_str().unwrap()).unwrap_or_else(|| panic!("{}", self.text()))
    }
}

impl Page {
    pub(crate) async fn send(&self, request: axum::http::Request<axum::body::Body>) -> Answer {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = axum::http::Request::builder().uri(path).header("host", "127.0.0.1:1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(axum::body::Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        let request = axum::http::Request::post(path)
            .header("host", "127.0.0.1:1")
            .header("origin", "http://127.0.0.1:1")
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(form.to_owned().into()).unwrap()).await
    }

    pub(crate) async fn token(&self) -> String {
        let page = self.get("/").await;
        let after = page.text().split_once("name=\"token\" value=\"").unwrap().1;
        after.split('"').next().unwrap().to_owned()
    }

    /// Uploads a file as the form does.
    pub(crate) async fn upload(&self, file: &str, bytes: &[u8]) -> Answer {
        let token = self.token().await;
        let mut body = format!("--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n").into_bytes();
        body.extend(
            format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\r\n").bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n--b--\r\n");
        let request = axum::http::Request::post("/lists")
            .header("host", "127.0.0.1:1")
            .header("content-type", "multipart/form-data; boundary=b");
        self.send(request.body(body.into()).unwrap()).await
    }

    /// The first event of a stream, without waiting for its end.
    pub(crate) async fn first_event(&self, path: &str) -> String {
        let request = axum::http::Request::builder().uri(path).header("host", "127.0.0.1:1");
        let response = self.0.clone().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        let mut body = response.into_body();
        let mut text = String::new();
        while !text.contains("\n\n") {
            let frame = body.frame().await.unwrap().unwrap();
            text += str::from_utf8(&frame.into_data().unwrap()).unwrap();
        }
        text
    }
}
