//! The command `cargo comfy init`.

mod manifest;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use comfy_codegen::{Config, text};
use comfy_schema::server::Secret;
use comfy_schema::{Schema, shown};

use crate::failure::{Failure, IntoFailure};
use crate::server::AccessArguments;
use crate::{print, replace};
use manifest::Manifest;

/// Set up a crate for ComfyUI workflows, with dependencies, build script, node definitions, and a first workflow and
/// its test.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Init {
    /// Folder of the crate; a new crate is created if it has no Cargo.toml.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,

    /// Base URL of a running server, whose node definitions are saved [default: those of ComfyUI 0.26.0].
    #[arg(long, value_name = "URL", conflicts_with = "schema")]
    server: Option<Secret>,

    #[command(flatten)]
    access: AccessArguments,

    /// File with a server's node definitions, which is copied.
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Folder with a clone of this project, whose crates are used instead of those on crates.io.
    #[arg(long, value_name = "DIR")]
    workspace_path: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  Create a crate with the nodes of a running server:
    cargo comfy init pictures --server http://127.0.0.1:8188
    cd pictures && cargo test

  Set up the crate in this folder, with a clone of this project (its crates are not on crates.io yet):
    cargo comfy init --workspace-path ../comfy-rs

Nothing is overwritten: existing files stay as they are, and only lines are added to Cargo.toml and the crate's root.
The command prints what it did, and what is left to do by hand.

Exit codes: 0 done, 1 done but something is left to do by hand, 2 the crate could not be set up.";

/// The definitions to save if neither a server nor a file is given.
const SNAPSHOT: &[u8] = include_bytes!("../../../schemas/comfyui-0.26.0.json");
/// The name of the file with these definitions.
const SNAPSHOT_NAME: &str = "comfyui-0.26.0.json";
/// The name of the file with the definitions of a server.
const SERVER_NAME: &str = "comfyui.json";

const BUILD: &str = include_str!("template/build.rs.txt");
const MAIN: &str = include_str!("template/main.rs.txt");
const WORKFLOW: &str = include_str!("template/comfy.rs.txt");
/// The prompt that the test of the first workflow expects.
const SENT: &str = include_str!("template/snapshot.json");

/// The classes of nodes in the first workflow.
const CLASSES: [&str; 6] =
    ["CLIPTextEncode", "CheckpointLoaderSimple", "EmptyLatentImage", "KSampler", "SaveImage", "VAEDecode"];

impl Init {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let workspace = self.workspace()?;
        let (snapshot, name) = self.snapshot()?;
        let is_new = !self.path.join("Cargo.toml").exists();
        let had_main = self.path.join("src/main.rs").exists() || self.path.join("src/lib.rs").exists();
        if is_new {
            create(&self.path)?;
        }
        let mut setup = Setup { folder: &self.path, done: Vec::new(), left: Vec::new() };
        if is_new {
            setup.done.push("created a new crate".to_owned());
        }
        setup.manifest(workspace.as_deref(), &format!("schemas/{name}"))?;
        setup.write(&format!("schemas/{name}"), &snapshot)?;
        let sent = SENT.trim_end().replace('\n', "\n        ");
        setup
            .write("src/comfy.rs", WORKFLOW.replace("@SNAPSHOT@", &format!("\n        {sent}\n        ")).as_bytes())?;
        if is_new && !had_main {
            replace::write(&self.path.join("src/main.rs"), MAIN.as_bytes())?;
            setup.done.push("wrote src/main.rs".to_owned());
        } else {
            setup.module()?;
        }
        setup.report()
    }

    /// Returns the folder with this project's sources, if it is given.
    fn workspace(&self) -> Result<Option<PathBuf>, Failure> {
        let Some(folder) = &self.workspace_path else { return Ok(None) };
        if !folder.join("comfy-runtime/Cargo.toml").exists() {
            let message = "no sources of comfy-rs; give the folder that holds comfy-runtime";
            return Err(format!("{}: {message}", shown::path(folder)).into_failure());
        }
        Ok(Some(fs::canonicalize(folder)?))
    }

    /// Returns the node definitions to save, and the name of their file.
    fn snapshot(&self) -> Result<(Vec<u8>, String), Failure> {
        let (schema, bytes, name) = if let Some(server) = &self.server {
            let schema = Config::new().server(self.access.options(server.clone())?).definitions()?.schema;
            let json = schema.to_json().into_bytes();
            (schema, json, SERVER_NAME.to_owned())
        } else if let Some(file) = &self.schema {
            let schema = Config::new().schema(file).definitions()?.schema;
            let name = file.file_name().unwrap_or(SERVER_NAME.as_ref()).to_string_lossy().into_owned();
            let json = schema.to_json().into_bytes();
            (schema, json, name)
        } else {
            (Schema::from_slice(SNAPSHOT)?, SNAPSHOT.to_vec(), SNAPSHOT_NAME.to_owned())
        };
        if let Some(class) = CLASSES.iter().find(|class| schema.node(class).is_none()) {
            let message =
                format!("no definition of `{class}`, which the first workflow uses; leave out --server and --schema");
            return Err(message.into_failure());
        }
        Ok((bytes, name))
    }
}

