//! Previews in the terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// The width of a preview, in cells.
const WIDTH: u32 = 40;

/// The minimum time between two previews, because drawing takes a while over a slow connection.
const MIN_INTERVAL: Duration = Duration::from_millis(250);

/// A terminal that shows pictures: as pictures in kitty, iTerm2 and similar terminals, as coloured blocks in others.
pub(super) struct Screen {
    /// The height of the current preview, in cells.
    height: Option<u32>,
    shown: Option<Instant>,
    is_kitty: bool,
}

impl Screen {
    /// Returns standard output, if it is a terminal and `NO_COLOR` is not set.
    pub(super) fn find() -> Option<Self> {
        let is_allowed = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        (io::stdout().is_terminal() && is_allowed).then(|| Self { height: None, shown: None, is_kitty: is_kitty() })
    }

    /// Draws a picture over the previous one. Data that cannot be decoded is not shown.
    pub(super) fn show(&mut self, bytes: &[u8]) {
        if self.shown.is_some_and(|time| time.elapsed() < MIN_INTERVAL) {
            return;
        }
        let Ok(picture) = image::load_from_memory(bytes) else { return };
        if let Some(height) = self.height {
            _ = write!(io::stdout(), "\x1b[{height}A");
        }
        let config = viuer::Config {
            absolute_offset: false,
            width: Some(WIDTH),
            use_kitty: self.is_kitty,
            ..viuer::Config::default()
        };
        if let Ok((_, height)) = viuer::print(&picture, &config) {
            self.height = Some(height);
        }
        _ = io::stdout().flush();
        self.shown = Some(Instant::now());
    }
}

/// Returns whether the environment names a terminal with kitty's graphics protocol. Querying the terminal itself would
/// wait for an answer that other terminals never send.
fn is_kitty() -> bool {
    let is_known = |name: &str| ["kitty", "ghostty"].iter().any(|terminal| name.contains(terminal));
    std::env::var_os("KITTY_WINDOW_ID").is_some() || std::env::var("TERM").is_ok_and(|name| is_known(&name))
}
