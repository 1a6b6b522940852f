//! What a real server answered and sent, against what the stand-in does with the same requests.
//!
//! The recordings are in the folder that the environment variable `COMFY_DATA` names; without it these tests are
//! skipped, and `runs.rs` and `http.rs` say for the main cases what they say.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

mod endpoints;
mod queue;
mod report;
mod runs;
mod setting;
mod shape;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use setting::{data, server};

#[tokio::test]
async fn every_recorded_exchange_is_answered_alike() {
    if data().is_some() {
        let report = endpoints::play(&server(Duration::ZERO).await).await;
        report.settle("http_endpoints.json", 53);
    }
}

#[tokio::test]
async fn the_recorded_queue_is_controlled_alike() {
    if data().is_some() {
        let report = queue::play(&server(Duration::from_millis(250)).await).await;
        report.settle("http_queue.json", 32);
    }
}

#[tokio::test]
async fn every_recorded_run_goes_alike() {
    if data().is_some() {
        let report = runs::play(&server(Duration::from_millis(150)).await).await;
        report.settle("run_*.json", 15);
    }
}
