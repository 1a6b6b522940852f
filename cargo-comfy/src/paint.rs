//! Colours, on a terminal only.

use std::env;
use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Style};

/// Paints, or leaves texts as they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// Paints on a terminal, unless the environment variable `NO_COLOR` is set or the terminal is a dumb one.
    pub(crate) fn new(is_terminal: bool) -> Self {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { on: is_terminal && !unwanted && env::var_os("TERM").is_none_or(|term| term != "dumb") }
    }

    pub(crate) fn error(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightRed.on_default().bold(), text)
    }

    pub(crate) fn warning(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightYellow.on_default().bold(), text)
    }

    pub(crate) fn note(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightCyan.on_default().bold(), text)
    }

    pub(crate) fn good(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightGreen.on_default().bold(), text)
    }

    pub(crate) fn edge(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightBlue.on_default().bold(), text)
    }

    pub(crate) fn strong(self, text: impl Display) -> String {
        self.paint(Style::new().bold(), text)
    }

    fn paint(self, style: Style, text: impl Display) -> String {
        if self.on { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

/// A text of a file or a server as it may be printed: control characters could steer the terminal.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}
