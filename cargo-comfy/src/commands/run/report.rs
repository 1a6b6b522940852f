//! Shows the events of a run: as progress bars for people, or as lines of JSON for programs.

use std::fmt::Display;

use comfy_runtime::client::{Event, Events, Value};
use tokio::task::spawn_blocking;

use super::bars::Bars;
use super::lines;
use super::preview::Screen;
use crate::failure::Failure;
use crate::print;

/// The form in which the events of a run are shown.
pub(super) enum Report {
    Lines,
    Bars { bars: Box<Bars>, screen: Option<Screen> },
}

impl Report {
    /// Creates a report on a run. `names` are the ids of its nodes with their names for people.
    pub(super) fn new(json: bool, preview: bool, names: Vec<(String, String)>, prompt_id: &str) -> Self {
        if json {
            return Self::Lines;
        }
        let screen = if preview { Screen::find() } else { None };
        let bars = Box::new(Bars::new(names, prompt_id));
        if preview && screen.is_none() {
            bars.print_line("warning: this terminal cannot display previews");
        }
        Self::Bars { bars, screen }
    }

    /// Shows all events until the run ends.
    ///
    /// # Errors
    ///
    /// Returns an error if standard output is closed.
    pub(super) async fn show_all(&mut self, events: &mut Events) -> Result<(), Failure> {
        while let Some(event) = events.next().await {
            self.show(&event).await?;
        }
        Ok(())
    }

    /// Shows an event.
    ///
    /// # Errors
    ///
    /// Returns an error if standard output is closed.
    pub(super) async fn show(&mut self, event: &Event) -> Result<(), Failure> {
        match self {
            Self::Lines => print_line(lines::event(event)).await,
            Self::Bars { bars, screen } => {
                if let (Event::Preview(preview) | Event::Image(preview), Some(screen)) = (event, screen) {
                    bars.suspend(|| screen.show(&preview.bytes));
                }
                bars.show(event);
                Ok(())
            }
        }
    }

    /// Prints a message of this program to standard error.
    pub(super) fn note(&self, message: impl Display) {
        match self {
            Self::Lines => print::note(message),
            Self::Bars { bars, .. } => bars.print_line(&message.to_string()),
        }
    }
}

/// Prints a line of JSON on another thread. A reader that does not read on, such as a pager, holds up that thread and not
/// the command, which can still be stopped.
pub(super) async fn print_line(json: Value) -> Result<(), Failure> {
    spawn_blocking(move || print::json(json)).await?
}
