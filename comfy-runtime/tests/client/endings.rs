//! Tests of the decision table in `docs/promises.md`: how a run ends that is in neither the queue nor the history.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use comfy_runtime::Client;
use comfy_runtime::client::{Ending, LostReason, Run};
use serde_json::{Value, json};

use crate::scripted::{Call, Reply, Scripted, Wire};
use crate::support::{LONG, blank, word};

/// The state of a scripted server.
#[derive(Debug, Default)]
struct World {
    running: Vec<Value>,
    pending: Vec<Value>,
    history: Vec<(String, Value)>,
    /// Whether the server has the list of jobs.
    has_jobs: bool,
    /// Whether the response to a deletion is an error.
    loses_deletions: bool,
    /// The number of requests for the queue that a proxy answers, because the server is down.
    down: u32,
    /// A prompt whose history nobody may read.
    forbidden: &'static str,
    number: i64,
    clock: i64,
}

impl World {
    fn item(&mut self, id: &str, prompt: &Value) -> Value {
        let (number, time) = (self.number, self.clock);
        self.number += 1;
        self.clock += 1;
        json!([number, id, prompt, {"client_id": "x", "create_time": time}, ["save"]])
    }

    /// Adds a prompt of another client that runs.
    fn run_other(&mut self, id: &str) {
        let item = self.item(id, &json!({}));
        self.running.push(item);
    }

    fn wait_other(&mut self, id: &str) {
        let item = self.item(id, &json!({}));
        self.pending.push(item);
    }

    fn end_other(&mut self, id: &str) {
        let item = self.item(id, &json!({}));
        self.history.push((id.to_owned(), json!({"prompt": item, "outputs": {}, "status": null})));
    }

    fn remove(&mut self, id: &str) {
        for list in [&mut self.running, &mut self.pending] {
            list.retain(|item| item[1] != id);
        }
    }

    /// Forgets everything, as a restart does.
    fn restart(&mut self) {
        *self = Self { has_jobs: self.has_jobs, clock: self.clock, ..Self::default() };
    }

    fn answer(&mut self, call: &Call) -> Reply {
        match call.route.as_str() {
            "POST /prompt" => {
                let body: Value = serde_json::from_str(&call.body).unwrap();
                let id = body["prompt_id"].as_str().unwrap().to_owned();
                let item = self.item(&id, &body["prompt"]);
                let reply = json!({"prompt_id": id, "number": item[0], "node_errors": {}});
                self.pending.push(item);
                Reply::json(reply)
            }
            "GET /queue" if self.down > 0 => {
                self.down -= 1;
                Reply::new(502, "")
            }
            "GET /queue" => Reply::json(json!({"queue_running": self.running, "queue_pending": self.pending})),
            "GET /jobs" if self.has_jobs => {
                let ended = self.history.iter().map(|(_, entry)| &entry["prompt"]);
                let mut items: Vec<_> = self.running.iter().chain(&self.pending).chain(ended).collect();
                items.sort_by_key(|item| item[3]["create_time"].as_i64());
                let oldest = items
                    .first()
                    .map(|item| json!({"id": item[1], "priority": item[0], "create_time": item[3]["create_time"]}));
                Reply::json(json!({"jobs": oldest.into_iter().collect::<Vec<_>>()}))
            }
            "POST /interrupt" => {
                for item in self.running.drain(..) {
                    let id = item[1].as_str().unwrap().to_owned();
                    let status = json!({"messages": [["execution_interrupted", {}]]});
                    self.history.push((id, json!({"prompt": item, "outputs": {}, "status": status})));
                }
                Reply::new(200, "")
            }
            "POST /queue" if self.loses_deletions => Reply::new(500, ""),
            "POST /queue" => {
                let body: Value = serde_json::from_str(&call.body).unwrap();
                self.pending.retain(|item| item[1] != body["delete"][0]);
                Reply::new(200, "")
            }
            route => match route.strip_prefix("GET /history/") {
                Some(id) if id == self.forbidden => Reply::new(403, ""),
                Some(id) => {
                    let entry = self.history.iter().find(|(known, _)| known == id);
                    Reply::json(entry.map_or(json!({}), |(id, entry)| json!({id.as_str(): entry})))
                }
                None => Reply::new(404, ""),
            },
        }
    }
}

/// A scripted server, a client of it, and a run that waits.
struct Scene {
    server: Scripted,
    world: Arc<Mutex<World>>,
    client: Client,
    run: Run,
}

