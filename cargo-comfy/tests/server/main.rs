//! End-to-end tests of the commands that talk to a server, on the stand-in: runs and their results, uploads,
//! signals, attaching, the queue, the doctor, and servers without a WebSocket.
#![cfg(all(feature = "run", feature = "serve"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

mod attach;
mod doctor;
mod place;
mod preflight;
mod queue;
mod run;
mod saving;
#[cfg(unix)]
mod stop;
mod tls;
mod uploads;
mod websocket;
