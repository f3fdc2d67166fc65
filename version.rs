//! Build script of the command line tools: what `--version` says, such as `0.2.0 (1a2b3c4)`.
//!
//! Without git, or outside a clone, as in a source archive, it is the version alone. Nothing is watched: Cargo runs the script when a file of
//! its package has changed, so a commit that only changes documents rebuilds nothing.

use std::path::Path;
use std::process::Command;

fn main() {
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let version = commit().map_or(version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=VERSION_WITH_COMMIT={version}");
}

/// The commit of this clone, with `-dirty` if files differ from it. The check for `.git` keeps out a repository that only contains the archive.
fn commit() -> Option<String> {
    if !Path::new("../.git").exists() {
        return None;
    }
    let output =
        Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| commit.trim().to_owned()).filter(|commit| !commit.is_empty())
}
