//! The state that all handles of one client share.

use std::sync::{Arc, Mutex, PoisonError};

use comfy_schema::server::Secret;

use super::hub::Hub;
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
    /// The id of a prompt that was in the server's history. As long as the server knows it, the server was not
    /// restarted.
    witness: Mutex<Option<String>>,
}

impl Inner {
    pub(crate) fn new(
        transport: Arc<Transport>,
        hub: Arc<Hub>,
        client_id: String,
        (comfy_org_api_key, comfy_org_auth_token): (Option<Secret>, Option<Secret>),
    ) -> Self {
        Self {
            transport,
            hub,
            queue: QueueCache::default(),
            client_id,
            comfy_org_api_key,
            comfy_org_auth_token,
            witness: Mutex::default(),
        }
    }

    /// Records the id of a prompt that is in the server's history.
    pub(crate) fn set_witness(&self, prompt_id: &str) {
        *self.witness.lock().unwrap_or_else(PoisonError::into_inner) = Some(prompt_id.to_owned());
    }

    pub(crate) fn witness(&self) -> Option<String> {
        self.witness.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The task that keeps the WebSocket open then closes it and ends.
        self.hub.close.notify_one();
    }
}
