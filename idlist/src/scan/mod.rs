//! Cuts a JSON array into its elements, chunk by chunk, without reading what is in them.
//!
//! The scanner borrows: an element that lies in one chunk is given out as a slice of that chunk, and only one that
//! crosses chunks is put together, so memory is bounded by the largest element that is allowed.
//! It works for any source of chunks: a file, a socket, the body of an S3 object.

mod broken;
mod extent;
mod faults;
mod position;

pub use broken::{Broken, BrokenKind};
pub use position::Position;

use crate::json::{self, Fault, FaultKind};
use extent::Extent;
use faults::broken_element;

/// One element of the array, as it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawElement<'a> {
    /// Number of the element, from 0, as Step Functions counts it in `$$.Map.Item.Index`.
    pub index: u64,
    /// Where it begins.
    pub start: Position,
    /// Its bytes. The scanner has found where they end, nothing more: they may not be valid JSON.
    pub bytes: &'a [u8],
}

impl RawElement<'_> {
    /// Says where in the file the fault of an element lies.
    pub(crate) fn broken(&self, fault: &Fault) -> Broken {
        broken_element(self.index, self.start, self.bytes, fault)
    }
}

/// What one step of the scanner found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// The next element.
    Element(RawElement<'a>),
    /// An element larger than the maximum. It was passed over and not kept.
    TooLong {
        /// Number of the element, from 0.
        index: u64,
        /// Where it begins.
        start: Position,
        /// Its size in bytes.
        bytes: u64,
    },
    /// The input is used up; give more, or call [`Scanner::finish`].
    NeedMore,
}

/// A [`Step`] without the bytes, which are either `input[range]` or what the scanner put together.
pub(crate) enum Cut {
    Element { index: u64, start: Position, place: Place },
    TooLong { index: u64, start: Position, bytes: u64 },
    NeedMore,
}

/// Where the bytes of an element are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Input { from: usize, to: usize },
    Carry,
}

/// First byte of the UTF-8 byte order mark EF BB BF, and of some characters of Chinese and Japanese.
const BYTE_ORDER_MARK_START: u8 = 0xEF;

/// What the scanner expects next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// `[`.
    Start,
    /// The rest of a byte order mark, of which this many bytes are there.
    Mark(usize),
    /// The first element or `]`.
    First,
    /// An element, after the comma at this place.
    Next(Position),
    /// The rest of an element.
    Inside,
    /// `,` or `]`.
    After,
    /// Nothing but blanks.
    End,
}

/// Finds the elements of one JSON array.
///
/// ```
/// use idlist::scan::{Scanner, Step};
///
/// let mut scanner = Scanner::new(1_000);
/// let mut found = Vec::new();
/// for mut chunk in [&b"[1, {\"a\""[..], b": 2}]\n"] {
///     loop {
///         match scanner.step(&mut chunk)? {
///             Step::Element(element) => found.push(String::from_utf8_lossy(element.bytes).into_owned()),
///             Step::TooLong { .. } => {}
///             Step::NeedMore => break,
///         }
///     }
/// }
/// assert_eq!(scanner.finish()?, 2);
/// assert_eq!(found, ["1", "{\"a\": 2}"]);
/// # Ok::<(), idlist::scan::Broken>(())
/// ```
#[derive(Debug)]
pub struct Scanner {
    max_element_bytes: usize,
    state: State,
    /// The next byte to be looked at.
    at: Position,
    /// Elements found so far; inside an element, its number.
    elements: u64,
    /// Where the current element begins.
    start: Position,
    /// How far into the current element we are.
    extent: Extent,
    /// The current element up to here, if it began in an earlier chunk.
    carry: Vec<u8>,
    /// The current element is larger than the maximum: it is passed over.
    too_long: bool,
}

impl Scanner {
    /// A scanner that passes over elements larger than `max_element_bytes`.
    pub fn new(max_element_bytes: usize) -> Self {
        Self {
            max_element_bytes,
            state: State::Start,
            at: Position::START,
            elements: 0,
            start: Position::START,
            extent: Extent::default(),
            carry: Vec::new(),
            too_long: false,
        }
    }

    /// Goes on to the next element and takes what it has seen off `input`.
    ///
    /// # Errors
    ///
    /// [`Broken`], as soon as the array cannot be read on. The scanner is of no use after that.
    pub fn step<'a, 'i: 'a>(&'a mut self, input: &mut &'i [u8]) -> Result<Step<'a>, Broken> {
        let bytes: &'i [u8] = input;
        let mut used = 0;
        let cut = self.cut(bytes, &mut used);
        *input = bytes.get(used..).unwrap_or_default();
        Ok(match cut? {
            Cut::Element { index, start, place } => {
                Step::Element(RawElement { index, start, bytes: self.bytes_at(place, bytes) })
            }
            Cut::TooLong { index, start, bytes } => Step::TooLong { index, start, bytes },
            Cut::NeedMore => Step::NeedMore,
        })
    }

