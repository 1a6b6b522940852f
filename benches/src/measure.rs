//! Measures the CPU time and the memory of other programs, and the time of functions.

use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// The cost of running a program, including the programs that it ran.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// The user and system time.
    pub cpu: Duration,
    /// The time from start to end.
    pub wall: Duration,
    /// The peak memory of the largest of the programs, in bytes.
    pub peak: u64,
}

impl Cost {
    /// Returns the minimum of each figure of two runs.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self { cpu: self.cpu.min(other.cpu), wall: self.wall.min(other.wall), peak: self.peak.min(other.peak) }
    }
}

/// Runs a program to its end.
///
/// # Errors
///
/// Returns an error if the program cannot be run or fails; the error then holds what it wrote to standard error.
pub fn run(command: &mut Command) -> io::Result<Cost> {
    measured(command.stdout(Stdio::null())).map(|(cost, _)| cost)
}

/// Runs a program that prints its [`own_peak`] as the last line, and takes the peak memory from there.
///
/// The system counts the memory of the process that starts a program as memory of this program: what [`run`] measures is at
/// least what this process takes.
///
/// # Errors
///
/// Returns the errors of [`run`], and an error if the last line is no number.
pub fn run_reporting(command: &mut Command) -> io::Result<Cost> {
    let (cost, stdout) = measured(command.stdout(Stdio::piped()))?;
    let peak = stdout.lines().next_back().and_then(|line| line.parse().ok());
    Ok(Cost { peak: peak.ok_or_else(|| io::Error::other(format!("{command:?} printed no peak")))?, ..cost })
}

/// Returns the peak memory of this process since its program was started, in bytes.
///
/// # Errors
///
/// Returns an error on systems without `/proc/self/status`.
pub fn own_peak() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.map(|kibibytes| kibibytes * 1024).ok_or_else(|| io::Error::other("/proc/self/status has no VmHWM"))
}

/// Runs a program to its end, and returns what it wrote to standard output if that is piped.
fn measured(command: &mut Command) -> io::Result<(Cost, String)> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    // The programs that are measured write little to one of the two, so that reading them in turn never blocks.
    let stdout = child.stdout.take().map_or(Ok(String::new()), io::read_to_string)?;
    let stderr = child.stderr.take().map_or(Ok(String::new()), io::read_to_string)?;
    let ended = child.wait4()?;
    let wall = start.elapsed();
    if !ended.status.success() {
        return Err(io::Error::other(format!("{command:?} failed with {}:\n{stderr}", ended.status)));
    }
    Ok((Cost { cpu: ended.rusage.utime + ended.rusage.stime, wall, peak: ended.rusage.maxrss }, stdout))
}

/// Returns the minimum cost of several runs. The closure prepares each run and returns its cost.
///
/// # Errors
///
/// Returns the first error of a run, or an error if `runs` is 0.
pub fn min_cost(runs: usize, mut run: impl FnMut() -> io::Result<Cost>) -> io::Result<Cost> {
    let mut min: Option<Cost> = None;
    for _ in 0..runs {
        let cost = run()?;
        min = Some(min.map_or(cost, |min| min.min(cost)));
    }
    min.ok_or_else(|| io::Error::other("no runs"))
}

/// Returns the minimum time of several calls of a function; it is called at least once.
pub fn min_time(runs: usize, mut task: impl FnMut()) -> Duration {
    let times = (0..runs.max(1)).map(|_| {
        let start = Instant::now();
        task();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

/// Returns `ok` if a figure is not above its target, else `MISSED`.
pub fn verdict(measured: f64, target: f64) -> &'static str {
    if measured <= target { "ok" } else { "MISSED" }
}

/// Returns the number after the name of an option, such as `--runs 5`, in the arguments of this program.
///
/// # Errors
///
/// Returns an error if the option is given without a number.
pub fn option(name: &str, default: usize) -> Result<usize, String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    match (std::env::args().any(|argument| argument == name), arguments.next()) {
        (false, _) => Ok(default),
        (true, Some(number)) => number.parse().map_err(|error| format!("{name} {number}: {error}")),
        (true, None) => Err(format!("{name} needs a number")),
    }
}
