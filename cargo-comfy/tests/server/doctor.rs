//! `cargo comfy doctor`.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use comfy_mock::{HttpFault, Server};
use comfy_schema::Value;

use super::place::{Place, expect, lines, member};

const SMALL: &str = r#"{"One": {"input": {"required": {"n": ["INT", {"default": 1}]}}, "output": ["INT"]},
    "Two": {"input": {}, "output": ["IMAGE"], "output_node": true}}"#;

/// Runs the doctor, which changes nothing, and returns its lines.
async fn doctor(place: &Place, code: i32, arguments: &[&str]) -> Vec<Value> {
    let files = place.files(".");
    let output = place.run(&[&["doctor", "--json"], arguments].concat()).await;
    let (out, err) = expect(&output, code);
    let checks = lines(&out);
    let names: Vec<&str> = checks.iter().map(|check| member(check, "check")).collect();
    let all = ["server", "TLS", "token", "WebSocket", "version", "custom nodes", "snapshot", "generated code"];
    assert_eq!(names, all, "{out} {err}");
    for check in &checks {
        let is_wrong = ["warning", "error"].contains(&member(check, "status"));
        assert_eq!(!member(check, "remedy").is_empty(), is_wrong, "{check}");
    }
    assert_eq!(place.files("."), files);
    assert!(place.server.requests().iter().all(|request| request.method == "GET"), "{:?}", place.server.requests());
    checks
}

/// Returns the status and the message of a check, with its remedy.
fn result(checks: &[Value], name: &str) -> (String, String) {
    let check = checks.iter().find(|check| member(check, "check") == name).unwrap();
    (member(check, "status").to_owned(), format!("{} {}", member(check, "message"), member(check, "remedy")))
}

