//! Keeps the WebSocket open: connects, listens and reconnects.

use std::fmt;
use std::sync::Arc;

use comfy_schema::shown::escaped;
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
use super::hub::Hub;
use super::json;
use super::limits::{
    CLOSE_TIMEOUT, IDLE_TIMEOUT, MAX_MESSAGE_BYTES, MAX_RECONNECT_WAIT, MAX_REFUSED_WAIT, MIN_RECONNECT_WAIT,
    MIN_REFUSED_WAIT, PING_INTERVAL,
};
use super::response;
use super::strays::Received;
use super::transport::Transport;

/// The first message to the server: it asks for previews that name their run and node.
const FEATURE_FLAGS: &str = r#"{"type": "feature_flags", "data": {"supports_preview_metadata": true}}"#;

/// The share of the time to connect that the server has for its first frame. A server that sends none is listened to
/// nevertheless: it may have an older protocol, or a proxy in front of it that delays frames.
const GREETING_SHARE: u32 = 2;

/// An open connection.
pub(crate) struct Socket {
    stream: WebSocketStream<Upgraded>,
    /// The client id under which the server registered the connection, if it names another one than it was given.
    pub(crate) sid: Option<String>,
}

/// The error of a connection that could not be opened.
#[derive(Debug)]
pub(crate) struct OpenError {
    pub(crate) error: Error,
    /// Whether the server, or a proxy in front of it, answered in a way that shows that there is no usable WebSocket.
    pub(crate) is_refused: bool,
    /// Whether no connection to the server was made at all.
    pub(crate) is_unreachable: bool,
}

impl OpenError {
    fn broken(reason: impl Into<String>) -> Self {
        let error = Error::Socket { reason: reason.into() };
        Self { error, is_refused: false, is_unreachable: false }
    }

    fn refused(reason: impl Into<String>) -> Self {
        Self { is_refused: true, ..Self::broken(reason) }
    }
}

/// Opens a connection and waits until the server has registered it.
pub(crate) async fn open(transport: &Transport, client_id: &str) -> Result<Socket, OpenError> {
    let limit = transport.limits.connect_timeout;
    let opened = timeout(limit, async {
        let mut stream = upgrade(transport, client_id).await?;
        let failed = |error: tokio_tungstenite::tungstenite::Error| OpenError::broken(error.to_string());
        stream.send(Message::text(FEATURE_FLAGS)).await.map_err(failed)?;
        let sid = timeout(limit / GREETING_SHARE, greeting(&mut stream)).await.unwrap_or(Ok(None))?;
        Ok(Socket { stream, sid: sid.filter(|sid| sid != client_id) })
    });
    opened.await.unwrap_or_else(|_| Err(OpenError::broken(format!("no response within {} s", limit.as_secs_f32()))))
}

/// Waits for the first frame, which shows that the server has registered the connection, and returns the client id that
/// it names.
async fn greeting(stream: &mut WebSocketStream<Upgraded>) -> Result<Option<String>, OpenError> {
    loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => {
                let greeting = response::parse_message("WebSocket", text.as_bytes()).ok();
                let sid = greeting.as_ref().and_then(|frame| json::at(frame, &["data", "sid"])?.as_str());
                return Ok(sid.filter(|sid| !sid.is_empty()).map(str::to_owned));
            }
            Some(Ok(Message::Close(_))) | None => {
                return Err(OpenError::refused("the server closed the connection at once"));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(OpenError::broken(error.to_string())),
        }
    }
}

/// Makes the handshake through the HTTP client, so that its proxy, certificates and headers apply.
async fn upgrade(transport: &Transport, client_id: &str) -> Result<WebSocketStream<Upgraded>, OpenError> {
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
        Error::Redirect { .. } => OpenError { error, is_refused: true, is_unreachable: false },
        Error::Transport { reason, .. } if reason.is_connect() => {
            let failed = OpenError::broken(format!("{error}; is the server running, and is this its address?"));
            OpenError { is_unreachable: true, ..failed }
        }
        // A busy or starting server, and the proxy of one that is down, answer with these.
        Error::Status { status: 408 | 429 | 500 | 502..=599, .. } => OpenError::broken(error.to_string()),
        Error::Status { .. } => OpenError::refused(error.to_string()),
        _ => OpenError::broken(error.to_string()),
    })?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let status = response.status().as_u16();
        let reason = format!("expected status 101, found {status}; is this the URL of a ComfyUI server?");
        return Err(OpenError::refused(reason));
    }
    let accepted = response.headers().get("sec-websocket-accept").map(reqwest::header::HeaderValue::as_bytes);
    if accepted != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(OpenError::refused("invalid `Sec-WebSocket-Accept` header"));
    }
    let stream = response.upgrade().await.map_err(|error| OpenError::broken(error.without_url().to_string()))?;
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(limited(MAX_MESSAGE_BYTES))).await)
}

