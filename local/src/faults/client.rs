//! A function's side of the fault plan: an HTTP client that says whose requests they are, and does what an answer tells it to.
//!
//! The functions themselves know nothing of it: `local` starts them with the SDK on this client.

use super::{FunctionFault, share::Kind};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::HttpRequest,
};
use rustix::process::{Signal, getpid, kill_process};

/// Header of the functions' requests.
pub(crate) const FUNCTION: &str = "x-local-function";

/// Header of an answer that does something to the function: the name of a [`FunctionFault`].
pub(crate) const FAULT: &str = "x-local-fault";

/// The client on top of another.
pub(crate) fn with_faults(client: SharedHttpClient) -> SharedHttpClient {
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Connector(client.http_connector(settings, components)))
    })
}

#[derive(Debug)]
struct Connector(SharedHttpConnector);

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        // The real Bedrock is not told.
        if request.uri().starts_with("http://127.0.0.1:") {
            request.headers_mut().insert(FUNCTION, "true");
        }
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            let fault = answer.headers().get(FAULT).and_then(FunctionFault::of_name);
            fault.into_iter().for_each(inject);
            Ok(answer)
        })
    }
}

/// The process is at work on one item when this is called, in the task of its handler.
fn inject(fault: FunctionFault) {
    match fault {
        FunctionFault::Timeout => loop {
            std::thread::park();
        },
        FunctionFault::Panic => panic!("the fault plan of local says so"),
        FunctionFault::Kill => {
            // It cannot fail for a process of one's own; if it did, the function would continue.
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }
}
