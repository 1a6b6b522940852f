//! The option `--jsonl`: one request body per line, one answer per line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use comfy_schema::Value;
use comfy_schema::validate::Validator;

use super::read::{ReadError, is_stdin};
use super::{Ending, json};
use crate::failure::Failure;
use crate::print::JsonLines;

/// Checks every line of a file that is not blank.
pub(super) fn check(validator: &Validator<'_>, path: &Path, partial: bool) -> Result<Ending, Failure> {
    let out = JsonLines::new();
    if is_stdin(path) {
        return stream(validator, partial, io::stdin().lock(), out);
    }
    let file =
        File::open(path).map_err(|error| ReadError::Read { path: path.to_owned(), reason: error.to_string() })?;
    stream(validator, partial, file, out)
}

/// Checks every line of a stream. Answers are flushed whenever no further line is buffered, so that a program can send
/// a line and wait for its answer.
fn stream(validator: &Validator<'_>, partial: bool, input: impl Read, mut out: JsonLines) -> Result<Ending, Failure> {
    let validator = validator.clone().warnings(false);
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut line = Vec::new();
    let mut worst = Ending::Valid;
    for number in 1_usize.. {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let body = line.trim_ascii();
        if body.is_empty() || body == "\u{feff}".as_bytes() {
            continue;
        }
        let ending = match Value::parse(body) {
            Ok(body) => {
                let verdict = validator.check_body(&body);
                out.write(json::short(&verdict))?;
                Ending::of(&verdict, partial)
            }
            Err(error) => {
                let reason = format!("not JSON: {}, column {}", error.reason, error.column);
                out.write(json::failure("line", number, &reason))?;
                Ending::NotChecked
            }
        };
        worst = worst.max(ending);
        if input.buffer().is_empty() {
            out.flush()?;
        }
    }
    out.flush()?;
    Ok(worst)
}
