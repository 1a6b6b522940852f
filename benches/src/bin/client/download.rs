//! Downloads one large output to disk, compared with a bare stream.

use std::path::Path;
use std::time::{Duration, Instant};

use comfy_runtime::{Client, Workflow};
use tokio::io::AsyncWriteExt as _;

use super::{Result, Sender, at_least, peak};

/// The size of the file, in MiB.
const MIB: u32 = 1024;

const ROUNDS: usize = 5;

/// The minimum ratio of the client's rate to the bare stream's.
const TARGET: f64 = 0.9;

/// The maximum growth of memory during the download, in MiB.
const MAX_MEMORY: f64 = 32.0;

pub(super) async fn measure() -> Result<()> {
    let sender = Sender::start()?;
    let folder = tempfile::tempdir_in(comfy_benches::target()?)?;
    let client = Client::connect(sender.url()).await?;
    let workflow: Workflow = serde_json::from_str(r#"{"2": {"class_type": "SaveImage", "inputs": {}}}"#)?;
    let file = client.run(&workflow).await?.images("2")?.into_iter().next().ok_or("the run has no output file")?;
    let before = peak()?;
    let (mut ours, mut bare, mut after) = (Duration::MAX, Duration::MAX, 0.0);
    for round in 0..ROUNDS {
        let path = folder.path().join("client");
        let start = Instant::now();
        file.save_as(&path).await?;
        ours = ours.min(start.elapsed());
        check(&path)?;
        if round == 0 {
            // The bare stream has not run yet, so the peak is the client's.
            after = peak()?;
        }
        let path = folder.path().join("bare");
        let start = Instant::now();
        stream(&sender, &path).await?;
        bare = bare.min(start.elapsed());
        check(&path)?;
    }
    let rate = |time: Duration| f64::from(MIB) * 1.048_576 / time.as_secs_f64();
    let ratio = rate(ours) / rate(bare);
    println!(
        "1 GiB to disk: client {:.0} MB/s, bare stream {:.0} MB/s, ratio {ratio:.2} (target {TARGET}: {})",
        rate(ours),
        rate(bare),
        at_least(ratio, TARGET)
    );
    let more = after - before;
    println!("  memory: {more:.1} MiB more than before (target {MAX_MEMORY}: {})", at_least(MAX_MEMORY, more));
    Ok(())
}

/// Checks that the file is complete, and deletes it.
fn check(path: &Path) -> Result<()> {
    let length = std::fs::metadata(path)?.len();
    std::fs::remove_file(path)?;
    if length == u64::from(MIB) << 20 {
        Ok(())
    } else {
        Err(format!("expected {MIB} MiB, found {length} bytes").into())
    }
}

async fn stream(sender: &Sender, path: &Path) -> Result<()> {
    let mut response = reqwest::get(format!("{}/view?filename=large.png", sender.url())).await?;
    let mut file = tokio::fs::File::create(path).await?;
    while let Some(piece) = response.chunk().await? {
        file.write_all(&piece).await?;
    }
    Ok(file.flush().await?)
}
