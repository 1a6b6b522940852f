//! A running server.

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
use crate::requests::Request;
use crate::route::Route;
use crate::routes;
use crate::state::Shared;
use crate::storage::Area;
use crate::sync::lock;

/// The time that open connections have to end when the server stops.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// A running stand-in for a ComfyUI server, with an address of its own. It stops when it is dropped.
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
            // An error would mean that the sender was dropped, but the router keeps it alive until the server has
            // ended.
            _ = stopped.wait_for(|stopped| *stopped).await;
        };
        // Without Nagle's algorithm, small responses are sent at once.
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        let serve = axum::serve(listener, router.into_make_service()).with_graceful_shutdown(until);
        let listener = tokio::spawn(serve.into_future());
        let worker = tokio::spawn(execute::work(Arc::clone(&shared)));
        Ok(Self { shared, addr, listener: Some(listener), worker: Some(worker) })
    }

    /// Returns the base URL, without a slash at the end: `http://127.0.0.1:41234`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Returns the URL of a client's socket: `ws://127.0.0.1:41234/ws?clientId=…`. The id is not percent-encoded.
    pub fn ws_url(&self, client_id: &str) -> String {
        format!("ws://{}/ws?clientId={client_id}", self.addr)
    }

    /// Returns the service for all routes, which answers requests without a connection. This is not part of the public
    /// API.
    #[cfg(feature = "__fuzz")]
    #[doc(hidden)]
    pub fn router(&self) -> axum::Router {
        routes::router(Arc::clone(&self.shared))
    }

    /// Returns the address that the server listens on.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the folder for uploads.
    pub fn input_dir(&self) -> PathBuf {
        self.shared.storage.folder(Area::Input)
    }

    /// Returns the folder for saved files.
    pub fn output_dir(&self) -> PathBuf {
        self.shared.storage.folder(Area::Output)
    }

    /// Returns the folder for temporary files, such as those of preview nodes.
    pub fn temp_dir(&self) -> PathBuf {
        self.shared.storage.folder(Area::Temp)
    }

    /// Returns the handle that sets and clears the faults of the server.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Returns a handle that sets the behaviour of all nodes of a class.
    pub fn node(&self, class: &str) -> NodeControl {
        NodeControl::new(Arc::clone(&self.shared.controls), class.to_owned())
    }

    /// Returns a handle that sets the behaviour of the nodes with this id, in all prompts.
    pub fn node_id(&self, id: &str) -> NodeControl {
        NodeControl::new(Arc::clone(&self.shared.controls), format!("#{id}"))
    }

    /// Returns the last 10,000 requests, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.all()
    }

    /// Returns how many of [`Self::requests`] went to a route: `/path` or `METHOD /path`. A `*` at the end matches any
    /// rest; the prefix `/api` does not matter, so that `POST /prompt` counts requests to `/api/prompt` too.
    pub fn count(&self, route: &str) -> usize {
        let route = Route::new(route);
        self.requests().iter().filter(|request| route.matches(&request.method, &request.path)).count()
    }

    /// Returns the ids of the pending prompts, in the order in which they will run.
    pub fn pending(&self) -> Vec<String> {
        lock(&self.shared.queue).order().into_iter().map(Into::into).collect()
    }

    /// Returns the id of the running prompt.
    pub fn running(&self) -> Option<String> {
        lock(&self.shared.queue).running().map(|item| item.prompt_id.to_string())
    }

    /// Returns the history entry of a run, as `/history` shows it; `None` before the run has ended.
    pub fn history(&self, prompt_id: &str) -> Option<Value> {
        lock(&self.shared.queue).entry(prompt_id).map(|entry| entry.to_value())
    }

    /// Returns the ids of all runs in the history, oldest first.
    pub fn finished(&self) -> Vec<String> {
        lock(&self.shared.queue).history.iter().map(|entry| entry.item.prompt_id.to_string()).collect()
    }

    /// Returns the ids of the clients whose sockets are registered.
    pub fn clients(&self) -> Vec<String> {
        self.shared.hub.clients()
    }

    /// Waits until no prompt is pending and none is running.
    pub async fn idle(&self) {
        self.until(|server| lock(&server.shared.queue).remaining() == 0).await;
    }

    /// Waits until the condition holds. It is checked whenever the queue or a run changes, and every 10 ms.
    pub async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let mut changes = self.shared.changed.subscribe();
        while !condition(self) {
            _ = timeout(Duration::from_millis(10), changes.changed()).await;
        }
    }

    /// Adds a line to the log of the server, which `/internal/logs` shows. A real server writes, for example, which custom
    /// nodes failed to load.
    pub fn log(&self, line: &str) {
        self.shared.log(line);
    }

    /// Clears the cache of node results, as `POST /free` with `free_memory` does, so that every node is executed again.
    pub fn forget_cache(&self) {
        lock(&self.shared.cache).clear();
    }

    /// Resets the server as a crash and a new start do: the sockets drop, the running prompt is lost, the queue and the
    /// history are empty, and queue numbers begin at 0. The address and the saved and uploaded files stay.
    pub fn restart(&self) {
        self.shared.restart();
    }

    /// Stops the server: closes the sockets and waits until connections have ended. Dropping the server does the same,
    /// but does not wait.
    pub async fn shutdown(mut self) {
        self.shared.stop.send_replace(true);
        if let Some(worker) = self.worker.take() {
            // An error means that the task panicked, so it has ended as well.
            _ = worker.await;
        }
        if let Some(mut listener) = self.listener.take()
            && timeout(CLOSE_TIMEOUT, &mut listener).await.is_err()
        {
            listener.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.send_replace(true);
        self.shared.storage.close();
    }
}
