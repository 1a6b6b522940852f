//! Reading and writing files, standard input and standard output.

use std::collections::HashSet;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use comfy_schema::shown;

use crate::failure::{Failure, IntoFailure};
use crate::{print, replace};

/// The maximum size of a file that is read. It is large because workflows are also read from videos.
const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Reads a file, or standard input if the path is `-`.
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        io::stdin().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("the file is larger than {} GiB", MAX_FILE_BYTES >> 30).into_failure());
    }
    Ok(bytes)
}

/// Returns the file to write for each file that is read, `None` for standard output. With several files, `out` is a
/// folder and `name` returns the names of the files in it.
pub(crate) fn targets(
    files: &[PathBuf],
    out: Option<&Path>,
    name: impl Fn(&Path) -> String,
) -> Result<Vec<Option<PathBuf>>, Failure> {
    let Some(out) = out.filter(|out| !is_standard_output(out)) else {
        return Ok(vec![None; files.len()]);
    };
    if files.len() == 1 && !out.is_dir() {
        return Ok(vec![Some(out.to_owned())]);
    }
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", shown::path(out)).into_failure())?;
    let mut seen = HashSet::new();
    let mut targets = Vec::new();
    for file in files {
        let target = out.join(name(file));
        // The user did not name this file, so nothing may lead the writer elsewhere.
        replace::check_regular(&target).map_err(|error| Failure::from(error).about(&target))?;
        if !seen.insert(target.clone()) {
            let message = format!("two files would be written to {}; run the command for each", shown::path(&target));
            return Err(message.into_failure());
        }
        targets.push(Some(target));
    }
    Ok(targets)
}

/// Returns the name of a file without its extension.
pub(crate) fn stem(file: &Path) -> String {
    if file.as_os_str() == "-" {
        return "stdin".to_owned();
    }
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Returns whether a file to write is `-`, which stands for standard output.
pub(crate) fn is_standard_output(target: &Path) -> bool {
    target.as_os_str() == "-"
}

/// Writes to a file, which is replaced as a whole (see [`replace`]), or to standard output if there is no target or it
/// is `-`.
pub(crate) fn write(target: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match target.filter(|target| !is_standard_output(target)) {
        Some(target) => replace::write(target, bytes).map_err(|error| Failure::from(error).about(target)),
        None => print::document(bytes),
    }
}

/// Writes JSON to a file, or to standard output if there is no target or it is `-`.
pub(crate) fn write_json(target: Option<&Path>, json: impl Display) -> Result<(), Failure> {
    match target.filter(|target| !is_standard_output(target)) {
        Some(_) => write(target, format!("{json}\n").as_bytes()),
        None => print::json(json),
    }
}
