//! The gallery's page of `local up`: a client of the endpoint like any other, on a port of its own.

use crate::pipeline::{ACCOUNT, Pipeline, REGION, STATE_MACHINE};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use gallery::{Aws, Config, Gallery, Names, bind, serve};
use std::io;
use std::net::SocketAddr;
use tokio_util::task::AbortOnDropHandle;

/// The folder for thumbnails in the data folder.
const THUMBNAILS: &str = "thumbnails";

/// The page, which is served until this is dropped.
pub(super) struct Page {
    pub(super) address: SocketAddr,
    _task: AbortOnDropHandle<io::Result<()>>,
}

impl Page {
    /// Serves the page on a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// If the port is in use, for example.
    pub(super) async fn start(pipeline: &Pipeline, port: u16, concurrency: u32) -> io::Result<Self> {
        let listener = bind(port).await?;
        let address = listener.local_addr()?;
        let url = format!("http://{}", pipeline.address);
        // The endpoints take any.
        let credentials = SharedCredentialsProvider::new(Credentials::new("local", "local", None, None, "local"));
        let names = Names::new(ACCOUNT.to_owned(), REGION.to_owned(), STATE_MACHINE.to_owned());
        let command = format!(
            "AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any gallery --endpoint-url {url} --region {REGION} --stack ''"
        );
        let config = Config::new(Gallery::new(Aws::at_endpoint(&url, credentials, names)))
            .with_concurrency(concurrency)
            .with_thumbnails(pipeline.data.join(THUMBNAILS))
            .with_command(command);
        Ok(Self { address, _task: AbortOnDropHandle::new(tokio::spawn(serve(listener, config)?)) })
    }
}
