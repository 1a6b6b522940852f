//! The limits of a client, each with its reason. `docs/promises.md` lists them.

use std::time::Duration;

use super::json_reader::JsonFault;

/// Maximum size of a response that is read into memory, in bytes. The node definitions of large installations have about
/// 50 MB, and a server accepts prompts of 100 MB by default, which its history repeats.
const MAX_RESPONSE_BYTES: usize = 256 << 20;

/// Maximum number of values in a JSON response: numbers, strings, arrays and objects. A value needs at most 150 bytes in
/// addition to its own text, so the tree of a response needs at most its size and 600 MB. A history of 100 MB has about
/// four million values.
const MAX_JSON_VALUES: usize = 4 << 20;

/// Maximum nesting of a JSON response: that of `Value::parse`.
pub(crate) const MAX_JSON_DEPTH: usize = 200;

/// Maximum size of the server's queue while a run is followed. The prompts in it are skipped while they arrive, so the
/// limit is for the time and not for the memory that a request takes.
const MAX_QUEUE_BYTES: u64 = 1 << 30;

/// Maximum size of what is kept of the server's queue while a run is followed: ids and times.
const MAX_QUEUE_KEPT_BYTES: usize = 32 << 20;

/// Maximum number of values that are kept of the server's queue while a run is followed: eight for each prompt, so that
/// about 100,000 prompts may wait.
const MAX_QUEUE_VALUES: usize = 800_000;

/// Maximum size of a WebSocket message, in bytes: a full-size image of `SaveImageWebsocket` is one message. The memory is
/// taken as the bytes arrive, whatever size the frame claims.
pub(crate) const MAX_MESSAGE_BYTES: usize = 256 << 20;

/// Maximum size of an event, in bytes. Events hold texts and names of files; images have messages of their own.
const MAX_EVENT_BYTES: usize = 64 << 20;

/// Maximum number of values in an event, which take at most 150 MB.
const MAX_EVENT_VALUES: usize = 1 << 20;

/// Maximum number of previews that wait for one reader.
pub(crate) const MAX_WAITING_PREVIEWS: usize = 4;

/// Maximum number of reports of progress, and of other events, that wait for one reader. Hours of sampling report about as
/// many, and they take some 30 MB.
pub(crate) const MAX_WAITING_EVENTS: usize = 100_000;

/// Maximum size of the events other than progress and images that wait for one reader, in bytes.
pub(crate) const MAX_WAITING_BYTES: usize = 64 << 20;

/// Maximum size of the result images that wait for one reader, in bytes.
pub(crate) const MAX_WAITING_IMAGE_BYTES: usize = 512 << 20;

/// Maximum number of nodes whose outputs are kept from events. They are needed only if the history is lost.
pub(crate) const MAX_OUTPUT_NODES: usize = 10_000;

/// Maximum size of the outputs that are kept from events, in bytes.
pub(crate) const MAX_OUTPUT_BYTES: usize = 64 << 20;

/// Maximum number of frames of unknown prompts that are kept while a submission waits for its response.
pub(crate) const MAX_STRAY_FRAMES: usize = 4096;

/// Maximum size of the frames of unknown prompts that are kept, in bytes.
pub(crate) const MAX_STRAY_BYTES: usize = 64 << 20;

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

/// The bounds of a JSON document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JsonBounds {
    /// Maximum number of bytes.
    pub(crate) bytes: u64,
    /// Maximum number of bytes in the strings and numbers that are kept.
    pub(crate) kept: usize,
    /// Maximum number of values that are kept.
    pub(crate) values: usize,
    /// The setting that changes the number of bytes.
    setting: Option<&'static str>,
}

impl JsonBounds {
    /// Returns the bounds of a response that is kept, of this number of bytes.
    pub(crate) const fn response(max: usize) -> Self {
        Self { bytes: max as u64, kept: max, values: MAX_JSON_VALUES, setting: Some("max_response_bytes") }
    }

    /// Returns the bounds of the server's queue while a run is followed.
    pub(crate) const fn queue() -> Self {
        Self { bytes: MAX_QUEUE_BYTES, kept: MAX_QUEUE_KEPT_BYTES, values: MAX_QUEUE_VALUES, setting: None }
    }

    /// Returns the bounds of one item of the server's queue, of this number of bytes. The other items are not kept.
    pub(crate) const fn queue_item(max: usize) -> Self {
        Self { bytes: MAX_QUEUE_BYTES, ..Self::response(max) }
    }

    /// Returns the bounds of an event of the WebSocket.
    pub(crate) const fn event() -> Self {
        Self { bytes: MAX_EVENT_BYTES as u64, kept: MAX_EVENT_BYTES, values: MAX_EVENT_VALUES, setting: None }
    }

    /// Returns the message about a document of too many bytes.
    pub(crate) fn too_many_bytes(&self) -> JsonFault {
        let setting = self.setting.map(|setting| format!("; see `{setting}`")).unwrap_or_default();
        JsonFault::TooLarge(format!("expected at most {} bytes, found more{setting}", self.bytes))
    }

    /// Returns the message about strings and numbers of too many bytes.
    pub(crate) fn too_many_kept(&self) -> JsonFault {
        JsonFault::TooLarge(format!("expected at most {} bytes of strings and numbers, found more", self.kept))
    }

    /// Returns the message about too many values.
    pub(crate) fn too_many_values(&self) -> JsonFault {
        JsonFault::TooLarge(format!("expected at most {} values, found more; ask for fewer items", self.values))
    }
}
