//! Colours for text that is printed to a terminal.

use std::env;
use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Style};

/// Adds colours to texts, or leaves them as they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    is_enabled: bool,
}

impl Paint {
    /// Enables colours on a terminal, unless the environment variable `NO_COLOR` is set or `TERM` is `dumb`.
    pub(crate) fn new(is_terminal: bool) -> Self {
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { is_enabled: is_terminal && !no_color && env::var_os("TERM").is_none_or(|term| term != "dumb") }
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
        if self.is_enabled { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

/// Returns a text of a file or a server in a form that is safe to print: control characters, which could steer the
/// terminal, are replaced.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}