impl Scene {
    /// Submits a run to a server that was prepared, and waits until the client has seen it in the queue.
    async fn new(prepare: impl FnOnce(&mut World)) -> Self {
        Self::polled_every(Duration::from_millis(100), prepare).await
    }

    async fn polled_every(interval: Duration, prepare: impl FnOnce(&mut World)) -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        prepare(&mut world.lock().unwrap());
        let shared = Arc::clone(&world);
        let server = Scripted::start(move |call| shared.lock().unwrap().answer(call)).await;
        let client = Client::builder(server.url()).poll_interval(interval).retries(0);
        let client = client.connect().await.unwrap();
        let run = client.submit(&blank(1)).await.unwrap().into_run();
        let mut events = run.events();
        let first = tokio::time::timeout(LONG, events.next()).await.unwrap().unwrap();
        assert!(word(&first).starts_with("queued"), "{first:?}");
        Self { server, world, client, run }
    }

    /// Changes what the server knows while the WebSocket is closed, and returns how the run ends.
    async fn ending(mut self, change: impl FnOnce(&mut World, &str)) -> Ending {
        change(&mut self.world.lock().unwrap(), self.run.prompt_id());
        self.server.send(Wire::Close);
        self.ended().await
    }

    /// Waits until the client has noticed the other prompts in the queue.
    async fn asked_again(&self) {
        let asked = self.server.calls_to("GET /queue").len();
        while self.server.calls_to("GET /queue").len() < asked + 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn ended(&mut self) -> Ending {
        tokio::time::timeout(LONG, self.run.ended()).await.unwrap()
    }

    /// Reports the start of the run, and waits until the client has seen it.
    async fn start(&mut self) {
        {
            let mut world = self.world.lock().unwrap();
            let item = world.pending.pop().unwrap();
            world.running.push(item);
        }
        let mut events = self.run.events();
        self.server.event(json!({"type": "execution_start", "data": {"prompt_id": self.run.prompt_id()}}));
        while word(&tokio::time::timeout(LONG, events.next()).await.unwrap().unwrap()) != "started" {}
    }
}

fn is_lost(ending: &Ending, reason: LostReason) -> bool {
    matches!(ending, Ending::Lost(lost) if lost.reason == reason)
}

fn is_removed_by_others(ending: &Ending) -> bool {
    matches!(ending, Ending::Deleted(deletion) if !deletion.by_this_client)
}

fn is_cancelled(ending: &Ending) -> bool {
    matches!(ending, Ending::Deleted(deletion) if deletion.by_this_client)
}

#[tokio::test]
async fn a_confirmed_cancellation_is_one_of_this_client() {
    let mut scene = Scene::new(|_| {}).await;
    assert!(scene.client.cancel(scene.run.prompt_id()).await.unwrap());
    let ending = scene.ended().await;
    assert!(is_cancelled(&ending), "{ending:?}");
    assert!(ending.into_result().unwrap_err().to_string().ends_with("was cancelled before it started"));
}

#[tokio::test]
async fn the_end_of_a_cancelled_run_is_noticed_without_an_event() {
    // Without another request after the cancellation, the end would be noticed only after this interval.
    let mut scene = Scene::polled_every(Duration::from_secs(3600), |_| {}).await;
    scene.start().await;
    assert!(scene.run.cancel().await.unwrap());
    let ending = scene.ended().await;
    assert!(matches!(ending, Ending::Interrupted(_)), "{ending:?}");
}

#[tokio::test]
async fn a_cancellation_whose_response_was_lost_is_one_of_this_client() {
    let scene = Scene::new(|world| world.loses_deletions = true).await;
    assert!(scene.run.cancel().await.is_err());
    let ending = scene.ending(World::remove).await;
    assert!(is_cancelled(&ending), "{ending:?}");
}

#[tokio::test]
async fn with_the_connection_of_the_acceptance_a_vanished_run_was_removed() {
    let mut scene = Scene::new(|_| {}).await;
    let id = scene.run.prompt_id().to_owned();
    scene.world.lock().unwrap().remove(&id);
    let ending = scene.ended().await;
    assert!(is_removed_by_others(&ending), "{ending:?}");
    assert!(ending.into_result().unwrap_err().to_string().ends_with("but not by this client"));
}

#[tokio::test]
async fn with_a_prompt_that_the_server_still_knows_a_vanished_run_was_removed() {
    let scene = Scene::new(|world| world.run_other("other")).await;
    let ending = scene.ending(World::remove).await;
    assert!(is_removed_by_others(&ending), "{ending:?}");
}

