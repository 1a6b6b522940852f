//! The limits of this crate, with the reason for each.
//!
//! They bound the memory and the files of a server that runs as long as a test suite, whatever its clients send.

/// The default maximum size of a body, in bytes.
pub(crate) const DEFAULT_UPLOAD_LIMIT: u64 = 100 << 20;

/// Maximum number of files in a folder that are listed, for a client or the validation of a prompt: whoever uploads decides
/// how many there are.
pub(crate) const MAX_FILES: usize = 100_000;

/// Maximum number of recorded requests, so that a long run of tests does not fill the memory; the oldest are dropped.
pub(crate) const MAX_REQUESTS: usize = 10_000;

/// Maximum size of a recorded body, in bytes; larger ones are not recorded.
pub(crate) const MAX_BODY_BYTES: usize = 1 << 20;

/// Maximum size of all recorded bodies, in bytes; the oldest requests are dropped to stay below it.
pub(crate) const MAX_TOTAL_BYTES: usize = 64 << 20;

/// Maximum size of a decoded picture, in bytes. A small file may hold a picture of any size.
pub(crate) const MAX_DECODED_BYTES: usize = 256 << 20;

/// Maximum length of a side of a JPEG picture that is decoded, in pixels.
pub(crate) const MAX_SIDE: usize = 16_384;

/// The default maximum number of pixels of a generated picture; larger ones are scaled down, because encoding takes time in proportion.
pub(crate) const DEFAULT_MAX_PIXELS: u64 = 4096 * 4096;

/// Maximum number of pictures that a node produces. A prompt may ask for any `batch_size`, and each is a file.
pub(crate) const MAX_PICTURES: u32 = 64;

/// Maximum size, in bytes, of a file whose content is hashed. For a larger file, the size and the time of the last
/// change are hashed instead.
pub(crate) const MAX_FILE_BYTES: u64 = 64 << 20;

/// Maximum number of results that are kept. A real server keeps all of them until its memory runs low.
pub(crate) const MAX_RESULTS: usize = 10_000;

/// The default history limit, which is that of a real server. The history keeps one entry more than its limit.
pub(crate) const DEFAULT_HISTORY_LIMIT: usize = 10_000;

/// Maximum number of lines of the log, as in a real server; the oldest are dropped.
pub(crate) const MAX_ENTRIES: usize = 300;

/// Maximum depth of JSON that is written, because the writer is recursive; the parser accepts no deeper values.
pub(crate) const MAX_DEPTH: usize = 1_000;

/// Maximum number of prefixes whose counters are kept. Beyond it, they are read from the names of the files again.
pub(crate) const MAX_COUNTERS: usize = 4_096;

/// Maximum size of the frames that wait for a socket, in bytes. A socket that exceeds it is dropped. A real server
/// waits for a slow socket instead, and all other sockets wait with it.
pub(crate) const MAX_QUEUED_BYTES: usize = 64 << 20;

/// Maximum size of a message from a client, in bytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 4 << 20;

/// Maximum number of users that can be added; each is kept in memory.
pub(crate) const MAX_USERS: usize = 1_000;
