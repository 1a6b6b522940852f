//! Tests of responses of another shape: JSON with status 200 that a login page or a proxy sends in place of the server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use comfy_runtime::Client;
use comfy_runtime::client::{Ending, Error, Event, HistoryQuery, JobQuery, LostReason, Map, Run, Upload};
use serde_json::{Value, json};

use crate::scripted::{Call, Reply, Scripted, Wire};
use crate::support::{LONG, blank, word};

/// What answers in place of the server.
const LOGINS: [&str; 6] = [
    r#"{"detail": "Not authenticated"}"#,
    r#"{"status": "ok"}"#,
    r#"{"error": {"code": 401}}"#,
    "null",
    "[]",
    "\"sign in\"",
];

fn is_invalid<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::InvalidResponse { .. }))
}

/// Returns the names of the calls that take the response for what they asked for.
async fn deceived(client: &Client) -> Vec<&'static str> {
    let mut deceived = Vec::new();
    let mut check = |name, is_invalid: bool| {
        if !is_invalid {
            deceived.push(name);
        }
    };
    check("queue", is_invalid(&client.queue().await));
    check("queue_remaining", is_invalid(&client.queue_remaining().await));
    check("history", is_invalid(&client.history(&HistoryQuery::new()).await));
    check("history_of", is_invalid(&client.history_of("some").await));
    check("jobs", is_invalid(&client.jobs(&JobQuery::new()).await));
    check("job", is_invalid(&client.job("some").await));
    check("cancel", is_invalid(&client.cancel("some").await));
    check("cancel_many", is_invalid(&client.cancel_many(["some"]).await));
    check("interrupt", is_invalid(&client.interrupt("some").await));
    check("interrupt_any", is_invalid(&client.interrupt_any().await));
    check("clear_queue", is_invalid(&client.clear_queue().await));
    check("delete_pending", is_invalid(&client.delete_pending(["some"]).await));
    check("clear_history", is_invalid(&client.clear_history().await));
    check("free_memory", is_invalid(&client.free_memory().await));
    check("attach_id", is_invalid(&client.attach_id("some").await));
    check("system_stats", is_invalid(&client.system_stats().await));
    check("features", is_invalid(&client.features().await));
    check("users", is_invalid(&client.users().await));
    check("workflow_templates", is_invalid(&client.workflow_templates().await));
    check("translations", is_invalid(&client.translations().await));
    check("subgraphs", is_invalid(&client.subgraphs().await));
    check("logs", is_invalid(&client.logs().await));
    check("folder_paths", is_invalid(&client.folder_paths().await));
    check("upload", is_invalid(&client.upload(&Upload::bytes("a.png", "x")).await));
    check("write_userdata", is_invalid(&client.write_userdata("a.json", "{}", true).await));
    check("change_settings", is_invalid(&client.change_settings(Map::new()).await));
    check("object_info", is_invalid(&client.object_info().await));
    deceived
}

#[tokio::test(start_paused = true)]
async fn no_call_takes_the_answer_of_a_login_page_for_its_own() {
    for login in LOGINS {
        let server = Scripted::start(move |_| Reply::json(login)).await;
        let client = Client::connect(server.url()).await.unwrap();
        // These answers have the shape of what was asked for.
        let legitimate: &[&str] = match login {
            r#"{"error": {"code": 401}}"# => &["translations", "subgraphs"],
            "\"sign in\"" => &["write_userdata"],
            _ => &[],
        };
        let deceived = deceived(&client).await;
        assert_eq!(deceived, legitimate, "{login}");
    }
}

