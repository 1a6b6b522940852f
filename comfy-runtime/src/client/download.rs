//! Downloads: in pieces, taken up where the connection broke.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::stream;
use reqwest::Response;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, ETAG};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::error::Error;
use super::transport::{self, Transport};

/// Method and route, for messages.
const CALL: &str = "GET /view";

/// A file on its way from the server: a [`Stream`] of its pieces.
///
/// If the connection breaks, it goes on behind the last piece. After an error, the next piece is tried again.
#[must_use = "nothing is read before `chunk`, `bytes` or `save`"]
pub struct Download {
    length: Option<u64>,
    content_type: Option<String>,
    pieces: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
}

/// What reads the pieces.
struct Reader {
    transport: Arc<Transport>,
    query: Vec<(&'static str, String)>,
    response: Response,
    /// The server's mark of this state of the file: a piece of another state must not be put behind it.
    mark: Option<String>,
    length: Option<u64>,
    done: u64,
    /// The response broke: the rest has to be asked for.
    broken: bool,
    /// What was read already, and not given yet.
    ahead: Option<Bytes>,
}

impl Download {
    pub(crate) async fn open(transport: Arc<Transport>, query: Vec<(&'static str, String)>) -> Result<Self, Error> {
        let reader = Reader::open(transport, query).await?;
        let content_type = reader.response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        Ok(Self {
            length: reader.length,
            content_type: content_type.map(str::to_owned),
            pieces: Box::pin(stream::unfold(reader, async |mut reader| {
                let piece = reader.chunk().await.transpose()?;
                Some((piece, reader))
            })),
        })
    }

    /// The size in bytes, if the server says it.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The content type, if the server says it.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The next piece; `None` at the end. The same as reading the stream, for programs without `StreamExt`.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] or [`Error::Status`] if the connection broke and could not be taken up, [`Error::Answer`] if
    /// the file changed meanwhile.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|context| self.pieces.as_mut().poll_next(context)).await.transpose()
    }

    /// All of it, in memory.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            if all.is_empty() && self.length == Some(piece.len() as u64) {
                // All in one piece needs no copy; the end is still looked at.
                return Ok(piece);
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    /// Writes it to a path. The folder is made if it is not there. Until all is there, it has another name.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if it cannot be written, else as [`chunk`](Self::chunk).
    pub async fn save(self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.write(path.as_ref()).await
    }

