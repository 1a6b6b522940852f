//! The recordings, and a stand-in set up as the recorded server was.

use std::path::{Path, PathBuf};
use std::time::Duration;

use comfy_mock::{Server, Timing};
use serde_json::Value as Json;

/// The folder with the recordings; nothing, and a word about it, without.
pub(crate) fn data() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("COMFY_DATA").filter(|root| !root.is_empty()) else {
        eprintln!("skipped: COMFY_DATA does not name the folder with the recordings");
        return None;
    };
    // Tests run in the crate's folder; a relative path is meant from the workspace's.
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root))
}

/// A recording.
pub(crate) fn read(name: &str) -> Json {
    let text = std::fs::read_to_string(data().unwrap().join("recordings").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A server with what the recorded one had installed.
pub(crate) async fn server(step: Duration) -> Server {
    let exchanges = read("http_endpoints.json");
    let recorded = |path: &str| {
        let exchange = exchanges.as_array().unwrap().iter().find(|exchange| exchange["path"] == path).unwrap();
        exchange["json"].clone()
    };
    let checkpoints = recorded("/models/checkpoints");
    Server::builder()
        .schema_file(data().unwrap().join("object_info/comfyui-0.26.0.full.json"))
        .models("checkpoints", checkpoints.as_array().unwrap().iter().map(|name| name.as_str().unwrap()))
        .subgraph("Edge-Preserving Blur", "{}")
        .input_file("broken.png", "this is no picture")
        .timing(Timing::instant().step(step))
        .spawn()
        .await
        .unwrap()
}
