//! Sessions in a shell: each file of `tests/sessions` holds commands and what they print, in the manner of cram.
//!
//! Lines with two blanks before them are commands (`$`), what they print on stdout, what they print on stderr (`!`), and
//! the exit status if it is not 0 (`[1]`). `UPDATE=1 cargo test -p idlist --test it sessions` writes what is printed now.

use std::path::Path;
use std::process::Command;

#[test]
fn sessions_print_what_is_written_in_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let session = std::fs::read_to_string(&path).unwrap();
        let printed = play(&session);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &printed).unwrap();
            continue;
        }
        if let Some((found, expected)) = printed.lines().zip(session.lines()).find(|(one, other)| one != other) {
            panic!("{}: expected\n{expected}\nfound\n{found}\nin\n{printed}", path.display());
        }
        assert_eq!(printed.len(), session.len(), "{}: {printed}", path.display());
    }
}

/// Runs the commands of a session in a folder of their own.
fn play(session: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut printed = String::new();
    for line in session.lines().filter(|line| line.starts_with("  $ ") || !line.starts_with("  ")) {
        printed += &format!("{line}\n");
        let Some(command) = line.strip_prefix("  $ ") else { continue };
        let output = shell(command).current_dir(&folder).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        text(output.stdout).lines().for_each(|line| printed += &format!("  {line}\n"));
        text(output.stderr).lines().for_each(|line| printed += &format!("  ! {line}\n"));
        match output.status.code() {
            Some(0) => {}
            status => printed += &format!("  [{}]\n", status.unwrap()),
        }
    }
    printed
}

/// A shell command that finds `idlist`, the sample lists and the files of the tests.
pub(crate) fn shell(command: &str) -> Command {
    let tool = Path::new(env!("CARGO_BIN_EXE_idlist")).parent().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).env("LC_ALL", "C.UTF-8");
    shell.env("PATH", format!("{}:{}", tool.display(), std::env::var("PATH").unwrap()));
    shell.env("EVENTS", concat!(env!("CARGO_MANIFEST_DIR"), "/../events"));
    shell.env("FUZZ", concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus"));
    shell
}
