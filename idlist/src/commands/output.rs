//! Where a command writes: stdout, or a file that appears only when it is whole.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::CommandError;
use super::behind::Behind;
use super::syncing::Syncing;

/// An output that has to be finished.
pub(crate) struct Output {
    writer: Behind<Target>,
    path: Option<PathBuf>,
}

enum Target {
    Stdout(io::Stdout),
    /// A file beside the one that is wanted, which takes its place at the end.
    Beside(NamedTempFile, Syncing),
    /// Something that cannot be replaced, such as a pipe or a device.
    There(File),
}

impl Output {
    /// Writes to a file; to stdout without one.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, CommandError> {
        let target = match path {
            None => Ok(Target::Stdout(io::stdout())),
            Some(path) => open(path).map_err(|source| CommandError::File { path: path.to_owned(), source }),
        };
        Ok(Self { writer: Behind::new(target?), path: path.map(Path::to_owned) })
    }

    /// Ends the output. Only now there is a file, with everything in it.
    pub(crate) fn finish(self) -> Result<(), CommandError> {
        let Self { writer, path } = self;
        let outcome = writer.finish().and_then(|target| match target {
            Target::Stdout(mut stdout) => stdout.flush(),
            Target::There(mut file) => file.flush(),
            Target::Beside(file, syncing) => {
                syncing.finish(file.as_file())?;
                let path = path.as_deref().unwrap_or(Path::new(""));
                file.persist(path).map(drop).map_err(|error| error.error)
            }
        });
        outcome.map_err(|source| error(path, source))
    }

    /// Why writing failed, with the name of the file.
    pub(crate) fn error(&self, source: io::Error) -> CommandError {
        error(self.path.clone(), source)
    }
}

fn error(path: Option<PathBuf>, source: io::Error) -> CommandError {
    match path {
        Some(path) => CommandError::File { path, source },
        None => CommandError::Output(source),
    }
}

fn open(path: &Path) -> io::Result<Target> {
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return File::options().write(true).open(path).map(Target::There);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".idlist-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As every new file; the umask still takes its bits off.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    Ok(Target::Beside(builder.tempfile_in(folder)?, Syncing::new()))
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.lock().write(bytes),
            Self::Beside(file, syncing) => {
                let written = file.write(bytes)?;
                syncing.wrote(written, file.as_file())?;
                Ok(written)
            }
            Self::There(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.lock().flush(),
            Self::Beside(file, _) => file.flush(),
            Self::There(file) => file.flush(),
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
