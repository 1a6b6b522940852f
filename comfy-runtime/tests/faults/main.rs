//! Tests that with every fault each run has exactly one ending, which is the one that the server's history has.
//!
//! `cargo bench-faults` prints the score. `COMFY_SCHEDULES` sets the number of random schedules, `COMFY_SEED` the first
//! seed.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod case;
mod matrix;
mod schedule;
mod score;
mod server;

/// Default number of random schedules.
const DEFAULT_SCHEDULES: u64 = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_with_every_kind_of_run() {
    let score = score::of(matrix::cases()).await;
    println!("every fault with every kind of run: {score}");
    assert!(score.is_clean(), "{score}");
    assert!(score.cases > 200, "{score}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_schedules() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let count = number("COMFY_SCHEDULES").unwrap_or(DEFAULT_SCHEDULES);
    let first = number("COMFY_SEED").unwrap_or_else(|| fresh_seed() >> 16);
    println!("seeds from {first} (COMFY_SEED={first} repeats them)");
    let score = score::of((first..first + count).map(schedule::case)).await;
    println!("random schedules: {score}");
    assert!(score.is_clean(), "{score}");
}

/// Returns a random seed.
fn fresh_seed() -> u64 {
    comfy_runtime::client::Uuid::new_v4().as_u64_pair().0
}
