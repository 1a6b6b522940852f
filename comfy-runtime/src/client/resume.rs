//! Reads a file from the server, over as many connections as it takes.
//!
//! The bytes that are returned are always those of one response of the server, whatever breaks. The rest of a file is
//! requested only if the server names its version exactly. Otherwise the whole file is requested again, and its
//! beginning compared with what was received.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderValue;
use reqwest::{Response, StatusCode};
use sha2::{Digest as _, Sha256};
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::call::{Call, retry_wait, too_large};
use super::content::{self, HEAD_BYTES};
use super::error::Error;
use super::limits::MIN_RESUME_BYTES;
use super::transport::Transport;
use super::version::{Range, Version, encoding};

/// The method and route of every download, for messages.
pub(super) const CALL: &str = "GET /view";

/// The state of a download.
pub(super) struct Reader {
    transport: Arc<Transport>,
    query: Vec<(&'static str, String)>,
    response: Response,
    version: Version,
    received: u64,
    /// The hash of the bytes that were received, unless the version is exact.
    hash: Option<Sha256>,
    /// The attempts to resume since the last one that brought more than a few bytes.
    retries: u32,
    /// The number of bytes that were received before the last attempt.
    resumed_at: u64,
    /// Whether the response broke, so that the rest has to be requested.
    broken: bool,
    /// A chunk that was read but not returned yet.
    buffered: Option<Bytes>,
}

impl Reader {
    pub(super) async fn open(transport: Arc<Transport>, query: Vec<(&'static str, String)>) -> Result<Self, Error> {
        let mut retries = 0;
        let response = loop {
            let error = match send(&transport, view_call(&transport, &query)).await {
                Ok(response) => break response,
                Err(error) => error,
            };
            wait_or_fail(&transport, &mut retries, error).await?;
        };
        let version = Version::of(&response);
        let hash = (!version.is_exact()).then(Sha256::new);
        let reader = Self {
            transport,
            query,
            response,
            version,
            received: 0,
            hash,
            retries: 0,
            resumed_at: 0,
            broken: false,
            buffered: None,
        };
        reader.check_whole()?;
        Ok(reader)
    }

    /// Returns the size of the file in bytes, if the server reports it.
    pub(super) fn length(&self) -> Option<u64> {
        self.version.length
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        self.version.content_type.as_ref().and_then(|kind| kind.to_str().ok())
    }

    /// Reads the first bytes of the file, and returns an error if its name promises other content.
    pub(super) async fn checked_head(&mut self) -> Result<Bytes, Error> {
        let head = self.head().await?;
        self.check_content(self.content_type(), &head)?;
        Ok(head)
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
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let error = match self.try_chunk().await {
                Ok(Some(chunk)) => return self.count(chunk).map(Some),
                Ok(None) => return Ok(None),
                Err(error) => error,
            };
            self.broken = true;
            // A server that breaks after every few bytes must not keep the client for ever.
            if self.received - self.resumed_at >= MIN_RESUME_BYTES {
                self.retries = 0;
            }
            self.resumed_at = self.received;
            if let Err(error) = wait_or_fail(&self.transport, &mut self.retries, error).await {
                // The caller may decide to read on.
                self.retries = 0;
                return Err(error);
            }
        }
    }

    /// Counts a chunk as received.
    fn count(&mut self, chunk: Bytes) -> Result<Bytes, Error> {
        self.received += chunk.len() as u64;
        let max = self.transport.limits.max_download_bytes;
        if self.received > max {
            return Err(too_large(CALL, max, "max_download_bytes"));
        }
        if let Some(length) = self.version.length.filter(|length| self.received > *length) {
            return Err(invalid(&format!("expected {length} bytes, found more")));
        }
        if let Some(hash) = &mut self.hash {
            hash.update(&chunk);
        }
        Ok(chunk)
    }

    async fn try_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if self.broken {
            self.buffered = None;
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
        match (chunk, self.version.length) {
            (Some(chunk), _) => Ok(Some(chunk)),
            (None, Some(length)) if self.received < length => Err(truncated(self.received, length)),
            (None, _) => Ok(None),
        }
    }

