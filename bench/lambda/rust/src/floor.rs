//! What the floors of the generator share: Lambda's Runtime API in as little as it takes, and the image in the model's answer.

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use std::env;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

pub(crate) type Problem = Box<dyn std::error::Error>;
pub(crate) type Sender = http1::SendRequest<Full<Bytes>>;

/// Answers one event after the other. <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
pub(crate) async fn serve(mut answer: impl AsyncFnMut(&[u8]) -> Result<String, Problem>) -> Result<(), Problem> {
    let runtime_api = env::var("AWS_LAMBDA_RUNTIME_API")?;
    let mut lambda = over(TcpStream::connect(&runtime_api).await?).await?;
    loop {
        let next = Request::get("/2018-06-01/runtime/invocation/next").header("host", &runtime_api);
        let invocation = send(&mut lambda, next.body(Full::default())?).await?;
        let id = invocation.headers()["lambda-runtime-aws-request-id"].to_str()?.to_owned();
        let answer = answer(&collected(invocation).await?).await?;
        let path = format!("/2018-06-01/runtime/invocation/{id}/response");
        let request = Request::post(path).header("host", &runtime_api).body(Full::from(answer))?;
        collected(send(&mut lambda, request).await?).await?;
    }
}

pub(crate) async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<Sender, Problem> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

pub(crate) async fn send(sender: &mut Sender, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Problem> {
    sender.ready().await?;
    Ok(sender.send_request(request).await?)
}

pub(crate) async fn collected(answer: Response<Incoming>) -> Result<BytesMut, Problem> {
    let length = answer.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    let mut bytes = BytesMut::with_capacity(length.unwrap_or_default());
    let mut body = answer.into_body();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

/// The image in an answer of the model, decoded where it lies.
pub(crate) fn image(mut answer: BytesMut) -> Result<BytesMut, Problem> {
    let field = br#""images":[""#;
    let begin = memchr::memmem::find(&answer, field).ok_or("no image")? + field.len();
    let end = begin + memchr::memchr(b'"', &answer[begin..]).ok_or("no end of the image")?;
    let mut image = answer.split_off(begin);
    let length = base64_simd::STANDARD.decode_inplace(&mut image[..end - begin])?.len();
    image.truncate(length);
    Ok(image)
}
