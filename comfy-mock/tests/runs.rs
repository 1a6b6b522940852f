//! Tests of whole runs: the frames of the socket, the history, the files on the disk.
//!
//! The expected sequences are those that were recorded from a real server.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

mod support;

use std::fs;
use std::time::Duration;

use comfy_mock::{Server, Timing};
use serde_json::{Value as Json, json};
use support::{Frame, Socket, get, post, show_text, submit, text_to_image};

/// Describes each frame of a run in a line: `executing 5`, `progress 1/2`.
fn lines(frames: &[Frame]) -> Vec<String> {
    frames.iter().map(line).collect()
}

fn line(frame: &Frame) -> String {
    let kind = frame.kind();
    let Frame::Event(event) = frame else { return kind };
    let data = &event["data"];
    match kind.as_str() {
        "status" => format!("status {}", data["status"]["exec_info"]["queue_remaining"]),
        "execution_cached" => format!("cached {}", data["nodes"]),
        "executing" | "executed" => format!("{kind} {}", data["node"].as_str().unwrap_or("null")),
        "progress" => format!("progress {}/{}", data["value"], data["max"]),
        "progress_state" => {
            let nodes = data["nodes"].as_object().unwrap();
            let state =
                |node: &Json| format!("{} {}/{}", &node["state"].as_str().unwrap()[..1], node["value"], node["max"]);
            let nodes: Vec<String> = nodes.iter().map(|(id, node)| format!("{id}:{}", state(node))).collect();
            format!("state {}", nodes.join(" "))
        }
        other => other.to_owned(),
    }
}

/// Returns the lines of a node that has no steps and no UI output, and adds the node to `done`.
fn lines_of_plain_node(done: &mut Vec<String>, node: &str) -> Vec<String> {
    let before = done.iter().map(|node| format!("{node}:f 1.0/1.0 ")).collect::<Vec<_>>().concat();
    done.push(node.to_owned());
    vec![
        format!("state {before}{node}:r 0.0/1.0"),
        format!("executing {node}"),
        format!("state {before}{node}:f 1.0/1.0"),
    ]
}