    /// Requests the rest of the file, or the whole file again.
    async fn resume(&mut self) -> Result<(), Error> {
        let mut call = view_call(&self.transport, &self.query);
        let validator = self.version.validator().filter(|_| self.received > 0);
        if let Some(validator) = validator {
            call = call.header("range", format!("bytes={}-", self.received)).header("if-range", validator);
        }
        let may_be_part = validator.is_some();
        self.response = send(&self.transport, call).await?;
        if may_be_part && self.response.status() == StatusCode::PARTIAL_CONTENT {
            return self.accept_part();
        }
        self.check_whole()?;
        let version = Version::of(&self.response);
        if self.received > 0 {
            return self.skip_received(version).await;
        }
        self.hash = (!version.is_exact()).then(Sha256::new);
        self.version = version;
        Ok(())
    }

    /// Returns an error unless the response is a whole file.
    fn check_whole(&self) -> Result<(), Error> {
        let status = self.response.status();
        if status != StatusCode::OK {
            return Err(invalid(&format!("expected a file with status 200, found status {}", status.as_u16())));
        }
        self.check_encoding()
    }

    /// Returns an error if the bytes of the response are not those of the file, because they are encoded. No encoding
    /// was asked for.
    fn check_encoding(&self) -> Result<(), Error> {
        let Some(encoding) = encoding(self.response.headers()) else { return Ok(()) };
        let found = format!("an encoding that was not asked for ({encoding})");
        let (call, name) = (CALL.to_owned(), self.name().to_owned());
        let error = Error::WrongContent { call, name, found, first_line: String::new() };
        Err(error.redacted(&self.transport.redaction))
    }

    /// Checks that the response is the rest of the file.
    fn accept_part(&mut self) -> Result<(), Error> {
        self.check_encoding()?;
        let range = Range::of(self.response.headers()).filter(|range| range.start == self.received);
        let Some(Range { total, .. }) = range else {
            return Err(invalid("the server sent another byte range than requested"));
        };
        if !self.version.may_be_part(&Version::of_part(&self.response, total)) {
            return Err(invalid(CHANGED));
        }
        self.version.length = Some(total);
        Ok(())
    }

    /// Skips the bytes of a whole file that were received before, and checks that they are the same.
    async fn skip_received(&mut self, version: Version) -> Result<(), Error> {
        let content_type = version.content_type.clone();
        if !self.version.may_be(&version) {
            // What it begins with tells whether it is another version or a login page.
            let head = self.read_response().await.ok().flatten().unwrap_or_default();
            return Err(self.changed(content_type.as_ref(), &head));
        }
        self.version.length = self.version.length.or(version.length);
        let mut hash = self.hash.as_ref().map(|_| Sha256::new());
        let mut head = BytesMut::new();
        let mut rest = self.received;
        while rest > 0 {
            let Some(mut chunk) = self.read_response().await? else {
                return Err(truncated(self.received - rest, self.received));
            };
            let known = usize::try_from(rest).map_or(chunk.len(), |rest| rest.min(chunk.len()));
            let new = chunk.split_off(known);
            rest -= known as u64;
            head.extend_from_slice(&chunk[..known.min(HEAD_BYTES.saturating_sub(head.len()))]);
            if let Some(hash) = &mut hash {
                hash.update(&chunk);
            }
            self.buffered = (!new.is_empty()).then_some(new);
        }
        if hash.map(Sha256::finalize) == self.hash.clone().map(Sha256::finalize) {
            return Ok(());
        }
        Err(self.changed(content_type.as_ref(), &head))
    }

    /// Returns the error for a response that does not continue the file, given its type and first bytes.
    fn changed(&self, content_type: Option<&HeaderValue>, head: &[u8]) -> Error {
        let content_type = content_type.and_then(|kind| kind.to_str().ok());
        self.check_content(content_type, head).err().unwrap_or_else(|| invalid(CHANGED))
    }

    /// Returns an error, without secrets, if the name of the file promises other content.
    fn check_content(&self, content_type: Option<&str>, head: &[u8]) -> Result<(), Error> {
        content::check(CALL, self.name(), content_type, &head[..head.len().min(HEAD_BYTES)])
            .map_err(|error| error.redacted(&self.transport.redaction))
    }
}

/// The reason of the error for bytes of another version of the file.
const CHANGED: &str = "the file changed during the download";

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

fn invalid(reason: &str) -> Error {
    Error::InvalidResponse { call: CALL.into(), reason: reason.to_owned() }
}
