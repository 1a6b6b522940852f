//! Runs each target with its stored inputs: `replay [TARGET…]`.
//!
//! Prints the number of inputs and the CPU seconds of each target. Fails if a target panics, and if an input takes more
//! time or memory than the limits below, which are above those of the program `run` because the code is not optimized.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use comfy_fuzz::{Run, TARGETS};

/// Maximum CPU time of one input, in seconds.
const MAX_SECONDS: f64 = 5.0;

/// Maximum CPU time of all inputs, in seconds.
const MAX_TOTAL_SECONDS: f64 = 60.0;

/// Maximum peak memory of the program, in MiB.
const MAX_MIB: u64 = 1_024;

/// The input that is running, which the message of a panic names.
static CURRENT: Mutex<Option<PathBuf>> = Mutex::new(None);

fn main() -> io::Result<ExitCode> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = names.iter().find(|name| TARGETS.iter().all(|(target, _)| target != name)) {
        eprintln!("unknown target `{unknown}`");
        return Ok(ExitCode::FAILURE);
    }
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        print(info);
        if let Some(path) = CURRENT.lock().ok().and_then(|path| path.clone()) {
            eprintln!("the input is {}", path.display());
        }
    }));
    let mut failed = false;
    for (target, run) in
        TARGETS.iter().filter(|(target, _)| names.is_empty() || names.iter().any(|name| name == target))
    {
        failed |= !replay(target, *run)?;
    }
    let (seconds, peak) = (cpu_seconds().unwrap_or_default(), peak_mib().unwrap_or_default());
    println!("{:<14} {seconds:8.2} CPU s, {peak} MiB at most", "in all");
    if seconds > MAX_TOTAL_SECONDS {
        eprintln!("the inputs take {seconds:.1} CPU s; expected at most {MAX_TOTAL_SECONDS} CPU s");
        failed = true;
    }
    if peak > MAX_MIB {
        eprintln!("the peak memory is {peak} MiB; expected at most {MAX_MIB} MiB");
        failed = true;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Runs a target with its inputs, and returns whether each was fast enough.
fn replay(target: &str, run: Run) -> io::Result<bool> {
    let (inputs, start) = (inputs(target)?, cpu_seconds());
    let mut ok = !inputs.is_empty();
    if !ok {
        eprintln!("target `{}` has no stored inputs", target);
    }
    for path in &inputs {
        let bytes = fs::read(path)?;
        if let Ok(mut current) = CURRENT.lock() {
            *current = Some(path.clone());
        }
        let before = cpu_seconds();
        run(&bytes);
        if let Some(seconds) = since(before).filter(|seconds| *seconds > MAX_SECONDS) {
            eprintln!("{} takes {seconds:.1} CPU s; expected at most {MAX_SECONDS} CPU s", path.display());
            ok = false;
        }
    }
    println!("{:<14} {:8.2} CPU s, {} inputs", target, since(start).unwrap_or_default(), inputs.len());
    Ok(ok)
}

/// Returns the stored inputs of a target, in the order of their names.
fn inputs(target: &str) -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort_unstable();
    Ok(files)
}

fn since(start: Option<f64>) -> Option<f64> {
    Some(cpu_seconds()? - start?)
}

/// Returns the CPU time of this process so far, in seconds; `None` on systems without `/proc`.
fn cpu_seconds() -> Option<f64> {
    /// The unit of the kernel's figures, which is the same on all common systems.
    const TICKS_PER_SECOND: f64 = 100.0;
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program is in parentheses; the user and system times are the 12th and 13th figures after it.
    let figures = text.rsplit_once(')')?.1.split_whitespace();
    let ticks = figures.skip(11).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

/// Returns the peak memory of this process, in MiB; `None` on systems without `/proc`.
fn peak_mib() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1_024)
}
