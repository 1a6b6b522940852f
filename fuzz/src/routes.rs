//! Sends requests to the stand-in server, without a connection. Answering them and running the prompts never panics, and
//! nothing is written outside of the server's folder.
//!
//! [`crate::parts`] divides an input into requests. A request is a line `METHOD /path`, lines `name: value`, an empty line,
//! and the body. Any other part is sent as it is over a connection in memory, so that frames may follow an upgrade.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use comfy_mock::Server;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

use crate::in_memory::exchange;

/// The time after which it is looked whether the server still runs prompts. The clock is paused: it advances at once when
/// nothing is left to do, and waits for threads that write files.
const TURN: Duration = Duration::from_millis(20);

/// Maximum number of turns in which the server runs prompts after the requests.
const MAX_TURNS: usize = 200;

/// Maximum number of pixels of generated pictures; with larger ones, encoding them would take nearly all of the time.
const MAX_PIXELS: u64 = 32 * 32;

/// The folders below that of the server.
const FOLDERS: [&str; 4] = ["input", "output", "temp", "user/default"];

/// A server in a folder that has nothing else in it.
struct Stage {
    runtime: Runtime,
    server: Server,
    /// The server's routes, which cost more to make than a request.
    router: Router,
    outside: TempDir,
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime is made");
    let outside = tempfile::tempdir().expect("a folder is made");
    let builder = Server::builder()
        .schema_json(include_str!("../routes.json"))
        .base_dir(outside.path().join("server"))
        .upload_limit(1 << 20)
        .max_pixels(MAX_PIXELS);
    let server = runtime.block_on(builder.spawn()).expect("the server starts");
    let router = server.router();
    Stage { runtime, server, router, outside }
});

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    STAGE.reset();
    STAGE.runtime.block_on(STAGE.play(bytes));
    let there: Vec<PathBuf> = fs::read_dir(STAGE.outside.path())
        .expect("the folder is listed")
        .map(|entry| entry.expect("the entry is read").path())
        .collect();
    assert_eq!(there, [STAGE.outside.path().join("server")]);
}

impl Stage {
    /// Makes the server forget the inputs before, so that they have no effect on the next.
    fn reset(&self) {
        self.server.restart();
        for folder in FOLDERS {
            let folder = self.outside.path().join("server").join(folder);
            if fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
                fs::remove_dir_all(&folder).expect("the folder is removed");
            }
            fs::create_dir_all(&folder).expect("the folder is made");
        }
    }

    /// Sends the requests, and waits for the runs.
    async fn play(&self, bytes: &[u8]) {
        for part in crate::parts(bytes) {
            let Some(request) = request(part) else {
                exchange(self.router.clone(), part).await;
                continue;
            };
            let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
            // A body that is not read must do no harm either: that of the log has no end.
            drop(response);
        }
        for _ in 0..MAX_TURNS {
            if self.server.running().is_none() && self.server.pending().is_empty() {
                return;
            }
            tokio::time::sleep(TURN).await;
        }
    }
}

/// Parses a request.
fn request(part: &[u8]) -> Option<Request<Body>> {
    let end = part.windows(2).position(|window| window == b"\n\n");
    let (head, body) = end.map_or((part, &[][..]), |end| (&part[..end], &part[end + 2..]));
    let mut lines = std::str::from_utf8(head).ok()?.lines();
    let (method, path) = lines.next()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        request = request.header(name, value);
    }
    request.body(Body::from(body.to_vec())).ok()
}
