//! The order of the crate's modules, as its sources have it.

use std::fs;
use std::path::Path;

/// Each uses itself and those before it.
const ROOMS: [&str; 5] = ["model", "language", "journal", "engine", "api"];

#[test]
fn each_room_uses_only_those_before_it() {
    for (number, room) in ROOMS.iter().enumerate() {
        let later = &ROOMS[number + 1..];
        for (path, source) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room)) {
            for other in later {
                assert!(!source.contains(&format!("crate::{other}::")), "{path} uses {other}");
            }
        }
    }
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of_path = |path: std::path::PathBuf| match path.is_dir() {
        true => sources(&path),
        false => vec![(path.display().to_string(), fs::read_to_string(&path).unwrap())],
    };
    entries.flat_map(of_path).collect()
}
