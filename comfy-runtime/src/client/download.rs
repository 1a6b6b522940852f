//! Downloads, which are read in chunks.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};

use super::call::too_large;
use super::error::Error;
use super::file::OutputFile;
use super::resume::{CALL, Reader};
use super::transport::Transport;

/// A file that is being downloaded: a [`Stream`] of its chunks.
///
/// If the connection breaks, the download resumes after the last chunk. A file that changes meanwhile is an error, so
/// that no bytes of two versions are joined. After an error, the next read makes another attempt.
#[must_use = "nothing is read before `chunk`, `bytes` or `save`"]
pub struct Download {
    length: Option<u64>,
    content_type: Option<String>,
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
    /// The maximum size of a file that is read into memory.
    max_in_memory: usize,
}

impl OutputFile {
    /// Starts the download of the file.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 404 if the file no longer exists, [`Error::WrongContent`] if the content is
    /// not what the name of the file says, [`Error::InvalidResponse`] if the server sends something else than the whole
    /// file or its name of the file has half a character (a lone surrogate), and [`Error::Transport`] or another
    /// [`Error::Status`] if the call fails.
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
        self.half.as_ref().map_or(Ok(()), |(call, place)| Err(Error::half_character(call, place)))
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
        let head = reader.checked_head().await?;
        let length = reader.length();
        let content_type = reader.content_type().map(str::to_owned);
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
