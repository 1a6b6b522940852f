//! The process that sends events and previews as fast as the client reads them, and one large file.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::Result;

/// The size of the picture in a preview, in bytes.
const PREVIEW_BYTES: usize = 100_000;

/// The size of the file, in bytes.
const FILE_BYTES: u64 = 1 << 30;

/// A request to send events and previews for a prompt.
#[derive(Debug, Clone)]
struct Order {
    prompt_id: String,
    events: usize,
    previews: usize,
}

struct Shared {
    orders: broadcast::Sender<Order>,
    /// The last prompt whose events have all been sent.
    done: watch::Sender<String>,
    /// The prompt that is running.
    running: Mutex<String>,
}

/// Prints its address and serves until it is killed.
pub(super) async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let shared = Arc::new(Shared {
        orders: broadcast::Sender::new(16),
        done: watch::Sender::new(String::new()),
        running: Mutex::default(),
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A client that disconnects is not an error.
            _ = connection(&shared, BufReader::new(stream)).await;
        });
    }
}

/// Serves the requests of one connection.
async fn connection(shared: &Shared, mut stream: BufReader<TcpStream>) -> Result<()> {
    loop {
        let (mut first, mut length, mut key) = (String::new(), 0, None);
        stream.read_line(&mut first).await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? <= 2 {
                break;
            }
            let (name, value) = line.split_once(':').ok_or("invalid header line")?;
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "sec-websocket-key" => key = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        if let Some(key) = key {
            return socket(shared, stream, &key).await;
        }
        let route = first.split(' ').nth(1).unwrap_or_default().trim_start_matches("/api").to_owned();
        if route.starts_with("/view") {
            file(&mut stream).await?;
            continue;
        }
        let answer = answer(shared, &route, &String::from_utf8(body)?)?;
        stream
            .write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{answer}", answer.len()).as_bytes())
            .await?;
    }
}

