//! S3 over HTTP: the endpoint that the AWS CLI and the AWS SDKs talk to.
//!
//! The crate `s3s` speaks the protocol: it tells operations apart, parses requests and writes answers. What lies
//! before it is [`request`], what lies behind it [`service`].
//!
//! Signatures are not checked: any access key and any secret is accepted, also none, and presigned URLs do not expire.
//! The endpoint belongs to the one person who started it, whose files these are anyway; a key to agree upon would
//! protect nothing and be one more thing to set up.

mod body;
mod convert;
mod lists;
mod objects;
mod payload;
mod request;
mod service;
#[cfg(test)]
mod tests;
mod uploads;

use bytes::Bytes;
use hyper::body::Body as HttpBody;
use hyper::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use s3s::Body;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};

use crate::Store;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");

/// Serves a [`Store`] as S3.
#[derive(Debug, Clone)]
pub struct S3Endpoint {
    service: S3Service,
}

impl S3Endpoint {
    /// An endpoint for this store that says it is in this region.
    ///
    /// It answers path-style requests under every host name. Which host names are allowed, and which of them hold a
    /// bucket, is for the caller to decide.
    pub fn new(store: Store, region: impl Into<String>) -> Self {
        let mut builder = S3ServiceBuilder::new(service::Service { store, region: region.into() });
        builder.set_validation(service::AnyName);
        // Nobody has to sign. `s3s` asks for access only where there is somebody who could.
        builder.set_auth(SimpleAuth::new());
        builder.set_access(service::Offered);
        Self { service: builder.build() }
    }

    /// Answers one request. Errors are answers too.
    pub async fn call<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
        B::Error: std::error::Error + Send + Sync + 'static,
    {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let answer = match request::prepare(request) {
            Ok(request) => self.service.call(request).await,
            Err(error) => error.to_http_response().map_err(|error| s3s::HttpError::new(Box::new(error))),
        };
        let mut response = match answer {
            Ok(response) if service::is_unknown_operation(&response) => {
                service::unknown_operation(&method, &uri).to_http_response().unwrap_or(response)
            }
            Ok(response) => response,
            Err(error) => {
                tracing::error!(?error, "no answer could be written");
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        };
        if response.status() == StatusCode::NOT_MODIFIED {
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_TYPE);
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        // `s3s` does so for GetObject, but not for HeadObject.
        if response.status() == StatusCode::OK && response.headers().contains_key(CONTENT_RANGE) {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        let id = uuid::Uuid::new_v4().simple().to_string().to_ascii_uppercase();
        if let Ok(id) = HeaderValue::try_from(&id[..16]) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}
