//! Generates the nodes that the benchmarks use, and the workflow of 1,000 node literals.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

#[path = "src/straight_line.rs"]
#[allow(unreachable_pub, reason = "the library exports it")]
mod straight_line;

fn main() -> Result<(), Box<dyn Error>> {
    // The large workflow is written below and is in no source file, so its classes are listed.
    comfy_codegen::Config::new()
        .schema("../schemas/comfyui-0.26.0.json")
        .nodes(straight_line::CLASSES)
        .used_in("benches")
        .build();
    let path = PathBuf::from(env::var("OUT_DIR")?).join("straight_line.rs");
    fs::write(path, straight_line::function(straight_line::NODES))?;
    println!("cargo:rerun-if-changed=src/straight_line.rs");
    Ok(())
}
