//! A small stand-in, and somebody else who uses it.

use std::fmt::Write as _;

use comfy_mock::{Server, Timing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The classes that the cases use.
const CLASSES: [&str; 8] = [
    "CheckpointLoaderSimple",
    "CLIPTextEncode",
    "EmptyLatentImage",
    "KSampler",
    "VAEDecode",
    "SaveImage",
    "PreviewAny",
    "EmptyImage",
];

/// The definitions of these classes alone: reading all of them takes longer than a case.
fn schema() -> &'static str {
    static SCHEMA: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    SCHEMA.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
        // One node a line.
        let lines = std::fs::read_to_string(path).expect("the schema is there");
        let mut schema = String::from("{");
        for class in CLASSES {
            let start = format!("\"{class}\":");
            let line = lines.lines().map(str::trim).find(|line| line.starts_with(&start)).expect("it has this class");
            let comma = if schema.len() > 1 { "," } else { "" };
            write!(schema, "{comma}{}", line.trim_end_matches(',')).expect("memory");
        }
        schema + "}"
    })
}

/// A server of few classes.
pub(crate) async fn spawn(timing: Timing) -> Server {
    Server::builder().schema_json(schema()).timing(timing).spawn().await.expect("a free port")
}

/// Somebody else's `POST`; whether it was answered with 200.
pub(crate) async fn post(server: &Server, path: &str, body: &str) -> bool {
    let Ok(mut stream) = tokio::net::TcpStream::connect(server.addr()).await else { return false };
    let length = body.len();
    let request =
        format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).await.is_ok()
        && stream.read_to_string(&mut answer).await.is_ok()
        && answer.starts_with("HTTP/1.1 200")
}
