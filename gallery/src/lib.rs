//! `gallery`: drop a list, watch it, look at the pictures, make some again, take them home.
//!
//! A web page and the same verbs on the command line. What is known is in S3 and Step Functions alone, and both are asked through the
//! AWS SDK; nothing here knows whether AWS or an emulator answers.
//!
//! Another program serves the page like this. It needs no command line: `default-features = false`.
//!
//! ```no_run
//! # async fn serve(credentials: aws_credential_types::provider::SharedCredentialsProvider) -> std::io::Result<()> {
//! use gallery::{Aws, Config, Gallery, Names, bind, serve};
//!
//! let names = Names::new("000000000000".to_owned(), "us-east-1".to_owned(), "GenerateImages".to_owned());
//! let gallery = Gallery::new(Aws::at_endpoint("http://127.0.0.1:4566", credentials, names));
//! serve(bind(4567).await?, Config::new(gallery))?.await
//! # }
//! ```

mod aws;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod commands;
mod error;
mod model;
mod say;
mod service;
mod web;

#[cfg(feature = "cli")]
pub use aws::Connection;
pub use aws::{Aws, Names};
#[cfg(feature = "cli")]
pub use commands::main;
pub use error::Error;
pub use service::Gallery;
pub use web::{Config, MAX_UPLOAD_BYTES, bind, router, serve};
