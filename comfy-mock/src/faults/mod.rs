//! Faults on demand, for the tests of clients.

mod event;
mod http;

use std::sync::Mutex;
use std::time::Duration;

pub use event::{EventFault, EventMatch};
pub use http::HttpFault;
pub(crate) use http::Kind as HttpKind;

use crate::sync::lock;

/// The faults of a server; [`Server::faults`](crate::Server::faults) gives them. They can be set and cleared while
/// it runs.
#[derive(Debug, Default)]
pub struct Faults {
    http: Mutex<Vec<http::Rule>>,
    events: Mutex<Vec<event::Rule>>,
    late_history: Mutex<Duration>,
}

impl Faults {
    /// Lets a fault befall a route: `/path`, or `METHOD /path`. A `*` at the end stands for anything; the twin below
    /// `/api` is meant too. Of several faults for a request, the first that was set and is not used up befalls it.
    pub fn http(&self, route: &str, fault: HttpFault) -> &Self {
        lock(&self.http).push(http::Rule::new(route, fault));
        self
    }

    /// Lets a fault befall the next frame that fits.
    pub fn event(&self, on: EventMatch, fault: EventFault) -> &Self {
        self.events(on, fault, 1)
    }

    /// Lets a fault befall the next so many frames that fit.
    pub fn events(&self, on: EventMatch, fault: EventFault, times: u64) -> &Self {
        lock(&self.events).push(event::Rule::new(on, fault, times));
        self
    }

    /// Never sends what tells that a run is over: `execution_success`, `execution_error`,
    /// `execution_interrupted`, and `executing` without a node. Clients must find out otherwise, or give up.
    pub fn drop_end_event(&self) -> &Self {
        for kind in ["execution_success", "execution_error", "execution_interrupted"] {
            self.events(EventMatch::kind(kind), EventFault::Lose, u64::MAX);
        }
        self.events(EventMatch::End, EventFault::Lose, u64::MAX)
    }

    /// From now on, the history gets a run only so long after its `execution_success`, `execution_error` or
    /// `execution_interrupted`. Until then the run is still the running one, as on a real server.
    pub fn late_history(&self, by: Duration) -> &Self {
        *lock(&self.late_history) = by;
        self
    }

    /// From now on all is well.
    pub fn clear(&self) {
        lock(&self.http).clear();
        lock(&self.events).clear();
        *lock(&self.late_history) = Duration::ZERO;
    }

    pub(crate) fn history_delay(&self) -> Duration {
        *lock(&self.late_history)
    }

    pub(crate) fn for_request(&self, method: &str, path: &str) -> Option<HttpFault> {
        let mut rules = lock(&self.http);
        let fault = rules.iter_mut().find_map(|rule| rule.apply(method, path));
        rules.retain(|rule| !rule.is_used_up());
        fault
    }

    /// All faults that befall a frame, in the order in which they were set.
    pub(crate) fn for_frame(&self, kind: &str, is_end: bool) -> Vec<EventFault> {
        let mut rules = lock(&self.events);
        let faults = rules.iter_mut().filter_map(|rule| rule.apply(kind, is_end)).collect();
        rules.retain(|rule| !rule.is_used_up());
        faults
    }
}
