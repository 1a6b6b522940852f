//! A server that says what was recorded, with the client's id in the place of the recorded one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use comfy_runtime::client::Value;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;

pub(crate) fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.as_object()?.get(key)
}

/// One thing that the server did on its socket.
#[derive(Debug, Clone)]
enum Step {
    Text(String),
    Binary(Vec<u8>),
    /// The recorded client closed, and came again.
    Reconnected,
}

#[derive(Debug)]
struct Shared {
    steps: Vec<Step>,
    /// How many of the steps are done.
    done: Mutex<usize>,
    post: Value,
    history: Option<Value>,
    recorded_id: String,
    /// The client's id, once it has submitted.
    id: watch::Sender<Option<String>>,
    /// Everything was sent.
    over: watch::Sender<bool>,
}

/// A server that says what was recorded.
pub(crate) struct Player {
    shared: Arc<Shared>,
    url: String,
}

impl Player {
    pub(crate) async fn start(recording: &Value) -> Self {
        let http = get(recording, "http").and_then(Value::as_array).unwrap();
        let is = |item: &&Value, method: &str, start: &str| {
            get(item, "method").and_then(Value::as_str) == Some(method)
                && get(item, "path").and_then(Value::as_str).is_some_and(|path| path.starts_with(start))
        };
        let post = http.iter().find(|item| is(item, "POST", "/prompt")).unwrap().clone();
        let answered = |start| http.iter().rfind(|item| is(item, "GET", start)).and_then(|item| get(item, "json"));
        let history = answered("/history/").cloned();
        let id = get(&post, "json").and_then(|json| get(json, "prompt_id")).and_then(Value::as_str);
        let frames = get(recording, "frames").and_then(Value::as_array).unwrap();
        // The first message is said to whoever connects.
        let steps = frames.iter().filter_map(step).skip(1).collect();
        let shared = Arc::new(Shared {
            steps,
            done: Mutex::new(0),
            recorded_id: id.unwrap_or("none was given").to_owned(),
            post,
            history,
            id: watch::Sender::new(None),
            over: watch::Sender::new(false),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(Arc::clone(&served), stream));
            }
        });
        Self { shared, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn prompt(&self) -> String {
        get(&self.shared.post, "request").and_then(|request| get(request, "prompt")).unwrap().to_string()
    }

    pub(crate) fn status(&self) -> i128 {
        get(&self.shared.post, "status").and_then(Value::as_i128).unwrap()
    }

    pub(crate) fn error_type(&self) -> Option<String> {
        let error = get(get(&self.shared.post, "json")?, "error")?;
        get(error, "type")?.as_str().map(str::to_owned)
    }

    pub(crate) fn node_errors(&self) -> usize {
        let json = get(&self.shared.post, "json").unwrap();
        get(json, "node_errors").and_then(Value::as_object).map_or(0, comfy_runtime::client::Map::len)
    }

    /// The recorded entry of the history, as the client gets it.
    pub(crate) fn history(&self) -> Option<Value> {
        let id = self.shared.id.borrow().clone()?;
        let text = self.shared.named(&self.shared.history.as_ref()?.to_string());
        get(&Value::parse(text.as_bytes()).unwrap(), &id).cloned()
    }

    /// How often each kind of event was sent.
    pub(crate) fn sent_kinds(&self) -> Vec<(&'static str, usize)> {
        let kinds = ["execution_start", "execution_cached", "executing", "progress", "executed"];
        let is = |step: &&Step, kind: &str| match step {
            // The last `executing` names no node, the one after a reconnect no run.
            Step::Text(text) => {
                let message = Value::parse(text.as_bytes()).unwrap();
                let data = get(&message, "data").unwrap();
                let is_whole = kind != "executing"
                    || (get(data, "prompt_id").is_some() && get(data, "node").is_some_and(|node| !node.is_null()));
                get(&message, "type").and_then(Value::as_str) == Some(kind) && is_whole
            }
            _ => false,
        };
        kinds.map(|kind| (kind, self.shared.steps.iter().filter(|step| is(step, kind)).count())).to_vec()
    }
}

impl Shared {
    /// The text with the client's id in the place of the recorded one.
    fn named(&self, text: &str) -> String {
        let id = self.id.borrow().clone().unwrap_or_default();
        text.replace(&self.recorded_id, &id)
    }
}

