//! Runs many cases concurrently and counts the results.

use std::fmt;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::case::{Case, Flaw};

/// Maximum number of concurrent cases, which mostly wait.
const MAX_CONCURRENT: usize = 24;

/// The results of many cases.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) cases: usize,
    lost: usize,
    doubled: usize,
    wrong: usize,
    hangs: usize,
    took: Duration,
    /// The failed cases.
    flaws: Vec<String>,
}

impl Score {
    /// Returns whether no case failed.
    pub(crate) fn is_clean(&self) -> bool {
        self.flaws.is_empty()
    }

    fn add(&mut self, case: &Case, result: Result<(), Flaw>) {
        self.cases += 1;
        let Err(flaw) = result else { return };
        match flaw {
            Flaw::Lost(_) => self.lost += 1,
            Flaw::Doubled(_) => self.doubled += 1,
            Flaw::Wrong(_) => self.wrong += 1,
            Flaw::Hang => self.hangs += 1,
        }
        self.flaws.push(format!("{flaw:?}: {}", case.name));
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cases, lost, doubled, wrong, hangs, took, .. } = self;
        write!(f, "{cases} runs: {lost} lost, {doubled} doubled, {wrong} wrong ends, {hangs} hangs ({took:.1?})")?;
        self.flaws.iter().try_for_each(|flaw| write!(f, "\n  {flaw}"))
    }
}

/// Runs the cases.
pub(crate) async fn of(cases: impl IntoIterator<Item = Case>) -> Score {
    let (mut score, start) = (Score::default(), Instant::now());
    let mut running = JoinSet::new();
    for case in cases {
        if running.len() >= MAX_CONCURRENT
            && let Some(done) = running.join_next().await
        {
            let (case, result) = done.expect("no panic");
            score.add(&case, result);
        }
        running.spawn(async move {
            let result = case.run().await;
            (case, result)
        });
    }
    while let Some(done) = running.join_next().await {
        let (case, result) = done.expect("no panic");
        score.add(&case, result);
    }
    score.took = start.elapsed();
    score
}
