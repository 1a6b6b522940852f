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
    if file.as_os_str() == "-" {
        return all(io::stdin(), MAX_FILE_BYTES);
    }
    let file = File::open(file)?;
    // A regular file that is too large is refused before it fills the memory.
    if file.metadata()?.len() > MAX_FILE_BYTES {
        return Err(too_large(MAX_FILE_BYTES));
    }
    all(file, MAX_FILE_BYTES)
}

/// Reads a stream to its end, but no more than this number of bytes.
fn all(stream: impl Read, max: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    stream.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max { Err(too_large(max)) } else { Ok(bytes) }
}

fn too_large(max: u64) -> Failure {
    format!("the file is larger than {max} bytes").into_failure()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("video.mp4");
        // The file has a size and no content, so that it takes no space.
        File::create(&path).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
        let error = bytes(&path).unwrap_err();
        assert!(error.to_string().contains("larger than 2147483648 bytes"), "{error}");
    }

    #[test]
    fn an_endless_stream_is_read_up_to_the_limit() {
        let error = all(io::repeat(b'x'), 10).unwrap_err();
        assert!(error.to_string().contains("larger than 10 bytes"), "{error}");
        assert_eq!(all(&b"0123456789"[..], 10).unwrap(), b"0123456789");
    }
}
