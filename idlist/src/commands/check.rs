//! `idlist check`: says what is wrong with lists.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use idlist::{Broken, BrokenKind, CheckOptions, Report, RetiredModels, check_slice};
use serde::Serialize;

use super::say::{say, tell};
use super::{CommandError, Limits, input};

/// Check lists as the trigger does, and report what is wrong.
///
/// A hint is about something that is valid and probably not meant, such as a misspelt field name; with --strict, hints
/// make a list bad. The first 100 problems and hints of a list are listed, the rest is counted. Items are counted from 0,
/// lines from 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 if every list is good, 1 if one has problems (with --strict, or hints), 2 if one could not be read.

Examples:
  idlist check nomal.json
  idlist check lists/*.json
  idlist new --rank vip --number 5 | idlist check -
  idlist check --json nomal.json | jq '.problems[].message'")]
pub(crate) struct Args {
    /// Files with a list each; - for stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Hints make a list bad
    #[arg(long)]
    strict: bool,

    /// Report as JSON: an object; for several files an array of them, each with its "file"
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    limits: Limits,

    /// What to do with retired models: Redirect to the successor, or Reject
    #[arg(long, value_name = "WHAT", default_value = "Redirect")]
    retired_models: RetiredModels,
}

/// The report on one file.
#[derive(Serialize)]
struct Checked<'a> {
    #[serde(serialize_with = "as_text")]
    file: &'a Path,
    #[serde(flatten)]
    report: Report,
    /// The place where the file is broken.
    #[serde(skip)]
    excerpt: Option<String>,
}

fn as_text<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let options = args.limits.options(args.retired_models);
    let mut checked = Vec::new();
    let mut unread = None;
    for file in &args.files {
        match check(file, options) {
            Ok((report, excerpt)) => checked.push(Checked { file, report, excerpt }),
            Err(error) => {
                // The other files are still worth checking; the last error becomes the command's.
                if let Some(earlier) = unread.replace(error) {
                    tell(&earlier.message());
                }
            }
        }
    }
    let printed = print(&checked, args);
    match (unread, printed) {
        (Some(error), _) => Err(error),
        // The exit status still says what was found.
        (None, Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::Output(error)),
        _ => {
            Ok(checked.iter().all(|Checked { report, .. }| report.is_good() && !(args.strict && report.hint_count > 0)))
        }
    }
}

fn check(path: &Path, options: CheckOptions) -> Result<(Report, Option<String>), CommandError> {
    let list = input::bytes(path)?;
    let report = check_slice(&list, options);
    let is_text = |broken: &&Broken| !matches!(broken.kind, BrokenKind::NotUtf8File | BrokenKind::Compressed);
    let excerpt = report.broken.as_ref().filter(is_text).map(|broken| idlist::excerpt::show(&list, broken));
    Ok((report, excerpt))
}

fn print(checked: &[Checked<'_>], args: &Args) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    match (checked, args.json) {
        ([one], true) if args.files.len() == 1 => serde_json::to_writer_pretty(&mut output, &one.report)?,
        (all, true) if args.files.len() > 1 => serde_json::to_writer_pretty(&mut output, all)?,
        (_, true) => return Ok(()),
        (all, false) => {
            for (nth, one) in all.iter().enumerate() {
                if args.files.len() > 1 {
                    let blank = if nth == 0 { "" } else { "\n" };
                    writeln!(output, "{blank}{}:", one.file.display())?;
                }
                print_report(one, &mut output)?;
            }
        }
    }
    if args.json {
        writeln!(output)?;
    }
    output.flush()
}

/// The report, with the broken line below the sentence about it, which comes first.
fn print_report(checked: &Checked<'_>, output: &mut impl Write) -> io::Result<()> {
    for (nth, sentence) in checked.report.sentences().iter().enumerate() {
        writeln!(output, "{}", say(sentence))?;
        if let (0, Some(excerpt)) = (nth, &checked.excerpt) {
            write!(output, "{excerpt}")?;
        }
    }
    Ok(())
}
