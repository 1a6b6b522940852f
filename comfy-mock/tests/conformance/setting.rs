//! The folder with the recordings, and a stand-in server that is configured like the recorded server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use comfy_mock::{Server, Timing};
use serde_json::Value as Json;

/// Returns the folder with the recordings. If there is none, prints a message and returns `None`.
pub(crate) fn data() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("COMFY_DATA").filter(|root| !root.is_empty()) else {
        eprintln!("skipped: COMFY_DATA is not set; it must name the folder with the recordings");
        return None;
    };
    // Tests run in the folder of the crate; a relative path is relative to the workspace.
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root))
}

/// Reads a recording.
pub(crate) fn read(name: &str) -> Json {
    let text = std::fs::read_to_string(data().unwrap().join("recordings").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Starts a server with the node definitions, models and files of the recorded server. `step` is the duration of a
/// sampler step.
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
        .assume_files(false)
        .timing(Timing::instant().step(step))
        .spawn()
        .await
        .unwrap()
}
