//! The execution of prompts: the order, the events and the files of a real run, without its computations.

pub(crate) mod cache;
mod flow;
mod graph;
mod node;
mod order;
mod output;
mod progress;
mod run;
mod scene;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use run::Run;

use crate::json::object;
use crate::queue::{Entry, Item};
use crate::state::{Active, Shared};
use crate::sync::lock;
use crate::ws::To;
use comfy_schema::Value;

/// Runs the queued prompts one after the other, until the server stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let mut stopped = shared.stop.subscribe();
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = next(&shared) => {}
        }
    }
}

/// Runs the next prompt, or waits until there may be one.
async fn next(shared: &Arc<Shared>) {
    let pause = shared.settings.timing.start;
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    let restarts = shared.restarts.load(Ordering::SeqCst);
    let (free_memory, item) = {
        let mut queue = lock(&shared.queue);
        (queue.take_free_memory(), queue.start())
    };
    if free_memory {
        lock(&shared.cache).clear();
    }
    match item {
        Some(item) => execute(shared, item, restarts).await,
        None => shared.wake.notified().await,
    }
}

/// Executes a prompt, from the first event of its run to the last.
async fn execute(shared: &Arc<Shared>, item: Item, restarts: u64) {
    shared.queue_changed();
    let client_id = item.client_id().map(str::to_owned);
    *lock(&shared.active) = Active { client_id: client_id.clone(), node: None };
    let started = std::time::Instant::now();
    let ended = Run::new(Arc::clone(shared), item.clone(), restarts).play().await;
    if shared.restarts.load(Ordering::SeqCst) != restarts {
        return;
    }
    let Some(ended) = ended else {
        shared.log(&format!("the worker thread died while it executed prompt {}", item.prompt_id));
        // The worker of a real server stays dead, so that no prompt runs until a restart.
        let mut changes = shared.changed.subscribe();
        _ = changes.wait_for(|_| shared.restarts.load(Ordering::SeqCst) != restarts).await;
        return;
    };
    if !stays_alive(shared, restarts, shared.faults.history_delay()).await {
        return;
    }
    lock(&shared.active).node = None;
    let prompt_id = item.prompt_id.clone();
    let entry = Entry { item, outputs: ended.outputs, meta: ended.meta, status: ended.status };
    lock(&shared.queue).finish(entry);
    shared.queue_changed();
    shared.log(&format!("Prompt executed in {:.2} seconds", started.elapsed().as_secs_f64()));
    if let Some(client_id) = client_id {
        let data = object([("node", Value::Null), ("prompt_id", Value::from(prompt_id))]);
        shared.hub.event(To::Client(&client_id), "executing", data);
    }
}

/// Waits, and returns false if the server was restarted in the meantime.
async fn stays_alive(shared: &Shared, restarts: u64, time: Duration) -> bool {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
    shared.restarts.load(Ordering::SeqCst) == restarts
}
