//! The frames of unknown prompts that arrive while a submission waits for its response.
//!
//! The server chooses the id of a prompt: older servers, and some proxies, ignore the id that the client sent. Events
//! may arrive before the response that names the id, so that they are kept until it arrives.

use bytes::Bytes;
use comfy_schema::server::redaction::Redaction;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::frame::{self, Frame};
use super::limits::{MAX_STRAY_BYTES, MAX_STRAY_FRAMES};

/// A received message. Copies share the bytes.
#[derive(Debug, Clone)]
pub(crate) enum Received {
    Text(Utf8Bytes),
    Binary(Bytes),
}

impl Received {
    /// Parses the frame, and removes secrets from its messages; `None` for a text that is not an event.
    pub(crate) fn frame(&self, redaction: &Redaction) -> Option<Frame<'_>> {
        let frame = match self {
            Self::Text(text) => frame::text(text.as_str())?,
            Self::Binary(bytes) => frame::binary(bytes),
        };
        Some(frame.redacted(redaction))
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// The frames of unknown prompts, in the order in which they arrived.
#[derive(Debug, Default)]
pub(crate) struct Strays {
    frames: Vec<Stray>,
    bytes: usize,
}

#[derive(Debug)]
struct Stray {
    prompt_id: String,
    message: Received,
    /// The number of the connection that delivered the message.
    connection: u64,
}

impl Strays {
    /// Keeps a frame, unless too many are kept already: without it the run still ends as the history says.
    pub(crate) fn push(&mut self, prompt_id: &str, message: Received, connection: u64) {
        if self.frames.len() < MAX_STRAY_FRAMES && self.bytes + message.len() <= MAX_STRAY_BYTES {
            self.bytes += message.len();
            self.frames.push(Stray { prompt_id: prompt_id.to_owned(), message, connection });
        }
    }

    /// Removes the frames of a prompt and returns them with the numbers of their connections.
    pub(crate) fn take(&mut self, prompt_id: &str) -> Vec<(Received, u64)> {
        let taken: Vec<_> = self.frames.extract_if(.., |stray| stray.prompt_id == prompt_id).collect();
        self.bytes -= taken.iter().map(|stray| stray.message.len()).sum::<usize>();
        taken.into_iter().map(|stray| (stray.message, stray.connection)).collect()
    }

    /// Returns the ids of the prompts whose frames are kept.
    pub(crate) fn prompt_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.frames.iter().map(|stray| stray.prompt_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_STRAY_BYTES, MAX_STRAY_FRAMES, Received, Strays};
    use bytes::Bytes;

    #[test]
    fn frames_are_kept_by_prompt_and_within_limits() {
        let mut strays = Strays::default();
        for (id, byte) in [("b", 1), ("a", 2), ("b", 3)] {
            strays.push(id, Received::Binary(Bytes::from(vec![byte])), 7);
        }
        assert_eq!(strays.prompt_ids(), ["a", "b"]);
        let taken: Vec<_> = strays.take("b").into_iter().map(|(message, number)| (message.len(), number)).collect();
        assert_eq!((taken, strays.bytes), (vec![(1, 7), (1, 7)], 1));
        strays.push("c", Received::Binary(Bytes::from(vec![0; MAX_STRAY_BYTES])), 1);
        assert!(strays.take("c").is_empty(), "expected a limit on the bytes");
        for _ in 0..=MAX_STRAY_FRAMES {
            strays.push("d", Received::Text("x".into()), 1);
        }
        assert_eq!(strays.frames.len(), MAX_STRAY_FRAMES);
    }
}
