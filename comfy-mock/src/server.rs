//! A server that runs.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use comfy_schema::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::controls::NodeControl;
use crate::execute;
use crate::faults::Faults;
use crate::routes;
use crate::seen::Request;
use crate::state::Shared;
use crate::storage::Area;
use crate::sync::lock;

/// Open connections get this long to end when the server stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// A stand-in for a ComfyUI server, on an address of its own. It stops when it is dropped.
#[derive(Debug)]
#[must_use = "the server stops when it is dropped"]
pub struct Server {
    shared: Arc<Shared>,
    addr: SocketAddr,
    listener: Option<JoinHandle<io::Result<()>>>,
    worker: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(shared: Arc<Shared>, listener: TcpListener) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        let mut stopped = shared.stop.subscribe();
        let router = routes::router(Arc::clone(&shared));
        let until = async move {
            // The sender cannot be gone before: this keeps what holds it alive.
            _ = stopped.wait_for(|stopped| *stopped).await;
        };
        // Small answers are not held back.
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        let serve = axum::serve(listener, router.into_make_service()).with_graceful_shutdown(until);
        let listener = tokio::spawn(serve.into_future());
        let worker = tokio::spawn(execute::work(Arc::clone(&shared)));
        Ok(Self { shared, addr, listener: Some(listener), worker: Some(worker) })
    }

    /// The base URL, without a slash at the end: `http://127.0.0.1:41234`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The URL of the socket of a client: `ws://127.0.0.1:41234/ws?clientId=…`. The id goes in as it is.
    pub fn ws_url(&self, client_id: &str) -> String {
        format!("ws://{}/ws?clientId={client_id}", self.addr)
    }

    /// The address that it listens on.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The folder for uploads.
    pub fn input_dir(&self) -> PathBuf {
        self.shared.storage.folder(Area::Input)
    }

    /// The folder for what is saved.
    pub fn output_dir(&self) -> PathBuf {
        self.shared.storage.folder(Area::Output)
    }

    /// The folder for what is only shown.
    pub fn temp_dir(&self) -> PathBuf {
        self.shared.storage.folder(Area::Temp)
    }

    /// Faults to set.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// All nodes of a class, to tell them what to do.
    pub fn node(&self, class: &str) -> NodeControl {
        NodeControl::new(Arc::clone(&self.shared.controls), class.to_owned())
    }

    /// The node of this id, in whatever prompt, to tell it what to do.
    pub fn node_id(&self, id: &str) -> NodeControl {
        NodeControl::new(Arc::clone(&self.shared.controls), format!("#{id}"))
    }

    /// The last 10,000 requests, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.seen.all()
    }

    /// How many of [`Self::requests`] went to a route: `/path` or `METHOD /path`.
    pub fn count(&self, route: &str) -> usize {
        let (method, path) = route.split_once(' ').map_or((None, route), |(method, path)| (Some(method), path));
        let fits = |request: &&Request| request.path == path && method.is_none_or(|method| request.method == method);
        self.requests().iter().filter(fits).count()
    }

    /// The ids of the prompts that wait, in the order in which they will run.
    pub fn pending(&self) -> Vec<String> {
        lock(&self.shared.queue).order().into_iter().map(Into::into).collect()
    }

    /// The id of the prompt that runs.
    pub fn running(&self) -> Option<String> {
        lock(&self.shared.queue).running().map(|item| item.prompt_id.to_string())
    }

    /// What `/history` says of a run; `None` before it ended.
    pub fn history(&self, prompt_id: &str) -> Option<Value> {
        lock(&self.shared.queue).entry(prompt_id).map(|entry| entry.to_value())
    }

    /// The ids of all runs in the history, oldest first.
    pub fn finished(&self) -> Vec<String> {
        lock(&self.shared.queue).history.iter().map(|entry| entry.item.prompt_id.to_string()).collect()
    }

    /// The client ids whose sockets are registered.
    pub fn clients(&self) -> Vec<String> {
        self.shared.hub.clients()
    }

    /// Waits until nothing waits and nothing runs.
    pub async fn idle(&self) {
        self.until(|server| lock(&server.shared.queue).remaining() == 0).await;
    }

    /// Waits until the condition holds. It is asked whenever the queue or a run changes, and every 10 ms.
    pub async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let mut changes = self.shared.changed.subscribe();
        while !condition(self) {
            _ = timeout(Duration::from_millis(10), changes.changed()).await;
        }
    }

    /// Forgets what nodes gave, as `POST /free` with `free_memory` does: everything is executed again.
    pub fn forget_cache(&self) {
        lock(&self.shared.cache).clear();
    }

    /// Starts anew as after a crash: sockets drop, the queue and the history are empty, numbers start at 0, what ran
    /// is gone. Address, saved and uploaded files stay.
    pub fn restart(&self) {
        self.shared.restart();
    }

    /// Stops: sockets are closed, connections end. (Dropping does the same and does not wait.)
    pub async fn shutdown(mut self) {
        self.shared.stop.send_replace(true);
        if let Some(worker) = self.worker.take() {
            // A task that panicked has ended too.
            _ = worker.await;
        }
        if let Some(mut listener) = self.listener.take()
            && timeout(FAREWELL, &mut listener).await.is_err()
        {
            listener.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.send_replace(true);
    }
}
