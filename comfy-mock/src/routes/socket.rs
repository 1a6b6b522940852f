//! The socket: `/ws`.

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
use crate::state::Shared;
use crate::ws::{Frame, Line, Order, To};

/// The longest message that is taken, in bytes.
const LONGEST_MESSAGE: usize = 4 << 20;

/// A client gets this long to take the closing message.
const FAREWELL: Duration = Duration::from_millis(200);

/// `GET /ws?clientId=…`
pub(crate) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else { return reply::text(400, "No WebSocket UPGRADE hdr") };
    let sid = Query::of(query.as_deref()).get("clientId").filter(|sid| !sid.is_empty());
    let sid = sid.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
    upgrade.max_message_size(LONGEST_MESSAGE).on_upgrade(move |socket| serve(shared, socket, sid))
}

/// One connection, until it ends.
async fn serve(shared: Arc<Shared>, mut socket: WebSocket, sid: String) {
    let mut line = shared.hub.connect(&sid, greeting(&shared, &sid));
    let mut end = End { stopped: shared.stop.subscribe(), restarted: line.restarted.clone() };
    let mut flags_may_come = true;
    // Another connection may take the id. Then this one stays, and gets nothing.
    let mut is_listed = true;
    loop {
        tokio::select! {
            stopped = end.comes() => {
                if stopped {
                    // A client that does not read must not hold the server up.
                    _ = timeout(FAREWELL, socket.send(Message::Close(None))).await;
                }
                break;
            }
            () = line.overrun.notified() => break,
            order = line.orders.recv(), if is_listed => match order {
                None => is_listed = false,
                Some(order) => if !carry_out(order, &mut socket, &line, end.clone()).await {
                    break;
                },
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) if flags_may_come => {
                    flags_may_come = !take_flags(&shared, &sid, &text);
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
        }
    }
    shared.hub.disconnect(&sid);
}

/// What ends a connection from this side.
#[derive(Clone)]
struct End {
    stopped: watch::Receiver<bool>,
    restarted: watch::Receiver<u64>,
}

impl End {
    /// Waits for it; whether the server stops (and does not start anew).
    async fn comes(&mut self) -> bool {
        tokio::select! {
            _ = self.stopped.wait_for(|stopped| *stopped) => true,
            _ = self.restarted.changed() => false,
        }
    }
}

/// What a client is told first.
fn greeting(shared: &Shared, sid: &str) -> Vec<Frame> {
    let status = object([("status", shared.queue_status()), ("sid", Value::from(sid))]);
    let mut frames = vec![Frame::event("status", status)];
    if let Some(node) = shared.node_running_for(sid) {
        frames.push(Frame::event("executing", object([("node", Value::from(node))])));
    }
    frames
}

/// Does one order; whether the connection goes on.
async fn carry_out(order: Order, socket: &mut WebSocket, line: &Line, mut end: End) -> bool {
    let done = async {
        match order {
            Order::Drop => false,
            Order::Wait(time) => {
                sleep(time).await;
                true
            }
            Order::Send(frame) => {
                line.taken(&frame);
                socket.send(frame.message).await.is_ok()
            }
        }
    };
    tokio::select! {
        done = done => done,
        _ = end.comes() => false,
        () = line.overrun.notified() => false,
    }
}

/// Looks at a message; whether it was one, so that later ones are not looked at.
fn take_flags(shared: &Shared, sid: &str, text: &str) -> bool {
    let Ok(Value::Object(message)) = Value::parse(text.as_bytes()) else { return false };
    if message.get("type").and_then(Value::as_str) == Some("feature_flags") {
        let flags = message.get("data").and_then(Value::as_object);
        let metadata = flags.and_then(|flags| flags.get("supports_preview_metadata"));
        shared.hub.set_metadata(sid, metadata == Some(&Value::Bool(true)));
        shared.hub.event(To::Client(sid), "feature_flags", info::feature_flags(shared));
    }
    true
}
