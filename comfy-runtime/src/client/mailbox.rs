//! The events that a reader has not read yet.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use super::event::{Event, Preview};

/// Maximum number of previews that wait for one reader.
const MAX_PREVIEWS: usize = 4;

/// The events of one run for one reader: a [`Stream`] that ends after the last event.
///
/// A slow reader delays neither the run nor other readers. All events are kept for it, but only the newest four
/// previews.
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is read"]
pub struct Events(Arc<Mailbox>);

/// The events of one run that wait for one reader.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// The events with their numbers, which determine the order of events and previews.
    events: VecDeque<(u64, Event)>,
    previews: VecDeque<(u64, Preview)>,
    count: u64,
    closed: bool,
    reader: Option<Waker>,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event. The last event of a run closes the mailbox.
    pub(crate) fn push(&self, event: Event) {
        let mut waiting = self.lock();
        if waiting.closed {
            return;
        }
        let number = waiting.count;
        waiting.count += 1;
        waiting.closed = event.is_last();
        match event {
            Event::Preview(preview) => {
                if waiting.previews.len() == MAX_PREVIEWS {
                    waiting.previews.pop_front();
                }
                waiting.previews.push_back((number, preview));
            }
            event => waiting.events.push_back((number, event)),
        }
        if let Some(reader) = waiting.reader.take() {
            drop(waiting);
            reader.wake();
        }
    }
}

impl Waiting {
    /// Removes the oldest event.
    fn pop(&mut self) -> Option<Event> {
        let event = self.events.front().map(|(number, _)| *number);
        let preview = self.previews.front().map(|(number, _)| *number);
        match (event, preview) {
            (Some(event), Some(preview)) if preview < event => {
                self.previews.pop_front().map(|(_, preview)| Event::Preview(preview))
            }
            (None, Some(_)) => self.previews.pop_front().map(|(_, preview)| Event::Preview(preview)),
            _ => self.events.pop_front().map(|(_, event)| event),
        }
    }
}

impl Events {
    pub(crate) fn new(mailbox: Arc<Mailbox>) -> Self {
        Self(mailbox)
    }

    /// Returns the next event, or `None` after the last one. It does the same as `StreamExt::next`, without an import.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut waiting = self.0.lock();
        if let Some(event) = waiting.pop() {
            return Poll::Ready(Some(event));
        }
        if waiting.closed {
            return Poll::Ready(None);
        }
        waiting.reader = Some(context.waker().clone());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::ending::Deletion;
    use super::super::frame::PreviewFormat;
    use super::*;

    fn preview(number: u8) -> Event {
        Event::Preview(Preview { node: None, format: PreviewFormat::Jpeg, bytes: Bytes::from(vec![number]) })
    }

    #[tokio::test]
    async fn all_events_wait_but_only_the_newest_previews() {
        let mailbox = Arc::new(Mailbox::default());
        let mut events = Events::new(Arc::clone(&mailbox));
        mailbox.push(Event::Started);
        for number in 0..10 {
            mailbox.push(preview(number));
            mailbox.push(Event::Text { node: "1".into(), text: number.to_string() });
        }
        mailbox.push(Event::Deleted(Deletion::new("1", false)));
        mailbox.push(Event::Started);
        let mut seen = Vec::new();
        while let Some(event) = events.next().await {
            seen.push(match event {
                Event::Preview(preview) => format!("p{}", preview.bytes[0]),
                Event::Text { text, .. } => text,
                Event::Started => "started".into(),
                Event::Deleted(_) => "deleted".into(),
                other => format!("{other:?}"),
            });
        }
        let expected = "started 0 1 2 3 4 5 p6 6 p7 7 p8 8 p9 9 deleted";
        assert_eq!(seen.join(" "), expected);
    }
}
