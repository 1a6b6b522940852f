//! A stand-in, a client, and the record of what was done to them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use comfy_mock::{Server, Timing};
use comfy_runtime::Client;
use comfy_runtime::client::{Error, Run, Value};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::blank;

/// A stand-in, a client, and the record of what was done to them.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) client: Client,
    record: Mutex<Record>,
}

#[derive(Debug, Default)]
struct Record {
    restarts: usize,
    /// How runs had ended that a restart has taken from the history.
    ended: HashMap<String, &'static str>,
    /// Those that were in the queue at some restart.
    dropped: HashSet<String>,
    deleted: HashSet<String>,
}

impl World {
    /// With one run in the history.
    pub(crate) async fn new(stalled: Duration) -> Self {
        let timing = Timing::instant().step(Duration::from_millis(4));
        let server = Server::builder().timing(timing).spawn().await.unwrap();
        server.node_id("fails").fail_with("ValueError", "it fails");
        server.node_id("hangs").hang();
        let client = Client::builder(server.url())
            .poll_interval(Duration::from_millis(150))
            .answer_timeout(Duration::from_millis(400))
            .silence_timeout(Duration::from_millis(400))
            .stalled_after(stalled)
            .connect()
            .await
            .unwrap();
        client.run(&blank(16)).await.unwrap();
        Self { server, client, record: Mutex::default() }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap()
    }

    /// How a run may truly have ended, as the server's own record says now.
    pub(crate) fn truth(&self, prompt_id: &str) -> Vec<&'static str> {
        if let Some(entry) = self.server.history(prompt_id) {
            return vec![ending(&entry)];
        }
        if self.is_queued(prompt_id) {
            return vec!["stalled"];
        }
        let record = self.record();
        match record.ended.get(prompt_id) {
            // Whoever had not asked before the restart cannot know.
            Some(ending) => vec![ending, "lost"],
            None if record.dropped.contains(prompt_id) => vec!["lost"],
            // Whoever knows nothing that is older than the run cannot tell a restart from a deletion.
            None if record.deleted.contains(prompt_id) && record.restarts > 0 => vec!["deleted", "lost"],
            None if record.deleted.contains(prompt_id) => vec!["deleted"],
            None => vec![],
        }
    }

    pub(crate) fn is_queued(&self, prompt_id: &str) -> bool {
        self.server.running().as_deref() == Some(prompt_id) || self.server.pending().iter().any(|id| id == prompt_id)
    }

    /// Whether the server ever took it.
    pub(crate) fn was_taken(&self, prompt_id: &str) -> bool {
        !self.truth(prompt_id).is_empty()
    }

    pub(crate) fn restarts(&self) -> usize {
        self.record().restarts
    }

    /// How often the server said that it took this prompt.
    pub(crate) fn times_taken(&self, prompt_id: &str) -> usize {
        let requests = self.server.requests();
        let taken = requests.iter().filter(|request| {
            request.method == "POST" && request.path.ends_with("/prompt") && request.status() == Some(200)
        });
        taken.filter(|request| request.body().is_some_and(|body| contains(body, prompt_id.as_bytes()))).count()
    }

    /// Waits until the run is running, or over.
    pub(crate) async fn begun(&self, prompt_id: &str) {
        let begun = self.server.until(|server| !server.pending().iter().any(|id| id == prompt_id));
        _ = tokio::time::timeout(Duration::from_secs(2), begun).await;
    }

    pub(crate) fn restart(&self) {
        let server = &self.server;
        let mut record = self.record();
        record.restarts += 1;
        let ended = server.finished().into_iter().filter_map(|id| Some((id.clone(), ending(&server.history(&id)?))));
        record.ended.extend(ended);
        record.dropped.extend(server.pending().into_iter().chain(server.running()));
        server.restart();
    }

    /// Takes all that wait from the queue.
    pub(crate) async fn delete(&self) {
        // One of them may begin meanwhile; then the history has it, and that counts before this.
        self.record().deleted.extend(self.server.pending());
        self.post("queue", r#"{"clear": true}"#).await;
    }

    /// Its own client cancels a run: takes it from the queue, or interrupts it. Whether the server did.
    pub(crate) async fn cancel(&self, run: &Run) -> Result<bool, Error> {
        self.record().deleted.insert(run.prompt_id().to_owned());
        run.cancel().await
    }

    pub(crate) async fn interrupt(&self) {
        self.post("interrupt", "{}").await;
    }

    /// Another client's call, by hand: it shares nothing with the client under test.
    async fn post(&self, route: &str, body: &str) {
        let addr = self.server.addr();
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let request = format!(
            "POST /{route} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Another connection of the same client id comes and goes.
    pub(crate) async fn unregister(&self) {
        let url = self.server.ws_url(self.client.client_id());
        let stream = TcpStream::connect(self.server.addr()).await.unwrap();
        if let Ok((socket, _)) = tokio_tungstenite::client_async(url, stream).await {
            drop(socket);
        }
    }
}

/// How a run ended, as its entry in the history says.
fn ending(entry: &Value) -> &'static str {
    let text = entry.to_string();
    let kinds = [
        ("\"execution_success\"", "finished"),
        ("\"execution_error\"", "failed"),
        ("\"execution_interrupted\"", "interrupted"),
    ];
    kinds.into_iter().find(|(kind, _)| text.contains(kind)).map_or("no message", |(_, ending)| ending)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
