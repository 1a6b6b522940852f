//! A server with scripted responses, for behaviour that the stand-in server lacks because a real server does not show
//! it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

/// A received request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    /// Method and route without a leading `/api`, such as `GET /queue`.
    pub(crate) route: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// The number of bytes of the body after which the connection ends.
    cut: Option<usize>,
    /// Whether the connection stays open after the cut.
    hangs: bool,
    /// Whether the body has no announced length, and is sent as one chunk.
    is_chunked: bool,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), cut: None, hangs: false, is_chunked: false }
    }

    pub(crate) fn json(body: impl ToString) -> Self {
        Self::new(200, body.to_string())
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sends the body without its length.
    pub(crate) fn chunked(mut self) -> Self {
        self.is_chunked = true;
        self
    }

    pub(crate) fn cut(mut self, after: usize) -> Self {
        self.cut = Some(after);
        self
    }

    /// Sends only this number of bytes of the body, and keeps the connection open.
    pub(crate) fn hang_after(mut self, after: usize) -> Self {
        self.hangs = true;
        self.cut(after)
    }
}

/// An action on every open WebSocket.
#[derive(Debug, Clone)]
pub(crate) enum Wire {
    Frame(Message),
    Close,
}

/// What the server does with requests for a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sockets {
    Open,
    /// Opens them under a client id of the server.
    Under(&'static str),
    /// Answers them as any other request.
    Refuse,
}

/// A server whose responses are scripted.
#[derive(Debug)]
pub(crate) struct Scripted {
    addr: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    sockets: Sockets,
    answer: Box<dyn Fn(&Call) -> Reply + Send + Sync>,
    calls: Mutex<Vec<Call>>,
    wire: broadcast::Sender<Wire>,
    /// Counts the connections that were opened.
    opened: watch::Sender<usize>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Scripted {
    pub(crate) async fn start(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(Sockets::Open, answer).await
    }

    /// Starts a server that registers every WebSocket under this client id.
    pub(crate) async fn with_sid(sid: &'static str, answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(Sockets::Under(sid), answer).await
    }

    /// Starts a server that opens no WebSocket.
    pub(crate) async fn refusing(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(Sockets::Refuse, answer).await
    }

    async fn start_with(sockets: Sockets, answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            sockets,
            answer: Box::new(answer),
            calls: Mutex::default(),
            wire: broadcast::Sender::new(10_000),
            opened: watch::Sender::new(0),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Nagle's algorithm would hold frames back by the kernel's clock, which the simulated one does not know.
                stream.set_nodelay(true).unwrap();
                tokio::spawn(serve(Arc::clone(&serving), stream));
            }
        });
        Self { addr, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// Returns the requests to a route, or the text messages of every WebSocket (`WS`).
    pub(crate) fn calls_to(&self, route: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.route == route).collect()
    }

    pub(crate) fn event(&self, json: impl ToString) {
        self.send(Wire::Frame(Message::text(json.to_string())));
    }

    pub(crate) fn send(&self, wire: Wire) {
        // Without an open WebSocket the message is dropped, as on a real server.
        _ = self.shared.wire.send(wire);
    }

    /// Waits until this number of connections was opened, including those that are closed again.
    pub(crate) async fn opened(&self, count: usize) {
        self.shared.opened.subscribe().wait_for(|opened| *opened >= count).await.unwrap();
    }
}

/// Serves one connection, one request after the other.
async fn serve(shared: Arc<Shared>, mut stream: TcpStream) -> Option<()> {
    loop {
        let call = read(&mut stream).await?;
        shared.calls.lock().unwrap().push(call.clone());
        if let Some(key) = call.header("sec-websocket-key").filter(|_| shared.sockets != Sockets::Refuse) {
            let head = format!(
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-accept: {}\r\n\r\n",
                derive_accept_key(key.as_bytes())
            );
            stream.write_all(head.as_bytes()).await.ok()?;
            return listen(&shared, stream, &call.query).await;
        }
        let reply = (shared.answer)(&call);
        let mut head = format!("HTTP/1.1 {} X\r\n", reply.status);
        for (name, value) in &reply.headers {
            _ = write!(head, "{name}: {value}\r\n");
        }
        _ = if reply.is_chunked {
            write!(head, "transfer-encoding: chunked\r\n\r\n{:x}\r\n", reply.body.len())
        } else {
            write!(head, "content-length: {}\r\n\r\n", reply.body.len())
        };
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(&reply.body[..reply.cut.unwrap_or(reply.body.len())]).await.ok()?;
        if reply.is_chunked && reply.cut.is_none() {
            stream.write_all(b"\r\n0\r\n\r\n").await.ok()?;
        }
        if reply.hangs {
            std::future::pending::<()>().await;
        }
        if reply.cut.is_some() {
            return None;
        }
    }
}

/// Serves one WebSocket.
async fn listen(shared: &Shared, stream: TcpStream, query: &str) -> Option<()> {
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    let mut wire = shared.wire.subscribe();
    let sid = match shared.sockets {
        Sockets::Under(sid) => sid,
        _ => query.strip_prefix("clientId=").unwrap_or("x"),
    };
    let greeting = format!(
        r#"{{"type": "status", "data": {{"status": {{"exec_info": {{"queue_remaining": 0}}}}, "sid": "{sid}"}}}}"#
    );
    socket.send(Message::text(greeting)).await.ok()?;
    shared.opened.send_modify(|count| *count += 1);
    loop {
        tokio::select! {
            // The messages come first, so that the response to a ping follows those that were sent before it.
            biased;
            order = wire.recv() => match order.ok()? {
                Wire::Frame(message) => socket.send(message).await.ok()?,
                Wire::Close => return None,
            },
            message = socket.next() => if let Message::Text(text) = message?.ok()? {
                let call = Call { route: "WS".into(), body: text.to_string(), ..Call::default() };
                shared.calls.lock().unwrap().push(call);
            }
        }
    }
}

/// Reads one request.
async fn read(stream: &mut TcpStream) -> Option<Call> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let (method, rest) = lines.next()?.split_once(' ')?;
    let target = rest.split(' ').next()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(Call {
        route: format!("{method} {}", path.strip_prefix("/api").unwrap_or(path)),
        query: query.to_owned(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
