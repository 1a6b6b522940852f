//! A writer of Rust source with indentation.

use std::fmt::{self, Write};

const INDENT: &str = "    ";

/// Collects lines of source text, indented by the depth of open blocks.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
}

/// Writes one line: `line!(out, "pub struct {name};")`.
macro_rules! line {
    ($out:expr, $($format:tt)*) => {
        $out.line(format_args!($($format)*))
    };
}

/// Writes a line that ends in `{` and indents the following lines, until [`Writer::close`].
macro_rules! open {
    ($out:expr, $($format:tt)*) => {
        $out.open(format_args!($($format)*))
    };
}

pub(super) use {line, open};

impl Writer {
    pub(super) fn finish(self) -> String {
        self.text
    }

    pub(super) fn line(&mut self, line: fmt::Arguments<'_>) {
        self.indent();
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(line);
        self.text.push('\n');
    }

    pub(super) fn open(&mut self, head: fmt::Arguments<'_>) {
        self.indent();
        let _ = self.text.write_fmt(head);
        self.text.push_str(" {\n");
        self.depth += 1;
    }

    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.line(format_args!("}}"));
    }

    /// Writes a blank line, except at the beginning of a block.
    pub(super) fn gap(&mut self) {
        if !self.text.ends_with("{\n") {
            self.text.push('\n');
        }
    }

    /// Returns the current position, at which the next text is written.
    pub(super) fn mark(&self) -> usize {
        self.text.len()
    }

    /// Returns the text that was written since a position.
    pub(super) fn since(&self, mark: usize) -> &str {
        self.text.get(mark..).unwrap_or_default()
    }

    /// Inserts a line at a position where a line begins.
    pub(super) fn insert(&mut self, mark: usize, line: &str) {
        self.text.insert_str(mark, &format!("{}{line}\n", INDENT.repeat(self.depth)));
    }

    /// Returns the number of `super::` that lead to the outermost module.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str(INDENT);
        }
    }
}
