//! Downloads, which are read in chunks and resumed where the connection broke.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG};
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::call::{Call, retry_wait, too_large};
use super::content::{self, HEAD_BYTES};
use super::error::Error;
use super::file::{OutputFile, half_character};
use super::transport::Transport;

/// The method and route of every download, for messages.
const CALL: &str = "GET /view";

/// A file that is being downloaded: a [`Stream`] of its chunks.
///
/// If the connection breaks, the download resumes after the last chunk. After an error, the next read makes another
/// attempt.
#[must_use = "nothing is read before `chunk`, `bytes` or `save`"]
pub struct Download {
    length: Option<u64>,
    content_type: Option<String>,
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
    /// The maximum size of a file that is read into memory.
    max_in_memory: usize,
}

/// The state of a download.
struct Reader {
    transport: Arc<Transport>,
    query: Vec<(&'static str, String)>,
    response: Response,
    /// The server's tag for this version of the file. It ensures that no chunks of another version follow.
    etag: Option<String>,
    length: Option<u64>,
    received: u64,
    /// Whether the response broke, so that the rest has to be requested.
    broken: bool,
    /// A chunk that was read but not returned yet.
    buffered: Option<Bytes>,
}

impl OutputFile {
    /// Starts the download of the file.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 404 if the file no longer exists, [`Error::WrongContent`] if the content is
    /// not what the name of the file says, [`Error::InvalidResponse`] if the server's name of the file has half a character
    /// (a lone surrogate), and [`Error::Transport`] or another [`Error::Status`] if the call fails.
    pub async fn stream(&self) -> Result<Download, Error> {
        self.check_name()?;
        let query = vec![
            ("filename", self.filename.clone()),
            ("subfolder", self.subfolder.clone()),
            ("type", self.folder.clone()),
        ];
        Download::open(Arc::clone(&self.transport), query).await
    }

    /// Returns an error if the name of the file is not known, because it has half a character.
    pub(super) fn check_name(&self) -> Result<(), Error> {
        self.half.as_ref().map_or(Ok(()), |(call, place)| Err(half_character(call, place)))
    }

    /// Downloads the file into memory.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`stream`](Self::stream) and [`Download::bytes`].
    pub async fn bytes(&self) -> Result<Bytes, Error> {
        self.stream().await?.bytes().await
    }
}

impl Download {
    /// Starts a download, and checks that the content is what the name in the query says.
    pub(crate) async fn open(transport: Arc<Transport>, query: Vec<(&'static str, String)>) -> Result<Self, Error> {
        let max_in_memory = transport.limits.max_response_bytes;
        let mut reader = Reader::open(transport, query).await?;
        let content_type = reader.response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let content_type = content_type.map(str::to_owned);
        if let Some(encoding) =
            reader.response.headers().get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity")
        {
            // No encoding was asked for, so the bytes are not those of the file.
            let found = format!("an encoding that was not asked for ({})", encoding.to_str().unwrap_or("unreadable"));
            let name = reader.name().to_owned();
            return Err(Error::WrongContent { call: CALL.to_owned(), name, found, first_line: String::new() });
        }
        let head = reader.head().await?;
        let start = &head[..head.len().min(HEAD_BYTES)];
        content::check(CALL, reader.name(), content_type.as_deref(), start)?;
        let length = reader.length;
        let rest = stream::unfold(reader, async |mut reader| {
            let chunk = reader.chunk().await.transpose()?;
            Some((chunk, reader))
        });
        let head = (!head.is_empty()).then_some(Ok(head));
        Ok(Self { length, content_type, chunks: Box::pin(stream::iter(head).chain(rest)), max_in_memory })
    }

    /// Returns the size in bytes, if the server reports it.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the content type, if the server reports it.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Returns the next chunk, or `None` at the end. It does the same as `StreamExt::next`, without an import.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Transport`] or [`Error::Status`] if the connection broke and the download could not be resumed,
    /// [`Error::InvalidResponse`] if the file changed meanwhile, and [`Error::ResponseTooLarge`] if it is larger than
    /// [`max_download_bytes`](super::ClientBuilder::max_download_bytes).
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|context| self.chunks.as_mut().poll_next(context)).await.transpose()
    }

