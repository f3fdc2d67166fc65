//! The commands of the READMEs that call `idlist`, run as they stand there.

use std::path::Path;

use super::sessions::shell;

#[test]
fn commands_of_the_readmes_run_as_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for name in ["README.md", "README.ja.md"] {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root.join("events"), folder.path().join("events")).unwrap();
        let readme = std::fs::read_to_string(root.join(name)).unwrap();
        let blocks = readme.split("\n```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("sh\n"));
        let lines = blocks.flat_map(str::lines).map(|line| line.replace("cargo run --release -p idlist --", "idlist"));
        let commands: Vec<_> = lines.filter(|line| line.starts_with("idlist ")).collect();
        assert!(commands.len() >= 15, "{commands:?}");
        for line in commands {
            let mut command = shell(&line);
            command.current_dir(&folder).env("account", "111122223333").env("region", "us-west-2");
            let output = command.output().unwrap();
            assert_eq!(
                (String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()),
                ("", Some(0)),
                "{line}"
            );
        }
    }
}
