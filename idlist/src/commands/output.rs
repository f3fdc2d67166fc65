//! Where a command writes: stdout or a file, which gets everything at the end, or nothing.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use idlist::{JsonArrayWriter, message};
use indicatif::ProgressBarIter;
use serde::Serialize;
use tempfile::TempPath;

use super::CommandError;
use super::progress::bar;

#[derive(Debug, clap::Args)]
pub(crate) struct OutputArgs {
    /// File to write, which appears only when it is whole [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Replace a file that exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// An output that has to be finished.
pub(crate) struct Output {
    writer: BufWriter<ProgressBarIter<File>>,
    /// The file that is written.
    file: File,
    /// The file that takes the place of the one that is wanted. None for stdout, and for pipes and devices.
    beside: Option<TempPath>,
    to: OutputArgs,
}

impl OutputArgs {
    pub(crate) fn open(&self) -> Result<Output, CommandError> {
        let there = self.output.as_ref().and_then(|path| path.metadata().ok());
        if there.as_ref().is_some_and(std::fs::Metadata::is_file) && !self.force {
            return Err(self.exists());
        }
        let open = || {
            let (file, beside) = match &self.output {
                Some(path) if there.is_none_or(|there| there.is_file()) => {
                    let (file, path) = beside(path)?.into_parts();
                    (file, Some(path))
                }
                _ => (tempfile::tempfile()?, None),
            };
            let writer = BufWriter::new(bar(None).wrap_write(file.try_clone()?));
            Ok(Output { writer, file, beside, to: Self { output: self.output.clone(), force: self.force } })
        };
        open().map_err(|error| self.error(error))
    }

    /// Writes a text.
    pub(crate) fn write_text(&self, text: &[u8]) -> Result<(), CommandError> {
        let mut output = self.open()?;
        output.write_all(text).map_err(|error| self.error(error))?;
        output.finish()
    }

    /// Writes a list of items.
    pub(crate) fn write_list(&self, items: &[impl Serialize]) -> Result<(), CommandError> {
        let mut array = JsonArrayWriter::new(self.open()?);
        let written = items.iter().try_for_each(|item| array.write(item)).and_then(|()| array.finish());
        written.map_err(|error| self.error(error))?.finish()
    }

    /// Why writing failed, with the name of the file.
    pub(crate) fn error(&self, source: io::Error) -> CommandError {
        match self.output.clone() {
            Some(_) if source.kind() == io::ErrorKind::AlreadyExists => self.exists(),
            Some(path) => CommandError::File { path, source },
            None => CommandError::Output(source),
        }
    }

    fn exists(&self) -> CommandError {
        let file = self.output.as_deref().unwrap_or(Path::new("")).display().to_string();
        CommandError::Usage(message!("file-exists", "{file} exists; give --force to replace it, or another name", file))
    }
}

impl Output {
    /// Ends the output. Only now is anything there, with everything in it.
    pub(crate) fn finish(self) -> Result<(), CommandError> {
        let Self { mut writer, mut file, beside, to } = self;
        let finish = || {
            writer.flush()?;
            drop(writer);
            match (beside, &to.output) {
                (Some(beside), Some(path)) => {
                    file.sync_all()?;
                    let persisted = if to.force { beside.persist(path) } else { beside.persist_noclobber(path) };
                    persisted.map_err(|error| error.error)
                }
                (_, Some(path)) => copy(&mut file, File::options().write(true).open(path)?),
                (_, None) => copy(&mut file, io::stdout().lock()),
            }
        };
        finish().map_err(|error| to.error(error))
    }
}

fn copy(file: &mut File, mut to: impl Write) -> io::Result<()> {
    file.rewind()?;
    io::copy(file, &mut to)?;
    to.flush()
}

fn beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".idlist-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As every new file; the umask still takes its bits off.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
