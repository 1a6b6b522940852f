//! Pictures in the terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// Width of a preview in cells.
const WIDTH: u32 = 40;

/// Time between two previews: drawing takes a while over a slow line.
const PAUSE: Duration = Duration::from_millis(250);

/// A terminal that shows pictures: as such where it can (kitty, iTerm2 and those like them), else as coloured blocks.
pub(super) struct Screen {
    /// Height of the one that is shown, in cells.
    height: Option<u32>,
    shown: Option<Instant>,
    is_kitty: bool,
}

impl Screen {
    /// Standard output, if it is a terminal and colours are wanted.
    pub(super) fn find() -> Option<Self> {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        (io::stdout().is_terminal() && wanted).then(|| Self { height: None, shown: None, is_kitty: is_kitty() })
    }

    /// Draws a picture in the place of the one before. What is no picture is not shown.
    pub(super) fn show(&mut self, bytes: &[u8]) {
        if self.shown.is_some_and(|time| time.elapsed() < PAUSE) {
            return;
        }
        let Ok(picture) = image::load_from_memory(bytes) else { return };
        if let Some(height) = self.height {
            print!("\x1b[{height}A");
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

/// Whether the terminal says that it has kitty's pictures. Asking it would wait for an answer that others never give.
fn is_kitty() -> bool {
    let named = |name: &str| ["kitty", "ghostty"].iter().any(|terminal| name.contains(terminal));
    std::env::var_os("KITTY_WINDOW_ID").is_some() || std::env::var("TERM").is_ok_and(|name| named(&name))
}
