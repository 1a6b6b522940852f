//! Tests of every route: the client requests the right path, and parses the response.

use std::time::Duration;

use comfy_mock::{HttpFault, Server};
use comfy_runtime::Client;
use comfy_runtime::client::{Channel, Error, HistoryQuery, JobOrder, JobQuery, JobSort, JobStatus, Map, Value, View};

use crate::support::{blank, connect, quick, text_to_image};

/// Returns a server whose first run hangs in its sampler, and a client.
async fn busy() -> (Server, Client) {
    let server = Server::spawn().await.unwrap();
    server.node("KSampler").hang();
    let client = connect(&server).await;
    (server, client)
}

async fn start(client: &Client, seed: u64) -> comfy_runtime::client::Run {
    client.submit(&text_to_image(seed, 1)).await.unwrap().complete().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_queue_is_in_the_order_in_which_it_will_run() {
    let (server, client) = busy().await;
    let first = start(&client, 1).await;
    server.until(|server| server.running().is_some()).await;
    let second = start(&client, 2).await;
    let workflow = text_to_image(3, 1);
    let third = client.submission(&workflow).front().submit().await.unwrap().into_run();
    let queue = client.queue().await.unwrap();
    assert_eq!(queue.running[0].prompt_id, first.prompt_id());
    let pending: Vec<&str> = queue.pending.iter().map(|item| item.prompt_id.as_str()).collect();
    assert_eq!(pending, [third.prompt_id(), second.prompt_id()]);
    assert_eq!(queue.pending[0].outputs, ["cat"]);
    assert_eq!(queue.pending[0].extra_data.get("client_id").unwrap().as_str(), Some(client.client_id()));
    assert_eq!(client.queue_remaining().await.unwrap(), 3);

    client.delete_pending([second.prompt_id(), "nobody"]).await.unwrap();
    assert_eq!(client.queue().await.unwrap().pending.len(), 1);
    client.clear_queue().await.unwrap();
    assert!(client.queue().await.unwrap().pending.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_with_an_id_affects_only_that_run() {
    let (server, client) = busy().await;
    let run = start(&client, 1).await;
    server.until(|server| server.running().is_some()).await;
    client.interrupt("00000000-0000-0000-0000-000000000000").await.unwrap();
    client.interrupt("").await.unwrap();
    assert!(server.running().is_some(), "neither another id nor an empty one interrupts the run");
    client.interrupt(run.prompt_id()).await.unwrap();
    assert!(matches!(run.finish().await, Err(Error::Interrupted(_))));
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_without_an_id_affects_any_run() {
    let (server, client) = busy().await;
    let run = start(&client, 1).await;
    server.until(|server| server.running().is_some()).await;
    client.interrupt_any().await.unwrap();
    assert!(matches!(run.finish().await, Err(Error::Interrupted(_))));
}

#[tokio::test(start_paused = true)]
async fn one_prompt_is_cancelled_whether_it_waits_or_runs() {
    let (server, client) = busy().await;
    let (running, waiting) = (start(&client, 1).await, start(&client, 2).await);
    server.until(|server| server.running().is_some()).await;
    assert!(client.cancel(waiting.prompt_id()).await.unwrap());
    assert_eq!(server.running().as_deref(), Some(running.prompt_id()), "the other prompt still runs");
    assert!(matches!(waiting.finish().await, Err(Error::Deleted { .. })));
    assert!(client.cancel(running.prompt_id()).await.unwrap());
    assert!(!client.cancel("00000000-0000-0000-0000-000000000000").await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn one_prompt_is_cancelled_on_a_server_without_jobs() {
    let (server, client) = busy().await;
    let (running, waiting) = (start(&client, 1).await, start(&client, 2).await);
    server.until(|server| server.running().is_some()).await;
    server.faults().http("/jobs/*", HttpFault::status(404).always());
    assert!(client.cancel(waiting.prompt_id()).await.unwrap());
    assert_eq!(server.count("/api/interrupt"), 0, "an old server would interrupt the other prompt");
    assert!(client.cancel(running.prompt_id()).await.unwrap());
    assert!(matches!(running.finish().await, Err(Error::Interrupted(_))));
}

#[tokio::test(start_paused = true)]
async fn the_history_is_paged_deleted_and_cleared() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let mut ids = Vec::new();
    for color in 0..4 {
        ids.push(client.run(&blank(color)).await.unwrap().prompt_id().to_owned());
    }
    let listed = async |query: HistoryQuery| {
        let entries = client.history(&query).await.unwrap();
        entries.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(listed(HistoryQuery::new()).await, ids);
    assert_eq!(listed(HistoryQuery::new().max_items(2)).await, ids[2..]);
    assert_eq!(listed(HistoryQuery::new().max_items(2).offset(1)).await, ids[1..3]);
    let entry = client.history_of(&ids[0]).await.unwrap().unwrap();
    assert!(entry.completed && entry.status == "success");
    assert_eq!(entry.prompt.prompt_id, ids[0]);
    assert_eq!(entry.messages.last().unwrap().0, "execution_success");
    assert!(entry.outputs.contains_key("save"));
    client.delete_history([&ids[0]]).await.unwrap();
    assert_eq!(client.history_of(&ids[0]).await.unwrap(), None);
    client.clear_history().await.unwrap();
    assert!(client.history(&HistoryQuery::new()).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn jobs_are_filtered_sorted_and_paged() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let workflow = blank(1);
    let editor = Value::parse(br#"{"id": "b1", "nodes": []}"#).unwrap();
    let done = client.submission(&workflow).editor_workflow(editor).run().await.unwrap();
    server.node("EmptyImage").fail("no");
    client.run(&blank(2)).await.unwrap_err();
    let all = client.jobs(&JobQuery::default()).await.unwrap();
    assert_eq!((all.jobs.len(), all.total, all.has_more), (2, 2, false));
    assert_eq!(all.jobs[0].status, Some(JobStatus::Failed));
    assert!(all.jobs[0].execution_error.is_some());
    let ok = JobQuery::new().status(JobStatus::Completed).status(JobStatus::Pending);
    let ok = client.jobs(&ok).await.unwrap().jobs;
    assert_eq!((ok[0].id.as_str(), ok[0].outputs_count), (done.prompt_id(), 1));
    assert_eq!(ok[0].workflow_id.as_deref(), Some("b1"));
    assert!(ok[0].duration().is_some() && ok[0].create_time.is_some());
    let page = JobQuery::new().sort_by(JobSort::ExecutionDuration).order(JobOrder::Ascending).limit(1).offset(0);
    assert!(client.jobs(&page).await.unwrap().has_more);
    let of_workflow = JobQuery::new().workflow_id("b1");
    assert_eq!(client.jobs(&of_workflow).await.unwrap().jobs.len(), 1);
    let query = server.requests().into_iter().filter_map(|request| request.query).next_back().unwrap();
    assert_eq!(query, "workflow_id=b1");
    let one = client.job(done.prompt_id()).await.unwrap().unwrap();
    assert!(one.outputs.unwrap().contains_key("save"));
    assert_eq!(client.job("nobody").await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn many_jobs_are_cancelled_at_once() {
    let (server, client) = busy().await;
    let runs = [start(&client, 1).await, start(&client, 2).await];
    server.until(|server| server.running().is_some()).await;
    assert!(client.cancel_many(runs.iter().map(comfy_runtime::client::Run::prompt_id)).await.unwrap());
    for run in runs {
        assert!(matches!(run.finish().await, Err(Error::Interrupted(_) | Error::Deleted { .. })));
    }
    assert_eq!(client.cancel_many(["no uuid"]).await.unwrap_err().status(), Some(400));
}

#[tokio::test(start_paused = true)]
async fn memory_is_freed() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    client.unload_models().await.unwrap();
    client.free_memory().await.unwrap();
    let requests = server.requests().into_iter().filter(|request| request.path == "/api/free");
    let bodies: Vec<_> = requests.map(|request| request.json().unwrap().to_string()).collect();
    assert_eq!(bodies, [r#"{"unload_models":true}"#, r#"{"unload_models":true,"free_memory":true}"#]);
}

#[tokio::test(start_paused = true)]
async fn definitions_are_requested_as_a_whole_or_one_by_one() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let schema = client.object_info().await.unwrap();
    assert!(schema.classes().count() > 500);
    let node = client.object_info_of("KSampler").await.unwrap().unwrap();
    assert_eq!(Some(&node), schema.node("KSampler"));
    assert_eq!(client.object_info_of("No/Such Node").await.unwrap(), None);
    let asked = server.requests();
    assert_eq!(asked.last().unwrap().path, "/api/object_info/No%2FSuch%20Node");
    assert!(client.node_replacements().await.unwrap().as_object().is_some());
}

#[tokio::test(start_paused = true)]
async fn the_machine_is_described_and_a_cpu_has_no_index() {
    let server = Server::builder().version("0.28.1").spawn().await.unwrap();
    let client = connect(&server).await;
    let stats = client.system_stats().await.unwrap();
    assert_eq!(stats.comfyui_version, "0.28.1");
    assert_eq!((stats.devices[0].kind.as_str(), stats.devices[0].index), ("cpu", None));
    let features = client.features().await.unwrap();
    assert!(features.supports_preview_metadata && features.max_upload_size == Some(100 << 20));
}

#[tokio::test(start_paused = true)]
async fn models_are_listed_by_folder() {
    let metadata = Map::from_iter([("author", "me")]);
    let server = Server::builder()
        .models("loras", ["a/b.safetensors"])
        .models("embeddings", ["x/easy.pt"])
        .model_metadata("loras", "a/b.safetensors", metadata)
        .spawn()
        .await
        .unwrap();
    let client = connect(&server).await;
    assert!(client.model_folder_names().await.unwrap().contains(&"loras".to_owned()));
    assert_eq!(client.models("loras").await.unwrap(), ["a/b.safetensors"]);
    assert_eq!(client.models("nope").await.unwrap_err().status(), Some(404));
    assert_eq!(client.embeddings().await.unwrap(), ["x/easy"]);
    let found = client.model_metadata("loras", "a/b.safetensors").await.unwrap().unwrap();
    assert_eq!(found.get("author").unwrap().as_str(), Some("me"));
    assert_eq!(client.model_metadata("loras", "none.safetensors").await.unwrap(), None);
    let places = client.model_folders().await.unwrap();
    assert!(places.iter().any(|place| place.name == "loras"));
    assert_eq!(client.model_files("loras").await.unwrap()[0].name, "a/b.safetensors");
    assert_eq!(client.model_preview("loras", 0, "a/b.safetensors").await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn pages_do_not_depend_on_the_prefix() {
    let server = Server::builder().subgraph("Blur", r#"{"nodes": []}"#).spawn().await.unwrap();
    for client in [connect(&server).await, quick(&server).prefix("").connect().await.unwrap()] {
        assert!(client.editor_page().await.unwrap().contains("<html"));
        assert_eq!(client.node_help("").await.unwrap(), None);
        assert_eq!(client.node_help("KSampler/en.md").await.unwrap(), None);
        client.extensions().await.unwrap();
        assert!(client.workflow_templates().await.unwrap().is_empty());
        assert!(client.translations().await.unwrap().is_empty());
        let (id, blur) = client.subgraphs().await.unwrap().remove(0);
        assert_eq!((blur.name.as_str(), blur.data), ("Blur", None));
        let blur = client.subgraph(&id).await.unwrap().unwrap();
        assert_eq!(blur.data.as_deref(), Some(r#"{"nodes": []}"#));
        assert_eq!(client.subgraph("none").await.unwrap(), None);
        assert_eq!(client.workflow_template("pack", "x").await.unwrap_err().status(), Some(404));
    }
}

#[tokio::test(start_paused = true)]
async fn userdata_is_written_read_moved_and_deleted() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let file = "workflows/my cat.json";
    let written = client.write_userdata(file, "{}", false).await.unwrap();
    assert_eq!((written.path.as_str(), written.size), (file, Some(2)));
    assert_eq!(client.write_userdata(file, "{}", false).await.unwrap_err().status(), Some(409));
    client.write_userdata(file, "[]", true).await.unwrap();
    assert_eq!(client.read_userdata(file).await.unwrap().unwrap(), "[]");
    assert_eq!(client.userdata_paths("workflows", false).await.unwrap(), ["my cat.json"]);
    assert_eq!(client.userdata_files("workflows", true).await.unwrap()[0].size, Some(2));
    let tree = client.userdata_tree(None).await.unwrap();
    assert!(tree.iter().any(|entry| entry.is_folder && entry.name == "workflows"), "{tree:?}");
    let moved = client.move_userdata(file, "workflows/dog.json", false).await.unwrap();
    assert_eq!(moved.path, "workflows/dog.json");
    client.delete_userdata("workflows/dog.json").await.unwrap();
    assert_eq!(client.read_userdata("workflows/dog.json").await.unwrap(), None);
    assert_eq!(client.delete_userdata("workflows/dog.json").await.unwrap_err().status(), Some(404));
    assert_eq!(client.read_userdata("../../etc/passwd").await.unwrap_err().status(), Some(403));
}

#[tokio::test(start_paused = true)]
async fn settings_are_written_and_read() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    client.set_setting("Comfy.Locale", "de").await.unwrap();
    client.change_settings(Map::from_iter([("Comfy.X", Value::from(1))])).await.unwrap();
    assert_eq!(client.setting("Comfy.Locale").await.unwrap().unwrap().as_str(), Some("de"));
    assert_eq!(client.setting("Comfy.None").await.unwrap(), None);
    assert_eq!(client.settings().await.unwrap().len(), 2);
    assert_eq!(client.users().await.unwrap().users, None);
}

#[tokio::test(start_paused = true)]
async fn internal_routes_do_not_depend_on_the_prefix() {
    let server = Server::builder().input_file("a.png", "x").models("loras", ["a.safetensors"]).spawn().await.unwrap();
    let client = connect(&server).await;
    client.log_text().await.unwrap();
    client.logs().await.unwrap();
    client.subscribe_logs(true).await.unwrap();
    assert!(!client.folder_paths().await.unwrap().is_empty());
    assert_eq!(client.folder_files("input").await.unwrap(), ["a.png [input]"]);
    assert!(server.requests().iter().any(|request| request.path == "/internal/logs/raw"));
}

#[tokio::test(start_paused = true)]
async fn a_view_is_the_file_or_a_re_encoded_image() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let done = client.run(&blank(0xff_00_00)).await.unwrap();
    let name = done.images("save").unwrap()[0].filename.clone();
    let view = |view: View| async { client.view(view).await.unwrap().bytes().await.unwrap() };
    assert!(view(View::new(&name)).await.starts_with(b"\x89PNG"));
    assert!(view(View::new(format!("{name} [output]"))).await.starts_with(b"\x89PNG"));
    assert!(view(View::new(&name).webp(75)).await.starts_with(b"RIFF"));
    assert!(view(View::new(&name).jpeg(75)).await.starts_with(b"\xff\xd8"));
    assert!(view(View::new(&name).channel(Channel::Alpha)).await.starts_with(b"\x89PNG"));
    assert!(client.exists(&View::new(&name).folder("output")).await.unwrap());
    assert!(!client.exists(&View::new(&name).folder("input")).await.unwrap());
    assert_eq!(client.view(View::new("../x")).await.unwrap_err().status(), Some(400));
    assert_eq!(client.view(View::new("x").subfolder("../..")).await.unwrap_err().status(), Some(403));
}

#[tokio::test(start_paused = true)]
async fn calls_that_only_read_are_retried() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    server.faults().http("/queue", HttpFault::status(503).times(2));
    client.queue().await.unwrap();
    server.faults().http("/queue", HttpFault::status(500));
    assert_eq!(client.queue().await.unwrap_err().status(), Some(500));
    let client = quick(&server).response_timeout(Duration::from_secs(5)).retries(0).connect().await.unwrap();
    server.faults().http("/queue", HttpFault::hang());
    assert!(matches!(client.queue().await, Err(Error::Transport { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_truncated_response_is_requested_again() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    server.faults().http("/system_stats", HttpFault::cut_body(20));
    client.system_stats().await.unwrap();
    server.faults().http("/object_info/*", HttpFault::cut_body(100).times(2));
    assert!(client.object_info_of("KSampler").await.unwrap().is_some());
}
