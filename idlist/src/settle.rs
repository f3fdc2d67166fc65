//! Settles the items that wait: counts each, or finds that its destination is that of an earlier one. In a long list this is a third of
//! the work, and done on a thread of its own.

use std::io;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::counts::Counts;
use crate::destinations::Destinations;
use crate::listed::Listed;
use crate::problem::{FieldProblem, ProblemKind};
use crate::waiting::{Waiting, WaitingItem};

/// Loads that may lie before the thread.
const LOADS_AHEAD: usize = 4;

/// What came of the items that waited.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) counts: Counts,
    pub(crate) duplicates: Listed,
}

/// Takes loads of items that wait.
#[derive(Debug, Default)]
pub(crate) struct Settler {
    work: Arc<Mutex<Work>>,
    loads: u64,
    thread: Option<Thread>,
}

#[derive(Debug, Default)]
struct Work {
    destinations: Destinations,
    settled: Settled,
}

#[derive(Debug)]
struct Thread {
    loads: SyncSender<Waiting>,
    emptied: Receiver<Waiting>,
    handle: JoinHandle<()>,
}

impl Settler {
    /// Settles a load of items, and empties it.
    pub(crate) fn take(&mut self, waiting: &mut Waiting) {
        self.loads += 1;
        // A list of one load is not worth a thread. Without one, or without a processor for it, the work is done here.
        if self.loads == 2 && thread::available_parallelism().is_ok_and(|processors| processors > NonZero::<usize>::MIN)
        {
            self.thread = Thread::start(&self.work).ok();
        }
        match &self.thread {
            Some(thread) => thread.take(waiting),
            None => lock(&self.work).settle(waiting),
        }
    }

    /// Settles the last load, and says what came of all.
    pub(crate) fn finish(self, mut last: Waiting) -> Settled {
        if let Some(Thread { loads, handle, .. }) = self.thread {
            drop(loads);
            handle.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        let mut work = lock(&self.work);
        work.settle(&mut last);
        std::mem::take(&mut work.settled)
    }
}

impl Thread {
    fn start(work: &Arc<Mutex<Work>>) -> io::Result<Self> {
        let (loads, to_settle) = sync_channel::<Waiting>(LOADS_AHEAD);
        let (empty, emptied) = sync_channel(LOADS_AHEAD);
        let work = Arc::clone(work);
        let settle = move || {
            for mut waiting in to_settle {
                lock(&work).settle(&mut waiting);
                // Nobody wants it back when there is one too many, or the list has ended.
                let _ = empty.try_send(waiting);
            }
        };
        let handle = thread::Builder::new().name("destinations".into()).spawn(settle)?;
        Ok(Self { loads, emptied, handle })
    }

    fn take(&self, waiting: &mut Waiting) {
        let empty = self.emptied.try_recv().unwrap_or_default();
        // The thread takes loads until it panics, which `finish` passes on.
        let _ = self.loads.send(std::mem::replace(waiting, empty));
    }
}

impl Work {
    fn settle(&mut self, waiting: &mut Waiting) {
        let Settled { counts, duplicates } = &mut self.settled;
        waiting.settle(&mut self.destinations, |item, first| match first {
            Some(first) => duplicates.add(item.index(), item.start(), Some(item.id()), duplicate(&item, first)),
            None => counts.add(item.model(), item.used_model(), item.rank()),
        });
        waiting.clear();
    }
}

fn lock(work: &Mutex<Work>) -> MutexGuard<'_, Work> {
    work.lock().unwrap_or_else(PoisonError::into_inner)
}

fn duplicate(item: &WaitingItem<'_>, first: u32) -> FieldProblem {
    let destination = format!("s3://{}", item.destination());
    let message =
        format!("{destination:?} is the destination of item {first} too; give one of them another id or rank");
    FieldProblem { field: None, kind: ProblemKind::DuplicateDestination, message }
}