#[tokio::test(start_paused = true)]
async fn lists_of_names_are_arrays_of_strings() {
    for login in LOGINS.into_iter().filter(|login| *login != "[]").chain([r#"["a", null]"#]) {
        let server = Scripted::start(move |_| Reply::json(login)).await;
        let client = Client::connect(server.url()).await.unwrap();
        assert!(is_invalid(&client.models("loras").await), "{login}");
        assert!(is_invalid(&client.embeddings().await) && is_invalid(&client.extensions().await), "{login}");
        assert!(is_invalid(&client.userdata_paths("", true).await), "{login}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_of_another_shape_is_quoted() {
    let server = Scripted::start(|_| Reply::json(LOGINS[0])).await;
    let client = Client::connect(server.url()).await.unwrap();
    let error = client.queue().await.unwrap_err().to_string();
    let found = r#"found `{"detail":"Not authenticated"}`; is a login page or a proxy in front of the server?"#;
    assert!(error.starts_with("GET /queue: invalid response: expected") && error.ends_with(found), "{error}");
    let page = Scripted::start(|_| Reply::new(200, "<h1>Sign in</h1>")).await;
    let client = Client::connect(page.url()).await.unwrap();
    let error = client.interrupt("some").await.unwrap_err().to_string();
    assert!(error.contains(r#"expected an empty response, found an HTML page, "Sign in""#), "{error}");
}

/// A scripted server on which one prompt runs, until it is over or something else answers the requests for its state.
#[derive(Debug, Default)]
struct State {
    prompt_id: Value,
    /// The response to requests for the queue and the history, unless the server answers them itself.
    answer: Option<(u16, &'static str)>,
    /// The entry of the history, if the run is over.
    entry: Option<Value>,
}

struct Scene {
    server: Scripted,
    state: Arc<Mutex<State>>,
}

impl Scene {
    async fn start(has_websocket: bool) -> Self {
        Self::with_id(has_websocket, None).await
    }

    /// Starts a server that gives the prompt this id, or that takes the one that is sent.
    async fn with_id(has_websocket: bool, id: Option<Value>) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let answer = move |call: &Call| Self::reply(&mut shared.lock().unwrap(), id.as_ref(), call);
        let server = if has_websocket { Scripted::start(answer).await } else { Scripted::refusing(answer).await };
        Self { server, state }
    }

    fn reply(state: &mut State, id: Option<&Value>, call: &Call) -> Reply {
        let is_state = call.route == "GET /queue" || call.route.starts_with("GET /history");
        if let Some((status, body)) = state.answer.filter(|_| is_state) {
            return Reply::new(status, body).header("location", "https://elsewhere.example/login");
        }
        match call.route.as_str() {
            "POST /prompt" => {
                let body: Value = serde_json::from_str(&call.body).unwrap();
                state.prompt_id = id.cloned().unwrap_or_else(|| body["prompt_id"].clone());
                Reply::json(json!({"prompt_id": state.prompt_id, "number": 0, "node_errors": {}}))
            }
            "GET /queue" => {
                let running = (state.entry.is_none() && !state.prompt_id.is_null())
                    .then(|| json!([0, state.prompt_id, {}, {"client_id": "x"}, ["save"]]));
                Reply::json(json!({"queue_running": running.into_iter().collect::<Vec<_>>(), "queue_pending": []}))
            }
            route if route.starts_with("GET /history/") => {
                let key = state.prompt_id.as_str().map_or_else(|| state.prompt_id.to_string(), str::to_owned);
                Reply::json(state.entry.as_ref().map_or(json!({}), |entry| json!({key: entry})))
            }
            _ => Reply::new(404, ""),
        }
    }

    async fn submit(&self) -> Run {
        let client = Client::builder(self.server.url()).retries(0).connect().await.unwrap();
        let workflow = blank(1);
        let run = client.submission(&workflow).resubmit_lost(3).submit().await.unwrap().into_run();
        let mut events = run.events();
        while word(&tokio::time::timeout(LONG, events.next()).await.unwrap().unwrap()) != "started" {}
        run
    }

    fn answer(&self, answer: Option<(u16, &'static str)>) {
        self.state.lock().unwrap().answer = answer;
    }

    fn end(&self) {
        let status = json!({"status_str": "success", "messages": [["execution_success", {}]]});
        self.state.lock().unwrap().entry = Some(json!({"prompt": [], "outputs": {}, "status": status}));
    }

    fn posts(&self) -> usize {
        self.server.calls_to("POST /prompt").len()
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_page_for_some_seconds_neither_ends_a_run_nor_submits_it_again() {
    for login in LOGINS.into_iter().chain(["{}"]) {
        for has_websocket in [true, false] {
            let scene = Scene::start(has_websocket).await;
            let mut run = scene.submit().await;
            scene.answer(Some((200, login)));
            scene.server.send(Wire::Close);
            assert!(tokio::time::timeout(Duration::from_secs(20), run.ended()).await.is_err(), "{login}: {run:?}");
            scene.answer(None);
            scene.end();
            let ending = tokio::time::timeout(LONG, run.ended()).await.unwrap();
            assert!(matches!(ending, Ending::Finished(_)), "{login}: {ending:?}");
            assert_eq!(scene.posts(), 1, "{login}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_another_shape_is_not_a_finished_run() {
    for entry in [json!(null), json!([]), json!(5), json!({}), json!({"outputs": []})] {
        let scene = Scene::start(false).await;
        let run = scene.submit().await;
        scene.state.lock().unwrap().entry = Some(entry.clone());
        let Err(Error::Lost(lost)) = run.finish().await else { panic!("{entry}") };
        assert_eq!(lost.reason, LostReason::Unreadable);
        assert!(lost.to_string().contains("expected `{}`, or an object with the run"), "{lost}");
    }
}

/// The answers that stay as they are: another shape, no JSON, forbidden, redirected to another origin, a failure.
const PERMANENT: [(u16, &str); 8] = [
    (200, LOGINS[0]),
    (200, "\u{feff}{}"),
    (200, "<html>Sign in</html>"),
    (401, ""),
    (403, "<html>no</html>"),
    (404, ""),
    (302, ""),
    (500, ""),
];

#[tokio::test(start_paused = true)]
async fn answers_that_cannot_be_used_end_a_run_after_a_minute_and_say_why() {
    for (status, body) in PERMANENT {
        for has_websocket in [true, false] {
            let scene = Scene::start(has_websocket).await;
            let run = scene.submit().await;
            scene.answer(Some((status, body)));
            let since = tokio::time::Instant::now();
            let Err(Error::Lost(lost)) = run.finish().await else { panic!("{status} {body}") };
            assert_eq!(lost.reason, LostReason::Unreadable, "{status} {body}: {lost}");
            assert!(lost.last_error.starts_with("GET /queue: "), "{lost}");
            let seconds = since.elapsed().as_secs();
            assert!((60..80).contains(&seconds), "{status} {body}: {seconds} s");
            assert_eq!(scene.posts(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn with_answers_that_cannot_be_used_the_reported_ending_counts() {
    let scene = Scene::start(true).await;
    let mut run = scene.submit().await;
    scene.answer(Some((403, "")));
    let saved = json!({"images": [{"filename": "a.png", "subfolder": "", "type": "output"}]});
    for (kind, data) in [("executed", json!({"node": "save", "output": saved})), ("execution_success", json!({}))] {
        let mut data = data;
        data["prompt_id"] = run.prompt_id().into();
        scene.server.event(json!({"type": kind, "data": data}));
    }
    let Ending::Finished(done) = run.ended().await else { panic!("{run:?}") };
    assert_eq!(done.images("save").unwrap()[0].filename, "a.png");
}

#[tokio::test(start_paused = true)]
async fn a_proxy_without_a_server_behind_it_is_waited_for_longer() {
    let scene = Scene::start(false).await;
    let mut run = scene.submit().await;
    scene.answer(Some((502, "")));
    assert!(tokio::time::timeout(Duration::from_secs(200), run.ended()).await.is_err());
    // What came before does not count.
    scene.answer(Some((403, "")));
    assert!(tokio::time::timeout(Duration::from_secs(40), run.ended()).await.is_err());
    scene.answer(None);
    scene.end();
    assert!(matches!(run.ended().await, Ending::Finished(_)));
}

#[tokio::test(start_paused = true)]
async fn ids_of_prompts_may_be_numbers() {
    for (id, text) in [(json!(5), "5"), (json!(0), "0"), (json!(3.5), "3.5")] {
        let scene = Scene::with_id(true, Some(id.clone())).await;
        let run = scene.submit().await;
        assert_eq!(run.prompt_id(), text);
        let mut events = run.events();
        let executing = json!({"node": "save", "display_node": "save", "prompt_id": id});
        scene.server.event(json!({"type": "executing", "data": executing}));
        let seen = tokio::time::timeout(LONG, events.next()).await.unwrap().unwrap();
        assert!(matches!(&seen, Event::Executing { node, .. } if node == "save"), "{seen:?}");
        scene.end();
        scene.server.event(json!({"type": "executing", "data": {"node": null, "prompt_id": id}}));
        assert_eq!(run.finish().await.unwrap().prompt_id(), text);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_usable_id_in_the_answer_the_sent_id_is_looked_up() {
    for (answer, is_known) in [
        (json!({"prompt_id": null}), true),
        (json!({"prompt_id": {}}), true),
        (json!({"prompt_id": ""}), true),
        (json!({}), true),
        (json!({"prompt_id": null}), false),
    ] {
        let sent = Mutex::new(Value::Null);
        let reply = answer.clone();
        let server = Scripted::start(move |call| match call.route.as_str() {
            "POST /prompt" => {
                let body: Value = serde_json::from_str(&call.body).unwrap();
                *sent.lock().unwrap() = body["prompt_id"].clone();
                Reply::json(&reply)
            }
            "GET /queue" => {
                let item = json!([0, *sent.lock().unwrap(), {}, {}, null]);
                let running = if is_known { vec![item] } else { Vec::new() };
                Reply::json(json!({"queue_running": running, "queue_pending": []}))
            }
            _ => Reply::json("{}"),
        })
        .await;
        let client = Client::builder(server.url()).retries(0).connect().await.unwrap();
        let submitted = client.submit(&blank(1)).await;
        if is_known {
            assert!(submitted.is_ok(), "{answer}: {submitted:?}");
        } else {
            assert!(matches!(submitted, Err(Error::Unconfirmed { .. })), "{submitted:?}");
        }
    }
}
