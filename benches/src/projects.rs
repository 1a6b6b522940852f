//! Small crates to measure compile times with, in a workspace and a target folder of their own.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::measure::{self, Cost};

/// The cargo command that compiles a crate.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// Runs `cargo check`.
    Check,
    /// Runs `cargo build`.
    Build,
    /// Runs `cargo build --release`.
    Release,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Check, Self::Build, Self::Release];

    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Build => &["build"],
            Self::Release => &["build", "--release"],
        }
    }
}

/// A library crate to compile.
#[derive(Debug)]
pub struct Project {
    /// The name of the crate and of its folder.
    pub name: &'static str,
    /// The names of the crates of the same workspace that it depends on.
    pub depends_on: &'static [&'static str],
    /// The content of its `src/lib.rs`.
    pub lib: String,
    /// The content of its `src/nodes.rs`; empty if it has no such module.
    pub nodes: String,
}

/// A workspace of small crates.
#[derive(Debug)]
pub struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// Writes the crates. The lock file is a copy of this workspace's, so that the dependencies are the same and cargo
    /// downloads nothing.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be written.
    pub fn write(folder: PathBuf, projects: &[Project]) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let names: Vec<_> = projects.iter().map(|project| project.name).collect();
        fs::write(folder.join("Cargo.toml"), format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n"))?;
        fs::copy(crate::workspace().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let runtime = crate::workspace().join("comfy-runtime");
        for project in projects {
            project.write(&folder.join(project.name), &runtime)?;
        }
        Ok(Self { folder })
    }

    /// Compiles one crate alone several times and returns the minimum cost. Its dependencies are compiled before that and do
    /// not count. The figures include cargo itself, so only differences between crates are meaningful.
    ///
    /// # Errors
    ///
    /// Returns an error if the crate does not compile.
    pub fn cost(&self, name: &str, mode: Mode, runs: usize) -> io::Result<Cost> {
        measure::run(&mut self.cargo(name, mode))?;
        measure::min_cost(runs, || {
            let lib = File::options().append(true).open(self.folder.join(name).join("src/lib.rs"))?;
            lib.set_modified(SystemTime::now())?;
            measure::run(&mut self.cargo(name, mode))
        })
    }

    fn cargo(&self, name: &str, mode: Mode) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.args(mode.arguments()).args(["--quiet", "--offline", "--lib", "-p", name]);
        cargo.current_dir(&self.folder);
        cargo.env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", self.folder.join("target"));
        // Generated code must compile without warnings.
        cargo.env("RUSTFLAGS", "-Dwarnings");
        cargo
    }
}

impl Project {
    fn write(&self, folder: &Path, runtime: &Path) -> io::Result<()> {
        fs::create_dir_all(folder.join("src"))?;
        let mut manifest = format!(
            "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\ncomfy-runtime = {{ path \
             = {:?} }}\n",
            self.name,
            runtime.display().to_string()
        );
        for name in self.depends_on {
            // Writing to a string cannot fail.
            let _ = writeln!(manifest, "{name} = {{ path = \"../{name}\" }}");
        }
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/nodes.rs"), &self.nodes)?;
        fs::write(folder.join("src/lib.rs"), &self.lib)
    }
}
