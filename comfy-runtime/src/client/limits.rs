//! Time and size limits of a client.

use std::time::Duration;

/// The time and size limits of a client; the setters of [`ClientBuilder`](super::ClientBuilder) describe them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) poll_interval: Duration,
    pub(crate) stalled_after: Duration,
    pub(crate) unreachable_after: Duration,
    pub(crate) retries: u32,
    pub(crate) max_response_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            response_timeout: Duration::from_secs(60),
            read_timeout: Duration::from_secs(60),
            poll_interval: Duration::from_secs(5),
            stalled_after: Duration::from_secs(30 * 60),
            unreachable_after: Duration::from_secs(5 * 60),
            retries: 4,
            max_response_bytes: 256 << 20,
        }
    }
}