/// What the server sent; nothing for what it got, and for marks of the recorder.
fn step(frame: &Value) -> Option<Step> {
    if get(frame, "reconnected").is_some() {
        return Some(Step::Reconnected);
    }
    if get(frame, "dir").and_then(Value::as_str) != Some("recv") {
        return None;
    }
    match (get(frame, "text"), get(frame, "binary")) {
        (Some(text), _) => Some(Step::Text(text.to_string())),
        (None, Some(Value::String(coded))) => Some(Step::Binary(base64(coded))),
        _ => None,
    }
}

fn base64(text: &str) -> Vec<u8> {
    let digit =
        |byte: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|d| *d == byte);
    let digits: Vec<usize> = text.bytes().filter_map(digit).collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().enumerate().fold(0, |bits, (at, digit)| bits | digit << (18 - 6 * at));
        let whole = bits.to_be_bytes();
        bytes.extend_from_slice(&whole[whole.len() - 3..][..group.len() - 1]);
    }
    bytes
}

async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let mut start = [0; 16];
    while stream.peek(&mut start).await.is_ok_and(|size| size > 0 && size < start.len()) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    if start.starts_with(b"GET /api/ws?") {
        socket(shared, stream).await;
    } else {
        request(&shared, stream).await;
    }
}

async fn socket(shared: Arc<Shared>, stream: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    let hello = r#"{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "x"}}"#;
    if socket.send(Message::text(hello)).await.is_err() {
        return;
    }
    // What this client has to say is no business of a recording.
    let (mut send, mut receive) = socket.split();
    tokio::spawn(async move { while let Some(Ok(_)) = receive.next().await {} });
    if shared.id.subscribe().wait_for(Option::is_some).await.is_err() {
        return;
    }
    loop {
        let at = *shared.done.lock().unwrap();
        let Some(step) = shared.steps.get(at).cloned() else { break };
        *shared.done.lock().unwrap() += 1;
        let message = match step {
            Step::Text(text) => Message::text(shared.named(&text)),
            Step::Binary(bytes) => Message::binary(bytes),
            Step::Reconnected => {
                _ = send.close().await;
                return;
            }
        };
        if send.send(message).await.is_err() {
            return;
        }
    }
    shared.over.send_replace(true);
    // It stays open: a recording says nothing of how it ended.
    std::future::pending::<()>().await;
}

/// One request and its answer. The connection is closed then, so that no socket comes over it.
async fn request(shared: &Shared, mut stream: TcpStream) {
    let mut buffer = Vec::new();
    let end = |buffer: &[u8]| buffer.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    let mut whole = usize::MAX;
    while buffer.len() < whole {
        if !matches!(stream.read_buf(&mut buffer).await, Ok(size) if size > 0) {
            return;
        }
        if let Some(head) = end(&buffer) {
            let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            whole = head + length.unwrap_or(0_usize);
        }
    }
    let head = end(&buffer).unwrap();
    let (status, body) = answer(shared, &String::from_utf8_lossy(&buffer[..head]).to_lowercase(), &buffer[head..]);
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    _ = stream.write_all((head + &body).as_bytes()).await;
}

fn answer(shared: &Shared, head: &str, body: &[u8]) -> (i128, String) {
    let is_over = *shared.over.borrow();
    if head.starts_with("post /api/prompt") {
        let body = Value::parse(body).unwrap();
        let id = get(&body, "prompt_id").and_then(Value::as_str).unwrap().to_owned();
        shared.id.send_replace(Some(id));
        let status = get(&shared.post, "status").and_then(Value::as_i128).unwrap();
        return (status, shared.named(&get(&shared.post, "json").unwrap().to_string()));
    }
    if head.starts_with("get /api/history/") {
        let history = shared.history.as_ref().filter(|_| is_over);
        return (200, history.map_or("{}".to_owned(), |history| shared.named(&history.to_string())));
    }
    if head.starts_with("get /api/queue") {
        let id = shared.id.borrow().clone().filter(|_| !is_over);
        let running = id.map_or(String::new(), |id| format!(r#"[0, "{id}", {{}}, {{}}, []]"#));
        return (200, format!(r#"{{"queue_running": [{running}], "queue_pending": []}}"#));
    }
    (404, String::new())
}