    async fn write(mut self, path: &Path) -> Result<(), Error> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |why| Error::File { path, why }
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).await.map_err(failed(folder))?;
        }
        let part = Part::new(path);
        let file = fs::File::create_new(&part.0).await.map_err(failed(&part.0))?;
        let mut file = tokio::io::BufWriter::with_capacity(1 << 20, file);
        while let Some(piece) = self.chunk().await? {
            file.write_all(&piece).await.map_err(failed(&part.0))?;
        }
        file.flush().await.map_err(failed(&part.0))?;
        drop(file);
        fs::rename(&part.0, path).await.map_err(failed(path))?;
        part.keep();
        Ok(())
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.as_mut().poll_next(context)
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
        let mut attempt = 0;
        let response = loop {
            let error = match head(&transport, request(&transport, &query)).await {
                Ok(response) => break response,
                Err(error) => error,
            };
            again(&transport, &mut attempt, error).await?;
        };
        let mark = response.headers().get(ETAG).and_then(|mark| mark.to_str().ok()).map(str::to_owned);
        let length = response.content_length();
        Ok(Self { transport, query, response, mark, length, done: 0, broken: false, ahead: None })
    }

    /// The next piece; `None` at the end. If the connection breaks, it goes on behind the last piece.
    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let mut attempt = 0;
        loop {
            let error = match self.next().await {
                Ok(Some(piece)) => {
                    self.done += piece.len() as u64;
                    return Ok(Some(piece));
                }
                Ok(None) => return Ok(None),
                Err(error) => error,
            };
            self.broken = true;
            self.ahead = None;
            again(&self.transport, &mut attempt, error).await?;
        }
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if self.broken {
            self.resume().await?;
            self.broken = false;
        }
        match self.ahead.take() {
            Some(piece) => Ok(Some(piece)),
            None => self.piece().await,
        }
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        let silence = self.transport.limits.silence;
        let piece = timeout(silence, self.response.chunk()).await.map_err(|_| silent(silence))?;
        let piece = piece.map_err(|error| transport::transport(CALL, error))?;
        match (piece, self.length) {
            (Some(piece), _) => Ok(Some(piece)),
            (None, Some(length)) if self.done < length => Err(cut(self.done, length)),
            (None, _) => Ok(None),
        }
    }

    /// Asks for what is missing.
    async fn resume(&mut self) -> Result<(), Error> {
        let mut call = request(&self.transport, &self.query);
        if self.done > 0 {
            call = call.header("range", format!("bytes={}-", self.done));
            if let Some(mark) = &self.mark {
                call = call.header("if-range", mark.clone());
            }
        }
        let response = head(&self.transport, call).await?;
        let begins = response
            .headers()
            .get(CONTENT_RANGE)
            .and_then(|range| range.to_str().ok()?.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
        let mark = response.headers().get(ETAG).and_then(|mark| mark.to_str().ok());
        let whole = response.headers().get(CONTENT_RANGE).is_none();
        if self.done == 0 {
            self.mark = mark.map(str::to_owned);
            self.length = response.content_length();
        } else if self.mark.as_deref() != mark || (whole && response.content_length() != self.length) {
            // Without a mark, the length is all that tells.
            return Err(Error::Answer { call: CALL.into(), why: "the file changed while it was read".into() });
        }
        self.response = response;
        match begins {
            Some(begins) if begins == self.done => Ok(()),
            // A server that gives no parts gives all of it again.
            None if whole => self.skip().await,
            _ => Err(Error::Answer { call: CALL.into(), why: "the server gave another part than was asked".into() }),
        }
    }

    /// Reads past what was given already.
    async fn skip(&mut self) -> Result<(), Error> {
        let mut rest = self.done;
        while rest > 0 {
            let Some(mut piece) = self.piece().await? else { return Err(cut(self.done - rest, self.done)) };
            let known = usize::try_from(rest).map_or(piece.len(), |rest| rest.min(piece.len()));
            let new = piece.split_off(known);
            rest -= known as u64;
            self.ahead = (!new.is_empty()).then_some(new);
        }
        Ok(())
    }
}

/// A file that is not complete yet; removed unless it is kept.
struct Part(PathBuf);

impl Part {
    fn new(path: &Path) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", uuid::Uuid::new_v4().simple()));
        Self(path.with_file_name(name))
    }

    /// It has its own name now.
    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            // Best effort: the error that led here is the one to tell.
            _ = std::fs::remove_file(&self.0);
        }
    }
}

fn request<'t>(transport: &'t Transport, query: &[(&'static str, String)]) -> transport::Call<'t> {
    query.iter().fold(transport.get(["view"]), |call, (name, value)| call.query(name, value.as_str()))
}

/// The head of the answer. A server that gives none for as long as a transfer may be silent does not give one.
async fn head(transport: &Transport, call: transport::Call<'_>) -> Result<Response, Error> {
    let silence = transport.limits.silence;
    timeout(silence, transport::sent(CALL, call.request())).await.map_err(|_| silent(silence))?
}

/// Waits before the next attempt, or gives the error if there is to be none.
async fn again(transport: &Transport, attempt: &mut u32, error: Error) -> Result<(), Error> {
    if *attempt >= transport.limits.retries || !error.is_temporary() {
        return Err(error);
    }
    let wait = transport::pause(*attempt, &error);
    debug!(%error, ?wait, "taking the download up again");
    *attempt += 1;
    sleep(wait).await;
    Ok(())
}

fn cut(done: u64, length: u64) -> Error {
    Error::Status {
        call: CALL.into(),
        status: 502,
        message: format!("the body ended after {done} of {length} bytes"),
        retry_after: None,
    }
}

fn silent(time: std::time::Duration) -> Error {
    Error::Status {
        call: CALL.into(),
        status: 504,
        message: format!("no byte came for {} s", time.as_secs_f32()),
        retry_after: None,
    }
}
