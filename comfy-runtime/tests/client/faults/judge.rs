//! Follows one run and judges what is said of it.

use std::time::Duration;

use comfy_runtime::client::{Accepted, Ending, Error, Run, Value};
use uuid::Uuid;

use super::kind::Kind;
use super::score::Score;
use super::world::World;
use crate::support::word;

/// Nothing takes longer: neither the answer to a submission nor, after the last thing that happened, an ending.
const BOUND: Duration = Duration::from_secs(25);

const ENDINGS: [&str; 6] = ["finished", "failed", "interrupted", "deleted", "lost", "stalled"];

/// Submits a run of this kind.
pub(crate) async fn submit(world: &World, kind: Kind, seed: u64, name: &str, score: &mut Score) -> Option<Run> {
    let id = Uuid::new_v4();
    let workflow = kind.workflow(seed);
    let submission = world.client.submission(&workflow).prompt_id(id);
    let Ok(result) = tokio::time::timeout(BOUND, submission.submit()).await else {
        score.hung.push(format!("{name}: no answer to the submission"));
        return None;
    };
    let id = id.to_string();
    match result {
        Ok(accepted) => {
            let partial = matches!(accepted, Accepted::Partial { .. });
            if partial != (kind == Kind::Partial) {
                score.wrong.push(format!("{name}: accepted {}", if partial { "in part" } else { "as a whole" }));
            }
            Some(accepted.any())
        }
        // After a restart nobody knows.
        Err(Error::Unknown { .. }) if world.restarts() > 0 => None,
        Err(error) => {
            if world.was_taken(&id) {
                score.lost.push(format!("{name}: the server took it, and the client says: {error}"));
            }
            None
        }
    }
}

/// Waits for the end of a run, and judges it.
pub(crate) async fn judge(world: &World, mut run: Run, name: &str) -> Score {
    let mut score = Score { runs: 1, ..Score::default() };
    let id = run.prompt_id().to_owned();
    let mut events = run.events();
    let Ok(ending) = tokio::time::timeout(BOUND, run.ended()).await else {
        score.hung.push(format!("{name}: {id} truly {:?}", world.truth(&id)));
        return score;
    };
    let said = ending.as_str();
    let truth = world.truth(&id);
    if !truth.contains(&said) {
        let list = if said == "lost" { &mut score.lost } else { &mut score.wrong };
        list.push(format!("{name}: said {said}, truly {truth:?}; {ending:?}"));
    }
    let mut last = Vec::new();
    while let Ok(Some(event)) = tokio::time::timeout(BOUND, events.next()).await {
        last.extend(ENDINGS.contains(&word(&event).as_str()).then(|| word(&event)));
    }
    if last != [said] || run.ending().as_ref().map(Ending::as_str) != Some(said) {
        score.doubled.push(format!("{name}: the events say {last:?}, the run {said}"));
    }
    if world.times_taken(&id) > 1 {
        score.doubled.push(format!("{name}: sent and taken {} times", world.times_taken(&id)));
    }
    if let Ending::Finished(done) = ending {
        let entry = world.server.history(&id);
        if let Some(outputs) = entry.as_ref().and_then(|entry| entry.as_object()?.get("outputs"))
            && outputs.to_string() != Value::Object(done.outputs().clone()).to_string()
        {
            score.wrong.push(format!("{name}: other outputs than {outputs}"));
        }
        for file in done.all_files() {
            // One failure may be told; it must be gone then.
            let bytes = match file.bytes().await {
                Ok(bytes) => Ok(bytes),
                Err(Error::Status { status: 500, .. }) => file.bytes().await,
                Err(error) => Err(error),
            };
            let folder = if file.folder == "temp" { world.server.temp_dir() } else { world.server.output_dir() };
            let saved = std::fs::read(folder.join(&file.subfolder).join(&file.filename)).ok();
            match bytes {
                Ok(bytes) if saved.as_ref().is_some_and(|saved| *saved == bytes) => {}
                // A restart empties the folder of temporary files.
                Err(Error::Status { status: 404, .. }) if saved.is_none() && world.restarts() > 0 => {}
                Ok(_) => score.wrong.push(format!("{name}: {} has other bytes", file.filename)),
                Err(error) => score.wrong.push(format!("{name}: {error}")),
            }
        }
    }
    score
}
