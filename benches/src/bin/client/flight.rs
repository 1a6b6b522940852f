//! Keeps many runs in flight on one client.

use std::collections::HashSet;
use std::time::Instant;

use comfy_mock::Server;
use comfy_runtime::{Client, Workflow};

use super::Result;

const RUNS: u32 = 200;

pub(super) async fn measure() -> Result<()> {
    let server = Server::spawn().await?;
    let client = Client::connect(server.url()).await?;
    let start = Instant::now();
    let mut runs = Vec::new();
    for color in 0..RUNS {
        let workflow: Workflow = serde_json::from_str(&format!(
            r#"{{"1": {{"class_type": "EmptyImage", "inputs": {{"width": 8, "height": 8, "batch_size": 1, "color": {color}}}}},
                "2": {{"class_type": "SaveImage", "inputs": {{"images": ["1", 0], "filename_prefix": "x"}}}}}}"#
        ))?;
        let client = client.clone();
        runs.push(tokio::spawn(async move { client.run(&workflow).await }));
    }
    let (mut ids, mut lost) = (HashSet::new(), 0);
    for run in runs {
        match run.await? {
            Ok(done) if done.images("2")?.len() == 1 => _ = ids.insert(done.prompt_id().to_owned()),
            _ => lost += 1,
        }
    }
    let time = start.elapsed().as_secs_f32();
    let executed: HashSet<String> = server.finished().into_iter().collect();
    lost += executed.symmetric_difference(&ids).count();
    println!("{RUNS} runs in flight on one client: {} finished in {time:.2} s, lost {lost} (target 0)", ids.len());
    if lost == 0 { Ok(()) } else { Err("runs were lost".into()) }
}
