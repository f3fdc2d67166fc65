//! Where a command writes: stdout or a file, which gets everything at the end, or nothing.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use idlist::JsonArrayWriter;
use serde::Serialize;
use tempfile::{NamedTempFile, SpooledTempFile};

use super::CommandError;

/// Bytes of an output without a file of its own that stay in memory.
const SPOOL_BYTES: usize = 16 << 20;

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
    writer: BufWriter<Target>,
    path: Option<PathBuf>,
    force: bool,
}

enum Target {
    /// For stdout, or for something that cannot be replaced, such as a pipe or a device.
    Spool(SpooledTempFile),
    /// A file beside the one that is wanted, which takes its place at the end.
    Beside(NamedTempFile),
}

impl OutputArgs {
    pub(crate) fn open(&self) -> Result<Output, CommandError> {
        Output::open(self.output.as_deref(), self.force)
    }

    /// Writes a list of items.
    pub(crate) fn write_list(&self, items: &[impl Serialize]) -> Result<(), CommandError> {
        let mut array = JsonArrayWriter::new(self.open()?);
        let written = items.iter().try_for_each(|item| array.write(item)).and_then(|()| array.finish());
        written.map_err(|error| self.error(error))?.finish()
    }

    /// Why writing failed, with the name of the file.
    pub(crate) fn error(&self, source: io::Error) -> CommandError {
        error(self.output.clone(), source)
    }
}

impl Output {
    /// Writes to a file; to stdout without one.
    pub(crate) fn open(path: Option<&Path>, force: bool) -> Result<Self, CommandError> {
        let target = match path {
            Some(path) if std::fs::metadata(path).is_ok_and(|there| there.is_file()) && !force => {
                return Err(exists(path));
            }
            Some(path) if !std::fs::metadata(path).is_ok_and(|there| !there.is_file()) => beside(path)
                .map(Target::Beside)
                .map_err(|source| CommandError::File { path: path.to_owned(), source })?,
            _ => Target::Spool(SpooledTempFile::new(SPOOL_BYTES)),
        };
        Ok(Self { writer: BufWriter::new(target), path: path.map(Path::to_owned), force })
    }

    /// Ends the output. Only now is anything there, with everything in it.
    pub(crate) fn finish(self) -> Result<(), CommandError> {
        let Self { writer, path, force } = self;
        let target = writer.into_inner().map_err(io::IntoInnerError::into_error);
        let outcome = target.and_then(|target| match (target, path.as_deref()) {
            (Target::Spool(spool), None) => copy(spool, io::stdout().lock()),
            (Target::Spool(spool), Some(path)) => copy(spool, File::options().write(true).open(path)?),
            (Target::Beside(file), path) => {
                file.as_file().sync_all()?;
                let path = path.unwrap_or(Path::new(""));
                let persisted = if force { file.persist(path) } else { file.persist_noclobber(path) };
                persisted.map(drop).map_err(|error| error.error)
            }
        });
        outcome.map_err(|source| match path {
            Some(path) if source.kind() == io::ErrorKind::AlreadyExists => exists(&path),
            path => error(path, source),
        })
    }
}

fn exists(path: &Path) -> CommandError {
    CommandError::Usage(format!("{} exists; give --force to replace it, or another name", path.display()))
}

fn error(path: Option<PathBuf>, source: io::Error) -> CommandError {
    match path {
        Some(path) => CommandError::File { path, source },
        None => CommandError::Output(source),
    }
}

fn copy(mut spool: SpooledTempFile, mut to: impl Write) -> io::Result<()> {
    spool.rewind()?;
    io::copy(&mut spool, &mut to)?;
    to.flush()
}

fn beside(path: &Path) -> io::Result<NamedTempFile> {
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

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Spool(spool) => spool.write(bytes),
            Self::Beside(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Spool(spool) => spool.flush(),
            Self::Beside(file) => file.flush(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
