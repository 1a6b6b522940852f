//! Tests of the client against the stand-in server and against a scripted server.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod attach;
mod delivery;
mod download;
mod drift;
mod echoes;
mod endings;
mod halves;
mod ids;
mod limits;
mod polling;
mod preflight;
mod prompt_ids;
mod redirects;
mod replay;
mod results;
mod routes;
mod runs;
mod saving;
mod scripted;
mod servers;
mod shapes;
mod socket;
mod submit;
mod support;
mod tls;
mod uploads;
