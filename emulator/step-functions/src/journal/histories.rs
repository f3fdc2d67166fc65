//! The histories of a Map Run's children on disk, for those who ask for a child after its end.
//!
//! One line each, `<item> <redrives> <its first start> <events>`, written when the child ends. Of an item that was redriven the last line counts.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use time::OffsetDateTime;

use crate::model::event::Event;

/// The file of histories, open for more.
#[derive(Debug)]
pub(crate) struct Histories {
    file: File,
    line: Vec<u8>,
}

impl Histories {
    /// Opens the file, which need not be there.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if file.metadata()?.len() > 0 {
            // Ends the line that a kill may have torn: an empty line, or one that cannot be read, says nothing.
            file.write_all(b"\n")?;
        }
        Ok(Self { file, line: Vec::new() })
    }

    /// Adds the history of a child that has ended.
    pub(crate) fn add<'a>(
        &mut self,
        index: u64,
        redrives: u32,
        started: OffsetDateTime,
        events: impl Iterator<Item = &'a Event>,
    ) -> io::Result<()> {
        self.line.clear();
        write!(self.line, "{index} {redrives} {} ", started.unix_timestamp_nanos())?;
        serde_json::to_writer(&mut self.line, &events.collect::<Vec<_>>())?;
        self.line.push(b'\n');
        self.file.write_all(&self.line)
    }
}

/// The latest run of a child that has ended.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) redrives: u32,
    /// When it was started for the first time.
    pub(crate) started: OffsetDateTime,
    pub(crate) events: Vec<Event>,
}

/// The history of the item's child; `None` if it has not ended.
pub(crate) fn read(path: &Path, index: u64) -> io::Result<Option<Past>> {
    let mut file = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let (prefix, mut line, mut past) = (format!("{index} "), Vec::new(), None);
    while file.read_until(b'\n', &mut line)? > 0 {
        past = line.strip_prefix(prefix.as_bytes()).and_then(parse).or(past);
        line.clear();
    }
    Ok(past)
}

fn parse(text: &[u8]) -> Option<Past> {
    let mut parts = text.splitn(3, |&byte| byte == b' ');
    let mut number = || std::str::from_utf8(parts.next()?).ok();
    let redrives = number()?.parse().ok()?;
    let started = OffsetDateTime::from_unix_timestamp_nanos(number()?.parse().ok()?).ok()?;
    Some(Past { redrives, started, events: serde_json::from_slice(parts.next()?).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::history::History;
    use crate::model::event::EventKind;
    use crate::model::timestamp::now;

    #[test]
    fn the_last_whole_history_of_an_item_is_found() {
        let path = tempfile::tempdir().unwrap().keep().join("histories");
        let history = |events: usize| {
            let mut history = History::keeping(9);
            (0..events).for_each(|_| {
                history.add(EventKind::MapStateSucceeded);
            });
            history
        };
        let mut histories = Histories::open(&path).unwrap();
        for (index, events) in [(1, 1), (11, 2), (1, 3)] {
            histories.add(index, 0, now(), history(events).events()).unwrap();
        }
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        Histories::open(&path).unwrap().add(2, 0, now(), history(4).events()).unwrap();
        let events = |index| read(&path, index).unwrap().map(|past| past.events.len());
        assert_eq!([1, 11, 2, 3].map(events), [Some(1), Some(2), Some(4), None]);
    }
}
