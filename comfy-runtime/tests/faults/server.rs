//! A stand-in server with few classes, and requests of another client.

use std::fmt::Write as _;

use comfy_mock::{Server, Timing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The classes of the cases' workflows.
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

/// Returns the definitions of these classes only, because parsing all of them takes longer than a case.
fn schema() -> &'static str {
    static SCHEMA: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    SCHEMA.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
        // The snapshot has one definition on each line.
        let lines = std::fs::read_to_string(path).expect("expected the embedded schema");
        let mut schema = String::from("{");
        for class in CLASSES {
            let start = format!("\"{class}\":");
            let line = lines
                .lines()
                .map(str::trim)
                .find(|line| line.starts_with(&start))
                .expect("expected a line for each class");
            let comma = if schema.len() > 1 { "," } else { "" };
            write!(schema, "{comma}{}", line.trim_end_matches(',')).expect("memory");
        }
        schema + "}"
    })
}

/// Spawns a server with few classes.
pub(crate) async fn spawn(timing: Timing) -> Server {
    Server::builder().schema_json(schema()).timing(timing).spawn().await.expect("a free port")
}

/// Sends a `POST` as another client. Returns whether the status of the response is 200.
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
