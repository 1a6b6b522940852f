//! The route of sockets: `/ws`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use comfy_schema::Value;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::request::Query;
use super::{info, reply};
use crate::json::object;
use crate::limits::MAX_MESSAGE_BYTES;
use crate::state::Shared;
use crate::ws::{Command, CommandQueue, Frame, To};

/// The time that a client has to receive the closing message.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

/// Handles `GET /ws?clientId=…`.
pub(crate) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else { return reply::text(400, "No WebSocket UPGRADE hdr") };
    let sid = Query::of(query.as_deref()).get("clientId").filter(|sid| !sid.is_empty());
    let sid = sid.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
    upgrade.max_message_size(MAX_MESSAGE_BYTES).on_upgrade(move |socket| serve(shared, socket, sid))
}

/// Serves one connection until it ends.
async fn serve(shared: Arc<Shared>, mut socket: WebSocket, sid: String) {
    let mut queue = shared.hub.connect(&sid, greeting(&shared, &sid));
    let mut shutdown = Shutdown { stopped: shared.stop.subscribe(), restarted: queue.restarted.clone() };
    let mut flags_may_come = true;
    // When another connection registers for the id, this one stays open, but gets no more frames.
    let mut is_registered = true;
    loop {
        tokio::select! {
            stopped = shutdown.requested() => {
                if stopped {
                    // The timeout ensures that a client that does not read cannot delay the stop of the server.
                    _ = timeout(CLOSE_TIMEOUT, socket.send(Message::Close(None))).await;
                }
                break;
            }
            () = queue.overrun.notified() => break,
            command = queue.commands.recv(), if is_registered => match command {
                None => is_registered = false,
                Some(command) => if !carry_out(command, &mut socket, &queue, shutdown.clone()).await {
                    break;
                },
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) if flags_may_come => {
                    flags_may_come = !read_flags(&shared, &sid, &text);
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
        }
    }
    shared.hub.disconnect(&sid);
}

/// The two ways in which the server ends a connection.
#[derive(Clone)]
struct Shutdown {
    stopped: watch::Receiver<bool>,
    restarted: watch::Receiver<u64>,
}

impl Shutdown {
    /// Waits until the server stops or restarts. Returns true if it stops.
    async fn requested(&mut self) -> bool {
        tokio::select! {
            _ = self.stopped.wait_for(|stopped| *stopped) => true,
            _ = self.restarted.changed() => false,
        }
    }
}

/// Returns the frames that a client gets when it connects.
fn greeting(shared: &Shared, sid: &str) -> Vec<Frame> {
    let status = object([("status", shared.queue_status()), ("sid", Value::from(sid))]);
    let mut frames = vec![Frame::event("status", status)];
    if let Some(node) = shared.node_running_for(sid) {
        frames.push(Frame::event("executing", object([("node", Value::from(node))])));
    }
    frames
}

/// Carries out a command. Returns whether the connection stays open.
async fn carry_out(command: Command, socket: &mut WebSocket, queue: &CommandQueue, mut shutdown: Shutdown) -> bool {
    let done = async {
        match command {
            Command::Drop => false,
            Command::Wait(time) => {
                sleep(time).await;
                true
            }
            Command::Send(frame) => {
                queue.taken(&frame);
                socket.send(frame.message).await.is_ok()
            }
        }
    };
    tokio::select! {
        done = done => done,
        _ = shutdown.requested() => false,
        () = queue.overrun.notified() => false,
    }
}

/// Parses the feature flags in a client's message. Returns whether the message is a JSON object: the server ignores all
/// messages after the first one that is.
fn read_flags(shared: &Shared, sid: &str, text: &str) -> bool {
    let Ok(Value::Object(message)) = Value::parse(text.as_bytes()) else { return false };
    if message.get("type").and_then(Value::as_str) == Some("feature_flags") {
        let flags = message.get("data").and_then(Value::as_object);
        let metadata = flags.and_then(|flags| flags.get("supports_preview_metadata"));
        shared.hub.set_metadata(sid, metadata == Some(&Value::Bool(true)));
        shared.hub.event(To::Client(sid), "feature_flags", info::feature_flags(shared));
    }
    true
}
