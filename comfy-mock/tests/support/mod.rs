//! A minimal client that gives tests control over every byte of an exchange.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::time::Duration;

use comfy_mock::Server;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// Maximum time to wait for a response or a frame.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The headers, with names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
    /// Whether the connection ended before the whole body was received.
    pub(crate) is_cut: bool,
}

impl Response {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// Sends a request and reads the response.
pub(crate) async fn send(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    let start = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    let mut head = vec![start];
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head.push(format!("Host: {}\r\n", server.addr()));
    }
    head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
    head.push("\r\n".to_owned());
    let head = head.concat();
    // Head and body are sent at once, because TCP would delay a body that follows later. The write may fail, because a
    // server that refuses the body may close the connection before it has read it.
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
    let mut bytes = Vec::new();
    let read = timeout(TIMEOUT, stream.read_to_end(&mut bytes)).await.expect("expected a response before the timeout");
    let is_broken = read.is_err();
    parse(&bytes, is_broken, method == "HEAD")
}

fn parse(bytes: &[u8], is_broken: bool, is_head: bool) -> Response {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("expected a complete head");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = bytes[end + 4..].to_vec();
    let promised: Option<usize> = headers.get("content-length").map(|length| length.parse().unwrap());
    assert!(!headers.contains_key("transfer-encoding"), "bodies have a length: {head}");
    let is_cut = is_broken || (!is_head && promised.is_some_and(|promised| promised > body.len()));
    Response { status, headers, body, is_cut }
}

pub(crate) async fn get(server: &Server, path: &str) -> Response {
    send(server, "GET", path, &[], b"").await
}

pub(crate) async fn post(server: &Server, path: &str, body: &Json) -> Response {
    send(server, "POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes()).await
}

/// Sends a request with an arbitrary body, and returns the status and the body of the response.
pub(crate) async fn raw(server: &Server, method: &str, path: &str, body: &str) -> (u16, String) {
    let response = send(server, method, path, &[], body.as_bytes()).await;
    (response.status, response.text())
}

/// Submits a prompt, and returns its id.
pub(crate) async fn submit(server: &Server, prompt: &Json, client: Option<&str>) -> String {
    let response = post(server, "/prompt", &json!({"prompt": prompt, "client_id": client})).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["prompt_id"].as_str().unwrap().to_owned()
}

/// Sends a form with these parts: name, file name, and content.
pub(crate) async fn form(server: &Server, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Response {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    send(server, "POST", path, &[("Content-Type", "multipart/form-data; boundary=XX")], &body).await
}

/// A received frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Frame {
    Event(Json),
    Binary(Vec<u8>),
    /// The end of the connection.
    Closed,
}

impl Frame {
    /// Returns the type of an event, `binary` with the binary type, or `closed`.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Event(event) => event["type"].as_str().unwrap().to_owned(),
            Self::Binary(bytes) => format!("binary {}", u32::from_be_bytes(bytes[..4].try_into().unwrap())),
            Self::Closed => "closed".to_owned(),
        }
    }

    pub(crate) fn data(&self) -> &Json {
        match self {
            Self::Event(event) => &event["data"],
            other => panic!("{other:?} has no data"),
        }
    }

    /// Returns whether the frame ends a run.
    pub(crate) fn is_end(&self) -> bool {
        matches!(self, Self::Event(event) if event["type"] == "executing" && event["data"]["node"].is_null())
    }
}

/// A client's socket.
pub(crate) struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects, and consumes the first frame.
    pub(crate) async fn connect(server: &Server, client: &str) -> Self {
        let mut socket = Self::connect_raw(server, client).await;
        assert_eq!(socket.next().await.kind(), "status");
        socket
    }

    pub(crate) async fn connect_raw(server: &Server, client: &str) -> Self {
        // Nagle's algorithm would hold messages back by the kernel's clock, which the simulated one does not know.
        let disable_nagle = true;
        Self(connect_async_with_config(server.ws_url(client), None, disable_nagle).await.unwrap().0)
    }

    pub(crate) async fn send(&mut self, message: &Json) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Frame {
        self.next_within(TIMEOUT).await.expect("expected a frame before the timeout")
    }

    /// Returns the next frame; `None` if none arrives within this time.
    pub(crate) async fn next_within(&mut self, time: Duration) -> Option<Frame> {
        let message = timeout(time, self.0.next()).await.ok()?;
        Some(match message {
            Some(Ok(Message::Text(text))) => Frame::Event(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Binary(bytes))) => Frame::Binary(bytes.to_vec()),
            _ => Frame::Closed,
        })
    }

    /// Returns all frames up to the end of the run.
    pub(crate) async fn run(&mut self) -> Vec<Frame> {
        self.until(Frame::is_end).await
    }

    /// Returns all frames up to the first for which `last` returns true.
    pub(crate) async fn until(&mut self, last: impl Fn(&Frame) -> bool) -> Vec<Frame> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await;
            assert!(frame != Frame::Closed || last(&frame), "closed after {frames:?}");
            frames.push(frame);
            if frames.last().is_some_and(&last) {
                return frames;
            }
        }
    }
}

/// Returns a text-to-image prompt: a checkpoint, two texts, a latent, a sampler, a decoder, and an output node.
pub(crate) fn text_to_image(seed: u64, steps: u32) -> Json {
    json!({
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "any.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["1", 1]}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 48, "batch_size": 1}},
        "5": {"class_type": "KSampler", "inputs": {
            "model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0], "latent_image": ["4", 0], "seed": seed,
            "steps": steps, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}},
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "cat"}}
    })
}

/// Returns a prompt of one node, which shows a text at once.
pub(crate) fn show_text(text: &str) -> Json {
    json!({"1": {"class_type": "PreviewAny", "inputs": {"source": text}}})
}
