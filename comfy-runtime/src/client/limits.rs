//! The limits of a client, each with its reason. `docs/promises.md` lists them.

use std::time::Duration;

use super::json_fault::JsonFault;

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

/// Maximum size of a WebSocket message, in bytes: a full-size image of `SaveImageWebsocket` is one message. Address
/// space is reserved for the size that a frame claims, and memory is used as the bytes arrive.
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

/// Maximum size of the list of texts in the outputs of a run that have half a character, in bytes. With more of them, no
/// output can be read.
pub(crate) const MAX_HALVES_BYTES: usize = 1 << 20;

/// Length of the place of half a character, in bytes, after which no further step of it is shown.
pub(crate) const MAX_PLACE_BYTES: usize = 200;

/// Maximum number of frames of unknown prompts that are kept while a submission waits for its response.
pub(crate) const MAX_STRAY_FRAMES: usize = 4096;

/// Maximum size of the frames of unknown prompts that are kept, in bytes.
pub(crate) const MAX_STRAY_BYTES: usize = 64 << 20;

/// Maximum size of a downloaded file, in bytes, so that an endless response does not fill the disk. Videos without
/// compression have some 10 GB.
const MAX_DOWNLOAD_BYTES: u64 = 64 << 30;

/// The number of bytes of a download that are written to the disk at once.
pub(crate) const DOWNLOAD_BUFFER_BYTES: usize = 1 << 20;

/// Minimum number of bytes that a resumed download has to bring, so that the attempts are counted anew.
pub(crate) const MIN_RESUME_BYTES: u64 = 64 << 10;

/// Maximum time to remove the unfinished files when the process ends.
pub(crate) const REMOVE_TIMEOUT: Duration = Duration::from_secs(1);

/// Maximum length of the name of a file or folder, in bytes: that of common file systems.
pub(crate) const MAX_NAME_BYTES: usize = 255;

/// Maximum length of a subfolder, in bytes. Linux allows 4,096 for the whole path, Windows 260 without a long prefix.
pub(crate) const MAX_SUBPATH_BYTES: usize = 1024;

/// Maximum number of files that share a name apart from the number in it. To find the next one, every number is tried.
pub(crate) const MAX_NUMBERED_NAMES: u32 = 10_000;

/// Maximum number of characters of a name or a line from the server that an error quotes.
pub(crate) const MAX_QUOTED_CHARS: usize = 200;

/// Maximum size, in bytes, of the body of a failed call. A larger body is ignored.
pub(crate) const MAX_ERROR_BYTES: usize = 1 << 20;

/// Maximum number of characters of a body that an error quotes.
pub(crate) const MAX_MESSAGE_CHARS: usize = 500;

/// Maximum number of characters of an HTML page that an error quotes.
pub(crate) const MAX_PAGE_CHARS: usize = 120;

/// Maximum number of redirects that are followed for one call.
pub(crate) const MAX_HOPS: usize = 5;

/// Maximum number of characters of a value that a message shows.
pub(crate) const MAX_SHOWN_CHARS: usize = 60;

/// Maximum number of characters of an id that a message shows. An id is usually a UUID, but any text may be given.
pub(crate) const MAX_ID_CHARS: usize = 100;

/// Maximum number of nodes that a message lists.
pub(crate) const MAX_LISTED_NODES: usize = 8;

/// Maximum number of classes whose definitions are requested one by one. With more classes, all definitions are
/// requested at once.
pub(crate) const MAX_CLASSES: usize = 48;

/// Maximum number of concurrent requests.
pub(crate) const MAX_CONCURRENT: usize = 6;

/// The size, in bytes, of the chunks in which a file is read and sent.
pub(crate) const UPLOAD_CHUNK_BYTES: usize = 256 << 10;

/// Maximum size of the response to an upload, in bytes.
pub(crate) const MAX_UPLOAD_RESPONSE_BYTES: usize = 1 << 20;

/// Maximum wait before a call is repeated, whatever the server asks for.
pub(crate) const MAX_RETRY_WAIT: Duration = Duration::from_secs(30);

/// The waits before each lookup of a prompt whose response was lost.
pub(crate) const LOOKUP_WAITS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Maximum age of a snapshot of the queue that runs share.
pub(crate) const MAX_QUEUE_AGE: Duration = Duration::from_millis(200);

/// Minimum time between two requests for the state of a run whose events do not arrive.
pub(crate) const MIN_POLLING: Duration = Duration::from_millis(250);

/// Maximum time between two requests for the state of a run whose events do not arrive.
pub(crate) const MAX_POLLING: Duration = Duration::from_secs(2);

/// The first wait before the history is requested again because it lacks a run whose end was reported. Each further
/// wait is twice as long.
pub(crate) const MIN_HISTORY_WAIT: Duration = Duration::from_millis(10);

/// Maximum wait between two requests of a history that lacks a run whose end was reported.
pub(crate) const MAX_HISTORY_WAIT: Duration = Duration::from_secs(1);

/// Maximum time for which the history may lack a run whose end was reported.
pub(crate) const MAX_HISTORY_DELAY: Duration = Duration::from_secs(5);

/// Maximum time for which the answers about a run may be unusable, such as those of a login page, or a redirect. Logins
/// are renewed and proxies switched over within seconds, and ComfyUI starts within a minute, while an answer that cannot
/// be read, or that is forbidden, stays as it is.
pub(crate) const MAX_UNREADABLE_TIME: Duration = Duration::from_secs(60);

/// The wait before the second request for a run that is in neither the queue nor the history.
pub(crate) const ABSENT_WAIT: Duration = Duration::from_millis(300);

/// Maximum time to wait for events that the server sent before it added the run to its history.
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_millis(500);

/// Maximum time for the response to a ping that checks whether the connection is alive.
pub(crate) const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// Minimum time between two reconnects that were requested because a connection delivered nothing.
pub(crate) const MIN_RECONNECT_INTERVAL: Duration = Duration::from_secs(20);

/// The time between pings. The server sends no pings.
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(10);

/// The time without any frame after which a connection counts as broken.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Maximum time to wait for the end of the old connection. If it ends after a new one with the same client id was
/// opened, the server forgets the new one.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The first wait before a reconnect; each further wait is twice as long.
pub(crate) const MIN_RECONNECT_WAIT: Duration = Duration::from_millis(100);

/// Maximum wait before a reconnect.
pub(crate) const MAX_RECONNECT_WAIT: Duration = Duration::from_secs(5);

/// The first wait before another attempt with a server that refuses the WebSocket.
pub(crate) const MIN_REFUSED_WAIT: Duration = Duration::from_secs(5);

/// Maximum wait before another attempt with a server that refuses the WebSocket. A proxy may be reconfigured, but each
/// attempt is an error in its log.
pub(crate) const MAX_REFUSED_WAIT: Duration = Duration::from_secs(60);

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