/// The setup of one crate.
struct Setup<'p> {
    folder: &'p Path,
    done: Vec<String>,
    /// The steps that are left to do by hand.
    left: Vec<String>,
}

impl Setup<'_> {
    /// Adds the dependencies and the build script.
    fn manifest(&mut self, workspace: Option<&Path>, schema: &str) -> Result<(), Failure> {
        // The name of a file may have quotes, backslashes and characters that nobody sees.
        let schema = &text::literal(schema);
        let path = self.folder.join("Cargo.toml");
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", shown::path(&path)).into_failure())?;
        let mut manifest = Manifest::parse(&text, &path)?;
        manifest.add(workspace)?;
        if !manifest.added.is_empty() {
            replace::write(&path, manifest.text().as_bytes())
                .map_err(|error| format!("{}: {error}", shown::path(&path)).into_failure())?;
            self.done.push(format!("added to Cargo.toml: {}", manifest.added.join(", ")));
        }
        for kept in &manifest.kept {
            self.done.push(format!("kept in Cargo.toml: {kept}"));
        }
        if manifest.kept.iter().any(|kept| kept == "dependencies.comfy-runtime") && !text.contains("macros") {
            self.left.push("add the feature `macros` to comfy-runtime in Cargo.toml".to_owned());
        }
        let call = format!("comfy_codegen::Config::new().schema({schema}).used_in(\"src\").build();");
        match manifest.build_script() {
            Some(script) => {
                self.left
                    .push(format!("add to main in the build script that Cargo.toml names ({script}):\n      {call}"));
                Ok(())
            }
            None if self.write("build.rs", BUILD.replace("@SCHEMA@", schema).as_bytes())? => Ok(()),
            None => {
                let has =
                    fs::read_to_string(self.folder.join("build.rs")).is_ok_and(|text| text.contains("comfy_codegen"));
                if !has {
                    self.left.push(format!("add to main in build.rs:\n      {call}"));
                }
                Ok(())
            }
        }
    }

    /// Writes a file unless it exists. Returns whether it was written.
    fn write(&mut self, name: &str, content: &[u8]) -> Result<bool, Failure> {
        let path = self.folder.join(name);
        let failed = |error: std::io::Error| format!("{}: {error}", shown::path(&path)).into_failure();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let written = replace::create(&path, content).map_err(failed)?;
        self.done.push(format!("{} {name}", if written { "wrote" } else { "kept" }));
        Ok(written)
    }

    /// Declares the workflow's file as a module of the crate.
    fn module(&mut self) -> Result<(), Failure> {
        let Some(root) = ["src/lib.rs", "src/main.rs"].into_iter().find(|root| self.folder.join(root).exists()) else {
            self.left
                .push("add `mod comfy;` to the crate's root, which is neither src/lib.rs nor src/main.rs".to_owned());
            return Ok(());
        };
        let path = self.folder.join(root);
        let text = fs::read_to_string(&path)?;
        if text.lines().any(|line| line.trim_end().ends_with("mod comfy;")) {
            return Ok(());
        }
        let line = if root == "src/lib.rs" { "pub mod comfy;" } else { "mod comfy;" };
        let gap = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        replace::write(&path, format!("{text}{gap}\n{line}\n").as_bytes())?;
        self.done.push(format!("added to the end of {root}: {line}"));
        Ok(())
    }

    /// Prints what was done and what is left to do.
    fn report(self) -> Result<(), Failure> {
        let done = format!("{}\n", self.done.join("\n"));
        if self.left.is_empty() {
            return print::text(format_args!(
                "{done}\nNext: run `cargo test` in the crate. The first workflow is in src/comfy.rs.\n"
            ));
        }
        print::text(format_args!("{done}\nLeft to do by hand:\n  {}\n", self.left.join("\n  ")))?;
        Err(Failure::Reported(1))
    }
}

/// Creates a new crate with `cargo init`.
fn create(folder: &Path) -> Result<(), Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let created = Command::new(cargo).args(["init", "--quiet", "--bin", "--"]).arg(folder).output();
    let output = created.map_err(|error| format!("cannot run cargo: {error}").into_failure())?;
    // Cargo's messages hold the path as it is, which may have control characters.
    let messages = String::from_utf8_lossy(&output.stderr);
    if !messages.trim().is_empty() {
        print::note(messages.trim_end());
    }
    if output.status.success() {
        return Ok(());
    }
    let message = "cannot create a crate; give another PATH, or create one with `cargo new`";
    Err(message.to_owned().into_failure())
}
