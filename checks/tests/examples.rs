//! The index of the examples.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;

use comfy_checks::workspace::root;

#[test]
fn the_index_lists_every_example_with_its_command() {
    let programs = fs::read_dir(root().join("examples/src/bin")).unwrap().map(|entry| entry.unwrap().path());
    // A folder is a program if it has a `main.rs`.
    let programs = programs.filter(|path| path.is_file() || path.join("main.rs").is_file());
    let programs: BTreeSet<String> =
        programs.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let index = fs::read_to_string(root().join("examples/README.md")).unwrap();
    let rows = index.lines().filter(|line| line.starts_with("| ["));
    let listed: Vec<&str> = rows.filter_map(|row| row.split(['[', ']']).nth(1)).collect();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, Vec::from_iter(&programs), "examples/README.md lists each example once");
    for name in listed {
        let commands = [format!("cargo run --bin {name}"), format!("cargo test --bin {name}")];
        assert!(
            commands.iter().any(|command| index.contains(command)),
            "examples/README.md has no command for `{name}`"
        );
        assert!(index.contains(&format!("(src/bin/{name}.rs)")), "examples/README.md does not link to `{name}`");
    }
}