    /// The bytes of an element that [`Scanner::cut`] found in `input`.
    pub(crate) fn bytes_at<'a>(&'a self, place: Place, input: &'a [u8]) -> &'a [u8] {
        match place {
            Place::Input { from, to } => input.get(from..to).unwrap_or_default(),
            Place::Carry => &self.carry,
        }
    }

    /// Says that there is no more input, and returns the number of elements.
    ///
    /// # Errors
    ///
    /// [`Broken`] if the array has not ended.
    pub fn finish(&self) -> Result<u64, Broken> {
        match self.state {
            State::End => Ok(self.elements),
            state => Err(self.ended_in(state)),
        }
    }

    /// Looks for a fault in the part of the current element that is kept.
    fn check_carry(&self) -> Result<(), Broken> {
        match json::validate(&self.carry) {
            Err(fault) if fault.kind == FaultKind::Syntax => {
                Err(broken_element(self.elements, self.start, &self.carry, &fault))
            }
            _ => Ok(()),
        }
    }

    /// Goes on to the next element; `used` becomes the number of bytes of `input` that are done with.
    pub(crate) fn cut(&mut self, input: &[u8], used: &mut usize) -> Result<Cut, Broken> {
        if self.find_element(input, used)? { self.cut_element(input, used) } else { Ok(Cut::NeedMore) }
    }

    /// Goes on to where an element begins, or stays inside the current one; false if `input` is used up before.
    fn find_element(&mut self, input: &[u8], used: &mut usize) -> Result<bool, Broken> {
        while self.state != State::Inside {
            let Some(&byte) = input.get(*used) else {
                return Ok(false);
            };
            self.state = match (self.state, byte) {
                (state, b' ' | b'\n' | b'\r' | b'\t') => state,
                (State::Start, b'[') => State::First,
                (State::Start, BYTE_ORDER_MARK_START) => State::Mark(1),
                (State::Mark(1), 0xBB) => State::Mark(2),
                (State::First | State::After, b']') => State::End,
                (State::After, b',') => State::Next(self.at),
                (State::First | State::Next(_), _) if Extent::can_begin(byte) => {
                    self.start = self.at;
                    self.extent = Extent::default();
                    self.carry.clear();
                    self.too_long = false;
                    State::Inside
                }
                (state, _) => return Err(self.unexpected(state, byte)),
            };
            if self.state != State::Inside {
                self.at = self.at.next(byte);
                *used += 1;
            }
        }
        Ok(true)
    }

    /// Goes on to the next element. If it begins in `input`, `read` may take it: given its place and the number of bytes
    /// from there on, it says which place follows the element. Else nothing is taken.
    pub(crate) fn offer(
        &mut self,
        input: &mut &[u8],
        read: impl FnOnce(Position, usize) -> Option<Position>,
    ) -> Result<Option<(u64, Position)>, Broken> {
        let mut used = 0;
        let found = self.find_element(input, &mut used);
        *input = input.get(used..).unwrap_or_default();
        if !found? || self.at != self.start {
            return Ok(None);
        }
        let start = self.start;
        let Some(after) = read(start, input.len()) else { return Ok(None) };
        *input = input.get((after.offset - start.offset) as usize..).unwrap_or_default();
        let index = self.elements;
        self.elements += 1;
        self.at = after;
        self.state = State::After;
        Ok(Some((index, start)))
    }

    /// Finds the end of the current element.
    fn cut_element(&mut self, input: &[u8], used: &mut usize) -> Result<Cut, Broken> {
        let from = *used;
        let rest = input.get(from..).unwrap_or_default();
        let end = self.extent.find_end(rest);
        let part = end.map_or(rest, |end| rest.get(..end).unwrap_or_default());
        self.at = self.at.after(part);
        *used += part.len();

        let bytes = self.at.offset - self.start.offset;
        let whole_in_input = end.is_some() && bytes == part.len() as u64;
        if bytes > self.max_element_bytes as u64 {
            self.pass_over(part)?;
        } else if !whole_in_input {
            self.carry.extend_from_slice(part);
        }
        if end.is_none() {
            return Ok(Cut::NeedMore);
        }

        let (index, start) = (self.elements, self.start);
        self.elements += 1;
        self.state = State::After;
        if self.too_long {
            return Ok(Cut::TooLong { index, start, bytes });
        }
        let place = if whole_in_input { Place::Input { from, to: *used } } else { Place::Carry };
        Ok(Cut::Element { index, start, place })
    }

    /// Stops keeping the current element, once it is known to be well formed as far as it was kept.
    fn pass_over(&mut self, part: &[u8]) -> Result<(), Broken> {
        if !self.too_long {
            let room = self.max_element_bytes.saturating_sub(self.carry.len());
            self.carry.extend_from_slice(part.get(..room).unwrap_or(part));
            self.check_carry()?;
            self.too_long = true;
            self.carry.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
