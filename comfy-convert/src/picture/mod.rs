//! Workflows inside pictures, videos and sounds, as ComfyUI writes them.
//!
//! Every reader walks the structure of the file over borrowed bytes. It never allocates memory according to a size that
//! the file states, and takes time in proportion to the size of the file and of its unpacked text, which is limited.

mod exif;
mod id3;
mod matroska;
mod mp4;
mod ogg;
mod png;
mod unpack;
mod vorbis;
mod webp;

use std::borrow::Cow;

use comfy_schema::Value;
use comfy_schema::shown::shortened;

use crate::error::DocumentError;
use crate::limits::{MAX_COMMENTS, MAX_METADATA_KEY_LEN, MAX_METADATA_TEXTS};
use unpack::Unpacker;

/// The maximum number of characters of a key that a message shows.
const MAX_KEY_LEN: usize = 40;

/// The texts in a file's metadata.
#[derive(Debug, Default)]
pub(crate) struct Metadata<'f> {
    entries: Vec<(String, Payload<'f>)>,
    /// A description of the first damage, such as a malformed part or a premature end of the file.
    damage: Option<String>,
}

/// A text in the form in which the file holds it.
#[derive(Debug)]
enum Payload<'f> {
    Plain(Cow<'f, [u8]>),
    Deflated(&'f [u8]),
}

/// The workflow and the prompt found in a file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) workflow: Option<Value>,
    pub(crate) prompt: Option<Value>,
    /// The errors of parts that are present but cannot be read.
    pub(crate) problems: Vec<DocumentError>,
}

impl<'f> Metadata<'f> {
    /// Returns whether no more texts are added.
    fn is_full(&self) -> bool {
        self.entries.len() >= MAX_METADATA_TEXTS
    }

    fn add(&mut self, key: impl Into<String>, text: impl Into<Cow<'f, [u8]>>) {
        if !self.is_full() {
            self.entries.push((key.into(), Payload::Plain(text.into())));
        }
    }

    fn add_deflated(&mut self, key: impl Into<String>, deflated: &'f [u8]) {
        if !self.is_full() {
            self.entries.push((key.into(), Payload::Deflated(deflated)));
        }
    }

    fn damaged(&mut self, reason: impl Into<String>) {
        self.damage.get_or_insert(reason.into());
    }
}

/// A function that reads the metadata of a file of one format.
type Reader = fn(&[u8]) -> Metadata<'_>;

/// Returns the format of a file and its reader.
fn reader(bytes: &[u8]) -> Option<(&'static str, Reader)> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => ("PNG", png::read),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ("WebP", webp::read),
        [b'f', b'L', b'a', b'C', ..] => ("FLAC", vorbis::read_flac),
        [b'O', b'g', b'g', b'S', ..] => ("Ogg", ogg::read),
        [b'I', b'D', b'3', ..] => ("MP3", id3::read),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => ("MP4", mp4::read),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => ("WebM", matroska::read),
        _ => return None,
    })
}

/// Returns an error for well-known formats that cannot hold a workflow. It names the format and suggests a remedy.
fn other_format(bytes: &[u8]) -> Option<DocumentError> {
    const ORIGINAL: &str = "give the file that ComfyUI saved (PNG, WebP, FLAC, Opus, MP3, MP4, WebM) or its JSON";
    let (found, remedy) = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => ("a JPEG picture", ORIGINAL),
        [b'G', b'I', b'F', b'8', ..] => ("a GIF picture", ORIGINAL),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => ("a BMP picture", ORIGINAL),
        [b'R', b'I', b'F', b'F', ..] => ("a RIFF file (WAV or AVI)", ORIGINAL),
        [0xFF, 0xE0..=0xFF, ..] if bytes.get(1) != Some(&0xFE) && bytes.get(1) != Some(&0xFF) => {
            ("an MP3 sound without tags", ORIGINAL)
        }
        [b'P', b'K', 3, 4, ..] => ("a ZIP archive", "take the workflow out of it first"),
        [0x1F, 0x8B, ..] => ("a gzip file", "unpack it first"),
        [b'%', b'P', b'D', b'F', ..] => ("a PDF", ORIGINAL),
        [b'g', b'l', b'T', b'F', ..] => ("a GLB model", ORIGINAL),
        _ => return None,
    };
    Some(DocumentError::Unsupported { found, remedy })
}

