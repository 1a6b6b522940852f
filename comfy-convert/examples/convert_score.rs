//! Counts the conversions of a folder of pairs (`x.ui.json`, `x.api.json`) that equal what the front end made of them.
//!
//! ```text
//! cargo run --release -p comfy-convert --example convert_score -- DIR [--schema FILE] [--back]
//! ```
//!
//! With `--back`, the way back is scored: every `x.api.json` becomes a workflow for the editor, which is converted
//! again and must give the same prompt.
//!
//! Without `--schema`, the definitions are those in `DIR/object_info.json`. Exit status: 0 if all are equal, 1 if not,
//! 2 if there is an error.

#[path = "../tests/score/mod.rs"]
mod score;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use comfy_schema::Schema;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let (mut folder, mut schema, mut back) = (None, None, false);
    while let Some(argument) = arguments.next() {
        if argument == "--schema" {
            schema = Some(PathBuf::from(arguments.next().ok_or("--schema needs a file")?));
        } else if argument == "--back" {
            back = true;
        } else {
            folder = Some(PathBuf::from(argument));
        }
    }
    let folder = folder.ok_or("usage: convert_score DIR [--schema FILE]")?;
    let schema = schema.unwrap_or_else(|| folder.join("object_info.json"));
    let schema = Schema::from_slice(&read(&schema)?)?;
    let score = if back { score::round_trips(&folder, &schema)? } else { score::folder(&folder, &schema)? };
    println!("{score}");
    Ok(score.failures.is_empty())
}

fn read(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
