//! The comparison of the stand-in server with exchanges that were recorded from a real server.
//!
//! The recordings are in the folder that the environment variable `COMFY_DATA` names. Without it these tests are
//! skipped; `runs.rs` and `http.rs` test the main cases without recordings.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

mod endpoints;
mod queue;
mod report;
mod runs;
mod setting;
mod shape;
#[path = "../support/mod.rs"]
mod support;
mod templates;

use std::time::Duration;

use setting::{data, server};

#[tokio::test(start_paused = true)]
async fn every_recorded_exchange_is_answered_as_recorded() {
    if data().is_some() {
        let report = endpoints::play(&server(Duration::ZERO).await).await;
        report.settle("http_endpoints.json", 53);
    }
}

#[tokio::test(start_paused = true)]
async fn templates_are_accepted_wherever_their_files_are() {
    if let Some(root) = data() {
        templates::run(&root.join("templates"), 166, 6).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_queue_is_controlled_as_recorded() {
    if data().is_some() {
        let report = queue::play(&server(Duration::from_millis(250)).await).await;
        report.settle("http_queue.json", 32);
    }
}

#[tokio::test(start_paused = true)]
async fn every_run_proceeds_as_recorded() {
    if data().is_some() {
        let report = runs::play(&server(Duration::from_millis(150)).await).await;
        report.settle("run_*.json", 15);
    }
}
