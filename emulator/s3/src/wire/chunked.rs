//! The `aws-chunked` encoding of request bodies: chunks with their sizes, and trailers.
//!
//! ```text
//! 400;chunk-signature=0055…\r\n       size in hex, and the signature if the request is signed
//! …0x400 bytes…\r\n
//! 0;chunk-signature=b6c6…\r\n
//! x-amz-checksum-crc32:sOO8/Q==\r\n   trailers, if they were announced
//! \r\n
//! ```
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>

use bytes::Bytes;

/// The longest line that is read: the head of a chunk or a trailer.
const MAX_LINE: usize = 16 * 1024;

/// Takes an `aws-chunked` body apart, piece by piece as it arrives.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    state: State,
    line: Vec<u8>,
    trailers: Vec<(String, String)>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    Data {
        left: u64,
    },
    DataEnd,
    Trailers,
    Done,
}

/// The body is not what its encoding says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the aws-chunked body is broken: {0}")]
pub(crate) struct BrokenChunks(&'static str);

impl Decoder {
    /// Takes the next data out of the input. `None`: the input is used up.
    pub(crate) fn decode(&mut self, input: &mut Bytes) -> Result<Option<Bytes>, BrokenChunks> {
        while !input.is_empty() {
            if let State::Data { left } = self.state {
                let size = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                let left = left - size as u64;
                self.state = if left == 0 { State::DataEnd } else { State::Data { left } };
                return Ok(Some(input.split_to(size)));
            }
            if self.state == State::Done {
                input.clear();
            } else if self.take_line(input)? {
                let line = std::mem::take(&mut self.line);
                self.state = self.after_line(line.strip_suffix(b"\r").unwrap_or(&line))?;
            }
        }
        Ok(None)
    }

    /// Whether the body may end here.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(self.state, State::Trailers | State::Done) && self.line.is_empty()
    }

    /// The trailers so far, names in lower case.
    pub(crate) fn trailers(&self) -> &[(String, String)] {
        &self.trailers
    }

    /// Moves input into the line, and says whether the line is complete.
    fn take_line(&mut self, input: &mut Bytes) -> Result<bool, BrokenChunks> {
        let end = input.iter().position(|&byte| byte == b'\n');
        let part = input.split_to(end.map_or(input.len(), |end| end + 1));
        self.line.extend_from_slice(part.strip_suffix(b"\n").unwrap_or(&part));
        if self.line.len() > MAX_LINE {
            return Err(BrokenChunks("a line is too long"));
        }
        Ok(end.is_some())
    }

    fn after_line(&mut self, line: &[u8]) -> Result<State, BrokenChunks> {
        let text = std::str::from_utf8(line).map_err(|_| BrokenChunks("a line is not UTF-8"))?;
        match self.state {
            State::Head => {
                let size = text.split(';').next().unwrap_or_default().trim();
                match u64::from_str_radix(size, 16).map_err(|_| BrokenChunks("a chunk has no size"))? {
                    0 => Ok(State::Trailers),
                    left => Ok(State::Data { left }),
                }
            }
            State::DataEnd if text.is_empty() => Ok(State::Head),
            State::DataEnd => Err(BrokenChunks("a chunk is longer than its size")),
            State::Trailers if text.is_empty() => Ok(State::Done),
            State::Trailers => {
                let (name, value) = text.split_once(':').ok_or(BrokenChunks("a trailer has no value"))?;
                self.trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                Ok(State::Trailers)
            }
            State::Data { .. } | State::Done => Ok(self.state),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Decodes a body that arrives in pieces of this size.
    fn decode(body: &[u8], piece: usize) -> Result<(Vec<u8>, Decoder), BrokenChunks> {
        let (mut decoder, mut data) = (Decoder::default(), Vec::new());
        for piece in body.chunks(piece) {
            let mut input = Bytes::copy_from_slice(piece);
            while let Some(bytes) = decoder.decode(&mut input)? {
                data.extend_from_slice(&bytes);
            }
        }
        Ok((data, decoder))
    }

    #[test]
    fn signed_chunks_are_joined() {
        let body = b"5;chunk-signature=aa\r\nhello\r\n6;chunk-signature=bb\r\n world\r\n0;chunk-signature=cc\r\n\r\n";
        for piece in 1..body.len() {
            let (data, decoder) = decode(body, piece).unwrap();
            assert_eq!(data, b"hello world");
            assert!(decoder.is_complete());
            assert!(decoder.trailers().is_empty());
        }
    }

    #[test]
    fn trailers_are_read() {
        let body = b"3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\nX-Amz-Trailer-Signature:00\r\n\r\n";
        for piece in 1..body.len() {
            let (data, decoder) = decode(body, piece).unwrap();
            assert_eq!(data, b"abc");
            assert!(decoder.is_complete());
            assert_eq!(decoder.trailers()[0], ("x-amz-checksum-crc32".to_owned(), "NSRBwg==".to_owned()));
            assert_eq!(decoder.trailers()[1].0, "x-amz-trailer-signature");
        }
    }

    #[test]
    fn a_body_that_is_cut_off_is_not_complete() {
        for body in ["", "3\r\nab", "3\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\n0", "3\r\nabc\r\n0\r\nx-amz-ch"] {
            assert!(!decode(body.as_bytes(), 3).unwrap().1.is_complete(), "{body:?}");
        }
    }

    #[test]
    fn broken_chunks_are_refused() {
        let endless = format!("{}\r\n", "a".repeat(MAX_LINE + 1));
        for body in
            ["x\r\n", "\r\n", "2\r\nabc\r\n", "-1\r\n", "0\r\nno trailer\r\n", "fffffffffffffffff\r\n", &endless]
        {
            assert!(decode(body.as_bytes(), 7).is_err(), "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 0..6),
            piece in 1_usize..40,
        ) {
            let mut body = Vec::new();
            for chunk in &chunks {
                body.extend_from_slice(format!("{:x};chunk-signature=00\r\n", chunk.len()).as_bytes());
                body.extend_from_slice(chunk);
                body.extend_from_slice(b"\r\n");
            }
            body.extend_from_slice(b"0;chunk-signature=00\r\n\r\n");
            let (data, decoder) = decode(&body, piece).unwrap();
            prop_assert_eq!(data, chunks.concat());
            prop_assert!(decoder.is_complete());
        }
    }
}
