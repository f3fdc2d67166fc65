//! Every command whose output goes nowhere: a reader that has left is not an error, a full disk is.

use std::fs::File;
use std::process::{Command, Output, Stdio};

use crate::tool;

/// Runs every command that writes, with stdout as given; its arguments and what it said.
fn all(mut stdout: impl FnMut() -> Stdio) -> Vec<(String, Output)> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let list = path("list.json");
    let idlist =
        |arguments: &[&str], stdout| tool().args(arguments).stdin(Stdio::null()).stdout(stdout).output().unwrap();
    // Longer than any buffer.
    let made = idlist(&["new", "--rank", "vip", "--number", "5000", "-o", &list], Stdio::null());
    assert_eq!(made.status.code(), Some(0));
    let other = path("other.json");
    assert!(idlist(&["new", "--rank", "nomal=1", "-o", &other], Stdio::null()).status.success());
    [
        &["--help"][..],
        &["new", "--help"],
        &["new", "--rank", "vip", "--number", "5000"],
        &["check", &list],
        &["check", "--json", &list],
        &["convert", &list],
        &["convert", &list, "--to", "jsonl"],
        &["convert", &list, "--to", "csv"],
        &["plan", &list],
        &["plan", "--json", &list],
        &["diff", &list, &list],
        &["diff", "--json", &list, &list],
        &["split", &list, "--items", "5000", "--force"],
        &["merge", &list, &other],
        &["redo", &list, "A7"],
        &["new", "--example"],
        &["completions", "bash"],
        &["man"],
        &["man", "--roff"],
    ]
    .map(|arguments| (arguments.join(" "), idlist(arguments, stdout())))
    .into()
}

#[test]
fn a_reader_that_has_left_is_no_error() {
    for (command, output) in all(|| std::io::pipe().unwrap().1.into()) {
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{command}");
        assert_eq!(output.status.code(), Some(0), "{command}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for (command, output) in all(|| File::options().write(true).open("/dev/full").unwrap().into()) {
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("No space left on device"), "{command}: {stderr}");
        assert_eq!(output.status.code(), Some(2), "{command}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_does_not_fit_is_an_error_and_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (list, wanted) = (path("list.json"), path("wanted"));
    let idlist = env!("CARGO_BIN_EXE_idlist");
    assert!(tool().args(["new", "--rank", "vip=5000", "-o", &list]).status().unwrap().success());
    for arguments in [&["new", "--rank", "vip=5000"][..], &["convert", &list, "--to", "csv"]] {
        std::fs::write(&wanted, "the old one").unwrap();
        // Files of at most 100 blocks; a signal would end the program before it can say why.
        let limited = "trap '' XFSZ; ulimit -f 100; exec \"$@\"";
        let mut command = Command::new("sh");
        command.env("LC_ALL", "C");
        command.args(["-c", limited, "sh", idlist]).args(arguments).args(["--force", "-o", &wanted]);
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.starts_with(&format!("idlist: cannot write {wanted}: File too large")), "{stderr}");
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert_eq!(std::fs::read_to_string(&wanted).unwrap(), "the old one");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
