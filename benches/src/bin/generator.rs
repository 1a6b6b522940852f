//! Measures the generation of all 792 nodes: by the command in release mode, by an unoptimized build script, and by a build
//! script when nothing has changed.
//!
//! `--runs 20` takes the minimum of twenty runs; the default is ten.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use comfy_benches::measure::{self, Cost, option, verdict};

fn main() -> Result<(), Box<dyn Error>> {
    let runs = option("--runs", 10)?;
    let target = comfy_benches::target()?;
    let folder = target.join("generator-cost");
    fs::create_dir_all(&folder)?;
    build(&target, &["--release", "-p", "cargo-comfy"])?;
    build(&target, &["-p", "comfy-benches", "--bin", "build_script"])?;
    println!("Minimum of {runs} runs, whole processes\n");
    println!("{:52} {:>8} {:>8} {:>8}", "", "CPU", "wall", "memory");

    let file = folder.join("nodes.rs");
    let command = |extra: &[&str]| {
        let mut command = Command::new(target.join("release/cargo-comfy"));
        command.arg("generate").arg("--schema").arg(comfy_benches::schema()).arg("--out").arg(&file).args(extra);
        command
    };
    line("cargo comfy generate (release)", fresh(runs, &file, || command(&[]))?, Some(0.15));
    line("cargo comfy generate --no-builders (release)", fresh(runs, &file, || command(&["--no-builders"]))?, None);

    let generated = folder.join("comfy_nodes.rs");
    let script = || {
        let mut script = Command::new(target.join("debug/build_script"));
        script.env("OUT_DIR", &folder);
        script
    };
    line("build script (unoptimized)", fresh(runs, &generated, script)?, Some(1.0));
    let written = fs::metadata(&generated)?.modified()?;
    line("build script, nothing changed", measure::min_cost(runs, || measure::run(&mut script()))?, None);
    let again = fs::metadata(&generated)?.modified()?;
    if again != written {
        return Err("the unchanged file was written again".into());
    }
    println!("\nThe unchanged file kept its modification time.");
    Ok(())
}

/// Compiles a program of the workspace; this does not count.
fn build(target: &Path, arguments: &[&str]) -> io::Result<Cost> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet"]).args(arguments);
    cargo.current_dir(comfy_benches::workspace()).env("CARGO_TARGET_DIR", target);
    measure::run(&mut cargo)
}

/// Returns the minimum cost of a program when the file that it writes does not exist yet.
fn fresh(runs: usize, file: &Path, command: impl Fn() -> Command) -> io::Result<Cost> {
    measure::min_cost(runs, || {
        if file.exists() {
            fs::remove_file(file)?;
        }
        measure::run(&mut command())
    })
}

fn line(label: &str, cost: Cost, target: Option<f64>) {
    let seconds = |time: Duration| format!("{:.3} s", time.as_secs_f64());
    let target =
        target.map_or_else(String::new, |target| format!("  ≤ {target} s {}", verdict(cost.cpu.as_secs_f64(), target)));
    let megabytes = cost.peak / 1_000_000;
    println!("{label:52} {:>8} {:>8} {megabytes:>5} MB{target}", seconds(cost.cpu), seconds(cost.wall));
}
