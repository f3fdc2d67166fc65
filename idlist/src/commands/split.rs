//! `idlist split`: a long list as several shorter ones.

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use idlist::{JsonArrayWriter, message};

use super::CommandError;
use super::input::{List, bad};
use super::output::OutputArgs;

/// Split a list into lists of at most so many items.
///
/// The files are beside the list, with -1, -2, … in their names. They are printed when all are there.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist split list.json --items 10000")]
pub(crate) struct Args {
    /// File with the list
    file: PathBuf,

    /// Most items of a file
    #[arg(long, value_name = "NUMBER")]
    items: NonZeroUsize,

    /// Replace files that exist
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let list = List::read(&args.file)?;
    let items = list.items()?;
    let stem = args.file.file_stem().filter(|stem| *stem != "-");
    let stem = stem.ok_or_else(|| bad(&args.file, message!("not-a-file-name", "not the name of a file")))?;
    let parts: Vec<_> = items.chunks(args.items.get()).collect();
    let width = parts.len().to_string().len();
    let mut outputs = Vec::new();
    for (nth, part) in (1..).zip(parts) {
        let name = format!("{}-{nth:0width$}.json", stem.to_string_lossy());
        let to = OutputArgs { output: Some(args.file.with_file_name(name)), force: args.force };
        let mut array = JsonArrayWriter::new(to.open()?);
        let written = part.iter().try_for_each(|item| array.write(item)).and_then(|()| array.finish());
        outputs.push((written.map_err(|error| to.error(error))?, to.output.unwrap_or_default()));
    }
    let mut stdout = std::io::stdout().lock();
    for (output, path) in outputs {
        output.finish()?;
        writeln!(stdout, "{}", path.display()).map_err(CommandError::Output)?;
    }
    Ok(true)
}
