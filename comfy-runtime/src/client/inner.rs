//! The state that all handles of one client share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comfy_schema::Value;
use comfy_schema::server::Secret;

use super::error::Error;
use super::hub::Hub;
use super::socket::{self, OpenError};
use super::status::QueueCache;
use super::transport::Transport;

/// The state that all handles of one client share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) transport: Arc<Transport>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) queue: QueueCache,
    pub(crate) client_id: String,
    pub(crate) comfy_org_api_key: Option<Secret>,
    pub(crate) comfy_org_auth_token: Option<Secret>,
    /// Whether a task keeps the WebSocket open.
    is_listening: AtomicBool,
    memory: Mutex<Memory>,
}

/// What the client knows about the process of the server.
#[derive(Debug, Default)]
struct Memory {
    /// The id of a prompt that was in the server's history. As long as the server knows it, the server was not
    /// restarted.
    witness: Option<String>,
    /// The last number that the server's counter gave to a prompt of this client.
    last_number: Option<i128>,
    /// How often the numbers showed that the counter began at 0 again.
    restarts: u64,
}

impl Inner {
    pub(crate) fn new(
        transport: Arc<Transport>,
        client_id: String,
        (comfy_org_api_key, comfy_org_auth_token): (Option<Secret>, Option<Secret>),
    ) -> Self {
        Self {
            hub: Arc::new(Hub::new(transport.redaction.clone())),
            transport,
            queue: QueueCache::default(),
            client_id,
            comfy_org_api_key,
            comfy_org_auth_token,
            is_listening: AtomicBool::new(false),
            memory: Mutex::default(),
        }
    }

    /// Opens the WebSocket, and returns an error unless a ComfyUI server responds.
    pub(crate) async fn connect(&self) -> Result<(), Error> {
        let first = match socket::open(&self.transport, &self.client_id).await {
            Ok(socket) => {
                self.hub.set_open(socket.sid.clone());
                Some(socket)
            }
            Err(OpenError { error, is_unreachable: true, .. }) => return Err(error),
            Err(OpenError { error, .. }) => {
                // Without a WebSocket, the server can still be asked for the state of its runs.
                if self.queue.snapshot(&self.transport, tokio::time::Instant::now()).await.is_err() {
                    return Err(error);
                }
                self.hub.set_failed(socket::reason_of(&error), true);
                None
            }
        };
        self.is_listening.store(true, Ordering::Relaxed);
        self.listen(first);
        Ok(())
    }

    /// Begins to open the WebSocket in the background, unless that was done before.
    pub(crate) fn start_listening(&self) {
        if !self.is_listening.swap(true, Ordering::Relaxed) {
            self.listen(None);
        }
    }

    /// Waits until the WebSocket is open, or until a first attempt to open it has failed.
    pub(crate) async fn ready(&self) {
        self.start_listening();
        self.hub.tried().await;
    }

    fn listen(&self, first: Option<socket::Socket>) {
        let (hub, transport) = (Arc::clone(&self.hub), Arc::clone(&self.transport));
        tokio::spawn(socket::keep_open(hub, transport, self.client_id.clone(), first));
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the id of a prompt that is in the server's history.
    pub(crate) fn set_witness(&self, prompt_id: &str) {
        self.memory().witness = Some(prompt_id.to_owned());
    }

    pub(crate) fn witness(&self) -> Option<String> {
        self.memory().witness.clone()
    }

    /// Returns the last number that the server's counter gave to a prompt of this client.
    pub(crate) fn last_number(&self) -> Option<i128> {
        self.memory().last_number
    }

    /// Records a number that the server's counter gave to a prompt, which was sent when [`last_number`](Self::last_number)
    /// was `before`. The counter never goes back while the server runs.
    pub(crate) fn set_number(&self, before: Option<i128>, number: &Value) {
        let Value::Int(_) = number else { return };
        let Some(number) = number.as_i128() else { return };
        let mut memory = self.memory();
        memory.last_number = Some(number);
        if before.is_some_and(|before| number < before) {
            memory.restarts += 1;
        }
    }

    /// Returns how often the numbers of prompts showed that the server was restarted.
    pub(crate) fn restarts(&self) -> u64 {
        self.memory().restarts
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The task that keeps the WebSocket open then closes it and ends.
        self.hub.close.notify_one();
    }
}
