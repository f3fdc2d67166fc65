//! The AWS SDK as both functions use it, decided in one place: what a Lambda needs, and nothing that costs its cold start.
//!
//! | decision | instead of | why |
//! | --- | --- | --- |
//! | region, credentials and endpoints from the environment | `aws-config` and its chain of providers | Lambda has no profile and no instance metadata; half the size of the program, no STS, SSO or profile parser in it |
//! | rustls with ring | rustls with aws-lc | aws-lc gathers entropy from CPU jitter at the first handshake, three quarters of a plain first item; ring makes a smaller program and is built in seconds |
//! | the certificate authorities of AWS, built in | the system's store | reading some 140 certificates is a tenth of a cold start, see [`Connections`] |
//! | one HTTP client for all services | one for each | one TLS configuration, made when it is first needed |
//! | HTTP/1.1, 64 KiB read at once (`http.rs`, `connect.rs`) | the SDK's own client, `aws-smithy-http-client` | that one links HTTP/2 and makes its TLS configuration anew for every service; over it an answer comes in pieces of 4 KiB |
//! | connections that are opened during init | connections opened by the first call | in its init a function has more of a processor than in its invocations, and two handshakes wait at the same time |
//! | signed requests for Bedrock and for small shared objects in S3 ([`Service`]) | the clients for them | four of the six calls of an item use nothing of those clients; without them a cold start takes an eighth less of a processor |
//! | three CRCs (`crc-fast/`) | the crate crc-fast | 0.7 MB of tables for processors without carry-less multiplication |
//!
//! Retries and time-outs are the callers': each service has its own, beside its client. Checksums are the SDK's default: CRC32, made
//! and sent with every PutObject; images are not hashed a second time for the signature (see `generator/src/store.rs`). The features of
//! the SDK's crates are in the workspace's `Cargo.toml`.

mod connect;
mod endpoint;
mod environment;
mod http;
mod service;
mod trust;

pub use aws_types::SdkConfig;
pub use endpoint::{bedrock_endpoint, configured_endpoint};
pub use environment::{config, env_credentials};
pub use http::Connections;
pub use service::{NoAnswer, Service, Signed};
