//! Every command on a terminal: progress, colours, and neither where nobody looks.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// A shell command on a terminal of its own, which `script` makes. What it says is read from its stdout.
struct OnTerminal(Child);

impl OnTerminal {
    fn start(command: &str, no_color: bool) -> Self {
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", command, "/dev/null"]);
        // A command whose terminal has gone ends by SIGHUP, which programs like nohup have everything below them ignore.
        let idlist = concat!("env --default-signal=HUP ", env!("CARGO_BIN_EXE_idlist"));
        script.env("LC_ALL", "C").env("IDLIST", idlist).env("TERM", "xterm").env_remove("NO_COLOR");
        if no_color {
            script.env("NO_COLOR", "1");
        }
        Self(script.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap())
    }

    /// Reads on until `wanted` was said, or to the end.
    fn says(&mut self, wanted: &str) -> bool {
        let stdout = self.0.stdout.as_mut().unwrap();
        let (mut said, mut bytes) = (String::new(), [0; 4096]);
        while !said.contains(wanted) {
            // A terminal whose last user has gone cannot be read on.
            let read = stdout.read(&mut bytes).unwrap_or_default();
            if read == 0 {
                return false;
            }
            said.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        true
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A list without an end in a pipe, for as long as somebody reads it.
fn endless(path: &std::path::Path) -> JoinHandle<()> {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let path = path.to_owned();
    std::thread::spawn(move || {
        let mut pipe = File::options().write(true).open(path).unwrap();
        let mut item = |comma: &str, number: u64| {
            write!(
                pipe,
                "{comma}{{\"id\":\"A{number}\",\"rank\":\"vip\",\"inputBucketName\":\"images\",\"inputKeyName\":\"a.png\",\
                 \"model\":\"stability.stable-image-core-v1:1\",\"prompt\":\"x\"}}"
            )
        };
        if item("[", 0).is_ok() {
            (1..).find(|&number| item(",\n", number).is_err());
        }
    })
}

#[cfg(target_os = "linux")]
#[test]
fn what_takes_long_says_how_far_it_is() {
    for command in [
        "$IDLIST new --rank vip --number 100000000 > /dev/null",
        "$IDLIST check FIFO",
        "$IDLIST check - < FIFO",
        "$IDLIST plan FIFO",
        "$IDLIST diff FIFO FIFO",
        "$IDLIST convert - < FIFO > /dev/null",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("list.json");
        let feeder = command.contains("FIFO").then(|| endless(&fifo));
        let mut terminal = OnTerminal::start(&command.replace("FIFO", fifo.to_str().unwrap()), false);
        assert!(terminal.says(" MB, "), "{command}");
        drop(terminal);
        if let Some(feeder) = feeder {
            feeder.join().unwrap();
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn colours_are_for_terminals_and_can_be_turned_off() {
    for command in ["--help", "help", "new --help", "check --help", "convert --help", "plan --help", "diff --help"] {
        let command = format!("$IDLIST {command}");
        assert!(OnTerminal::start(&command, false).says("\u{1b}["), "{command}");
        assert!(!OnTerminal::start(&command, true).says("\u{1b}["), "{command}");
    }
}
