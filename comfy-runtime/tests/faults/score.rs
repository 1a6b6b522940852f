//! Runs many cases concurrently and counts the results.

use std::fmt;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::time::sleep;

use crate::case::{Case, Flaw, Verdict};

/// Maximum step of the simulated clock.
const TICK: Duration = Duration::from_millis(5);

/// The results of many cases.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) cases: usize,
    lost: usize,
    doubled: usize,
    wrong: usize,
    hangs: usize,
    /// The cases in which the client could not know the ending, and said so.
    pub(crate) unexplained: usize,
    took: Duration,
    /// The failed cases.
    flaws: Vec<String>,
}

impl Score {
    /// Returns whether no case failed.
    pub(crate) fn is_clean(&self) -> bool {
        self.flaws.is_empty()
    }

    fn add(&mut self, case: &Case, result: Result<Verdict, Flaw>) {
        self.cases += 1;
        self.unexplained += usize::from(result == Ok(Verdict::Unexplained));
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
        let Self { cases, lost, doubled, wrong, hangs, unexplained, took, .. } = self;
        write!(f, "{cases} runs: {lost} lost, {doubled} doubled, {wrong} wrong ends, {hangs} hangs")?;
        write!(f, ", {unexplained} without a known ending ({took:.1?})")?;
        self.flaws.iter().try_for_each(|flaw| write!(f, "\n  {flaw}"))
    }
}

/// Runs the cases, each in a runtime of its own whose clock stands still while there is anything to do.
pub(crate) fn of(cases: impl IntoIterator<Item = Case, IntoIter: Send>) -> Score {
    let (cases, score) = (Mutex::new(cases.into_iter()), Mutex::new(Score::default()));
    let next = || cases.lock().expect("no panic").next();
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = next() {
                    let result = simulate(&case);
                    score.lock().expect("no panic").add(&case, result);
                }
            });
        }
    });
    let mut score = score.into_inner().expect("no panic");
    score.took = start.elapsed();
    score
}

/// Runs a case on a simulated clock. The client and the server share one thread, and what one sends to the other over
/// the loopback interface has arrived when the call that sends it returns. So the clock moves on only when both wait for
/// it, and no limit of the client is reached because the machine is busy.
fn simulate(case: &Case) -> Result<Verdict, Flaw> {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        // The clock moves in small steps, so that a packet that is late after all arrives before a limit is reached.
        let ticking = tokio::spawn(async {
            loop {
                sleep(TICK).await;
            }
        });
        let result = case.run().await;
        ticking.abort();
        result
    })
}
