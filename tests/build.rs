//! Generates the nodes that the tests use: all of a real server, and one of every shape.
//!
//! With `generate` and not with `build`, so that no environment variable changes what is tested.

use std::path::Path;

use comfy_codegen::{Config, Error};

const SERVER: &str = "../schemas/comfyui-0.26.0.json";
const SHAPES: &str = "../comfy-codegen/tests/fixtures/shapes.json";

fn main() -> Result<(), Error> {
    println!("cargo:rerun-if-changed={SERVER}");
    println!("cargo:rerun-if-changed={SHAPES}");
    let out_dir = std::env::var_os("OUT_DIR").ok_or(Error::NoOutDir)?;
    Config::new().schema(SERVER).generate()?;
    Config::new().schema(SHAPES).out_file(Path::new(&out_dir).join("shapes.rs")).generate()?;
    Ok(())
}