#[tokio::test]
async fn with_a_job_older_than_the_run_a_vanished_run_was_removed() {
    let prepare = |world: &mut World| {
        world.has_jobs = true;
        world.end_other("older");
    };
    let ending = Scene::new(prepare).await.ending(World::remove).await;
    assert!(is_removed_by_others(&ending), "{ending:?}");
}

#[tokio::test]
async fn without_a_prompt_that_had_started_the_server_was_restarted() {
    let scene = Scene::new(|world| world.run_other("other")).await;
    let ending = scene.ending(|world, _| world.restart()).await;
    assert!(is_lost(&ending, LostReason::Forgotten), "{ending:?}");
}

#[tokio::test]
async fn with_only_later_jobs_of_lower_numbers_the_server_was_restarted() {
    let prepare = |world: &mut World| {
        world.has_jobs = true;
        world.number = 7;
    };
    let restart_with_others = |world: &mut World, _: &str| {
        world.restart();
        world.end_other("later");
    };
    let ending = Scene::new(prepare).await.ending(restart_with_others).await;
    assert!(is_lost(&ending, LostReason::Forgotten), "{ending:?}");
}

#[tokio::test]
async fn with_a_lower_number_of_a_later_submission_the_server_was_restarted() {
    let mut scene = Scene::new(|world| world.number = 5).await;
    scene.world.lock().unwrap().restart();
    scene.server.send(Wire::Close);
    let later = scene.client.submit(&blank(2)).await.unwrap().into_run();
    assert_eq!(later.number(), Some(0.0));
    let ending = scene.ended().await;
    assert!(is_lost(&ending, LostReason::Forgotten), "{ending:?}");
}

#[tokio::test]
async fn without_evidence_a_vanished_run_is_unexplained() {
    let ending = Scene::new(|_| {}).await.ending(World::remove).await;
    assert!(is_lost(&ending, LostReason::Unexplained), "{ending:?}");
    let message = ending.into_result().unwrap_err().to_string();
    assert!(message.contains("either it was removed from the queue, or the server was restarted"), "{message}");
    // Another prompt that waited may have been removed together with the run.
    let scene = Scene::new(|world| world.wait_other("other")).await;
    let ending = scene.ending(|world, _| world.pending.clear()).await;
    assert!(is_lost(&ending, LostReason::Unexplained), "{ending:?}");
}

#[tokio::test]
async fn a_run_that_had_started_is_lost_by_a_restart() {
    let mut scene = Scene::new(|_| {}).await;
    scene.start().await;
    let restart = |world: &mut World, _: &str| {
        world.restart();
        world.down = 1;
    };
    let ending = scene.ending(restart).await;
    assert!(is_lost(&ending, LostReason::Forgotten), "{ending:?}");
}

#[tokio::test]
async fn a_run_that_vanished_after_its_start_without_an_outage_is_unexplained() {
    // The run ended and was erased while the connection was closed.
    let mut scene = Scene::new(|_| {}).await;
    scene.start().await;
    let ending = scene.ending(World::remove).await;
    assert!(is_lost(&ending, LostReason::Unexplained), "{ending:?}");
    let message = ending.into_result().unwrap_err().to_string();
    assert!(message.contains("either it was removed from the history, or the server was restarted"), "{message}");
}

#[tokio::test]
async fn a_run_that_had_started_was_erased_if_the_server_knows_other_prompts() {
    let mut scene = Scene::new(|world| world.end_other("other")).await;
    scene.start().await;
    scene.world.lock().unwrap().wait_other("another");
    scene.asked_again().await;
    let ending = scene.ending(World::remove).await;
    assert!(is_lost(&ending, LostReason::Erased), "{ending:?}");
}

#[tokio::test]
async fn a_run_that_vanished_after_its_start_was_erased_if_the_connection_lives() {
    let mut scene = Scene::new(|_| {}).await;
    scene.start().await;
    let id = scene.run.prompt_id().to_owned();
    scene.world.lock().unwrap().remove(&id);
    let ending = scene.ended().await;
    assert!(is_lost(&ending, LostReason::Erased), "{ending:?}");
}

#[tokio::test(start_paused = true)]
async fn evidence_that_cannot_be_read_does_not_put_the_ending_off_for_ever() {
    let mut scene = Scene::new(|world| world.run_other("other")).await;
    scene.asked_again().await;
    {
        let mut world = scene.world.lock().unwrap();
        world.restart();
        world.forbidden = "other";
    }
    scene.server.send(Wire::Close);
    let ending = tokio::time::timeout(LONG * 2, scene.run.ended()).await.unwrap();
    assert!(is_lost(&ending, LostReason::Unreadable), "{ending:?}");
}
