//! Follows a run on a server whose queue has 200 MB.

use std::time::{Duration, Instant};

use comfy_runtime::Client;

use super::{Result, Sender, at_least, peak};

/// The size of the server's queue, in MB.
const MB: f64 = 200.0;

const ROUNDS: usize = 3;

/// The maximum growth of memory, in MiB.
const MAX_MEMORY: f64 = 16.0;

pub(super) async fn measure() -> Result<()> {
    let sender = Sender::start()?;
    let client = Client::connect(sender.url()).await?;
    let before = peak()?;
    let mut time = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        // The run is not in the queue; the client learns that from the same answer as while it follows a run.
        if client.attach_id("00000000-0000-4000-8000-999999999999").await.is_ok() {
            return Err("expected no such run".into());
        }
        // Attaching reads the queue twice.
        time = time.min(start.elapsed() / 2);
    }
    let more = peak()? - before;
    println!("a queue of 200 MB: read in {:.2} s, {:.0} MB/s", time.as_secs_f64(), MB / time.as_secs_f64());
    println!("  memory: {more:.1} MiB more than before (target {MAX_MEMORY}: {})", at_least(MAX_MEMORY, more));
    Ok(())
}
