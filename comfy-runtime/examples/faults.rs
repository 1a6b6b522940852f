//! Plays every fault of the stand-in at every kind of run, and then random schedules; prints what became of the runs.
//!
//! `cargo bench-faults [SCHEDULES] [--seed N]`: 500 schedules and a seed from the clock, if not said.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::print_stdout, reason = "a test as a command")]
#![allow(dead_code, unreachable_pub, reason = "shared with the tests")]

#[path = "../tests/client/faults/mod.rs"]
mod faults;
#[path = "../tests/client/support.rs"]
mod support;

use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use faults::{Each, Score, matrix, schedules};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count = arguments.first().and_then(|count| count.parse().ok()).unwrap_or(500);
    let said = arguments.iter().position(|argument| argument == "--seed").and_then(|at| arguments.get(at + 1));
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let seed = said.map_or(clock, |seed| seed.parse().expect("--seed needs a number"));

    let start = Instant::now();
    let cases = matrix(Each(1)).await;
    tell("cases", &cases, start);
    let start = Instant::now();
    println!("seeds {seed} to {}", seed + count as u64 - 1);
    let random = schedules(seed, count).await;
    tell("schedules", &random, start);
    if cases.is_clean() && random.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(name: &str, score: &Score, start: Instant) {
    for fault in score.faults() {
        println!("{fault}");
    }
    println!("{name} {score} ({:.0} s)", start.elapsed().as_secs_f32());
}
