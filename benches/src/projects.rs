//! Small crates to compile, in a workspace and a target folder of their own.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::measure::{self, Cost};

/// What is compiled.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// `cargo check`
    Check,
    /// `cargo build`
    Build,
    /// `cargo build --release`
    Release,
}

impl Mode {
    /// All of them.
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
    /// Its name, and that of its folder.
    pub name: &'static str,
    /// The crates of the same workspace that it depends on.
    pub depends_on: &'static [&'static str],
    /// The text of its `src/lib.rs`.
    pub lib: String,
    /// The text of its `src/nodes.rs`; empty if it has no such module.
    pub nodes: String,
}

/// A workspace of such crates.
#[derive(Debug)]
pub struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// Writes the crates. The lock file is that of our own workspace, so that the dependencies are the same and nothing
    /// is fetched.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
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

    /// Compiles one crate alone, again and again, and gives the least that it cost. What it depends on is compiled
    /// before, uncounted. Cargo's own work is in the figure, so only differences between crates mean something.
    ///
    /// # Errors
    ///
    /// If it does not compile.
    pub fn cost(&self, name: &str, mode: Mode, runs: usize) -> io::Result<Cost> {
        measure::run(&mut self.cargo(name, mode))?;
        measure::least(runs, || {
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
        // A warning in generated code is a fault.
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
