//! No run is lost, doubled, or given another ending than the true one, whatever happens.

use crate::faults::{Each, Score, matrix, schedules};

/// The number that an environment variable holds.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect(name))
}

fn check(name: &str, score: &Score) {
    println!("{name} {score}");
    let faults: Vec<_> = score.faults().collect();
    assert!(score.is_clean(), "{name} {score}\n{}", faults.join("\n"));
}

/// `COMFY_FAULTS_EACH=1` plays all cases.
#[tokio::test]
async fn whatever_happens_to_whatever_run_the_true_ending_is_told_once() {
    let each = number("COMFY_FAULTS_EACH", 13);
    let score = matrix(Each(usize::try_from(each).unwrap())).await;
    assert!(score.cases >= 1_000 / usize::try_from(each).unwrap(), "{score}");
    check("cases", &score);
}

/// `COMFY_FAULTS_SEED=N` plays the schedule of this seed and no other.
#[tokio::test]
async fn of_runs_and_faults_at_random_every_true_ending_is_told_once() {
    let one = std::env::var_os("COMFY_FAULTS_SEED").is_some();
    let (seed, count) = (number("COMFY_FAULTS_SEED", 1), if one { 1 } else { 40 });
    println!("seeds {seed} to {}", seed + count - 1);
    check("schedules", &schedules(seed, usize::try_from(count).unwrap()).await);
}
