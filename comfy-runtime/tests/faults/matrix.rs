//! The matrix of every fault with every kind of run.

use std::time::Duration;

use comfy_mock::{EventFault, EventMatch, HttpFault, Timing};

use crate::case::{Case, Fault, Kind};

const EVENTS: [&str; 10] = [
    "status",
    "execution_start",
    "execution_cached",
    "executing",
    "progress",
    "progress_state",
    "executed",
    "execution_success",
    "execution_error",
    "execution_interrupted",
];

const ROUTES: [&str; 5] = ["POST /prompt", "GET /queue", "/history/*", "/jobs/*", "/ws"];

/// Returns the faults that a frame can have.
pub(crate) fn event_faults() -> [EventFault; 5] {
    [
        EventFault::CloseBefore,
        EventFault::CloseAfter,
        EventFault::Lose,
        EventFault::Duplicate,
        EventFault::Delay(Duration::from_millis(60)),
    ]
}

/// Returns the faults that a request can have.
pub(crate) fn http_faults() -> [HttpFault; 7] {
    [
        HttpFault::status(500),
        HttpFault::status(502),
        HttpFault::status(503).times(2),
        HttpFault::status(429),
        HttpFault::cut_body(3),
        HttpFault::hang(),
        HttpFault::delay(Duration::from_millis(80)),
    ]
}

/// Returns all faults: each fault of a frame with each kind of frame, and each fault of a request with each route.
pub(crate) fn faults() -> Vec<Fault> {
    let places =
        EVENTS.map(EventMatch::kind).into_iter().chain([EventMatch::End, EventMatch::Nth(1), EventMatch::Nth(3)]);
    let events = places.flat_map(|on| event_faults().map(|fault| Fault::Event(on.clone(), fault)));
    let http = ROUTES.into_iter().flat_map(|route| http_faults().map(|fault| Fault::Http(route, fault)));
    events.chain([Fault::DropEndEvent]).chain(http).collect()
}

/// Returns every kind of run with every single fault and without one.
pub(crate) fn cases() -> impl Iterator<Item = Case> {
    let with = faults().into_iter().map(|fault| vec![fault]);
    let with: Vec<_> = with.chain([Vec::new()]).collect();
    Kind::ALL.into_iter().flat_map(move |kind| {
        with.clone().into_iter().map(move |faults| Case {
            name: format!("{kind:?} with {faults:?}"),
            kind,
            steps: 2,
            timing: Timing::instant(),
            faults,
            after: Duration::from_millis(20),
        })
    })
}
