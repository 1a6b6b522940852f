//! Colours, on a terminal only.

use std::env;
use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Style};

/// Paints, or leaves texts as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    on: bool,
}

impl Paint {
    /// Paints on a terminal, unless the environment variable `NO_COLOR` is set or the terminal is a dumb one.
    pub(super) fn new(is_terminal: bool) -> Self {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { on: is_terminal && !unwanted && env::var_os("TERM").is_none_or(|term| term != "dumb") }
    }

    pub(super) fn error(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightRed.on_default().bold(), text)
    }

    pub(super) fn warning(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightYellow.on_default().bold(), text)
    }

    pub(super) fn note(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightCyan.on_default().bold(), text)
    }

    pub(super) fn good(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightGreen.on_default().bold(), text)
    }

    pub(super) fn edge(self, text: impl Display) -> String {
        self.paint(AnsiColor::BrightBlue.on_default().bold(), text)
    }

    pub(super) fn strong(self, text: impl Display) -> String {
        self.paint(Style::new().bold(), text)
    }

    fn paint(self, style: Style, text: impl Display) -> String {
        if self.on { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}
