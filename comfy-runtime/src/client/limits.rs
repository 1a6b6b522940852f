//! The limits of a client, each with its reason. `docs/promises.md` lists them.

use std::time::Duration;

/// Maximum size of a response that is read into memory, in bytes. The node definitions of large installations have about
/// 50 MB, and a server accepts prompts of 100 MB by default, which its history repeats.
const MAX_RESPONSE_BYTES: usize = 256 << 20;

/// Maximum size of a downloaded file, in bytes, so that an endless response does not fill the disk. Videos without
/// compression have some 10 GB.
const MAX_DOWNLOAD_BYTES: u64 = 64 << 30;

/// The number of bytes of a download that are written to the disk at once.
pub(crate) const DOWNLOAD_BUFFER_BYTES: usize = 1 << 20;

/// Maximum length of the name of a file or folder, in bytes: that of common file systems.
pub(crate) const MAX_NAME_BYTES: usize = 255;

/// Maximum length of a subfolder, in bytes. Linux allows 4,096 for the whole path, Windows 260 without a long prefix.
pub(crate) const MAX_SUBPATH_BYTES: usize = 1024;

/// Maximum number of files that share a name apart from the number in it. To find the next one, every number is tried.
pub(crate) const MAX_NUMBERED_NAMES: u32 = 10_000;

/// Maximum number of characters of a name or a line from the server that an error quotes.
pub(crate) const MAX_QUOTED_CHARS: usize = 200;

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
    pub(crate) max_download_bytes: u64,
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
            max_response_bytes: MAX_RESPONSE_BYTES,
            max_download_bytes: MAX_DOWNLOAD_BYTES,
        }
    }
}
