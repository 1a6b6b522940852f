//! What other programs cost: CPU time and memory.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// What a run of a program cost, the programs that it ran included.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// User and system time.
    pub cpu: Duration,
    /// From start to end.
    pub wall: Duration,
    /// The most memory that one of the programs held, in bytes.
    pub peak: u64,
}

impl Cost {
    /// The least of two runs, each figure for itself.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self { cpu: self.cpu.min(other.cpu), wall: self.wall.min(other.wall), peak: self.peak.min(other.peak) }
    }
}

/// Runs a program to its end.
///
/// # Errors
///
/// If it cannot be run, or ends with another code than 0: then with what it wrote to standard error.
pub fn run(command: &mut Command) -> io::Result<Cost> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let stderr = child.stderr.take().map_or(Ok(String::new()), io::read_to_string)?;
    let ended = child.wait4()?;
    let wall = start.elapsed();
    if !ended.status.success() {
        return Err(io::Error::other(format!("{command:?} ended with {}:\n{stderr}", ended.status)));
    }
    Ok(Cost { cpu: ended.rusage.utime + ended.rusage.stime, wall, peak: ended.rusage.maxrss })
}

/// The least that some runs cost, each with something to be done before.
///
/// # Errors
///
/// If one of them fails, or if there is none.
pub fn least(runs: usize, mut run: impl FnMut() -> io::Result<Cost>) -> io::Result<Cost> {
    let mut least: Option<Cost> = None;
    for _ in 0..runs {
        let cost = run()?;
        least = Some(least.map_or(cost, |least| least.min(cost)));
    }
    least.ok_or_else(|| io::Error::other("no runs"))
}

/// One figure beside its target.
pub fn verdict(measured: f64, target: f64) -> &'static str {
    if measured <= target { "ok" } else { "MISSED" }
}

/// The number after the name of an option (`--runs 5`) in the arguments of this program.
///
/// # Errors
///
/// If there is none behind the name, or another word.
pub fn option(name: &str, default: usize) -> Result<usize, String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    match (std::env::args().any(|argument| argument == name), arguments.next()) {
        (false, _) => Ok(default),
        (true, Some(number)) => number.parse().map_err(|error| format!("{name} {number}: {error}")),
        (true, None) => Err(format!("{name} needs a number")),
    }
}
