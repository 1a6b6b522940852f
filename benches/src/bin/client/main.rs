//! Measures the client under load: many runs in flight, events and previews, one large download, and a large
//! queue.
//!
//! `cargo bench-client [flight|events|download|queue]` measures one of them, or all by default. The sender is a process of its own, so
//! that the memory figures are the client's alone.

mod download;
mod events;
mod flight;
mod queue;
mod server;

use std::error::Error;
use std::fs;
use std::io::BufRead as _;
use std::process::{Child, Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result<()> {
    // The HTTP client of the bare reader is compiled without a provider.
    _ = rustls::crypto::ring::default_provider().install_default();
    match std::env::args().nth(1).as_deref() {
        Some("serve") => server::serve().await,
        Some("flight") => flight::measure().await,
        Some("events") => events::measure().await,
        Some("download") => download::measure().await,
        Some("queue") => queue::measure().await,
        Some(other) => Err(format!("unknown benchmark `{other}`; expected flight, events, download or queue").into()),
        None => {
            flight::measure().await?;
            // Peak memory belongs to a process, so each of these gets its own.
            for figure in ["events", "download", "queue"] {
                let status = Command::new(std::env::current_exe()?).arg(figure).status()?;
                if !status.success() {
                    return Err(format!("{figure}: {status}").into());
                }
            }
            Ok(())
        }
    }
}

/// A scripted server in a process of its own.
struct Sender {
    child: Child,
    /// The host and port of the server.
    address: String,
}

impl Sender {
    fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        let stdout = child.stdout.take().ok_or("the server has no standard output")?;
        std::io::BufReader::new(stdout).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        // It may have exited by itself.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Returns the peak memory of this process so far, in MiB.
fn peak() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("/proc/self/status has no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

/// Returns `ok` if a figure is not below its target, else `MISSED`.
fn at_least(measured: f64, target: f64) -> &'static str {
    if measured >= target { "ok" } else { "MISSED" }
}
