//! Colours for text that is printed to a terminal.

use std::env;
use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Style};
use comfy_schema::shown::escaped;

/// Adds colours to texts, or leaves them as they are. Hidden characters of the texts are escaped.
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

    /// Returns whether texts get colours.
    pub(crate) const fn is_enabled(self) -> bool {
        self.is_enabled
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
        let text = escaped(text);
        if self.is_enabled { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}
