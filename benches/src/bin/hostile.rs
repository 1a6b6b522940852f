//! Measures what files that are made to take much time or memory take: CPU seconds and peak memory of a process of its own
//! for each file and each step (see `hostile::STEPS`). Fails if one takes more than 2 CPU seconds or 300 MB, and if
//! generating 20,000 nodes takes more than 25 times as long as 1,000.
//!
//! ```text
//! cargo bench-hostile                 the files that this program makes
//! cargo bench-hostile FOLDER…         these and the files in the folders
//! cargo bench-hostile --only TEXT     the files whose name contains a text
//! ```

use std::env;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use comfy_benches::hostile::{STEPS, schema, work, write};
use comfy_benches::measure::{self, Cost, min_cost};

/// Maximum CPU time of a step with one file.
const MAX_CPU: Duration = Duration::from_secs(2);

/// Maximum peak memory of a step with one file, in bytes.
const MAX_PEAK: u64 = 300_000_000;

/// Maximum peak memory of reading a file of JSON, in bytes for each byte of the file, if that is more than [`MAX_PEAK`].
const MAX_READ_RATIO: u64 = 32;

/// Maximum peak memory of any other step with a file of JSON, in bytes for each byte of the file.
const MAX_STEP_RATIO: u64 = 112;

/// Maximum ratio between the times to generate 20,000 and 1,000 nodes.
const MAX_RATIO: f64 = 25.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, step, file] = arguments.as_slice()
        && flag == "--child"
    {
        println!("{}\n{}", work(step, Path::new(file))?, measure::own_peak()?);
        return Ok(());
    }
    if let [flag, folder] = arguments.as_slice()
        && flag == "--write"
    {
        return Ok(write(Path::new(folder))?);
    }
    let only = arguments.iter().position(|argument| argument == "--only").and_then(|at| {
        let rest = arguments.split_off(at);
        rest.into_iter().nth(1)
    });
    let folder = comfy_benches::target()?.join("hostile");
    measure::run(Command::new(env::current_exe()?).arg("--write").arg(&folder))?;
    let mut files = listed(&folder)?;
    for folder in &arguments {
        files.extend(listed(Path::new(folder))?);
    }
    files.retain(|file| only.as_ref().is_none_or(|only| file.to_string_lossy().contains(only.as_str())));

    println!("{:44} {:>8} {:>8} {:>8}", "", "size", "CPU", "memory");
    let mut missed = 0;
    for file in &files {
        missed += measured(file)?;
    }
    if only.is_none() {
        missed += growth(&folder)?;
    }
    if missed > 0 {
        return Err(format!("{missed} figures are above their limit").into());
    }
    Ok(())
}

/// Returns the files in a folder, in the order of their names.
fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.is_file());
    files.sort_unstable();
    Ok(files)
}

/// Measures every step that is useful with a file, and returns how many are above a limit.
fn measured(file: &Path) -> Result<usize, Box<dyn Error>> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let steps: &[&str] = match name.split('-').next() {
        Some("prompt") => &["read", "check", "import", "draw", "export"],
        Some("workflow") => &["read", "convert", "check", "import", "draw"],
        Some("schema") => &["generate"],
        _ if file.extension().is_some_and(|extension| extension == "json") => &STEPS[..6],
        _ => &["read"],
    };
    let mut missed = 0;
    for step in steps {
        let size = fs::metadata(file)?.len();
        let label = format!("{name} {step}");
        match best(step, file) {
            Ok(cost) => {
                let ratio = if *step == "read" { MAX_READ_RATIO } else { MAX_STEP_RATIO };
                let is_json = file.extension().is_some_and(|extension| extension == "json");
                let max_peak = if is_json { MAX_PEAK.max(size * ratio) } else { MAX_PEAK };
                let verdict = if cost.cpu > MAX_CPU || cost.peak > max_peak { "MISSED" } else { "" };
                missed += usize::from(!verdict.is_empty());
                line(&label, size, cost, verdict);
            }
            Err(error) => {
                println!("{label:44} FAILED: {error}");
                missed += 1;
            }
        }
    }
    Ok(missed)
}

/// Measures a step with one file. A figure above the limit is measured again, because other programs disturb it.
fn best(step: &str, file: &Path) -> io::Result<Cost> {
    let cost = measure::run_reporting(&mut child(step, file)?)?;
    if cost.cpu <= MAX_CPU {
        return Ok(cost);
    }
    min_cost(4, || measure::run_reporting(&mut child(step, file)?)).map(|again| again.min(cost))
}

/// Measures the generation of 1,000 and of 20,000 nodes, and returns 1 if it is not linear.
fn growth(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let mut seconds = Vec::new();
    for nodes in [1_000, 20_000] {
        let file = folder.join(format!("nodes-{nodes}.txt"));
        fs::write(&file, schema(nodes))?;
        let cost = min_cost(3, || measure::run_reporting(&mut child("generate", &file)?))?;
        line(&format!("{nodes} nodes generate"), fs::metadata(&file)?.len(), cost, "");
        fs::remove_file(&file)?;
        seconds.push(cost.cpu.as_secs_f64());
    }
    let [few, many] = seconds.as_slice() else { return Ok(1) };
    let ratio = many / few;
    println!("20,000 nodes take {ratio:.1} times as long as 1,000 (≤ {MAX_RATIO})");
    Ok(usize::from(ratio > MAX_RATIO))
}

fn child(step: &str, file: &Path) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("--child").arg(step).arg(file);
    Ok(command)
}

fn line(label: &str, size: u64, cost: Cost, verdict: &str) {
    let (kilobytes, megabytes) = (size / 1_000, cost.peak / 1_000_000);
    println!("{label:44} {kilobytes:>5} KB {:>6.2} s {megabytes:>5} MB  {verdict}", cost.cpu.as_secs_f64());
}
