//! The faults that tests of clients inject.

mod event;
mod http;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use event::{EventFault, EventMatch};
pub use http::HttpFault;
pub(crate) use http::Kind as HttpKind;

use crate::sync::lock;

/// The faults of a server, from [`Server::faults`](crate::Server::faults). They can be set and cleared while the server
/// runs.
#[derive(Debug, Default)]
pub struct Faults {
    http: Mutex<Vec<http::Rule>>,
    events: Mutex<Vec<event::Rule>>,
    late_history: Mutex<Duration>,
    own_prompt_ids: AtomicBool,
}

impl Faults {
    /// Sets a fault of a route: `/path` or `METHOD /path`. A `*` at the end matches any rest; the prefix `/api` does
    /// not matter. If several faults match a request, the one that was set first and is not used up applies.
    pub fn http(&self, route: &str, fault: HttpFault) -> &Self {
        lock(&self.http).push(http::Rule::new(route, fault));
        self
    }

    /// Sets a fault of the next matching frame.
    pub fn event(&self, frames: EventMatch, fault: EventFault) -> &Self {
        self.events(frames, fault, 1)
    }

    /// Sets a fault of the next `times` matching frames.
    pub fn events(&self, frames: EventMatch, fault: EventFault, times: u64) -> &Self {
        lock(&self.events).push(event::Rule::new(frames, fault, times));
        self
    }

    /// Drops every event that reports the end of a run: `execution_success`, `execution_error`,
    /// `execution_interrupted`, and `executing` without a node. Clients then have to notice the end by polling.
    pub fn drop_end_event(&self) -> &Self {
        for kind in ["execution_success", "execution_error", "execution_interrupted"] {
            self.events(EventMatch::kind(kind), EventFault::Lose, u64::MAX);
        }
        self.events(EventMatch::End, EventFault::Lose, u64::MAX)
    }

    /// Adds the history entry of every later run only this long after its `execution_success`, `execution_error` or
    /// `execution_interrupted`. Until then the run still counts as running, as on a real server.
    pub fn late_history(&self, by: Duration) -> &Self {
        *lock(&self.late_history) = by;
        self
    }

    /// Gives every later prompt a new id instead of the one that the client sent, as older servers and some proxies do.
    pub fn own_prompt_ids(&self) -> &Self {
        self.own_prompt_ids.store(true, Ordering::Relaxed);
        self
    }

    /// Removes all faults.
    pub fn clear(&self) {
        lock(&self.http).clear();
        lock(&self.events).clear();
        *lock(&self.late_history) = Duration::ZERO;
        self.own_prompt_ids.store(false, Ordering::Relaxed);
    }

    pub(crate) fn has_own_prompt_ids(&self) -> bool {
        self.own_prompt_ids.load(Ordering::Relaxed)
    }

    pub(crate) fn history_delay(&self) -> Duration {
        *lock(&self.late_history)
    }

    /// Returns the first fault that applies to a request.
    pub(crate) fn for_request(&self, method: &str, path: &str) -> Option<HttpFault> {
        let mut rules = lock(&self.http);
        let fault = rules.iter_mut().find_map(|rule| rule.apply(method, path));
        rules.retain(|rule| !rule.is_used_up());
        fault
    }

    /// Returns all faults that apply to a frame, in the order in which they were set.
    pub(crate) fn for_frame(&self, kind: &str, is_end: bool) -> Vec<EventFault> {
        let mut rules = lock(&self.events);
        let faults = rules.iter_mut().filter_map(|rule| rule.apply(kind, is_end)).collect();
        rules.retain(|rule| !rule.is_used_up());
        faults
    }
}
