//! Keeps the WebSocket open: connects, listens and reconnects.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{StatusCode, Upgraded};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tracing::{debug, warn};

use super::call::jittered;
use super::error::Error;
use super::frame::{self, Frame};
use super::hub::Hub;
use super::transport::Transport;

/// The first message to the server: it asks for previews that name their run and node.
const FEATURE_FLAGS: &str = r#"{"type": "feature_flags", "data": {"supports_preview_metadata": true}}"#;

/// Maximum size of a message: a full-size image of `SaveImageWebsocket` is one message.
const MAX_MESSAGE_BYTES: usize = 256 << 20;

/// The time between pings. The server sends no pings.
const PING_INTERVAL: Duration = Duration::from_secs(10);

/// The time without any frame after which a connection counts as broken.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Maximum time to wait for the end of the old connection. If it ends after a new one with the same client id was
/// opened, the server forgets the new one.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The first wait before a reconnect; each further wait is twice as long.
const MIN_RECONNECT_WAIT: Duration = Duration::from_millis(100);

/// Maximum wait before a reconnect.
const MAX_RECONNECT_WAIT: Duration = Duration::from_secs(5);

/// An open connection that the server has registered.
pub(crate) struct Socket(WebSocketStream<Upgraded>);

/// Opens a connection and waits until the server has registered it.
pub(crate) async fn open(transport: &Transport, client_id: &str) -> Result<Socket, Error> {
    let failed = |reason: String| Error::Socket { reason };
    let limit = transport.limits.connect_timeout;
    let opened = timeout(limit, async {
        let mut socket = upgrade(transport, client_id).await?;
        socket.send(Message::text(FEATURE_FLAGS)).await.map_err(|error| failed(error.to_string()))?;
        // The first text frame shows that the server has registered the connection.
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(_))) => return Ok(Socket(socket)),
                Some(Ok(Message::Close(_))) | None => {
                    return Err(failed("the server closed the connection at once".into()));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(failed(error.to_string())),
            }
        }
    });
    opened.await.unwrap_or_else(|_| Err(failed(format!("no response within {} s", limit.as_secs_f32()))))
}

/// Makes the handshake through the HTTP client, so that its proxy, certificates and headers apply.
async fn upgrade(transport: &Transport, client_id: &str) -> Result<WebSocketStream<Upgraded>, Error> {
    let failed = |reason: String| Error::Socket { reason };
    let key = generate_key();
    let call = transport
        .get(["ws"])
        .socket()
        .query("clientId", client_id)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", key.as_str());
    let response = call.exchange(call.request()).await.map_err(|error| match &error {
        Error::Redirect { .. } => error,
        Error::Transport { reason, .. } if reason.is_connect() => {
            failed(format!("{error}; is the server running, and is this its address?"))
        }
        _ => failed(error.to_string()),
    })?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let status = response.status().as_u16();
        return Err(failed(format!("expected status 101, found {status}; is this the URL of a ComfyUI server?")));
    }
    let accepted = response.headers().get("sec-websocket-accept").map(reqwest::header::HeaderValue::as_bytes);
    if accepted != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(failed("invalid `Sec-WebSocket-Accept` header".into()));
    }
    let stream = response.upgrade().await.map_err(|error| failed(error.without_url().to_string()))?;
    let max = Some(MAX_MESSAGE_BYTES);
    let config = WebSocketConfig::default().max_message_size(max).max_frame_size(max);
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
}

/// Listens until the client is dropped, and reconnects whenever the connection breaks.
pub(crate) async fn keep_open(hub: Arc<Hub>, transport: Arc<Transport>, client_id: String, first: Socket) {
    let mut socket = first;
    loop {
        let end = listen(&hub, &mut socket.0).await;
        if let End::ClientDropped = end {
            close(&mut socket.0).await;
            return;
        }
        let reason = end.to_string();
        debug!(%reason, "the WebSocket is closed");
        hub.set_closed(reason);
        close(&mut socket.0).await;
        drop(socket);
        socket = tokio::select! {
            socket = reconnect(&hub, &transport, &client_id) => socket,
            () = hub.close.notified() => return,
        };
        hub.set_open();
    }
}

/// Connects again, with as many attempts as it takes.
async fn reconnect(hub: &Hub, transport: &Transport, client_id: &str) -> Socket {
    let mut wait = MIN_RECONNECT_WAIT;
    loop {
        tokio::time::sleep(jittered(wait)).await;
        match open(transport, client_id).await {
            Ok(socket) => return socket,
            Err(error) => {
                warn!(%error, "the WebSocket cannot be reopened yet");
                hub.set_closed(error.to_string());
            }
        }
        wait = (wait * 2).min(MAX_RECONNECT_WAIT);
    }
}

/// Sends a close frame, and waits for the response for at most [`CLOSE_TIMEOUT`].
async fn close(socket: &mut WebSocketStream<Upgraded>) {
    let closing = async {
        // An error means that the connection is broken, so that there is nothing to wait for.
        if socket.close(None).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    _ = timeout(CLOSE_TIMEOUT, closing).await;
}

/// The reason why listening ended.
enum End {
    ClientDropped,
    /// A run goes on, but none of its events arrives over this connection.
    ReconnectRequested,
    IdleTimeout,
    Closed,
    Failed(String),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientDropped => f.write_str("the client was dropped"),
            Self::ReconnectRequested => f.write_str("the server had forgotten the connection"),
            Self::IdleTimeout => write!(f, "no frame was received for {} s", IDLE_TIMEOUT.as_secs()),
            Self::Closed => f.write_str("the server closed the connection"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

async fn listen(hub: &Hub, socket: &mut WebSocketStream<Upgraded>) -> End {
    let mut pings = interval_at(Instant::now() + PING_INTERVAL, PING_INTERVAL);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_frame = Instant::now();
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            () = hub.close.notified() => return End::ClientDropped,
            () = hub.reconnect.notified() => return End::ReconnectRequested,
            () = hub.ping.notified() => match ping(socket).await {
                Ok(()) => continue,
                Err(end) => return end,
            },
            _ = pings.tick() => {
                if last_frame.elapsed() >= IDLE_TIMEOUT {
                    return End::IdleTimeout;
                }
                match ping(socket).await {
                    Ok(()) => continue,
                    Err(end) => return end,
                }
            }
        };
        last_frame = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => match frame::text(text.as_str()) {
                Some(frame) => hub.dispatch(frame),
                None => debug!("ignored a text frame that is not an event"),
            },
            Some(Ok(Message::Binary(bytes))) => match frame::binary(&bytes) {
                Frame::Unknown(bytes) => debug!(bytes = bytes.len(), "ignored a binary frame of an unknown form"),
                frame => hub.dispatch(frame),
            },
            Some(Ok(Message::Pong(_))) => hub.pongs.send_modify(|count| *count += 1),
            Some(Ok(Message::Close(_))) | None => return End::Closed,
            Some(Ok(_)) => {}
            Some(Err(error)) => return End::Failed(error.to_string()),
        }
    }
}

async fn ping(socket: &mut WebSocketStream<Upgraded>) -> Result<(), End> {
    match timeout(PING_INTERVAL, socket.send(Message::Ping(Vec::new().into()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(End::Failed(error.to_string())),
        Err(_) => Err(End::IdleTimeout),
    }
}