    /// Reads the whole file into memory.
    ///
    /// # Errors
    ///
    /// Returns [`Error::ResponseTooLarge`] if the file is larger than
    /// [`max_response_bytes`](super::ClientBuilder::max_response_bytes), and the errors of [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if all.len() + chunk.len() > self.max_in_memory {
                return Err(too_large(CALL, self.max_in_memory as u64, "max_response_bytes"));
            }
            if all.is_empty() && self.length == Some(chunk.len() as u64) {
                // A file in one chunk needs no copy.
                return Ok(chunk);
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("length", &self.length)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

impl Reader {
    async fn open(transport: Arc<Transport>, query: Vec<(&'static str, String)>) -> Result<Self, Error> {
        let mut retries = 0;
        let response = loop {
            let error = match send(&transport, view_call(&transport, &query)).await {
                Ok(response) => break response,
                Err(error) => error,
            };
            wait_or_fail(&transport, &mut retries, error).await?;
        };
        let etag = response.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        let length = response.content_length();
        Ok(Self { transport, query, response, etag, length, received: 0, broken: false, buffered: None })
    }

    /// Returns the name of the file, without the ` [input]` that selects a folder.
    fn name(&self) -> &str {
        let name = self.query.iter().find(|(key, _)| *key == "filename").map_or("", |(_, name)| name);
        match name.strip_suffix(']').and_then(|name| name.rsplit_once(" [")) {
            Some((name, "input" | "output" | "temp")) => name,
            _ => name,
        }
    }

    /// Returns the first bytes of the file: at least [`HEAD_BYTES`], unless the file is shorter.
    async fn head(&mut self) -> Result<Bytes, Error> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        if first.len() >= HEAD_BYTES {
            return Ok(first);
        }
        let mut head = BytesMut::from(first.as_ref());
        while head.len() < HEAD_BYTES {
            let Some(chunk) = self.chunk().await? else { break };
            head.extend_from_slice(&chunk);
        }
        Ok(head.freeze())
    }

    /// Returns the next chunk, or `None` at the end; resumes after the last chunk if the connection breaks.
    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let mut retries = 0;
        loop {
            let error = match self.try_chunk().await {
                Ok(Some(chunk)) => {
                    self.received += chunk.len() as u64;
                    let max = self.transport.limits.max_download_bytes;
                    if self.received > max {
                        return Err(too_large(CALL, max, "max_download_bytes"));
                    }
                    return Ok(Some(chunk));
                }
                Ok(None) => return Ok(None),
                Err(error) => error,
            };
            self.broken = true;
            self.buffered = None;
            wait_or_fail(&self.transport, &mut retries, error).await?;
        }
    }

    async fn try_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if self.broken {
            self.resume().await?;
            self.broken = false;
        }
        match self.buffered.take() {
            Some(chunk) => Ok(Some(chunk)),
            None => self.read_response().await,
        }
    }

    async fn read_response(&mut self) -> Result<Option<Bytes>, Error> {
        let limit = self.transport.limits.read_timeout;
        let chunk = timeout(limit, self.response.chunk()).await.map_err(|_| timed_out(limit))?;
        let chunk = chunk.map_err(|error| Error::transport(CALL, error))?;
        match (chunk, self.length) {
            (Some(chunk), _) => Ok(Some(chunk)),
            (None, Some(length)) if self.received < length => Err(truncated(self.received, length)),
            (None, _) => Ok(None),
        }
    }

    /// Requests the rest of the file.
    async fn resume(&mut self) -> Result<(), Error> {
        let mut call = view_call(&self.transport, &self.query);
        if self.received > 0 {
            call = call.header("range", format!("bytes={}-", self.received));
            if let Some(etag) = &self.etag {
                call = call.header("if-range", etag.clone());
            }
        }
        let response = send(&self.transport, call).await?;
        let start = response
            .headers()
            .get(CONTENT_RANGE)
            .and_then(|range| range.to_str().ok()?.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
        let etag = response.headers().get(ETAG).and_then(|etag| etag.to_str().ok());
        let is_whole = response.headers().get(CONTENT_RANGE).is_none();
        let invalid = |reason: &str| Error::InvalidResponse { call: CALL.into(), reason: reason.to_owned() };
        if self.received == 0 {
            self.etag = etag.map(str::to_owned);
            self.length = response.content_length();
        } else if self.etag.as_deref() != etag || (is_whole && response.content_length() != self.length) {
            // Without a tag, only the length can show a change.
            return Err(invalid("the file changed during the download"));
        }
        self.response = response;
        match start {
            Some(start) if start == self.received => Ok(()),
            // A server without support for ranges sends the whole file again.
            None if is_whole => self.skip_received().await,
            _ => Err(invalid("the server sent another byte range than requested")),
        }
    }

    /// Skips the bytes that were received before.
    async fn skip_received(&mut self) -> Result<(), Error> {
        let mut rest = self.received;
        while rest > 0 {
            let Some(mut chunk) = self.read_response().await? else {
                return Err(truncated(self.received - rest, self.received));
            };
            let known = usize::try_from(rest).map_or(chunk.len(), |rest| rest.min(chunk.len()));
            let new = chunk.split_off(known);
            rest -= known as u64;
            self.buffered = (!new.is_empty()).then_some(new);
        }
        Ok(())
    }
}

fn view_call<'t>(transport: &'t Transport, query: &[(&'static str, String)]) -> Call<'t> {
    query.iter().fold(transport.get(["view"]).follow_anywhere(), |call, (name, value)| call.query(name, value.as_str()))
}

/// Sends a request. The read timeout applies to the head of the response as it does to each chunk.
async fn send(transport: &Transport, call: Call<'_>) -> Result<Response, Error> {
    let limit = transport.limits.read_timeout;
    timeout(limit, call.exchange(call.request())).await.map_err(|_| timed_out(limit))?
}

/// Waits before the next attempt, or returns the error if there must not be another attempt.
async fn wait_or_fail(transport: &Transport, retries: &mut u32, error: Error) -> Result<(), Error> {
    if *retries >= transport.limits.retries || !error.is_temporary() {
        return Err(error);
    }
    let wait = retry_wait(*retries, &error);
    debug!(%error, ?wait, "resuming the download");
    *retries += 1;
    sleep(wait).await;
    Ok(())
}

fn truncated(received: u64, length: u64) -> Error {
    Error::Incomplete { call: CALL.into(), received, length }
}

fn timed_out(limit: Duration) -> Error {
    Error::NoProgress { call: CALL.into(), time: limit }
}