#[tokio::test(start_paused = true)]
async fn text_to_image_with_previews() {
    let server = Server::spawn().await.unwrap();
    for with_metadata in [false, true] {
        server.forget_cache();
        let mut socket = Socket::connect(&server, "me").await;
        if with_metadata {
            socket.send(&json!({"type": "feature_flags", "data": {"supports_preview_metadata": true}})).await;
            assert_eq!(socket.next().await.kind(), "feature_flags");
        }
        let body = json!({"prompt": text_to_image(1, 2), "client_id": "me", "extra_data": {"preview_method": "auto"}});
        assert_eq!(post(&server, "/prompt", &body).await.status, 200);
        let lines = lines(&socket.run().await);
        let start = lines.iter().position(|line| line == "executing 5").unwrap();
        let state = |value: u8, state: char| format!("5:{state} {value}/2");
        let sampler: Vec<String> = lines[start..start + 8]
            .iter()
            .map(|line| match line.find("5:") {
                Some(at) => line[at..].to_owned(),
                None => line.clone(),
            })
            .collect();
        let preview = |step: u8| {
            if with_metadata {
                [state(step, 'r'), "binary 4".to_owned(), format!("progress {step}/2")]
            } else {
                [state(step, 'r'), format!("progress {step}/2"), "binary 1".to_owned()]
            }
        };
        let mut expected = vec!["executing 5".to_owned()];
        expected.extend(preview(1));
        expected.extend(preview(2));
        expected.push(state(2, 'f'));
        assert_eq!(sampler, expected);
        socket.0.close(None).await.unwrap();
        server.until(|server| server.clients().is_empty()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_run_executes_all_nodes_and_the_second_none() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    submit(&server, &text_to_image(1, 1), Some("me")).await;
    let mut done = Vec::new();
    let first = lines(&socket.run().await);
    let mut expected: Vec<String> =
        ["status 1", "status 1", "execution_start", "cached []"].map(str::to_owned).to_vec();
    // serde_json sorts the keys of objects, so that node 2 is the first of the nodes that wait for node 1 alone.
    for node in ["1", "2"] {
        expected.extend(lines_of_plain_node(&mut done, node));
    }
    assert_eq!(first[..expected.len()], expected);
    assert_eq!(
        first[first.len() - 5..],
        ["executed 7", first[first.len() - 4].as_str(), "execution_success", "status 0", "executing null",]
    );

    submit(&server, &text_to_image(1, 1), Some("me")).await;
    assert_eq!(
        lines(&socket.run().await),
        [
            "status 1",
            "status 1",
            "execution_start",
            r#"cached ["1","2","3","4","5","6","7"]"#,
            "executed 7",
            "state 7:f 1/1",
            "execution_success",
            "status 0",
            "executing null",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn with_another_seed_only_the_nodes_that_depend_on_it_run() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    submit(&server, &text_to_image(1, 2), Some("me")).await;
    socket.run().await;
    submit(&server, &text_to_image(2, 2), Some("me")).await;
    assert_eq!(
        lines(&socket.run().await),
        [
            "status 1",
            "status 1",
            "execution_start",
            r#"cached ["1","2","3","4"]"#,
            "state 5:r 0.0/1.0",
            "executing 5",
            "state 5:r 1/2",
            "progress 1/2",
            "state 5:r 2/2",
            "progress 2/2",
            "state 5:f 2/2",
            "state 5:f 2/2 6:r 0.0/1.0",
            "executing 6",
            "state 5:f 2/2 6:f 1.0/1.0",
            "state 5:f 2/2 6:f 1.0/1.0 7:r 0.0/1.0",
            "executing 7",
            "executed 7",
            "state 5:f 2/2 6:f 1.0/1.0 7:f 1.0/1.0",
            "execution_success",
            "status 0",
            "executing null",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_ends_a_run_between_steps() {
    let server = Server::builder().timing(Timing::instant().step(Duration::from_millis(30))).spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    let id = submit(&server, &text_to_image(1, 1000), Some("me")).await;
    socket.until(|frame| frame.kind() == "progress").await;
    assert_eq!(post(&server, "/interrupt", &json!({"prompt_id": "another"})).await.status, 200);
    assert_eq!(socket.until(|frame| frame.kind() == "progress").await.len(), 2);
    assert_eq!(post(&server, "/interrupt", &json!({"prompt_id": id})).await.status, 200);
    let frames = socket.run().await;
    let lines = lines(&frames);
    assert_eq!(lines[lines.len() - 3..], ["execution_interrupted", "status 0", "executing null"]);
    let data = frames[frames.len() - 3].data();
    assert_eq!((&data["node_id"], &data["node_type"]), (&json!("5"), &json!("KSampler")));
    let entry = &get(&server, &format!("/history/{id}")).await.json()[&id];
    assert_eq!(entry["status"]["status_str"], "error");
    assert_eq!(entry["status"]["completed"], false);
    assert_eq!(get(&server, &format!("/api/jobs/{id}")).await.json()["status"], "cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_raises_ends_the_run() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    server.node("KSampler").fail_with("torch.OutOfMemoryError", "no memory");
    let id = submit(&server, &text_to_image(1, 2), Some("me")).await;
    let frames = socket.run().await;
    let lines = lines(&frames);
    assert_eq!(lines[lines.len() - 4..], ["executing 5", "execution_error", "status 0", "executing null"]);
    let error = frames[frames.len() - 3].data();
    assert_eq!(error["exception_type"], "torch.OutOfMemoryError");
    assert_eq!(error["exception_message"], "no memory\n");
    assert_eq!(error["current_inputs"]["steps"], json!([2]));
    assert_eq!(error["executed"].as_array().unwrap().len(), 4);
    let job = get(&server, &format!("/api/jobs/{id}")).await.json();
    assert_eq!((&job["status"], &job["execution_error"]), (&json!("failed"), error));

    server.node("KSampler").reset();
    submit(&server, &text_to_image(1, 2), Some("me")).await;
    assert!(kinds(&socket.run().await).contains(&"execution_success".to_owned()));
}

fn kinds(frames: &[Frame]) -> Vec<String> {
    frames.iter().map(Frame::kind).collect()
}

#[tokio::test(start_paused = true)]
async fn only_targets_run() {
    let server = Server::spawn().await.unwrap();
    let mut prompt = text_to_image(1, 2);
    prompt["9"] = json!({"class_type": "PreviewAny", "inputs": {"source": "hello"}});
    let mut socket = Socket::connect(&server, "me").await;
    let body = json!({"prompt": prompt, "client_id": "me", "partial_execution_targets": ["9"]});
    let response = post(&server, "/prompt", &body).await.json();
    assert_eq!(lines(&socket.run().await)[3..7], ["cached []", "state 9:r 0.0/1.0", "executing 9", "executed 9"]);
    let id = response["prompt_id"].as_str().unwrap();
    let entry = &get(&server, &format!("/history/{id}")).await.json()[id];
    assert_eq!(entry["prompt"][4], json!(["9"]));
    assert_eq!(entry["outputs"], json!({"9": {"text": ["hello"]}}));
}

#[tokio::test(start_paused = true)]
async fn valid_outputs_run_although_others_are_rejected() {
    let server = Server::spawn().await.unwrap();
    let mut prompt = text_to_image(1, 2);
    prompt["5"]["inputs"]["sampler_name"] = json!("no_such");
    prompt["9"] = json!({"class_type": "PreviewAny", "inputs": {"source": "hello"}});
    let response = post(&server, "/prompt", &json!({"prompt": prompt})).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.json()["node_errors"]["5"]["errors"][0]["type"], "value_not_in_list");
    server.idle().await;
    let id = response.json()["prompt_id"].as_str().unwrap().to_owned();
    assert_eq!(get(&server, &format!("/history/{id}")).await.json()[&id]["outputs"], json!({"9": {"text": ["hello"]}}));
}

#[tokio::test(start_paused = true)]
async fn an_invalid_prompt_is_rejected_with_reasons() {
    let server = Server::spawn().await.unwrap();
    let mut prompt = text_to_image(1, 2);
    prompt["5"]["inputs"]["steps"] = json!(0);
    let response = post(&server, "/prompt", &json!({"prompt": prompt})).await;
    assert_eq!((response.status, &response.json()["error"]["type"]), (400, &json!("prompt_outputs_failed_validation")));
    assert_eq!(response.json()["node_errors"]["5"]["errors"][0]["type"], "value_smaller_than_min");
    assert_eq!(server.finished(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_saved_picture_has_the_size_of_the_latent_and_embeds_the_prompt() {
    let server = Server::spawn().await.unwrap();
    let prompt = text_to_image(1, 2);
    let extra = json!({"extra_pnginfo": {"workflow": {"id": "abc", "é": 1}}});
    let response = post(&server, "/prompt", &json!({"prompt": prompt, "extra_data": extra})).await.json();
    server.idle().await;
    let id = response["prompt_id"].as_str().unwrap();
    let image = &get(&server, &format!("/history/{id}")).await.json()[id]["outputs"]["7"]["images"][0];
    assert_eq!(*image, json!({"filename": "cat_00001_.png", "subfolder": "", "type": "output"}));
    let bytes = fs::read(server.output_dir().join("cat_00001_.png")).unwrap();
    assert_eq!(get(&server, "/view?filename=cat_00001_.png").await.body, bytes);
    assert_eq!(u32::from_be_bytes(bytes[16..20].try_into().unwrap()), 64);
    assert_eq!(u32::from_be_bytes(bytes[20..24].try_into().unwrap()), 48);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.contains("tEXtprompt\0{\"1\": {\"class_type\": \"CheckpointLoaderSimple\""));
    assert!(text.contains("tEXtworkflow\0{\"id\": \"abc\", \"\\u00e9\": 1}"));
    assert_eq!(get(&server, "/api/jobs?workflow_id=abc").await.json()["pagination"]["total"], 1);
}

#[tokio::test(start_paused = true)]
async fn another_seed_gives_another_picture_and_the_same_seed_the_same() {
    let server = Server::spawn().await.unwrap();
    let mut pictures = Vec::new();
    for seed in [1, 2, 1] {
        server.forget_cache();
        submit(&server, &text_to_image(seed, 1), None).await;
        server.idle().await;
        let name = format!("/view?filename=cat_{:05}_.png&channel=rgb", pictures.len() + 1);
        pictures.push(get(&server, &name).await.body);
    }
    assert_ne!(pictures[0], pictures[1]);
    assert_eq!(pictures[0], pictures[2]);
}

#[tokio::test(start_paused = true)]
async fn without_a_client_id_only_some_events_are_sent_but_to_all_clients() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "watcher").await;
    let body = json!({"prompt": text_to_image(1, 1), "extra_data": {"preview_method": "auto"}});
    post(&server, "/prompt", &body).await;
    let frames = socket.until(|frame| frame.kind() == "status" && line(frame) == "status 0").await;
    let mut kinds = kinds(&frames);
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, ["binary 1", "progress", "progress_state", "status"]);
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_output_leaves_a_file() {
    let server = Server::builder().input_file("a.wav", "RIFF").spawn().await.unwrap();
    let prompt = json!({
        "image": {"class_type": "EmptyImage", "inputs": {"width": 32, "height": 24, "batch_size": 2, "color": 0}},
        "preview": {"class_type": "PreviewImage", "inputs": {"images": ["image", 0]}},
        "webp": {"class_type": "SaveAnimatedWEBP", "inputs": {"images": ["image", 0], "filename_prefix": "sub/anim",
            "fps": 6.0, "lossless": true, "quality": 80, "method": "default"}},
        "webm": {"class_type": "SaveWEBM", "inputs": {"images": ["image", 0], "filename_prefix": "clip", "codec": "vp9",
            "fps": 24.0, "crf": 32.0}},
        "video": {"class_type": "CreateVideo", "inputs": {"images": ["image", 0], "fps": 24.0}},
        "mp4": {"class_type": "SaveVideo", "inputs": {"video": ["video", 0], "filename_prefix": "clip", "format": "auto",
            "codec": "auto"}},
        "audio": {"class_type": "EmptyAudio", "inputs": {"duration": 1.0, "sample_rate": 44100, "channels": 2}},
        "flac": {"class_type": "SaveAudio", "inputs": {"audio": ["audio", 0], "filename_prefix": "audio/x"}},
        "socket": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["image", 0]}}
    });
    let mut socket = Socket::connect(&server, "me").await;
    let id = submit(&server, &prompt, Some("me")).await;
    let frames = socket.run().await;
    assert_eq!(frames.iter().filter(|frame| frame.kind() == "binary 1").count(), 2);
    let outputs = &get(&server, &format!("/history/{id}")).await.json()[&id]["outputs"];
    let starts: [(&str, &str, &[u8]); 5] = [
        ("webp", "images", b"RIFF"),
        ("webm", "images", b"\x1a\x45\xdf\xa3"),
        ("mp4", "images", b"\0\0\0"),
        ("flac", "audio", b"fLaC"),
        ("preview", "images", b"\x89PNG"),
    ];
    for (node, kind, start) in starts {
        let file = &outputs[node][kind][0];
        let part = |key: &str| file[key].as_str().unwrap_or_else(|| panic!("{node}: {outputs}"));
        let path = format!("/view?filename={}&subfolder={}&type={}", part("filename"), part("subfolder"), part("type"));
        let response = get(&server, &path).await;
        assert!(response.status == 200 && response.body.starts_with(start), "{node}: {} {path}", response.status);
    }
    assert_eq!(outputs["preview"]["images"].as_array().unwrap().len(), 2);
    assert_eq!(outputs["mp4"]["animated"], json!([true]));
    assert!(outputs.get("socket").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_prompt_that_kills_a_real_worker_stops_execution_until_a_restart() {
    let server = Server::spawn().await.unwrap();
    let mut prompt = show_text("x");
    prompt["1"]["inputs"]["undeclared"] = json!(["nowhere", 0]);
    submit(&server, &prompt, None).await;
    submit(&server, &show_text("y"), None).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((server.pending().len(), server.finished().len()), (1, 0));
    server.restart();
    submit(&server, &show_text("z"), None).await;
    server.idle().await;
    assert_eq!(server.finished().len(), 1);
}
