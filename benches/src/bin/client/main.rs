//! What the client can carry: runs in flight, events and previews, one large download.
//!
//! `cargo bench-client [flight|events|download]`: all of them if none is named. What sends is a process of its own, so
//! that memory is the client's alone.

mod download;
mod events;
mod flight;
mod server;

use std::error::Error;
use std::fs;
use std::io::BufRead as _;
use std::process::{Child, Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result<()> {
    // The bare reader's HTTP client has no other.
    _ = rustls::crypto::ring::default_provider().install_default();
    match std::env::args().nth(1).as_deref() {
        Some("serve") => server::serve().await,
        Some("flight") => flight::measure().await,
        Some("events") => events::measure().await,
        Some("download") => download::measure().await,
        Some(other) => Err(format!("{other} is none of flight, events, download").into()),
        None => {
            flight::measure().await?;
            // Peaks of memory are of a process; each figure gets one.
            for figure in ["events", "download"] {
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
    /// `127.0.0.1:…`
    address: String,
}

impl Sender {
    fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        let stdout = child.stdout.take().ok_or("no output")?;
        std::io::BufReader::new(stdout).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The most memory that this process has held, in MiB.
fn peak() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

/// A figure beside the least that it is to be.
fn at_least(measured: f64, target: f64) -> &'static str {
    if measured >= target { "ok" } else { "MISSED" }
}
