//! SIGINT (Ctrl-C) and SIGTERM: the first one ends `local` in order, the second one at once.

use emulator_lambda::Functions;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Waits for SIGINT or SIGTERM.
pub(crate) struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupt {
    /// From now on the signals end nothing by themselves.
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Returns when one of them came.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Lets the functions end what they are at, since its images are paid for; until the next signal.
    pub(crate) async fn or_rest(&mut self, functions: &Functions) {
        let at_work = functions.at_work();
        if at_work > 0 {
            eprintln!("waiting for {at_work} images in the making; Ctrl-C again gives them up");
        }
        tokio::select! {
            () = functions.rest() => {}
            () = self.received() => {}
        }
    }
}
