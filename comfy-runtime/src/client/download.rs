//! Downloads: in pieces, taken up where the connection broke.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::{CONTENT_RANGE, ETAG};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::error::Error;
use super::transport::{self, Transport, jittered};

/// Method and route, for messages.
const CALL: &str = "GET /view";

/// A file on its way from the server.
#[derive(Debug)]
#[must_use = "nothing is read before `chunk`, `bytes` or `save`"]
pub struct Download {
    transport: Arc<Transport>,
    query: Vec<(&'static str, String)>,
    response: Response,
    /// The server's mark of this state of the file: a piece of another state must not be put behind it.
    mark: Option<String>,
    length: Option<u64>,
    done: u64,
}

impl Download {
    pub(crate) async fn open(transport: Arc<Transport>, query: Vec<(&'static str, String)>) -> Result<Self, Error> {
        let response = request(&transport, &query).send_within(None).await?;
        let mark = response.headers().get(ETAG).and_then(|mark| mark.to_str().ok()).map(str::to_owned);
        let length = response.content_length();
        Ok(Self { transport, query, response, mark, length, done: 0 })
    }

    /// The size in bytes, if the server says it.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The content type, if the server says it.
    pub fn content_type(&self) -> Option<&str> {
        self.response.headers().get("content-type")?.to_str().ok()
    }

    /// The next piece; `None` at the end. If the connection breaks, it goes on behind the last piece.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let mut attempt = 0;
        loop {
            let error = match self.piece().await {
                Ok(Some(piece)) => {
                    self.done += piece.len() as u64;
                    return Ok(Some(piece));
                }
                Ok(None) => return Ok(None),
                Err(error) => error,
            };
            if attempt >= self.transport.limits.retries || !error.is_temporary() {
                return Err(error);
            }
            let wait = jittered(std::time::Duration::from_millis(100) * 2_u32.pow(attempt.min(6)));
            debug!(%error, done = self.done, ?wait, "taking the download up again");
            sleep(wait).await;
            attempt += 1;
            if let Err(again) = self.resume().await
                && !again.is_temporary()
            {
                return Err(again);
            }
        }
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        let silence = self.transport.limits.silence;
        let piece = timeout(silence, self.response.chunk()).await.map_err(|_| silent(silence))?;
        let piece = piece.map_err(|source| transport::transport(CALL, source))?;
        match (piece, self.length) {
            (Some(piece), _) => Ok(Some(piece)),
            (None, Some(length)) if self.done < length => Err(Error::Status {
                call: CALL.into(),
                status: 502,
                message: format!("the body ended after {} of {length} bytes", self.done),
                retry_after: None,
            }),
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
        let response = call.send_within(None).await?;
        let begins = response
            .headers()
            .get(CONTENT_RANGE)
            .and_then(|range| range.to_str().ok()?.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
        let mark = response.headers().get(ETAG).and_then(|mark| mark.to_str().ok());
        if self.done > 0 && self.mark.as_deref() != mark {
            return Err(Error::Answer { call: CALL.into(), why: "the file changed while it was read".into() });
        }
        self.response = response;
        match begins {
            Some(begins) if begins == self.done => Ok(()),
            // A server that gives no parts gives all of it again.
            None => self.skip().await,
            Some(_) => {
                Err(Error::Answer { call: CALL.into(), why: "the server gave another part than was asked".into() })
            }
        }
    }

    /// Reads what is there already.
    async fn skip(&mut self) -> Result<(), Error> {
        let mut rest = self.done;
        self.done = 0;
        while rest > 0 {
            let Some(piece) = self.piece().await? else { break };
            let length = piece.len() as u64;
            if length > rest {
                return Err(Error::Answer { call: CALL.into(), why: "the server gives no parts of files".into() });
            }
            rest -= length;
            self.done += length;
        }
        Ok(())
    }

    /// All of it, in memory.
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
    pub async fn save(mut self, path: &Path) -> Result<(), Error> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::File { path, source }
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

fn silent(time: std::time::Duration) -> Error {
    Error::Status {
        call: CALL.into(),
        status: 504,
        message: format!("no byte came for {} s", time.as_secs_f32()),
        retry_after: None,
    }
}
