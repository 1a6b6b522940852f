//! Reads events and previews through one client, compared with a bare reader of the same socket.

use std::time::{Duration, Instant};

use comfy_runtime::client::Event;
use comfy_runtime::{Client, Workflow};
use futures_util::StreamExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::{Result, Sender, at_least, peak};

/// The number of rounds; the minimum time of each reader counts.
const ROUNDS: usize = 5;

/// The minimum ratio of the client's rate to the bare reader's.
const TARGET: f64 = 0.7;

/// The messages read in a round, and the time it took.
#[derive(Debug, Default)]
struct Read {
    time: Duration,
    frames: u32,
    events: u32,
    previews: u32,
}

pub(super) async fn measure() -> Result<()> {
    let sender = Sender::start()?;
    let client = Client::connect(sender.url()).await?;
    let started = peak()?;
    for (events, previews) in [(100_000, 0), (0, 10_000), (100_000, 10_000)] {
        let mut best: [Option<Read>; 2] = [None, None];
        let mut peaks = Vec::new();
        for _ in 0..ROUNDS {
            let ours = ours(&client, events, previews).await?;
            peaks.push(peak()?);
            keep(&mut best[0], ours);
            let theirs = bare(&sender, events, previews).await?;
            keep(&mut best[1], theirs);
        }
        let [Some(ours), Some(bare)] = best else { return Err("there were no rounds".into()) };
        if ours.events != ours_expected(events) {
            return Err(format!("the client read {} of {} events", ours.events, ours_expected(events)).into());
        }
        let frames = events + previews;
        let rate = |time: Duration| f64::from(frames) / time.as_secs_f64();
        let ratio = rate(ours.time) / rate(bare.time);
        println!(
            "{events} events, {previews} previews of 100 KB: client {:.0}/s ({} previews read), bare reader {:.0}/s, \
             ratio {ratio:.2} (target {TARGET}: {})",
            rate(ours.time),
            ours.previews,
            rate(bare.time),
            at_least(ratio, TARGET)
        );
        let peaks: Vec<_> = peaks.iter().map(|peak| format!("{peak:.1}")).collect();
        println!("  peak memory: {started:.1} MiB at the start, {} MiB after each round", peaks.join(", "));
        if bare.frames != frames {
            return Err(format!("the bare reader read {} of {frames} frames", bare.frames).into());
        }
    }
    Ok(())
}

fn keep(best: &mut Option<Read>, read: Read) {
    if best.as_ref().is_none_or(|best| read.time < best.time) {
        *best = Some(read);
    }
}

/// Returns how many events the client reports. Half of the messages are `progress_state`, which repeats the others, so the
/// client reports no event for them.
fn ours_expected(events: u32) -> u32 {
    events / 100 * 51
}

/// Reads through the client, to the end of the run.
async fn ours(client: &Client, events: u32, previews: u32) -> Result<Read> {
    let workflow: Workflow = serde_json::from_str(
        r#"{"2": {"class_type": "SaveImage", "inputs": {}}, "3": {"class_type": "KSampler", "inputs": {}}}"#,
    )?;
    let start = Instant::now();
    let submission =
        client.submission(&workflow).extra("events", u64::from(events)).extra("previews", u64::from(previews));
    let run = submission.submit().await?.complete().await?;
    let mut stream = run.events();
    let mut read = Read::default();
    while let Some(event) = stream.next().await {
        match event {
            Event::Preview(_) => read.previews += 1,
            Event::Progress { .. } | Event::Executing { .. } => read.events += 1,
            _ => {}
        }
    }
    read.time = start.elapsed();
    run.finish().await?;
    Ok(read)
}

/// Reads a socket and does nothing else.
async fn bare(sender: &Sender, events: u32, previews: u32) -> Result<Read> {
    let stream = TcpStream::connect(&sender.address).await?;
    stream.set_nodelay(true)?;
    let url = format!("ws://{}/ws?clientId=bare", sender.address);
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await?;
    socket.next().await.ok_or("the server closed the socket")??;
    let mut read = Read::default();
    let start = Instant::now();
    let body = format!(
        r#"{{"prompt_id": "00000000-0000-4000-8000-000000000000", "extra_data": {{"events": {events}, "previews": {previews}}}}}"#
    );
    reqwest::Client::new().post(format!("{}/prompt", sender.url())).body(body).send().await?;
    while read.frames < events + previews {
        match socket.next().await.ok_or("the server closed the socket")?? {
            Message::Text(_) | Message::Binary(_) => read.frames += 1,
            _ => {}
        }
    }
    read.time = start.elapsed();
    Ok(read)
}