/// Returns the configuration of a WebSocket whose messages have at most this number of bytes, in one frame or in several.
fn limited(max_bytes: usize) -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(Some(max_bytes)).max_frame_size(Some(max_bytes))
}

/// Listens until the client is dropped, and reconnects whenever the connection breaks. Without a `first` connection,
/// which the hub must already count as open, it opens one.
pub(crate) async fn keep_open(hub: Arc<Hub>, transport: Arc<Transport>, client_id: String, first: Option<Socket>) {
    let mut opened = first;
    loop {
        let mut socket = match opened.take() {
            Some(socket) => socket,
            None => tokio::select! {
                socket = connect(&hub, &transport, &client_id) => {
                    hub.set_open(socket.sid.clone());
                    socket
                }
                () = hub.close.notified() => return,
            },
        };
        let end = listen(&hub, &mut socket.stream).await;
        if let End::ClientDropped = end {
            close(&mut socket.stream).await;
            return;
        }
        let reason = end.to_string();
        debug!(%reason, "the WebSocket is closed");
        hub.set_closed(reason);
        close(&mut socket.stream).await;
    }
}

/// Opens a connection, with as many attempts as it takes. Only the very first attempt is made at once.
async fn connect(hub: &Hub, transport: &Transport, client_id: &str) -> Socket {
    let last = hub.connection();
    let mut wait = if last.is_refused { MIN_REFUSED_WAIT } else { MIN_RECONNECT_WAIT };
    if last.was_tried {
        tokio::time::sleep(jittered(wait)).await;
    }
    loop {
        match open(transport, client_id).await {
            Ok(socket) => return socket,
            Err(OpenError { error, is_refused, .. }) => {
                if is_refused {
                    // The first refusal is a warning.
                    debug!(%error, "the server still has no usable WebSocket");
                } else {
                    warn!(%error, "the WebSocket cannot be opened yet");
                }
                hub.set_failed(reason_of(&error), is_refused);
                let (min, max) = if is_refused {
                    (MIN_REFUSED_WAIT, MAX_REFUSED_WAIT)
                } else {
                    (MIN_RECONNECT_WAIT, MAX_RECONNECT_WAIT)
                };
                wait = (wait * 2).clamp(min, max);
            }
        }
        tokio::time::sleep(jittered(wait)).await;
    }
}

/// Returns the reason of a failure to open the WebSocket, without the words that say what failed.
pub(crate) fn reason_of(error: &Error) -> String {
    match error {
        Error::Socket { reason } => reason.clone(),
        error => error.to_string(),
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
            Self::Failed(reason) => escaped(reason).fmt(f),
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
            Some(Ok(Message::Text(text))) => hub.receive(&Received::Text(text)),
            Some(Ok(Message::Binary(bytes))) => hub.receive(&Received::Binary(bytes)),
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// Returns the number of bytes of the message, or the error, that a client reads from these bytes.
    async fn received(max: usize, bytes: &[u8]) -> Result<usize, String> {
        let (stream, mut server) = tokio::io::duplex(4096);
        let mut client = WebSocketStream::from_raw_socket(stream, Role::Client, Some(limited(max))).await;
        server.write_all(bytes).await.unwrap();
        client.next().await.unwrap().map(|message| message.len()).map_err(|error| error.to_string())
    }

    /// A frame of a binary message, and whether it is the first and the last one.
    fn frame(is_first: bool, is_last: bool, payload: &[u8]) -> Vec<u8> {
        let head = [u8::from(is_last) << 7 | u8::from(is_first) << 1, u8::try_from(payload.len()).unwrap()];
        [&head, payload].concat()
    }

    #[tokio::test]
    async fn a_message_that_is_too_large_is_refused_by_the_size_that_its_frame_claims() {
        let head = |size: usize| [[0x82, 127].as_slice(), &(size as u64).to_be_bytes()].concat();
        let error = received(MAX_MESSAGE_BYTES, &head(MAX_MESSAGE_BYTES + 1)).await.unwrap_err();
        assert!(error.contains("268435457") && error.contains("268435456"), "{error}");
    }

    #[tokio::test]
    async fn the_frames_of_a_message_are_limited_together() {
        let message = |last: &[u8]| [frame(true, false, &[0; 60]), frame(false, true, last)].concat();
        assert_eq!(received(100, &message(&[0; 40])).await, Ok(100));
        assert!(received(100, &message(&[0; 41])).await.is_err());
    }
}
