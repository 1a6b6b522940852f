//! The comparison with the recording `http_endpoints.json`: every route, with valid and invalid input.

use comfy_mock::Server;
use serde_json::{Value as Json, json};

use crate::report::Report;
use crate::setting::read;
use crate::shape::differences;
use crate::support::{Response, form, get, post, send};

/// The routes whose response must equal the recorded one.
const EQUAL: [&str; 7] = [
    "/features",
    "/models",
    "/models/checkpoints",
    "/object_info/KSampler",
    "/object_info/Nope",
    "/users",
    "/node_replacements",
];

/// Sends all recorded requests in order, and compares the responses.
pub(crate) async fn play(server: &Server) -> Report {
    prepare(server).await;
    let mut report = Report::default();
    for exchange in read("http_endpoints.json").as_array().unwrap() {
        let response = request(server, exchange).await;
        let name = format!("{} {} {}", exchange["method"], exchange["path"], exchange["request"]);
        report.add(&name, compare(exchange, &response));
    }
    report
}

/// Saves a picture and settings, as the recorded server had them.
async fn prepare(server: &Server) {
    let prompt = json!({
        "img": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["img", 0], "filename_prefix": "t"}}
    });
    assert_eq!(post(server, "/prompt", &json!({"prompt": prompt})).await.status, 200);
    server.idle().await;
    let settings = json!({"Comfy.InstalledVersion": "1.45.19", "Comfy.TutorialCompleted": true});
    assert_eq!(post(server, "/settings", &settings).await.status, 200);
}

/// Sends a recorded request. The recording describes a request in words if its body is not JSON.
async fn request(server: &Server, exchange: &Json) -> Response {
    let (method, path) = (exchange["method"].as_str().unwrap(), exchange["path"].as_str().unwrap());
    let picture = get(server, "/view?filename=t_00001_.png").await.body;
    let other = get(server, "/view?filename=t_00001_.png&channel=a").await.body;
    let a = ("image", Some("a.png"), picture.as_slice());
    let m = ("image", Some("m.png"), picture.as_slice());
    let Some(words) = exchange["request"].as_str() else {
        return match &exchange["request"] {
            Json::Null => send(server, method, path, &[], b"").await,
            body => send(server, method, path, &[], body.to_string().as_bytes()).await,
        };
    };
    match words {
        "image=a.png" | "image=a.png again, same bytes" => form(server, path, &[a]).await,
        "image=a.png, other bytes" => form(server, path, &[("image", Some("a.png"), &other)]).await,
        "image=a.png overwrite=true" => form(server, path, &[a, ("overwrite", None, b"true")]).await,
        "subfolder=sub type=temp" => {
            form(server, path, &[a, ("subfolder", None, b"sub"), ("type", None, b"temp")]).await
        }
        "subfolder=../../x" => form(server, path, &[a, ("subfolder", None, b"../../x")]).await,
        "no image" => form(server, path, &[("type", None, b"input")]).await,
        "original_ref=a.png" => {
            let original = br#"{"filename": "a.png", "type": "input"}"#;
            form(server, path, &[m, ("original_ref", None, original)]).await
        }
        // The name belongs to a file with other content, so that the server chooses another one.
        "original_ref missing file" => {
            let m = ("image", Some("m.png"), other.as_slice());
            form(server, path, &[m, ("original_ref", None, br#"{"filename": "no.png"}"#)]).await
        }
        "no original_ref" => form(server, path, &[m]).await,
        "malformed JSON {bad" => send(server, method, path, &[], b"{bad").await,
        "Origin: http://evil.example" => send(server, method, path, &[("Origin", "http://evil.example")], b"").await,
        other => panic!("unknown request {other:?}"),
    }
}

/// Returns the differences between a response and the recorded one.
pub(crate) fn compare(exchange: &Json, response: &Response) -> Vec<String> {
    let mut found = Vec::new();
    if exchange["status"] != response.status {
        found.push(format!("expected status {}, found {}: {}", exchange["status"], response.status, response.text()));
        return found;
    }
    compare_headers(exchange, response, &mut found);
    let path = exchange["path"].as_str().unwrap();
    match &exchange["json"] {
        Json::String(text) if *text != response.text() => {
            found.push(format!("expected {text:?}, found {:?}", response.text()));
        }
        Json::Null | Json::String(_) => {}
        real => {
            let is_shown = exchange["method"] == "GET" && EQUAL.contains(&path);
            let is_equal = response.status >= 400 || is_shown || exchange["request"].is_string();
            let ours = response.json();
            match is_equal {
                true if *real != ours => found.push(format!("expected {real}\n    found {ours}")),
                true => {}
                false => found.extend(differences(real, &ours)),
            }
        }
    }
    if let Some(text) = exchange["text"].as_str().filter(|text| *text != response.text()) {
        found.push(format!("expected {text:?}, found {:?}", response.text()));
    }
    if let Some(size) = exchange["bytes"].as_u64().filter(|size| (*size == 0) != response.body.is_empty()) {
        found.push(format!("expected {size} bytes, found {}", response.body.len()));
    }
    found
}

fn compare_headers(exchange: &Json, response: &Response, found: &mut Vec<String>) {
    let Some(headers) = exchange["headers"].as_object() else { return };
    let real = |name: &str| headers.get(name).and_then(Json::as_str);
    for name in ["Content-Type", "Content-Disposition"] {
        let ours = response.header(&name.to_ascii_lowercase());
        if real(name) != ours {
            found.push(format!("expected {name} {:?}, found {ours:?}", real(name)));
        }
    }
    if real("Etag").is_some() && response.header("etag").is_none() {
        found.push("missing Etag".to_owned());
    }
}
