//! Small crates that are compiled in the target directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use comfy_tests::workspace;
use serde_json::Value;

/// A workspace of generated crates that use this one by path.
pub struct Project {
    root: PathBuf,
    head: &'static str,
}

/// An error or a warning of rustc.
pub struct Message {
    pub package: String,
    pub rendered: String,
}

impl Project {
    /// An empty workspace. Each of its crates has `head` as its root module.
    pub fn new(name: &str, head: &'static str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // What an earlier run generated is no part of this one; what it compiled is in the target directory.
        let _ = fs::remove_dir_all(root.join("crates"));
        let runtime = workspace().join("comfy-runtime");
        write(
            &root.join("Cargo.toml"),
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[workspace.dependencies]\n\
                 comfy-runtime = {{ path = {runtime:?}, default-features = false }}\n"
            ),
        );
        // The same versions as here, so that nothing has to be fetched.
        write(&root.join("Cargo.lock"), &fs::read_to_string(workspace().join("Cargo.lock")).expect("the lock file"));
        Self { root, head }
    }

    /// Adds a crate with a module `nodes`.
    pub fn package(&self, name: &str, nodes: &str) {
        let package = self.root.join("crates").join(name);
        write(
            &package.join("Cargo.toml"),
            &format!(
                "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                 comfy-runtime.workspace = true\n"
            ),
        );
        write(&package.join("src/lib.rs"), self.head);
        write(&package.join("src/nodes.rs"), nodes);
    }
}

/// Runs `cargo check`; gives what rustc says.
pub fn check(project: &Project) -> Vec<Message> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["check", "--offline", "--workspace", "--keep-going", "--message-format=json"])
        .current_dir(&project.root)
        .env("CARGO_TARGET_DIR", project.root.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Message> = text.lines().filter_map(message).collect();
    assert!(
        output.status.success() || !messages.is_empty(),
        "cargo check fails without a word of rustc: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    messages
}

fn message(line: &str) -> Option<Message> {
    let line: Value = serde_json::from_str(line).ok()?;
    if line["reason"] != "compiler-message" {
        return None;
    }
    let package = line["target"]["name"].as_str()?.to_owned();
    Some(Message { package, rendered: line["message"]["rendered"].as_str()?.to_owned() })
}

/// Writes a file, if it would change: cargo goes by the time of its last change.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("the target directory is writable");
    fs::write(path, text).expect("the target directory is writable");
}
