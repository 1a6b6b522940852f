//! Compiles and runs a crate of imported workflows.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use comfy_codegen::Config;
use comfy_import::{ImportOptions, Imported, Importer};
use comfy_schema::{Schema, Value};

use super::same;

/// A prompt to import.
#[derive(Debug)]
pub struct Case {
    /// The name, which is a Rust identifier.
    pub name: String,
    /// The prompt in API format.
    pub prompt: Value,
    /// The options of the import.
    pub options: ImportOptions,
}

/// The results of all cases.
#[derive(Debug, Default)]
pub struct Score {
    /// The number of cases that send the prompt of their file.
    pub equal: usize,
    /// The name of each other case, with a difference or an error.
    pub failures: Vec<(String, String)>,
    /// The number of nodes, and of raw nodes among them.
    pub nodes: (usize, usize),
    /// The duration of importing, without reading files.
    pub import: Duration,
    /// The duration of compiling.
    pub compile: Duration,
    /// The files that rustfmt would change; `None` if it is not installed.
    pub unformatted: Option<Vec<String>>,
}

/// Imports, compiles, runs and compares every case, as one crate in `folder`. All warnings of rustc are errors.
///
/// # Errors
///
/// Returns an error if the crate cannot be written, does not compile or does not run.
pub fn score(schema_file: &Path, cases: &[Case], folder: &Path, target: &Path) -> Result<Score, Box<dyn Error>> {
    let mut score = Score::default();
    let schema = Schema::from_slice(&fs::read(schema_file)?)?;
    let import = Importer::new(&schema);
    let started = Instant::now();
    let imported: Vec<_> = cases.iter().map(|case| import.import(&case.prompt, &case.options)).collect();
    score.import = started.elapsed();
    let mut good: Vec<(&Case, Imported)> = Vec::new();
    for (case, imported) in cases.iter().zip(imported) {
        match imported {
            Ok(imported) => good.push((case, imported)),
            Err(error) => score.failures.push((case.name.clone(), error.to_string())),
        }
    }
    for (_, imported) in &good {
        score.nodes.0 += imported.count;
        score.nodes.1 +=
            imported.warnings.iter().filter(|warning| warning.message.starts_with("becomes a raw node")).count();
    }
    write(schema_file, &good, folder)?;
    score.unformatted = unformatted(&good, folder);
    let started = Instant::now();
    run(folder, target, &["build"])?;
    score.compile = started.elapsed();
    let output = run(folder, target, &["run"])?;
    let mut lines = output.lines();
    for (case, _) in &good {
        let line = lines.next().ok_or("the program printed fewer lines than expected")?;
        let found = match line.split_once('\t') {
            Some(("ok", json)) => same::difference(&same::sendable(&case.prompt), &Value::parse(json.as_bytes())?),
            _ => Some(line.to_owned()),
        };
        match found {
            None => score.equal += 1,
            Some(difference) => score.failures.push((case.name.clone(), difference)),
        }
    }
    Ok(score)
}

fn write(schema: &Path, imports: &[(&Case, Imported)], folder: &Path) -> Result<(), Box<dyn Error>> {
    let source = folder.join("src");
    // Without this, files of an earlier run would be compiled too.
    let _ = fs::remove_dir_all(&source);
    fs::create_dir_all(&source)?;
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let runtime = fs::canonicalize(workspace.join("comfy-runtime"))?;
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or("imports");
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\ncomfy-runtime = {{ path = \
             {:?}, default-features = false, features = [\"macros\"] }}\n\n[profile.dev]\ndebug = false\n\n[workspace]\n",
            runtime.display().to_string()
        ),
    )?;
    let nodes: BTreeSet<&String> = imports.iter().flat_map(|(_, imported)| &imported.nodes).collect();
    Config::new()
        .schema(schema)
        .nodes(nodes.into_iter().cloned().collect::<Vec<_>>())
        .builders(false)
        .docs(false)
        .out_file(source.join("nodes.rs"))
        .generate()?;
    let mut main = String::from("mod nodes;\n");
    for (case, imported) in imports {
        fs::write(source.join(format!("{}.rs", case.name)), &imported.source)?;
        writeln!(main, "mod {};", case.name)?;
    }
    main.push_str("\nfn main() {\n");
    for (case, imported) in imports {
        let saved = if imported.parameters.is_empty() { "" } else { "_as_saved" };
        writeln!(main, "    show({}::{}{saved}());", case.name, imported.name)?;
    }
    main.push_str(
        "}\n\nfn show<T>(workflow: Result<comfy_runtime::Workflow<T>, comfy_runtime::GraphError>) {\n    match workflow {\n        \
         Ok(workflow) => println!(\"ok\\t{}\", workflow.to_json()),\n        Err(error) => println!(\"error {:?}\", \
         error.to_string()),\n    }\n}\n",
    );
    fs::write(source.join("main.rs"), main)?;
    Ok(())
}

/// Returns the files that rustfmt with its defaults would change.
fn unformatted(imports: &[(&Case, Imported)], folder: &Path) -> Option<Vec<String>> {
    // Without this file, rustfmt would use the configuration of the workspace.
    fs::write(folder.join("rustfmt.toml"), "").ok()?;
    let mut changed = Vec::new();
    for cases in imports.chunks(50) {
        let files: Vec<PathBuf> =
            cases.iter().map(|(case, _)| folder.join("src").join(format!("{}.rs", case.name))).collect();
        let output = Command::new("rustfmt")
            .args(["--edition", "2024", "--check", "-l"])
            .args(&files)
            .current_dir(folder)
            .output()
            .ok()?;
        if !output.stderr.is_empty() {
            changed.push(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        changed.extend(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned));
    }
    Some(changed)
}

fn run(folder: &Path, target: &Path, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--quiet", "--offline"])
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "-Dwarnings")
        .output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}", folder.display(), errors.lines().take(200).collect::<Vec<_>>().join("\n")).into())
}
