//! Workflows as people write them, with snapshots of the JSON for `POST /prompt`.
//!
//! Together they use every kind of input. `INSTA_UPDATE=always cargo test -p comfy-tests --test workflows` updates the
//! snapshots: read what changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use comfy_runtime::{GraphError, Workflow};

#[path = "workflows/api.rs"]
mod api;
#[path = "workflows/audio.rs"]
mod audio;
#[path = "workflows/builders.rs"]
mod builders;
#[path = "workflows/image.rs"]
mod image;
#[path = "workflows/logic.rs"]
mod logic;
#[path = "workflows/set.rs"]
mod set;
#[path = "workflows/shapes.rs"]
mod shapes;
#[path = "workflows/video.rs"]
mod video;

/// Returns the JSON of a workflow, after comparing the ways to write it.
fn checked<T>(workflow: Result<Workflow<T>, GraphError>) -> String {
    let workflow = workflow.unwrap();
    assert_eq!(workflow.warnings(), []);
    let (compact, pretty) = (workflow.to_json(), workflow.to_json_pretty());
    let by_serde = serde_json::to_value(&workflow).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&compact).unwrap(), by_serde, "the fast writer and serde");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&pretty).unwrap(), by_serde, "with and without blanks");
    let read: Workflow = serde_json::from_str(&compact).unwrap();
    assert_eq!(read.to_json(), compact, "read and written again");
    pretty
}

/// Compares a workflow with its snapshot.
macro_rules! snapshot {
    ($workflow:expr) => {
        insta::assert_snapshot!($crate::checked($workflow))
    };
}
use snapshot;
