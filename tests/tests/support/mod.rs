//! Small projects that are compiled in the target directory, with dependencies that they share.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use comfy_tests::workspace;
use serde_json::Value;

/// A project that depends on this workspace by path.
pub(crate) struct Project {
    root: PathBuf,
}

/// A message of rustc about a crate.
#[allow(dead_code, reason = "not every test reads all of it")]
pub(crate) struct Message {
    /// The name of the crate.
    pub(crate) target: String,
    /// The level: `error` or `warning`.
    pub(crate) level: String,
    pub(crate) rendered: String,
}

impl Project {
    /// Creates a project with nothing but its manifest. The target directory keeps what an earlier run compiled.
    pub(crate) fn new(name: &str, manifest: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        for sources in ["crates", "src"] {
            let _ = fs::remove_dir_all(root.join(sources));
        }
        let project = Self { root };
        project.file("Cargo.toml", manifest);
        // With the versions of this workspace, nothing has to be downloaded.
        project.file("Cargo.lock", &fs::read_to_string(workspace().join("Cargo.lock")).expect("the lock file"));
        project
    }

    /// Writes a file of the project.
    pub(crate) fn file(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the target directory is writable");
        fs::write(path, text).expect("the target directory is writable");
    }

    /// Returns the path of a file of the project.
    #[allow(dead_code, reason = "not every test uses it")]
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Runs `cargo test --doc`, which must succeed, and returns what it prints.
    #[allow(dead_code, reason = "not every test uses it")]
    pub(crate) fn test_documentation(&self) -> String {
        let output = self.cargo(&["test", "--doc", "--offline"]);
        let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{printed}");
        printed
    }

    /// Runs `cargo doc`, in which every warning of rustdoc is an error.
    #[allow(dead_code, reason = "not every test uses it")]
    pub(crate) fn document(&self) {
        let output = self.cargo(&["rustdoc", "--offline", "--lib", "--", "-D", "warnings"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Runs `cargo check` and returns the errors and warnings of rustc.
    #[allow(dead_code, reason = "not every test uses it")]
    pub(crate) fn check(&self) -> Vec<Message> {
        self.run("check")
    }

    /// Runs `cargo clippy` and returns the errors and warnings of rustc and clippy.
    #[allow(dead_code, reason = "not every test uses it")]
    pub(crate) fn clippy(&self) -> Vec<Message> {
        self.run("clippy")
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Command::new(cargo)
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs")
    }

    fn run(&self, command: &str) -> Vec<Message> {
        let output = self.cargo(&[command, "--offline", "--workspace", "--keep-going", "--message-format=json"]);
        let messages: Vec<Message> = String::from_utf8_lossy(&output.stdout).lines().filter_map(message).collect();
        assert!(
            output.status.success() || !messages.is_empty(),
            "cargo {command} fails without a message of rustc: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        messages
    }
}

fn message(line: &str) -> Option<Message> {
    let line: Value = serde_json::from_str(line).ok()?;
    if line["reason"] != "compiler-message" {
        return None;
    }
    Some(Message {
        target: line["target"]["name"].as_str()?.to_owned(),
        level: line["message"]["level"].as_str()?.to_owned(),
        rendered: line["message"]["rendered"].as_str()?.to_owned(),
    })
}
