//! Measures the compilation of generated nodes and of a large workflow: the CPU seconds that they add to a crate.
//!
//! `--runs 5` takes the minimum of five runs; the default is three.

use std::error::Error;

use comfy_benches::measure::{Cost, option, verdict};
use comfy_benches::projects::{Mode, Project, Workspace};
use comfy_benches::straight_line::{self, CLASSES, NODES};
use comfy_codegen::Config;

/// A row of the table.
struct Row {
    label: &'static str,
    /// The crate to compile.
    project: &'static str,
    /// The same crate without the code that is measured.
    base: &'static str,
    /// The maximum seconds to check, build and build for release.
    targets: [Option<f64>; 3],
}

const ROWS: [Row; 4] = [
    Row {
        label: "792 nodes with builders",
        project: "builders",
        base: "empty",
        targets: [Some(2.0), Some(2.5), Some(2.6)],
    },
    Row {
        label: "792 nodes without builders",
        project: "plain",
        base: "empty",
        targets: [Some(1.2), Some(1.4), Some(1.5)],
    },
    Row {
        label: "20 used nodes with builders",
        project: "used",
        base: "empty",
        targets: [Some(0.2), Some(0.2), Some(0.2)],
    },
    Row {
        label: "workflow! of 1,000 literals",
        project: "workflow",
        base: "no_workflow",
        targets: [Some(1.7), None, Some(8.0)],
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let runs = option("--runs", 3)?;
    let workspace = Workspace::write(comfy_benches::target()?.join("compile-cost"), &projects()?)?;
    println!("CPU seconds added to the same crate without it (minimum of {runs} runs), and peak memory\n");
    println!("{:28} {:>24} {:>24} {:>24}", "", "check", "build", "release");
    for row in &ROWS {
        print!("{:28}", row.label);
        for (mode, target) in Mode::ALL.into_iter().zip(row.targets) {
            let base = workspace.cost(row.base, mode, runs)?;
            let cost = workspace.cost(row.project, mode, runs)?;
            print!(" {:>24}", cell(cost, base, target));
        }
        println!();
    }
    println!();
    for name in ["empty", "no_workflow"] {
        print!("{:28}", format!("(crate `{name}`, whole)"));
        for mode in Mode::ALL {
            print!(" {:>24}", cell(workspace.cost(name, mode, runs)?, Cost::default(), None));
        }
        println!();
    }
    Ok(())
}

/// Formats a cell, such as `0.42 ≤ 1.2 ok, 310 MB`.
fn cell(cost: Cost, base: Cost, target: Option<f64>) -> String {
    let seconds = cost.cpu.as_secs_f64() - base.cpu.as_secs_f64();
    let megabytes = cost.peak / 1_000_000;
    let target = target.map_or_else(String::new, |target| format!(" ≤ {target} {}", verdict(seconds, target)));
    format!("{seconds:.2}{target}, {megabytes} MB")
}

/// Returns the crates to compile.
fn projects() -> Result<Vec<Project>, Box<dyn Error>> {
    let schema = comfy_benches::schema();
    let all = || Config::new().schema(&schema);
    let crate_of_nodes = |name, config: Config| -> Result<Project, Box<dyn Error>> {
        Ok(Project {
            name,
            depends_on: &[],
            lib: "//! Nodes.\npub mod nodes;\n".to_owned(),
            nodes: config.source()?.source,
        })
    };
    let without_nodes = |name, depends_on, lib| Project { name, depends_on, lib, nodes: String::new() };
    Ok(vec![
        without_nodes("empty", &[], "//! Nothing.\n".to_owned()),
        crate_of_nodes("builders", all())?,
        crate_of_nodes("plain", all().builders(false))?,
        crate_of_nodes("used", all().nodes(CLASSES.into_iter().take(20)))?,
        without_nodes("no_workflow", &["builders"], workflow_crate("")),
        without_nodes("workflow", &["builders"], workflow_crate(&straight_line::function(NODES))),
    ])
}

/// Returns the source of a crate that uses the nodes of another crate.
fn workflow_crate(function: &str) -> String {
    format!(
        "//! A workflow.\n#![allow(unused_imports)]\nuse builders::nodes::*;\n\
         use builders::nodes::resize_image_mask_node::resize_type;\n\
         use comfy_runtime::{{GraphError, Workflow, workflow}};\n{function}"
    )
}