/// Reads the workflow and the prompt of a picture, video or sound. Returns `None` if the format of the bytes is not
/// known here, as for JSON.
pub(crate) fn read(bytes: &[u8]) -> Option<Result<(&'static str, Found), DocumentError>> {
    let Some((format, reader)) = reader(bytes) else {
        return other_format(bytes).map(Err);
    };
    Some(find(format, reader(bytes)).map(|found| (format, found)))
}

fn find(format: &'static str, metadata: Metadata<'_>) -> Result<Found, DocumentError> {
    let mut found = Found::default();
    let mut unpacker = Unpacker::new(format);
    let mut others = Vec::new();
    for key in ["workflow", "prompt"] {
        // As in the front end, the last entry of a key counts.
        let Some((_, payload)) = metadata.entries.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case(key)) else {
            continue;
        };
        match unpacker.value(payload) {
            Ok(value) if key == "workflow" => found.workflow = Some(value),
            Ok(value) => found.prompt = Some(value),
            Err(error) => found.problems.push(DocumentError::Metadata { format, key, source: Box::new(error) }),
        }
    }
    let mut comments = 0;
    for (name, payload) in &metadata.entries {
        let known = name.eq_ignore_ascii_case("workflow") || name.eq_ignore_ascii_case("prompt");
        // Node packs that save videos put both into the comment, as a JSON object.
        if name.eq_ignore_ascii_case("comment") && found.is_empty() && comments < MAX_COMMENTS {
            comments += 1;
            found.take_comment(payload, &mut unpacker);
        }
        let shown = format!("`{}`", shortened(name, MAX_KEY_LEN));
        if !known && others.len() < 10 && !others.contains(&shown) {
            others.push(shown);
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    if let Some(problem) = found.problems.pop() {
        return Err(problem);
    }
    Err(match metadata.damage {
        Some(reason) => DocumentError::Damaged { format, reason },
        None => DocumentError::NoWorkflow { format, found: others },
    })
}

impl Found {
    fn is_empty(&self) -> bool {
        self.workflow.is_none() && self.prompt.is_none()
    }

    fn take_comment(&mut self, payload: &Payload<'_>, unpacker: &mut Unpacker) {
        let mut comment = match unpacker.value(payload) {
            Ok(Value::Object(comment)) => comment,
            Err(error @ (DocumentError::TooMuchText { .. } | DocumentError::TooMuchJson { .. })) => {
                self.problems.push(error);
                return;
            }
            _ => return,
        };
        let mut take = |key| match comment.remove(key)? {
            Value::String(text) => unpacker.parse(text.as_bytes()).ok(),
            object @ Value::Object(_) => Some(object),
            _ => None,
        };
        (self.workflow, self.prompt) = (take("workflow"), take("prompt"));
    }
}

fn latin1(text: &[u8]) -> String {
    text.iter().map(|&byte| char::from(byte)).collect()
}

/// Returns a key that a file contains, which may be as long as the file.
fn key_of(bytes: &[u8]) -> String {
    latin1(bytes.get(..MAX_METADATA_KEY_LEN).unwrap_or(bytes))
}

/// Takes bytes from the front of a slice, if there are that many.
fn take<'f>(rest: &mut &'f [u8], count: usize) -> Option<&'f [u8]> {
    let (front, behind) = rest.split_at_checked(count)?;
    *rest = behind;
    Some(front)
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    take(rest, N)?.try_into().ok()
}

/// Takes a length of 32 bits, most significant byte first.
fn take_u32(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(take_array(rest)?)).ok()
}

#[cfg(test)]
mod tests;
