//! Runs the built binary and compares all that it says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../catalogue/mod.rs"]
mod catalogue;
mod convert;
mod outlets;
#[cfg(target_os = "linux")]
mod sessions;
mod terminal;
mod translations;
#[cfg(target_os = "linux")]
mod xlsx;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The tool, with messages in English whatever the language of the caller is.
fn tool() -> Command {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_idlist"));
    tool.env("LC_ALL", "C");
    tool
}

/// Runs `idlist` with arguments and stdin.
fn idlist(args: &[&str], stdin: &[u8]) -> Output {
    idlist_in("C", args, stdin)
}

/// Runs `idlist` in a locale.
fn idlist_in(locale: &str, args: &[&str], stdin: &[u8]) -> Output {
    let mut child = tool()
        .env("LC_ALL", locale)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // The tool stops reading at a fault.
    let writer = std::thread::spawn(move || pipe.write_all(&stdin).ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// A folder with files in it.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, bytes)| std::fs::write(folder.path().join(name), bytes).unwrap());
    folder
}

/// Asserts exit status, stdout and stderr.
#[track_caller]
fn assert_says(output: &Output, status: i32, stdout: &str, stderr: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout);
    assert_eq!(output.status.code(), Some(status));
}

#[test]
fn without_a_command_it_shows_the_help_on_stderr_and_fails() {
    let output = idlist(&[], b"");
    let help = String::from_utf8(output.stderr).unwrap();
    assert!(
        help.starts_with("Makes, checks and prices lists of pictures to make\n\nUsage: idlist <COMMAND>\n"),
        "{help}"
    );
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
}

#[test]
fn help_has_examples_and_goes_to_stdout() {
    for (args, example) in [
        (&["--help"][..], "  idlist new --rank nomal --number 100 > nomal.json\n"),
        (&["new", "--help"], "  idlist new --rank vip --number 5 --start 101 --account 111122223333 "),
        (&["check", "--help"], "  idlist new --rank vip --number 5 | idlist check -\n"),
        (&["plan", "--help"], "  idlist plan nomal.json --concurrency 5 --latency 4 --images-per-minute 60\n"),
        (&["help", "check"], "  idlist check nomal.json\n"),
    ] {
        let output = idlist(args, b"");
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains(example), "{help}");
        assert!(!help.contains('\u{1b}'));
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    }
}

#[test]
fn misuse_is_explained_in_the_name_of_the_tool() {
    let output = idlist(&["xyz"], b"");
    let stderr = "idlist: unrecognized subcommand 'xyz'\n\nUsage: idlist <COMMAND>\n\n\
                  For more information, try '--help'.\n";
    assert_says(&output, 2, "", stderr);
}

#[test]
fn shells_and_man_know_every_command_and_option() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = idlist(&["completions", shell], b"");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(["convert", "id-prefix", "concurrency"].iter().all(|word| text.contains(word)), "{shell}: {text}");
    }
    let page = |args: &[&str]| String::from_utf8(idlist(args, b"").stdout).unwrap();
    assert!(page(&["man", "--roff"]).contains("idlist\\-convert(1)"), "{}", page(&["man", "--roff"]));
    assert!(page(&["man", "new", "--roff"]).contains("\\-\\-id\\-prefix"), "{}", page(&["man", "new", "--roff"]));
    let version = concat!("\"idlist ", env!("CARGO_PKG_VERSION"), "\" \"User Commands\"\n");
    for (args, title) in [(&["man", "--roff"][..], "IDLIST"), (&["man", "new", "--roff"], "IDLIST-NEW")] {
        assert!(page(args).contains(&format!(".TH {title} 1  {version}")), "{}", page(args));
    }
    assert_says(&idlist(&["man", "x"], b""), 2, "", "idlist: there is no command \"x\"\n");
}

#[cfg(unix)]
#[test]
fn the_manual_is_shown_by_man_or_as_text() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder(&[("man", b"#!/bin/sh\necho \"$1: $(cat \"$2\")\"\n"), ("none", b"")]);
    let man = folder.path().join("man");
    let page = |path: &std::path::Path| {
        let mut idlist = tool();
        let output =
            idlist.args(["man", "new"]).env("PATH", format!("{}:/bin:/usr/bin", path.display())).output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
        String::from_utf8(output.stdout).unwrap()
    };
    std::fs::set_permissions(&man, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(page(folder.path()).starts_with("-l: "), "{}", page(folder.path()));
    std::fs::write(&man, "#!/bin/sh\necho no pages here\n").unwrap();
    assert!(page(folder.path()).starts_with("Write a new list.\n\nThe items are"), "{}", page(folder.path()));
}