async fn small() -> Place {
    Place::of(Server::builder().schema_json(SMALL)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_faults_has_no_errors() {
    let place = small().await;
    expect(&place.run(&["snapshot", "--out", "schemas/comfyui.json"]).await, 0);
    let generate = ["generate", "--schema", "schemas/comfyui.json", "--out", "src/nodes.rs"];
    fs::create_dir(place.path("src")).unwrap();
    let mut command = place.command(&generate);
    assert!(tokio::task::spawn_blocking(move || command.status().unwrap()).await.unwrap().success());
    let checks = doctor(&place, 0, &[]).await;
    for check in &checks {
        let expected = if member(check, "check") == "custom nodes" { "skipped" } else { "ok" };
        assert_eq!(member(check, "status"), expected, "{check}");
    }
    let (text, _) = expect(&place.run(&["doctor"]).await, 0);
    assert!(text.starts_with("ok       server          http://127.0.0.1:") && text.lines().count() == 8, "{text}");
    assert!(text.contains("ComfyUI 0.26.0"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_run() {
    let place = small().await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let checks = doctor(&place, 1, &["--server", &format!("http://{free}")]).await;
    let (status, message) = result(&checks, "server");
    assert_eq!(status, "error");
    assert!(message.contains("refuses connections") && message.contains("start ComfyUI"), "{message}");
    assert_eq!(result(&checks, "token").0, "skipped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_is_invalid() {
    let place = small().await;
    let checks = doctor(&place, 1, &["--server", "https://127.0.0.1:9", "--ca-certificate", "missing.pem"]).await;
    let (status, message) = result(&checks, "server");
    assert!(
        status == "error" && message.contains("missing.pem") && message.contains("correct the setting"),
        "{message}"
    );
    assert!(checks[1..].iter().all(|check| member(check, "status") == "skipped"), "{checks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_does_not_exist() {
    let place = small().await;
    let checks = doctor(&place, 1, &["--server", "http://no-such-host.invalid:8188"]).await;
    let (status, message) = result(&checks, "server");
    assert_eq!(status, "error");
    assert!(message.contains("cannot find the host no-such-host.invalid"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_without_tls() {
    let place = small().await;
    let https = place.server.url().replace("http://", "https://");
    let checks = doctor(&place, 1, &["--server", &https]).await;
    assert_eq!(result(&checks, "server").0, "ok");
    let (status, message) = result(&checks, "TLS");
    assert!(status == "error" && message.contains("use http://"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_missing_or_wrong() {
    let place = small().await;
    place.server.faults().http("GET /system_stats", HttpFault::status(401).always());
    let (status, message) = result(&doctor(&place, 1, &[]).await, "token");
    assert!(status == "error" && message.contains("401") && message.contains("--token"), "{message}");
    let output = place.run(&["doctor", "--token", "s3cret"]).await;
    let (out, err) = expect(&output, 1);
    assert!(out.contains("wrong or have expired") && !out.contains("s3cret") && !err.contains("s3cret"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_page_asks_for_credentials() {
    let place = small().await;
    place.server.faults().http("GET /system_stats", HttpFault::page().always());
    let json = login_in_json();
    for server in [place.server.url(), json] {
        let checks = doctor(&place, 1, &["--server", &server]).await;
        let (status, message) = result(&checks, "server");
        assert!(status == "error" && message.contains("login page") && message.contains("--token"), "{message}");
        assert_eq!(result(&checks, "token").0, "skipped");
        let checks = doctor(&place, 1, &["--server", &server, "--token", "s3cret"]).await;
        assert!(result(&checks, "server").1.contains("wrong or have expired"), "{checks:?}");
    }
}

/// Starts a server that asks for a login with status 200 and JSON, whatever is asked for. Returns its URL.
fn login_in_json() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The request ends with an empty line.
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let body = r#"{"detail": "Not authenticated"}"#;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_comfyui() {
    let place = small().await;
    place.server.faults().http("GET /system_stats", HttpFault::status(404).always());
    let (status, message) = result(&doctor(&place, 1, &[]).await, "server");
    assert!(status == "error" && message.contains("404") && message.contains("address"), "{message}");
    place.server.faults().clear();
    place.server.faults().http("GET /system_stats", HttpFault::status(502).always());
    let (status, message) = result(&doctor(&place, 1, &[]).await, "server");
    assert!(status == "error" && message.contains("502") && message.contains("start ComfyUI"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_websocket_is_a_warning() {
    let place = small().await;
    place.server.faults().http("GET /ws", HttpFault::status(404).always());
    let (status, message) = result(&doctor(&place, 0, &[]).await, "WebSocket");
    assert!(status == "warning" && message.contains("polled") && message.contains("404"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_server_is_a_warning() {
    let place = Place::of(Server::builder().schema_json(SMALL).version("0.2.7")).await;
    let (status, message) = result(&doctor(&place, 0, &[]).await, "version");
    assert!(status == "warning" && message.contains("0.2.7") && message.contains("update ComfyUI"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_differs_is_a_warning() {
    let place = small().await;
    let old = r#"{"One": {"input": {"required": {"n": ["INT", {"default": 1}]}}, "output": ["INT"]}, "Three": {}}"#;
    fs::write(place.path("old.json"), old).unwrap();
    let (status, message) = result(&doctor(&place, 0, &["--schema", "old.json"]).await, "snapshot");
    assert_eq!(status, "warning");
    assert!(message.contains("1 breaking, 1 additive"), "{message}");
    assert!(message.contains("cargo comfy diff old.json http://"), "{message}");
    assert!(message.contains("cargo comfy snapshot --out old.json"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn generated_code_of_other_definitions_is_a_warning() {
    let place = small().await;
    fs::create_dir(place.path("src")).unwrap();
    fs::write(place.path("old.json"), SMALL).unwrap();
    let mut command = place.command(&["generate", "--schema", "old.json", "--out", "src/nodes.rs"]);
    assert!(tokio::task::spawn_blocking(move || command.status().unwrap()).await.unwrap().success());
    fs::write(place.path("new.json"), SMALL.replace("INT", "FLOAT")).unwrap();
    let (status, message) = result(&doctor(&place, 0, &["--schema", "new.json"]).await, "generated code");
    assert_eq!(status, "warning");
    assert!(message.contains("nodes.rs (from old.json)"), "{message}");
    assert!(message.contains("cargo comfy generate --schema new.json --out"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hides_its_log_is_no_error() {
    let place = small().await;
    place.server.faults().http("GET /internal/logs/raw", HttpFault::status(404).always());
    let (status, message) = result(&doctor(&place, 0, &[]).await, "custom nodes");
    assert!(status == "skipped" && message.contains("does not show its log"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn custom_nodes_that_failed_to_load_are_a_warning() {
    let place = small().await;
    place.server.log("Cannot import /comfy/custom_nodes/broken module for custom nodes: No module named 'x'");
    place.server.log("\nImport times for custom nodes:");
    place.server.log("   0.0 seconds: /comfy/custom_nodes/websocket_image_save.py");
    assert_eq!(result(&doctor(&place, 0, &[]).await, "custom nodes").0, "warning");
    place.server.log("   0.1 seconds (IMPORT FAILED): /comfy/custom_nodes/broken");
    let (status, message) = result(&doctor(&place, 0, &[]).await, "custom nodes");
    assert!(status == "warning" && message.contains("1 failed to load: broken (No module named 'x')"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn custom_nodes_that_were_loaded_are_ok() {
    let place = small().await;
    place.server.log("Import times for custom nodes:");
    place.server.log("   0.0 seconds: /comfy/custom_nodes/websocket_image_save.py");
    assert_eq!(result(&doctor(&place, 0, &[]).await, "custom nodes").0, "ok");
}
