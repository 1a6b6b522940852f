//! Printing to standard output and standard error. Other files draw only progress bars and previews; a test in `checks`
//! lists them.
//!
//! Whatever is printed for people has its hidden characters escaped (see [`comfy_schema::shown`]), so no text of a
//! server, a file or the environment can steer the terminal. JSON and documents are written byte by byte to pipes and
//! files; only a terminal gets them escaped.
//!
//! Printing to standard output fails with [`Failure::ClosedPipe`] once the reader, such as `head`, has closed the pipe.
//! A command passes this failure on with `?`, and the program ends with 141. Standard error may be closed: messages are
//! then lost, and the command does its work. After [`listen`], a signal interrupts whoever waits for a reader.

mod stream;

use std::fmt::{self, Display};
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};
use std::time::Duration;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use comfy_schema::shown::{escaped, escaped_json, escaped_lines};

use crate::failure::{Failure, IntoFailure};
use crate::json::Strict;
use crate::paint::Paint;

/// Maximum time to print the last messages of a command that was stopped. Standard error may be a pipe that nobody reads,
/// and the process must end all the same.
const LAST_WORDS_TIMEOUT: Duration = Duration::from_secs(1);

/// Lets [`stop`] interrupt whoever waits for the reader of standard output or standard error.
#[cfg(any(feature = "run", feature = "serve"))]
pub(crate) fn listen() -> io::Result<()> {
    stream::OUT.listen()?;
    stream::ERR.listen()
}

/// Lets nobody wait any longer for a reader that does not read: the command was stopped.
#[cfg(any(feature = "run", feature = "serve"))]
pub(crate) fn stop() {
    stream::OUT.stop();
    stream::ERR.stop();
}

/// Waits until everything is printed, as far as it is read.
pub(crate) fn finish() {
    stream::ERR.finish(LAST_WORDS_TIMEOUT);
    stream::OUT.finish(LAST_WORDS_TIMEOUT);
}

/// Returns the colours for standard output.
pub(crate) fn paint() -> Paint {
    Paint::new(io::stdout().is_terminal())
}

/// Prints a line of text, or several.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    self::text(format_args!("{text}\n"))
}

/// Prints text that ends with a line feed already.
pub(crate) fn text(text: impl Display) -> Result<(), Failure> {
    bytes(escaped_lines(text).to_string().as_bytes())
}

/// Prints text with the colours of [`paint`]. As everywhere, hidden characters are escaped; only sequences that set
/// colours are left, and only if there are colours.
pub(crate) fn painted(text: &str) -> Result<(), Failure> {
    if paint().is_enabled() { bytes(Coloured(text).to_string().as_bytes()) } else { self::text(text) }
}

/// Prints a line of JSON, which every JSON parser accepts: exactly, or with `\u001b` for hidden characters on a terminal.
pub(crate) fn json(json: impl Display) -> Result<(), Failure> {
    let mut lines = JsonLines::new();
    lines.write(json)?;
    lines.flush()
}

/// Prints a document, such as a picture or a source file: exactly, or with hidden characters escaped on a terminal.
pub(crate) fn document(document: &[u8]) -> Result<(), Failure> {
    if io::stdout().is_terminal() { text(String::from_utf8_lossy(document)) } else { bytes(document) }
}

/// Prints clap's help or version to standard output, or its message about arguments to standard error.
pub(crate) fn usage(mut error: clap::Error) -> Result<(), Failure> {
    if error.use_stderr() {
        escape_arguments(&mut error);
        // Without colours, because a message can repeat texts beside the arguments.
        note(error.render().to_string().trim_end());
        return Ok(());
    }
    let message: StyledStr = error.render();
    if paint().is_enabled() { painted(&message.ansi().to_string()) } else { text(message) }
}

/// Escapes the arguments that clap's message repeats.
fn escape_arguments(error: &mut clap::Error) {
    let escaped = |text: &String| escaped(text).to_string();
    let values: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(escaped(text)))),
            ContextValue::Strings(texts) => Some((kind, ContextValue::Strings(texts.iter().map(escaped).collect()))),
            _ => None,
        })
        .collect();
    for (kind, value) in values {
        error.insert(kind, value);
    }
}

/// Prints a line to standard error.
pub(crate) fn note(text: impl Display) {
    // There is nobody to tell if standard error is closed.
    _ = stream::ERR.write(format!("{}\n", escaped_lines(text)).as_bytes());
}

/// Prints a warning to standard error.
pub(crate) fn warning(text: impl Display) {
    note(format_args!("warning: {text}"));
}

/// Prints an error to standard error.
pub(crate) fn error(text: impl Display) {
    note(format_args!("error: {text}"));
}

/// Standard output for many lines of JSON, which are buffered.
pub(crate) struct JsonLines {
    out: BufWriter<Out>,
    is_terminal: bool,
}

impl JsonLines {
    /// Creates an empty buffer.
    pub(crate) fn new() -> Self {
        Self { is_terminal: io::stdout().is_terminal(), out: BufWriter::with_capacity(1 << 16, Out) }
    }

    /// Adds a line, as [`json`] prints it.
    pub(crate) fn write(&mut self, json: impl Display) -> Result<(), Failure> {
        let json = Strict(json);
        let written =
            if self.is_terminal { writeln!(self.out, "{}", escaped_json(json)) } else { writeln!(self.out, "{json}") };
        written.map_err(failure)
    }

    /// Prints the lines that are buffered.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(failure)
    }
}

/// Prints bytes to standard output as they are.
fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    stream::OUT.write(bytes).map_err(failure)
}

/// Standard output, as a writer.
struct Out;

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        stream::OUT.write(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn failure(error: io::Error) -> Failure {
    if matches!(error.get_ref(), Some(reason) if reason.is::<stream::Stopped>()) {
        return Failure::Stopped;
    }
    match error.kind() {
        ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => format!("cannot write to standard output: {error}").into_failure(),
    }
}

/// Displays a text with its hidden characters escaped, except those of sequences that set colours.
struct Coloured<'t>(&'t str);

impl Display for Coloured<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.split("\u{1b}[");
        write!(f, "{}", escaped_lines(parts.next().unwrap_or_default()))?;
        for part in parts {
            let end = part.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(part.len());
            let (numbers, rest) = part.split_at(end);
            match rest.strip_prefix('m') {
                Some(rest) => write!(f, "\u{1b}[{numbers}m{}", escaped_lines(rest))?,
                None => write!(f, "{}", escaped_lines(format_args!("\u{1b}[{part}")))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Coloured;

    #[test]
    fn colours_are_the_only_sequences_of_painted_text() {
        let text = "\u{1b}[1m\u{1b}[91ma\u{1b}[0m\n\u{1b}[2J\u{1b}]0;x\u{7}\u{1b}[31";
        let shown = "\u{1b}[1m\u{1b}[91ma\u{1b}[0m\n\\u{1b}[2J\\u{1b}]0;x\\u{7}\\u{1b}[31";
        assert_eq!(Coloured(text).to_string(), shown);
    }
}
