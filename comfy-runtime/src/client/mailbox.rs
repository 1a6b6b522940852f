//! The events that a reader has not read yet.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use super::event::Event;
use super::limits::{MAX_WAITING_BYTES, MAX_WAITING_EVENTS, MAX_WAITING_IMAGE_BYTES, MAX_WAITING_PREVIEWS};

/// The events of one run for one reader: a [`Stream`] that ends after the last event.
///
/// A slow reader delays neither the run nor other readers. What waits for it is limited, and the oldest of each kind is
/// dropped first: four previews, 100,000 reports of progress, result images of 512 MiB together, and 100,000 other
/// events, each kind of 64 MiB together. The last event is never dropped.
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is read"]
pub struct Events(Arc<Mailbox>);

/// The events of one run that wait for one reader.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<Waiting>);

#[derive(Debug)]
struct Waiting {
    /// The events by kind, so that many of one kind do not push out another.
    lanes: [Lane; 4],
    count: u64,
    closed: bool,
    reader: Option<Waker>,
}

/// The events of one kind.
#[derive(Debug)]
struct Lane {
    /// The events with their numbers, which determine the order over all lanes, and their sizes.
    events: VecDeque<(u64, Event, usize)>,
    bytes: usize,
    max_events: usize,
    max_bytes: usize,
}

impl Lane {
    const fn new(max_events: usize, max_bytes: usize) -> Self {
        Self { events: VecDeque::new(), bytes: 0, max_events, max_bytes }
    }

    /// Adds an event, and drops the oldest ones beyond the limits. The new one stays in any case.
    fn push(&mut self, number: u64, event: Event) {
        let bytes = event.size();
        self.bytes += bytes;
        self.events.push_back((number, event, bytes));
        while self.events.len() > 1 && (self.events.len() > self.max_events || self.bytes > self.max_bytes) {
            self.pop();
        }
    }

    fn pop(&mut self) -> Option<Event> {
        let (_, event, bytes) = self.events.pop_front()?;
        self.bytes -= bytes;
        Some(event)
    }
}

impl Default for Waiting {
    fn default() -> Self {
        let lanes = [
            Lane::new(MAX_WAITING_PREVIEWS, usize::MAX),
            Lane::new(MAX_WAITING_EVENTS, MAX_WAITING_BYTES),
            Lane::new(usize::MAX, MAX_WAITING_IMAGE_BYTES),
            Lane::new(MAX_WAITING_EVENTS, MAX_WAITING_BYTES),
        ];
        Self { lanes, count: 0, closed: false, reader: None }
    }
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
        let lane = match event {
            Event::Preview(_) => 0,
            Event::Progress { .. } => 1,
            Event::Image(_) => 2,
            _ => 3,
        };
        waiting.lanes[lane].push(number, event);
        if let Some(reader) = waiting.reader.take() {
            drop(waiting);
            reader.wake();
        }
    }
}

impl Waiting {
    /// Removes the oldest event.
    fn pop(&mut self) -> Option<Event> {
        let oldest = self.lanes.iter_mut().filter(|lane| !lane.events.is_empty());
        oldest.min_by_key(|lane| lane.events.front().map(|(number, ..)| *number))?.pop()
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
    use super::super::event::Preview;
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

    /// Returns the events that wait, in order.
    async fn rest(mailbox: &Arc<Mailbox>) -> Vec<Event> {
        let mut events = Events::new(Arc::clone(mailbox));
        let mut all = Vec::new();
        while let Some(event) = events.next().await {
            all.push(event);
        }
        all
    }

    #[tokio::test]
    async fn what_waits_for_a_reader_is_limited_and_the_last_event_is_kept() {
        let mailbox = Arc::new(Mailbox::default());
        mailbox.push(Event::Started);
        let image = || Preview { node: None, format: PreviewFormat::Png, bytes: vec![0; 1 << 20].into() };
        let image = image();
        for _ in 0..600 {
            mailbox.push(Event::Image(image.clone()));
        }
        for value in 0..120_000 {
            mailbox.push(Event::Progress { node: "1".into(), value: f64::from(value), max: 1.0 });
        }
        for number in 0..200 {
            mailbox.push(Event::Text { node: number.to_string(), text: "x".repeat(1 << 20) });
        }
        mailbox.push(Event::Deleted(Deletion::new("1", false)));
        let events = rest(&mailbox).await;
        let count = |is: fn(&Event) -> bool| events.iter().filter(|event| is(event)).count();
        assert_eq!(count(|event| matches!(event, Event::Image(_))), 511);
        assert_eq!(count(|event| matches!(event, Event::Progress { .. })), MAX_WAITING_EVENTS);
        assert_eq!(count(|event| matches!(event, Event::Text { .. })), 63);
        assert!(events.last().unwrap().is_last());
    }
}
