//! The log of an execution: what a later process needs to know it and to carry it on.
//!
//! One JSON line for everything that happens, written at once and never changed, so a kill can tear only the last one.
//! Nothing is forced to the disk: a kill of the process loses nothing, a failure of the machine may lose the latest lines,
//! and then the execution goes on from an earlier point.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::journal::map_run_record::MapRunRecord;
use crate::model::event::{Event, EventKind};

/// The log of an execution that runs.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    bytes: u64,
    /// A line could not be written.
    pub(crate) failed: bool,
}

/// What a log says.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) name: String,
    /// At least the start of the execution.
    pub(crate) events: Vec<Event>,
    /// The latest of every Map Run, in the order of their start.
    pub(crate) map_runs: Vec<MapRunRecord>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line<'a> {
    Execution { name: Cow<'a, str> },
    Event(Cow<'a, Event>),
    MapRun(Cow<'a, MapRunRecord>),
}

impl Log {
    /// Begins the log of a new execution.
    pub(crate) fn create(path: &Path, name: &str) -> io::Result<Self> {
        File::create(path)?;
        let mut log = Self::open(path)?;
        log.try_write(&Line::Execution { name: name.into() })?;
        Ok(log)
    }

    /// Goes on with a log.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).open(path)?;
        let bytes = file.metadata()?.len();
        Ok(Self { file, bytes, failed: false })
    }

    pub(crate) fn event(&mut self, event: &Event) {
        self.write(&Line::Event(Cow::Borrowed(event)));
    }

    pub(crate) fn map_run(&mut self, map_run: &MapRunRecord) {
        self.write(&Line::MapRun(Cow::Borrowed(map_run)));
    }

    /// An execution does not end because its log cannot be written: a later process would carry it on from an earlier
    /// point.
    fn write(&mut self, line: &Line<'_>) {
        if let Err(error) = self.try_write(line) {
            self.failed = true;
            tracing::error!(%error, "the log of an execution cannot be written");
            // Half a line would hide those after it.
            let _ = self.file.set_len(self.bytes);
        }
    }

    fn try_write(&mut self, line: &Line<'_>) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        self.bytes += text.len() as u64;
        Ok(())
    }
}

/// Reads a log, and cuts off what a kill left behind: a torn line, and ends of a Map Run that the Map state did not live
/// to see, since the state will be carried on. `None` if the execution was never started.
pub(crate) fn read(path: &Path) -> io::Result<Option<Logged>> {
    let mut lines = BufReader::new(File::open(path)?);
    let (mut name, mut events, mut map_runs) = (None, Vec::<(u64, Event)>::new(), Vec::<MapRunRecord>::new());
    let (mut text, mut whole) = (Vec::new(), 0);
    loop {
        text.clear();
        let bytes = lines.read_until(b'\n', &mut text)? as u64;
        if text.pop() != Some(b'\n') {
            break;
        }
        match serde_json::from_slice(&text) {
            Ok(Line::Execution { name: text }) => name = Some(text.into_owned()),
            Ok(Line::Event(event)) => events.push((whole, event.into_owned())),
            Ok(Line::MapRun(map_run)) => match map_runs.iter_mut().find(|known| known.arn == map_run.arn) {
                Some(known) => *known = map_run.into_owned(),
                None => map_runs.push(map_run.into_owned()),
            },
            Err(_) => break,
        }
        whole += bytes;
    }
    while let Some((at, _)) = events.pop_if(|(_, event)| event.kind.ends_a_map_run()) {
        whole = at;
    }
    OpenOptions::new().write(true).open(path)?.set_len(whole)?;
    let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
    let started = events.first().is_some_and(|event| matches!(event.kind, EventKind::ExecutionStarted { .. }));
    Ok(name.filter(|_| started).map(|name| Logged { name, events, map_runs }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::history::History;
    use crate::model::execution_outcome::ExecutionOutcome;

    /// Writes a log of these events; the file as it is then.
    fn write(path: &Path, kinds: &[EventKind]) -> Vec<u8> {
        let mut history = History::of_machine([]);
        history.log = Some(Log::create(path, "one").unwrap());
        for kind in kinds {
            history.add(kind.clone());
        }
        assert!(!history.log.unwrap().failed);
        std::fs::read(path).unwrap()
    }

    fn started() -> EventKind {
        EventKind::ExecutionStarted { input: "{\"a\": \"\\n\"}".into() }
    }

    #[test]
    fn wherever_a_kill_tears_it_the_whole_lines_are_kept_and_it_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let whole =
            write(&path, &[started(), EventKind::MapStateStarted, EventKind::Ended(ExecutionOutcome::TimedOut)]);
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let events = whole[..length].iter().filter(|&&byte| byte == b'\n').count().saturating_sub(1);
            let Some(logged) = read(&path).unwrap() else {
                assert_eq!(events, 0);
                continue;
            };
            assert_eq!((logged.name.as_str(), logged.events.len()), ("one", events));
            let mut again = History::of_machine(logged.events);
            again.log = Some(Log::open(&path).unwrap());
            assert_eq!(again.add(EventKind::Ended(ExecutionOutcome::TimedOut)), events as u64 + 1);
            assert_eq!(read(&path).unwrap().unwrap().events.len(), events + 1);
        }
    }

    #[test]
    fn the_end_of_a_map_run_counts_only_with_the_exit_of_its_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let begun = EventKind::MapRunStarted { map_run_arn: "arn".to_owned() };
        let mut kinds = vec![started(), begun, EventKind::MapRunSucceeded, EventKind::MapStateSucceeded];
        write(&path, &kinds);
        assert_eq!(read(&path).unwrap().unwrap().events.len(), 2);
        kinds.push(EventKind::Ended(ExecutionOutcome::TimedOut));
        write(&path, &kinds);
        assert_eq!(read(&path).unwrap().unwrap().events.len(), 5);
    }
}
