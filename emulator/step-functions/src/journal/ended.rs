//! The ends of a Map Run's children on disk, with their histories: append-only, one line each, so that a later process knows which
//! items are done, and a child can be asked for after its end.
//!
//! ```text
//! <item> <redrives of the Map Run> <status> <redrives of the child> <its start> <entry of the result file> TAB <its events>
//! ```
//!
//! A line is written at once, so a kill can tear only the last one. An item has more than one line only if it was redriven;
//! the last one counts. Memory: a few words for every item of a run that is carried on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::model::counts::Counts;
use crate::model::event::Event;
use crate::model::execution_outcome::ExecutionStatus;

/// The file of ends, open for more.
#[derive(Debug)]
pub(crate) struct Ended {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// The redrives of the Map Run: ends of an earlier attempt that were no success are to be redriven.
    attempt: u32,
    /// How a child ended before the redrive, by its item, as long as it has not been run again.
    pub(crate) to_redrive: HashMap<u64, Head>,
    line: Vec<u8>,
}

/// What a line begins with: whose end it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    index: u64,
    /// The redrives of the Map Run.
    attempt: u32,
    pub(crate) status: ExecutionStatus,
    /// The redrives of the child.
    pub(crate) redrives: u32,
    /// When the child was started for the first time.
    pub(crate) started: OffsetDateTime,
    /// Where the line begins.
    offset: u64,
}

/// The latest run of the item's child; `None` if it has not ended.
pub(crate) fn history(path: &Path, index: u64) -> io::Result<Option<(Head, Vec<Event>)>> {
    let mut past = None;
    lines(path, u64::MAX, |Line { head, events, .. }| {
        if head.index == index {
            past = serde_json::from_slice(events).ok().map(|events| (head, events));
        }
        Ok(())
    })?;
    Ok(past)
}

