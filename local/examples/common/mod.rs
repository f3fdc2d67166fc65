//! What the measurements share: the processor time of this process, and a client of HTTP that is as small as one can be.

use std::io::{BufRead, ErrorKind};

/// Seconds that this process has computed for so far: its own, and the kernel's for it. In hundredths, says <https://docs.kernel.org/filesystems/proc.html>.
pub(crate) fn processor_seconds() -> [f64; 2] {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    [0, 1].map(|at| ticks.get(at).copied().unwrap_or_default() / 100.0)
}

/// Reads an answer to its end, its body to `body`; one to HEAD has none. Gives the value of a header, or nothing.
///
/// # Errors
/// When the answer cannot be read.
pub(crate) fn read_answer(
    answers: &mut impl BufRead,
    header: &str,
    body: Option<&mut Vec<u8>>,
) -> std::io::Result<String> {
    let (mut wanted, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if answers.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().map_err(std::io::Error::other)?,
            Some((name, value)) if name == header => wanted = value.to_owned(),
            None if line == "\r\n" => break,
            _ => {}
        }
    }
    if let Some(body) = body {
        body.resize(length, 0);
        answers.read_exact(body)?;
    }
    Ok(wanted)
}
