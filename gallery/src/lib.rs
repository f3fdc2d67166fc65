//! `gallery`: drop a list, watch it, look at the pictures, make some again, take them home.
//!
//! A web page and the same verbs on the command line. What is known is in S3 and Step Functions alone, and both are asked through the
//! AWS SDK; nothing here knows whether AWS or an emulator answers.
//!
//! Another program serves the page like this, on 127.0.0.1 alone:
//!
//! ```no_run
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! use gallery::{Aws, Config, Connection, Gallery, router};
//!
//! let connection = Connection { stack: "id-list-images".to_owned(), ..Connection::default() };
//! let router = router(Config::new(Gallery::new(Aws::connect(&connection).await?)))?;
//! axum::serve(tokio::net::TcpListener::bind("127.0.0.1:4570").await?, router).await?;
//! # Ok(())
//! # }
//! ```

mod aws;
mod cli;
mod commands;
mod error;
mod model;
mod service;
mod web;

pub use aws::{Aws, Connection, Names};
pub use commands::main;
pub use error::Error;
pub use service::Gallery;
pub use web::{Config, MAX_UPLOAD_BYTES, router};
