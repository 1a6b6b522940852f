//! What the handles of one client share.

use std::sync::{Arc, Mutex, PoisonError};

use super::authority::Authority;
use super::hub::Hub;
use super::secret::Secret;
use super::transport::Transport;

/// What the handles of one client share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) transport: Arc<Transport>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) authority: Authority,
    pub(crate) client_id: String,
    pub(crate) api_key: Option<Secret>,
    pub(crate) auth_token: Option<Secret>,
    /// A prompt that the server's history had.
    witness: Mutex<Option<String>>,
}

impl Inner {
    pub(crate) fn new(
        transport: Arc<Transport>,
        hub: Arc<Hub>,
        client_id: String,
        (api_key, auth_token): (Option<Secret>, Option<Secret>),
    ) -> Self {
        Self {
            transport,
            hub,
            authority: Authority::default(),
            client_id,
            api_key,
            auth_token,
            witness: Mutex::default(),
        }
    }

    /// Notes a prompt that the server's history has.
    pub(crate) fn saw(&self, prompt_id: &str) {
        *self.witness.lock().unwrap_or_else(PoisonError::into_inner) = Some(prompt_id.to_owned());
    }

    pub(crate) fn witness(&self) -> Option<String> {
        self.witness.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The task that keeps the socket says goodbye and ends.
        self.hub.close.notify_one();
    }
}