/// Children that have ended and are `wanted`, by the keys that `key` makes of start and item: the `limit` largest of those before `token`.
/// The file is read once, and no more than that is kept.
pub(crate) fn list(
    path: &Path,
    limit: usize,
    token: Option<&str>,
    key: impl Fn(OffsetDateTime, u64) -> String,
    wanted: impl Fn(u64, ExecutionStatus, u32) -> bool,
) -> io::Result<BTreeMap<String, (Head, OffsetDateTime)>> {
    let mut found = BTreeMap::new();
    lines(path, u64::MAX, |line| {
        let head = line.head;
        let key = key(head.started, head.index);
        // The line of a redrive replaces the earlier one.
        found.remove(&key);
        if token.is_none_or(|token| *key < *token) && wanted(head.index, head.status, head.redrives) {
            found.insert(key, (head, line.stopped().unwrap_or(head.started)));
            if found.len() > limit {
                found.pop_first();
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Items whose children have ended for good.
pub(crate) type Done = HashSet<u64>;

/// A line of the file.
struct Line<'a> {
    head: Head,
    entry: &'a [u8],
    events: &'a [u8],
}

impl Ended {
    /// Opens the file, which need not be there, for attempt number `attempt`. Reads which items are done, and how many
    /// ended how; cuts off a torn line.
    pub(crate) fn open(path: PathBuf, attempt: u32) -> io::Result<(Self, Done, Counts)> {
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let (mut done, mut counts, mut to_redrive) = (Done::default(), Counts::default(), HashMap::new());
        let whole = lines(&path, u64::MAX, |Line { head, .. }| {
            if head.attempt < attempt && head.status != ExecutionStatus::Succeeded {
                to_redrive.insert(head.index, head);
            } else {
                to_redrive.remove(&head.index);
                done.insert(head.index);
                *counts.ended(head.status) += 1;
            }
            Ok(())
        })?;
        file.set_len(whole)?;
        counts.pending_redrive = to_redrive.len() as u64;
        Ok((Self { path, file, bytes: whole, attempt, to_redrive, line: Vec::new() }, done, counts))
    }

    /// Adds the end of a child. When this returns, a later process will find it.
    pub(crate) fn add<'a>(
        &mut self,
        index: u64,
        status: ExecutionStatus,
        redrives: u32,
        started: OffsetDateTime,
        entry: &impl Serialize,
        events: impl Iterator<Item = &'a Event>,
    ) -> io::Result<()> {
        self.line.clear();
        let (attempt, status, started) = (self.attempt, status.name(), started.unix_timestamp_nanos());
        write!(self.line, "{index} {attempt} {status} {redrives} {started} ")?;
        serde_json::to_writer(&mut self.line, entry)?;
        // Neither JSON has a tab or a new line that is not escaped.
        self.line.push(b'\t');
        serde_json::to_writer(&mut self.line, &events.collect::<Vec<_>>())?;
        self.line.push(b'\n');
        if let Err(error) = self.file.write_all(&self.line) {
            // Half a line would hide those after it.
            let _ = self.file.set_len(self.bytes);
            return Err(error);
        }
        self.bytes += self.line.len() as u64;
        Ok(())
    }

    /// Gives every item's latest end to `each`: its status and the entry of the result file.
    pub(crate) fn for_each(&self, mut each: impl FnMut(ExecutionStatus, &[u8]) -> io::Result<()>) -> io::Result<()> {
        let read = lines(&self.path, self.bytes, |Line { head, entry, .. }| {
            let superseded = head.attempt < self.attempt
                && head.status != ExecutionStatus::Succeeded
                && self.to_redrive.get(&head.index).is_none_or(|latest| latest.offset != head.offset);
            if superseded { Ok(()) } else { each(head.status, entry) }
        })?;
        if read < self.bytes {
            return Err(io::Error::other(format!("the file of ends is damaged at byte {read}")));
        }
        Ok(())
    }
}

/// Reads the whole lines of the first `length` bytes; returns how many bytes they have.
fn lines(path: &Path, length: u64, mut each: impl FnMut(Line<'_>) -> io::Result<()>) -> io::Result<u64> {
    let mut file = BufReader::with_capacity(64 * 1024, File::open(path)?);
    let (mut line, mut offset) = (Vec::new(), 0);
    while offset < length {
        line.clear();
        let bytes = file.read_until(b'\n', &mut line)? as u64;
        let Some(whole) = line.strip_suffix(b"\n").and_then(|line| Line::parse(line, offset)) else { break };
        each(whole)?;
        offset += bytes;
    }
    Ok(offset)
}

impl<'a> Line<'a> {
    fn parse(line: &'a [u8], offset: u64) -> Option<Self> {
        let mut parts = line.splitn(6, |&byte| byte == b' ');
        let mut text = || std::str::from_utf8(parts.next()?).ok();
        let head = Head {
            index: text()?.parse().ok()?,
            attempt: text()?.parse().ok()?,
            status: ExecutionStatus::of_name(text()?)?,
            redrives: text()?.parse().ok()?,
            started: OffsetDateTime::from_unix_timestamp_nanos(text()?.parse().ok()?).ok()?,
            offset,
        };
        let mut parts = parts.next()?.splitn(2, |&byte| byte == b'\t');
        let (entry, events) = (parts.next()?, parts.next().unwrap_or_default());
        (entry.starts_with(b"{") && entry.ends_with(b"}")).then_some(Self { head, entry, events })
    }

    /// When the child ended: the last text of the entry.
    fn stopped(&self) -> Option<OffsetDateTime> {
        let text = self.entry.rsplit(|&byte| byte == b'"').nth(1)?;
        OffsetDateTime::parse(std::str::from_utf8(text).ok()?, &Rfc3339).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::event::EventKind;
    use crate::model::timestamp::now;

    use ExecutionStatus::{Aborted, Failed, Succeeded};

    fn add(ended: &mut Ended, index: u64, status: ExecutionStatus) {
        let kind = EventKind::ExecutionStarted { input: "\t\n".into() };
        let event = |id| Event { id, previous: 0, at: now(), kind: kind.clone() };
        let events = [event(1), event(index)];
        ended.add(index, status, 0, now(), &json!({"item": index, "text": "a\n\tb"}), events.iter()).unwrap();
    }

    fn all(ended: &Ended) -> Vec<(u64, ExecutionStatus)> {
        let mut all = Vec::new();
        ended
            .for_each(|status, entry| {
                let entry: Value = serde_json::from_slice(entry).unwrap();
                all.push((entry["item"].as_u64().unwrap(), status));
                Ok(())
            })
            .unwrap();
        all
    }

    #[test]
    fn wherever_a_kill_tears_it_the_whole_lines_are_kept_and_it_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ended");
        let (mut ended, ..) = Ended::open(path.clone(), 0).unwrap();
        for index in 0..3 {
            add(&mut ended, index, Succeeded);
        }
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let lines = whole[..length].iter().filter(|&&byte| byte == b'\n').count() as u64;
            let (mut ended, _, counts) = Ended::open(path.clone(), 0).unwrap();
            assert_eq!(counts.succeeded, lines);
            add(&mut ended, 9, Failed);
            assert_eq!(all(&ended).last(), Some(&(9, Failed)));
            assert_eq!(all(&ended).len() as u64, lines + 1);
            assert_eq!(history(&path, 9).unwrap().unwrap().1[1].id, 9);
            assert_eq!(history(&path, 2).unwrap().is_some(), lines > 2);
        }
    }

    #[test]
    fn a_redrive_takes_what_was_no_success_and_keeps_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ended");
        let (mut ended, ..) = Ended::open(path.clone(), 0).unwrap();
        for (index, status) in [(70, Succeeded), (1, Failed), (2, Aborted), (3, Failed)] {
            add(&mut ended, index, status);
        }
        let (mut ended, done, counts) = Ended::open(path.clone(), 1).unwrap();
        assert_eq!(counts, Counts { succeeded: 1, pending_redrive: 3, ..Counts::default() });
        assert!(done.contains(&70) && !done.contains(&1));
        assert_eq!(ended.to_redrive.remove(&70), None);
        assert_eq!(ended.to_redrive.remove(&1).map(|earlier| earlier.redrives), Some(0));
        assert!(ended.to_redrive.remove(&2).is_some());
        add(&mut ended, 1, Succeeded);
        add(&mut ended, 2, Failed);
        let expected = [(70, Succeeded), (3, Failed), (1, Succeeded), (2, Failed)];
        assert_eq!(all(&ended), expected);

        let (again, done, counts) = Ended::open(path.clone(), 1).unwrap();
        assert_eq!(counts, Counts { succeeded: 2, failed: 1, pending_redrive: 1, ..Counts::default() });
        assert!(done.contains(&2) && !done.contains(&3));
        assert_eq!(all(&again), expected);
        let (_, _, counts) = Ended::open(path, 2).unwrap();
        assert_eq!(counts, Counts { succeeded: 2, pending_redrive: 2, ..Counts::default() });
    }
}
