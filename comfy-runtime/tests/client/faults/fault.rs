//! What happens to runs.

use std::time::Duration;

use comfy_mock::{EventFault, HttpFault, On};

use super::world::World;

/// Something that happens.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    Nothing,
    /// To so many frames that fit.
    Event(On, EventFault, u64),
    Http(&'static str, HttpFault),
    /// No frame of these runs' ends.
    LoseTheEnd,
    /// No event at all.
    Silence,
    LateHistory,
    /// The server starts anew: at once, or when the run has begun.
    Restart(When),
    /// Another connection of the same client id comes and goes, so that the server forgets the client's own.
    Unregister(When),
    /// Somebody else takes all that wait from the queue.
    Delete,
    /// Somebody else interrupts what runs.
    Interrupt(When),
}

/// When it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    AtOnce,
    Begun,
}

/// All kinds of frames of a run.
const KINDS: [&str; 10] = [
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

const ROUTES: [&str; 4] = ["POST /prompt", "GET /queue", "GET /history/*", "GET /view"];

/// So many times, which is always.
const ALWAYS: u64 = u64::MAX;

impl Fault {
    /// Every fault, once.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Nothing, Self::LoseTheEnd, Self::Silence, Self::LateHistory, Self::Delete];
        for when in [When::AtOnce, When::Begun] {
            all.extend([Self::Restart(when), Self::Unregister(when), Self::Interrupt(when)]);
        }
        for n in [1, 2, 3, 4, 6, 9, 13] {
            for fault in [EventFault::CloseBefore, EventFault::CloseAfter] {
                all.push(Self::Event(On::Nth(n), fault, 1));
            }
        }
        for on in KINDS.map(On::kind).into_iter().chain([On::End]) {
            all.push(Self::Event(on.clone(), EventFault::CloseBefore, 1));
            all.push(Self::Event(on.clone(), EventFault::CloseAfter, 1));
            all.push(Self::Event(on.clone(), EventFault::Delay(Duration::from_millis(150)), 1));
            for fault in [EventFault::Lose, EventFault::Duplicate, EventFault::Swap] {
                all.push(Self::Event(on.clone(), fault, ALWAYS));
            }
        }
        let second = Duration::from_secs(1);
        for route in ROUTES {
            let faults = [
                HttpFault::status(500),
                HttpFault::status(502).times(2),
                HttpFault::status(503).times(2),
                HttpFault::status(503).retry_after(second),
                HttpFault::status(429).times(2),
                HttpFault::status(429).retry_after(second),
                HttpFault::cut_body(0),
                HttpFault::cut_body(10),
                HttpFault::hang(),
                HttpFault::delay(Duration::from_millis(100)),
            ];
            all.extend(faults.map(|fault| Self::Http(route, fault)));
        }
        all
    }

    /// Sets it, where it is something that waits for its occasion.
    pub(crate) fn set(&self, world: &World) {
        let faults = world.server.faults();
        match self {
            Self::Event(on, fault, times) => _ = faults.events(on.clone(), *fault, *times),
            Self::Http(route, fault) => _ = faults.http(route, fault.clone()),
            Self::LoseTheEnd => _ = faults.lose_the_end(),
            Self::Silence => {
                for kind in KINDS {
                    faults.events(On::kind(kind), EventFault::Lose, ALWAYS);
                }
            }
            Self::LateHistory => _ = faults.late_history(Duration::from_millis(300)),
            _ => {}
        }
    }

    /// Does it, where it is an act.
    pub(crate) async fn act(&self, world: &World, prompt_id: &str) {
        match self {
            Self::Restart(When::Begun) | Self::Unregister(When::Begun) | Self::Interrupt(When::Begun) => {
                world.begun(prompt_id).await;
            }
            _ => {}
        }
        match self {
            Self::Restart(_) => world.restart(),
            Self::Unregister(_) => world.unregister().await,
            Self::Delete => world.delete().await,
            Self::Interrupt(_) => world.interrupt().await,
            _ => {}
        }
    }
}
