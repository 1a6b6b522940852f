//! Files that are read and written, and what is printed.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, IntoFailure};

/// The largest file that is read. Videos are large; a workflow is not.
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// The bytes of a file, or of standard input.
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        io::stdin().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("it is larger than {} GiB", MOST_BYTES >> 30).into_failure());
    }
    Ok(bytes)
}

/// The file to write for each file that is read; none is standard output. `name` gives the names in a folder.
pub(crate) fn targets(
    files: &[PathBuf],
    out: Option<&Path>,
    name: impl Fn(&Path) -> String,
) -> Result<Vec<Option<PathBuf>>, Failure> {
    let Some(out) = out else {
        return Ok(vec![None; files.len()]);
    };
    if files.len() == 1 && !out.is_dir() {
        return Ok(vec![Some(out.to_owned())]);
    }
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()).into_failure())?;
    let mut seen = HashSet::new();
    let mut targets = Vec::new();
    for file in files {
        let target = out.join(name(file));
        if !seen.insert(target.clone()) {
            let message = format!("two files would be written to {}; take them one by one", target.display());
            return Err(message.into_failure());
        }
        targets.push(Some(target));
    }
    Ok(targets)
}

/// The name of a file without its ending.
pub(crate) fn stem(file: &Path) -> String {
    if file.as_os_str() == "-" {
        return "stdin".to_owned();
    }
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes to a file, or to standard output if there is none.
pub(crate) fn write(target: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match target {
        Some(target) => fs::write(target, bytes).map_err(|error| Failure::from(error).about(target)),
        None => match io::stdout().write_all(bytes) {
            // Whoever read it, `head` for example, has read enough.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        },
    }
}

/// Prints to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    write(None, text.as_bytes())
}
