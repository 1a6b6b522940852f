//! Tests that with every fault each run has exactly one ending, which is the one that the server's history has.
//!
//! Each case runs on a simulated clock: see `score`. Faults therefore take no time, and a busy machine changes nothing.
//!
//! `cargo bench-faults` prints the score. `COMFY_SCHEDULES` sets the number of random schedules, `COMFY_SEED` the first
//! seed, which defaults to 1; `COMFY_SEED=random` draws one.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod case;
mod matrix;
mod schedule;
mod score;
mod server;

/// Default number of random schedules.
const DEFAULT_SCHEDULES: u64 = 500;

#[test]
fn every_fault_with_every_kind_of_run() {
    let score = score::of(matrix::cases());
    println!("every fault with every kind of run: {score}");
    assert!(score.is_clean(), "{score}");
    assert!(score.cases > 200, "{score}");
    // Only the faults of the queue hide a run that waits until the server restarts.
    assert!(score.unexplained <= matrix::http_faults().len(), "{score}");
}

#[test]
fn random_schedules() {
    let variable = |name: &str| std::env::var(name).ok();
    let count = variable("COMFY_SCHEDULES").and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_SCHEDULES);
    let first = match variable("COMFY_SEED").as_deref() {
        Some("random") => fresh_seed() >> 16,
        seed => seed.and_then(|text| text.parse().ok()).unwrap_or(1),
    };
    println!("seeds from {first} (COMFY_SEED={first} repeats them)");
    let score = score::of((first..first + count).map(schedule::case));
    println!("random schedules: {score}");
    assert!(score.is_clean(), "{score}");
}

/// Returns a random seed.
fn fresh_seed() -> u64 {
    comfy_runtime::client::Uuid::new_v4().as_u64_pair().0
}
