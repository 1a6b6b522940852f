//! Keeps the WebSocket open: connects, listens, connects again.

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

use super::error::Error;
use super::frame::{self, Frame};
use super::hub::Hub;
use super::transport::{Transport, jittered};

/// What the server is asked for: previews that say whose they are.
const FEATURE_FLAGS: &str = r#"{"type": "feature_flags", "data": {"supports_preview_metadata": true}}"#;

/// Largest message that is read: a full-size picture of `SaveImageWebsocket` is one.
const LARGEST: usize = 256 << 20;

/// Time between pings. The server sends none of its own.
const PING: Duration = Duration::from_secs(10);

/// A connection over which nothing came for so long is dead.
const DEAD: Duration = Duration::from_secs(30);

/// How long the end of the old connection is waited for. A server forgets a new connection when the old one of the
/// same id ends.
const CLOSING: Duration = Duration::from_secs(2);

/// Waits between attempts grow from the first to the second.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// An open connection that the server knows.
pub(crate) struct Socket(WebSocketStream<Upgraded>);

/// Opens a connection and waits until the server has registered it.
pub(crate) async fn open(transport: &Transport, client_id: &str) -> Result<Socket, Error> {
    let failed = |why: String| Error::Socket { why };
    let time = transport.limits.connect;
    let opened = timeout(time, async {
        let mut socket = upgrade(transport, client_id).await?;
        socket.send(Message::text(FEATURE_FLAGS)).await.map_err(|error| failed(error.to_string()))?;
        // The first frame says that the server knows the connection.
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(_))) => return Ok(Socket(socket)),
                Some(Ok(Message::Close(_))) | None => return Err(failed("the server closed it at once".into())),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(failed(error.to_string())),
            }
        }
    });
    opened.await.unwrap_or_else(|_| Err(failed(format!("no answer within {} s", time.as_secs_f32()))))
}

/// The handshake goes through the HTTP client, so that proxies, certificates and headers are those of every call.
async fn upgrade(transport: &Transport, client_id: &str) -> Result<WebSocketStream<Upgraded>, Error> {
    let failed = |why: String| Error::Socket { why };
    let key = generate_key();
    let call = transport
        .get(["ws"])
        .query("clientId", client_id)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", key.as_str());
    let response = super::transport::sent("GET /ws", call.request()).await.map_err(|error| failed(unopened(&error)))?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(failed(format!(
            "the server answered {} and not 101; is this the URL of a ComfyUI server?",
            response.status().as_u16()
        )));
    }
    let accepted = response.headers().get("sec-websocket-accept").map(reqwest::header::HeaderValue::as_bytes);
    if accepted != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(failed("the server's handshake answers another key".into()));
    }
    let stream = response.upgrade().await.map_err(|error| failed(error.without_url().to_string()))?;
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
}

/// Why there was no handshake, and what may help.
fn unopened(error: &Error) -> String {
    match error {
        Error::Transport { why, .. } if why.is_connect() => {
            format!("{error}; is the server running, and is this its address?")
        }
        _ => error.to_string(),
    }
}

/// Listens until the client is gone, and connects again whenever the connection breaks.
pub(crate) async fn keep(hub: Arc<Hub>, transport: Arc<Transport>, client_id: String, first: Socket) {
    let mut socket = first;
    loop {
        let end = listen(&hub, &mut socket.0).await;
        if let End::Client = end {
            shut(&mut socket.0).await;
            return;
        }
        let why = end.to_string();
        debug!(%why, "the socket is closed");
        hub.broken(why);
        shut(&mut socket.0).await;
        drop(socket);
        socket = tokio::select! {
            socket = again(&hub, &transport, &client_id) => socket,
            () = hub.close.notified() => return,
        };
        hub.opened();
    }
}

/// Connects, however often it takes.
async fn again(hub: &Hub, transport: &Transport, client_id: &str) -> Socket {
    let mut wait = WAITS.0;
    loop {
        tokio::time::sleep(jittered(wait)).await;
        match open(transport, client_id).await {
            Ok(socket) => return socket,
            Err(error) => {
                warn!(%error, "the socket is not open again yet");
                hub.broken(error.to_string());
            }
        }
        wait = (wait * 2).min(WAITS.1);
    }
}

/// Says goodbye and waits for the answer, for a while.
async fn shut(socket: &mut WebSocketStream<Upgraded>) {
    let goodbye = async {
        // A connection that is broken already has nobody to say it to.
        if socket.close(None).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    _ = timeout(CLOSING, goodbye).await;
}

/// Why listening ended.
enum End {
    /// The client is gone.
    Client,
    /// Nothing of a run came over it, though there was something to say.
    Deaf,
    Dead,
    Closed,
    Failed(String),
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Client => f.write_str("the client is gone"),
            Self::Deaf => f.write_str("the server had forgotten this connection"),
            Self::Dead => write!(f, "nothing came over it for {} s", DEAD.as_secs()),
            Self::Closed => f.write_str("the server closed it"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

async fn listen(hub: &Hub, socket: &mut WebSocketStream<Upgraded>) -> End {
    let mut pings = interval_at(Instant::now() + PING, PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            () = hub.close.notified() => return End::Client,
            () = hub.reopen.notified() => return End::Deaf,
            () = hub.ping.notified() => match ping(socket).await {
                Ok(()) => continue,
                Err(end) => return end,
            },
            _ = pings.tick() => {
                if heard.elapsed() >= DEAD {
                    return End::Dead;
                }
                match ping(socket).await {
                    Ok(()) => continue,
                    Err(end) => return end,
                }
            }
        };
        heard = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => match frame::text(text.as_str()) {
                Some(frame) => hub.hear(frame),
                None => debug!("a text frame that is no event"),
            },
            Some(Ok(Message::Binary(bytes))) => match frame::binary(&bytes) {
                Frame::Unknown(bytes) => debug!(bytes = bytes.len(), "a binary frame of no known form"),
                frame => hub.hear(frame),
            },
            Some(Ok(Message::Pong(_))) => hub.pongs.send_modify(|count| *count += 1),
            Some(Ok(Message::Close(_))) | None => return End::Closed,
            Some(Ok(_)) => {}
            Some(Err(error)) => return End::Failed(error.to_string()),
        }
    }
}

async fn ping(socket: &mut WebSocketStream<Upgraded>) -> Result<(), End> {
    match timeout(PING, socket.send(Message::Ping(Vec::new().into()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(End::Failed(error.to_string())),
        Err(_) => Err(End::Dead),
    }
}