fn answer(shared: &Shared, route: &str, body: &str) -> Result<String> {
    let lock = || shared.running.lock().map_err(|_| "a thread panicked");
    if route == "/prompt" {
        let body: serde_json::Value = serde_json::from_str(body)?;
        let number = |key: &str| body["extra_data"][key].as_u64().and_then(|number| usize::try_from(number).ok());
        let prompt_id = body["prompt_id"].as_str().unwrap_or_default().to_owned();
        lock()?.clone_from(&prompt_id);
        let (events, previews) = (number("events").unwrap_or_default(), number("previews").unwrap_or_default());
        let answer = format!(r#"{{"prompt_id": "{prompt_id}", "number": 1, "node_errors": {{}}}}"#);
        shared.orders.send(Order { prompt_id, events, previews })?;
        return Ok(answer);
    }
    let running = lock()?.clone();
    let is_done = *shared.done.borrow() == running;
    if route == "/queue" && running.is_empty() {
        return Ok(large_queue());
    }
    if route == "/queue" {
        let item = format!(r#"[1, "{running}", {{}}, {{}}, []]"#);
        let item = if is_done { String::new() } else { item };
        return Ok(format!(r#"{{"queue_running": [{item}], "queue_pending": []}}"#));
    }
    let image = r#"{"2": {"images": [{"filename": "large.png", "subfolder": "", "type": "output"}]}}"#;
    let status = r#"{"status_str": "success", "completed": true, "messages": [["execution_success", {}]]}"#;
    let entry = format!(r#"{{"{running}": {{"prompt": [], "outputs": {image}, "status": {status}, "meta": {{}}}}}}"#);
    Ok(if is_done { entry } else { "{}".to_owned() })
}

/// Returns a queue of 200 MB: 2,000 prompts of 100 KB. It is the answer while nothing has been submitted.
fn large_queue() -> String {
    let text = "a cat ".repeat(80);
    let nodes: Vec<String> = (0..200)
        .map(|node| format!(r#""{node}": {{"class_type": "CLIPTextEncode", "inputs": {{"text": "{text}"}}}}"#))
        .collect();
    let prompt = format!("{{{}}}", nodes.join(", "));
    let items: Vec<String> = (0..2000)
        .map(|number| {
            format!(r#"[{number}, "00000000-0000-4000-8000-{number:012}", {prompt}, {{"client_id": "x"}}, ["0"]]"#)
        })
        .collect();
    format!(r#"{{"queue_running": [], "queue_pending": [{}]}}"#, items.join(", "))
}

/// Sends the large file.
async fn file(stream: &mut BufReader<TcpStream>) -> Result<()> {
    let piece = vec![0x55; 1 << 20];
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {FILE_BYTES}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    for _ in 0..FILE_BYTES / piece.len() as u64 {
        stream.write_all(&piece).await?;
    }
    Ok(())
}

/// Serves a WebSocket: sends the messages of each order.
async fn socket(shared: &Shared, mut stream: BufReader<TcpStream>, key: &str) -> Result<()> {
    let accept = derive_accept_key(key.as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: {accept}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut orders = shared.orders.subscribe();
    let config = WebSocketConfig::default();
    let mut socket = WebSocketStream::from_raw_socket(stream.into_inner(), Role::Server, Some(config)).await;
    socket
        .send(Message::text(r#"{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}}}"#))
        .await?;
    loop {
        tokio::select! {
            order = orders.recv() => {
                let order = order?;
                send(&mut socket, &order).await?;
                shared.done.send_replace(order.prompt_id.clone());
                let end = format!(r#"{{"type": "executing", "data": {{"node": null, "prompt_id": "{}"}}}}"#, order.prompt_id);
                socket.send(Message::text(end)).await?;
            }
            message = socket.next() => {
                message.ok_or("the client closed the socket")??;
            }
        }
    }
}

/// Sends events and previews, mixed evenly. The messages are built before the first is sent.
async fn send(socket: &mut WebSocketStream<TcpStream>, order: &Order) -> Result<()> {
    let events: Vec<Message> = (0..100).map(|at| Message::text(event(at, &order.prompt_id))).collect();
    let preview = Message::binary(preview(&order.prompt_id));
    let every = order.events.checked_div(order.previews).unwrap_or(usize::MAX);
    for (at, message) in events.iter().cycle().take(order.events).enumerate() {
        socket.feed(message.clone()).await?;
        if (at + 1).is_multiple_of(every) {
            socket.feed(preview.clone()).await?;
        }
    }
    if order.events == 0 {
        for _ in 0..order.previews {
            socket.feed(preview.clone()).await?;
        }
    }
    Ok(socket.flush().await?)
}

/// Returns one of the 100 messages of a sampler's run: the node begins, then its steps follow, each with its progress and the
/// state of three nodes.
fn event(at: usize, id: &str) -> String {
    if at == 0 {
        return format!(
            r#"{{"type": "executing", "data": {{"node": "3", "display_node": "3", "prompt_id": "{id}"}}}}"#
        );
    }
    if at % 2 == 1 {
        return format!(
            r#"{{"type": "progress", "data": {{"value": {at}, "max": 100, "prompt_id": "{id}", "node": "3"}}}}"#
        );
    }
    let mut nodes = String::new();
    for node in 1..=3 {
        let comma = if node == 1 { "" } else { ", " };
        // Writing to a string cannot fail.
        _ = write!(
            nodes,
            r#"{comma}"{node}": {{"value": {at}, "max": 100, "state": "running", "node_id": "{node}", "prompt_id": "{id}", "display_node_id": "{node}", "parent_node_id": null, "real_node_id": "{node}"}}"#
        );
    }
    format!(r#"{{"type": "progress_state", "data": {{"prompt_id": "{id}", "nodes": {{{nodes}}}}}}}"#)
}

/// Returns a binary frame of type 4, a preview with metadata.
fn preview(id: &str) -> Bytes {
    let about = format!(
        r#"{{"node_id": "3", "prompt_id": "{id}", "display_node_id": "3", "parent_node_id": null, "real_node_id": "3", "image_type": "image/jpeg"}}"#
    );
    let mut frame = vec![0, 0, 0, 4];
    frame.extend(u32::try_from(about.len()).unwrap_or_default().to_be_bytes());
    frame.extend(about.as_bytes());
    frame.resize(frame.len() + PREVIEW_BYTES, 0xAA);
    Bytes::from(frame)
}
