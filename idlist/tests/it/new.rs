//! `idlist new`.

use std::io::Read;
use std::process::{Command, Stdio};

use super::{assert_says, idlist};

#[test]
fn a_list_has_one_item_on_every_line_and_is_always_the_same() {
    let args = ["new", "--rank", "nomal", "--number", "3"];
    let stdout = include_str!("golden/nomal-3.json");
    assert_says(&idlist(&args, b""), 0, stdout, "");
    assert_says(&idlist(&args, b""), 0, stdout, "");
}

#[test]
fn every_field_can_be_chosen() {
    let args = [
        "new",
        "--rank",
        "レア",
        "--number",
        "2",
        "--id-prefix",
        "髪",
        "--start",
        "9",
        "--key",
        "a.PNG",
        "--model",
        "stability.sd3-5-large-v1:0",
        "--account",
        "111122223333",
        "--region",
        "us-west-2",
    ];
    assert_says(&idlist(&args, b""), 0, include_str!("golden/chosen.json"), "");
    let args = ["new", "--rank", "vip", "--number", "1", "--bucket", "images"];
    let output = String::from_utf8(idlist(&args, b"").stdout).unwrap();
    assert!(output.contains("\"inputBucketName\":\"images\""), "{output}");
}

#[test]
fn what_is_made_is_good() {
    let list = idlist(&["new", "--rank", "nomal", "--number", "100"], b"").stdout;
    let report = "100 items, no problems\n\
                  100 items without problems: rank \"nomal\", model stability.stable-image-core-v1:1\n";
    assert_says(&idlist(&["check", "-"], &list), 0, report, "");
}

#[test]
fn a_list_that_would_be_bad_is_not_made() {
    let output = idlist(&["new", "--rank", "a/b", "--number", "5", "--bucket", "B_"], b"");
    let stderr = "idlist: the list would not be good: item A1 of rank a/b: `rank` is \"a/b\"; remove the slash; \
                  `inputBucketName` is \"B_\", not a bucket name: it may have only lower-case letters, digits, dots and \
                  hyphens\n";
    assert_says(&output, 2, "", stderr);
}

#[test]
fn a_list_has_at_least_one_item() {
    let stderr = "idlist: invalid value '0' for '--number <NUMBER>': 0 is not in 1..=100000000\n\n\
                  For more information, try '--help'.\n";
    assert_says(&idlist(&["new", "--rank", "vip", "--number", "0"], b""), 2, "", stderr);
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_idlist"))
        .args(["new", "--rank", "nomal", "--number", "100000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_says(&child.wait_with_output().unwrap(), 0, "", "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_idlist"))
        .args(["new", "--rank", "nomal", "--number", "1"])
        .stdout(full)
        .output()
        .unwrap();
    assert_says(&output, 2, "", "idlist: cannot write: No space left on device (os error 28)\n");
}

#[test]
fn ranks_prompts_and_what_varies_can_be_chosen() {
    let args = [
        "new",
        "--rank",
        "nomal=3",
        "--rank",
        "vip",
        "--number",
        "2",
        "--width",
        "3",
        "--bucket",
        "images",
        "--vary",
        "hair=black:3,gold",
        "--vary",
        "eyes=blue,green",
        "--prompt",
        "{{no. {id}}} {rank}, {hair} hair, {eyes} \"eyes\"",
    ];
    assert_says(&idlist(&args, b""), 0, include_str!("golden/varied.json"), "");
}

#[test]
fn prompts_can_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("prompts.txt");
    std::fs::write(&lines, "a cat\n\na \"dog\"\n").unwrap();
    let args = ["new", "--rank", "vip", "--bucket", "images", "--prompts", lines.to_str().unwrap()];
    let item = |number: u8, prompt: &str| {
        format!(
            "{{\"id\":\"A{number}\",\"rank\":\"vip\",\"inputBucketName\":\"images\",\"inputKeyName\":\"image.jpeg\",\
             \"model\":\"stability.stable-image-core-v1:1\",\"prompt\":\"{prompt}\"}}"
        )
    };
    let expected = format!("[\n{},\n{}\n]\n", item(1, "a cat"), item(2, "a \\\"dog\\\""));
    assert_says(&idlist(&args, b""), 0, &expected, "");

    let rows = folder.path().join("people.CSV");
    std::fs::write(&rows, "name,age\r\n\"Ann, B.\",7\r\n").unwrap();
    let args = [
        "new",
        "--rank",
        "vip",
        "--bucket",
        "images",
        "--prompts",
        rows.to_str().unwrap(),
        "--prompt",
        "{name}: {age}",
    ];
    assert_says(&idlist(&args, b""), 0, &format!("[\n{}\n]\n", item(1, "Ann, B.: 7")), "");
}

#[test]
fn a_file_appears_only_when_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let prompts = folder.path().join("prompts.txt");
    std::fs::write(&prompts, "a\nb\n").unwrap();
    let list = folder.path().join("list.json");
    let names = || {
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let args =
        ["new", "--rank", "vip", "--number", "3", "--prompts", prompts.to_str().unwrap(), "-o", list.to_str().unwrap()];
    let message = "there are 2 rows, and 3 are asked for; give more rows or ask for fewer items";
    assert_says(&idlist(&args, b""), 2, "", &format!("idlist: {}: {message}\n", prompts.display()));
    assert_eq!(names(), ["prompts.txt"]);

    let args = ["new", "--rank", "nomal", "--number", "3", "-o", list.to_str().unwrap()];
    assert_says(&idlist(&args, b""), 0, "", "");
    assert_eq!(std::fs::read_to_string(&list).unwrap(), include_str!("golden/nomal-3.json"));
    assert_eq!(names(), ["list.json", "prompts.txt"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_is_named() {
    let args = ["new", "--rank", "vip", "--number", "1", "-o", "/dev/full"];
    let stderr = "idlist: cannot write /dev/full: No space left on device (os error 28)\n";
    assert_says(&idlist(&args, b""), 2, "", stderr);
    let args = ["new", "--rank", "vip", "--number", "1", "-o", "/nowhere/list.json"];
    let output = idlist(&args, b"");
    assert!(output.stderr.starts_with(b"idlist: cannot write /nowhere/list.json: "), "{output:?}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn arguments_that_do_not_fit_together_are_explained() {
    for (args, message) in [
        (&["--rank", "vip"][..], "a rank has no number of items; give --number, or write --rank NAME=COUNT"),
        (&["--rank", "vip=2", "--number", "3"], "--number has nothing to do, every rank has its own; leave it out"),
        (&["--rank", "vip=2", "--account", "1234"], "\"1234\" is not an AWS account id; it has 12 digits"),
        (&["--rank", "vip=2", "--region", "tokyo"], "\"tokyo\" is not the name of an AWS region, such as us-west-2"),
        (&["--rank", "vip=2", "--rank", "vip=3"], "rank \"vip\" appears twice, with the same ids; name it once"),
        (
            &["--rank", "vip=2", "--prompt", "a {hat}"],
            "the prompt has {hat}, but that is not among id, rank; write {{ for a brace itself",
        ),
    ] {
        let args = [&["new"], args].concat();
        assert_says(&idlist(&args, b""), 2, "", &format!("idlist: {message}\n"));
    }
}
