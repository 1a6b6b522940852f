//! Whatever goes wrong on the way, every run ends once, and as the server says it did.
//!
//! `cargo bench-faults` prints the same as a score, with as many schedules as one likes.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod case;
mod matrix;
mod schedule;
mod score;
mod server;

/// Schedules of the test; the command runs more.
const SCHEDULES: u64 = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_with_every_kind_of_run() {
    let score = score::of(matrix::cases()).await;
    assert!(score.is_clean(), "{score}");
    assert!(score.cases > 200, "{score}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_schedules() {
    let first = std::env::var("COMFY_SEED").ok().and_then(|seed| seed.parse().ok());
    let first = first.unwrap_or_else(|| uuid_seed() >> 16);
    eprintln!("seeds {first}..{} (COMFY_SEED={first} runs them again)", first + SCHEDULES);
    let score = score::of((first..first + SCHEDULES).map(schedule::case)).await;
    assert!(score.is_clean(), "{score}");
}

/// A seed that no two runs of the test share.
fn uuid_seed() -> u64 {
    comfy_runtime::client::Uuid::new_v4().as_u64_pair().0
}
