//! Checks that every input and output that a schema declares is in the generated code. Exits with 1 if one is missing.
//!
//! Counts in `schemas/comfyui-0.26.0.json`, and in the node definitions in the folder that `COMFY_DATA` names, if it is set.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use comfy_benches::coverage::{declared, generated};
use comfy_codegen::Config;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    println!("{:38} {:>11} {:>13} {:>11} {:>13} {:>6}", "", "nodes", "inputs", "outputs", "branch inputs", "raw");
    let mut complete = examine(&comfy_benches::schema())?;
    match env::var_os("COMFY_DATA") {
        Some(data) => {
            for dump in dumps(&PathBuf::from(data))? {
                complete &= examine(&dump)?;
            }
        }
        None => println!("COMFY_DATA is not set: definitions of servers with custom nodes were not checked"),
    }
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns every `.json` file in the folders with node definitions.
fn dumps(data: &Path) -> io::Result<Vec<PathBuf>> {
    let mut dumps = Vec::new();
    for folder in ["schemas", "object_info", "object_info/wild"] {
        for entry in fs::read_dir(data.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                dumps.push(path);
            }
        }
    }
    dumps.push(data.join("wild_workflows/object_info.json"));
    dumps.push(data.join("validation/object_info.json"));
    dumps.sort();
    Ok(dumps)
}

/// Prints the counts of one document. Returns `true` if nothing is missing.
fn examine(path: &Path) -> Result<bool, Box<dyn Error>> {
    let wanted = declared(&fs::read(path)?)?;
    let from_schema = Config::new().schema(path).source()?;
    let (report, found) = (from_schema.report, generated(&from_schema.source)?);
    let pair = |found: usize, wanted: usize| format!("{found}/{wanted}");
    let name = path.components().rev().take(2).collect::<Vec<_>>();
    let name: PathBuf = name.into_iter().rev().collect();
    println!(
        "{:38} {:>11} {:>13} {:>11} {:>13} {:>6}  {:.2} %",
        name.display(),
        pair(found.classes.len(), wanted.classes.len()),
        pair(found.inputs(), wanted.inputs()),
        pair(found.outputs(), wanted.outputs()),
        pair(found.branch_inputs, wanted.branch_inputs),
        report.raw_inputs.len(),
        percent(found.inputs() + found.outputs(), wanted.inputs() + wanted.outputs())
    );
    let mut problems = wanted.differences(&found);
    let reported = (report.nodes, report.inputs, report.outputs);
    if reported != (found.classes.len(), found.inputs(), found.outputs()) {
        problems.push(format!("the report of the generator counts {reported:?}"));
    }
    if (found.branches, found.branch_inputs) != (wanted.branches, wanted.branch_inputs) {
        problems.push(format!("{} of {} branches are generated", found.branches, wanted.branches));
    }
    for problem in &problems {
        println!("  {problem}");
    }
    Ok(problems.is_empty())
}

#[expect(clippy::cast_precision_loss, reason = "the figure is rounded for display")]
fn percent(found: usize, wanted: usize) -> f64 {
    if wanted == 0 { 100.0 } else { found as f64 * 100.0 / wanted as f64 }
}
