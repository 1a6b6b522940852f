//! Uploads: streamed, and skipped where the server has the content already.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use comfy_schema::Value;
use futures_util::stream;
use reqwest::Response;
use reqwest::header::CONTENT_LENGTH;
use reqwest::multipart::{Form, Part};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;
use tracing::debug;

use super::error::Error;
use super::file::OutputFile;
use super::routes::View;
use super::transport::{Call, jittered, read, sent};
use super::{Client, json};

/// A file is read and sent in pieces of this many bytes.
const PIECE: usize = 256 << 10;

/// Longest answer to an upload.
const ANSWER: usize = 1 << 20;

/// A file to be uploaded, from disk or from memory.
///
/// ```no_run
/// # async fn example(client: comfy_runtime::Client) -> Result<(), comfy_runtime::client::Error> {
/// use comfy_runtime::client::Upload;
///
/// let cat = client.upload(&Upload::file("photos/cat.png")).await?;
/// let value = cat.value(); // for the input `image` of a LoadImage
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is sent before `upload`, `upload_once` or `upload_mask`"]
pub struct Upload {
    content: Content,
    name: String,
    subfolder: String,
    folder: &'static str,
    overwrite: bool,
}

#[derive(Clone)]
enum Content {
    File(PathBuf),
    Bytes(Bytes),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{path:?}"),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

/// A file that the server has.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Uploaded {
    /// The name that the server gave it: another one if it had a different file of the name asked for.
    pub name: String,
    /// The folder below that of its type.
    pub subfolder: String,
    /// `input`, `temp` or `output`.
    pub folder: String,
    /// The server had it already; nothing was sent.
    pub was_there: bool,
    /// All that the server said; `null` if nothing was sent.
    pub raw: Value,
}

impl Uploaded {
    /// A file that the server is known to have: its name, its subfolder (may be empty), and `input`, `temp` or
    /// `output`.
    pub fn existing(name: impl Into<String>, subfolder: impl Into<String>, folder: impl Into<String>) -> Self {
        let (name, subfolder, folder) = (name.into(), subfolder.into(), folder.into());
        Self { name, subfolder, folder, was_there: true, raw: Value::Null }
    }

    /// What the input of a node that loads it takes: `cat.png`, `portraits/cat.png`, `cat.png [temp]`.
    pub fn value(&self) -> String {
        let slash = if self.subfolder.is_empty() { "" } else { "/" };
        let suffix = if self.folder == "input" { String::new() } else { format!(" [{}]", self.folder) };
        format!("{}{slash}{}{suffix}", self.subfolder, self.name)
    }
}

impl fmt::Display for Uploaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.value())
    }
}

impl Upload {
    /// The file at this path, under its own name. It is read piece by piece while it is sent.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::new(Content::File(path), name)
    }

    /// These bytes, under this name.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(Content::Bytes(bytes.into()), name.into())
    }

    fn new(content: Content, name: String) -> Self {
        Self { content, name, subfolder: String::new(), folder: "input", overwrite: false }
    }

    /// Another name than its own.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// A folder below that for inputs, made if it is not there.
    pub fn subfolder(mut self, subfolder: impl Into<String>) -> Self {
        self.subfolder = subfolder.into();
        self
    }

    /// Into the folder for what is only shown, instead of that for inputs.
    pub fn temp(mut self) -> Self {
        self.folder = "temp";
        self
    }

    /// Into the folder for results, instead of that for inputs.
    pub fn output(mut self) -> Self {
        self.folder = "output";
        self
    }

    /// Takes the place of a file of the same name. Otherwise the server finds another name, unless that file has the
    /// same content.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    fn bad(&self, why: std::io::Error) -> Error {
        let path = match &self.content {
            Content::File(path) => path.clone(),
            Content::Bytes(_) => PathBuf::from(&self.name),
        };
        Error::File { path, why }
    }

    /// Size and SHA-256 of the content.
    async fn digest(&self) -> Result<(u64, String), Error> {
        let mut hash = Sha256::new();
        let mut size = 0;
        match &self.content {
            Content::Bytes(bytes) => {
                hash.update(bytes);
                size = bytes.len() as u64;
            }
            Content::File(path) => {
                let mut file = File::open(path).await.map_err(|error| self.bad(error))?;
                let mut piece = BytesMut::with_capacity(PIECE);
                while file.read_buf(&mut piece).await.map_err(|error| self.bad(error))? > 0 {
                    size += piece.len() as u64;
                    hash.update(&piece);
                    piece.clear();
                }
            }
        }
        let mut hex = String::with_capacity(64);
        for byte in hash.finalize() {
            for digit in [byte >> 4, byte & 15] {
                hex.extend(char::from_digit(digit.into(), 16));
            }
        }
        Ok((size, hex))
    }

    /// The content as a part of a form; `sent` counts what was taken from it.
    async fn part(&self, sent: Arc<AtomicU64>) -> Result<Part, Error> {
        let part = match &self.content {
            Content::Bytes(bytes) => Part::stream(bytes.clone()),
            Content::File(path) => {
                let file = File::open(path).await.map_err(|error| self.bad(error))?;
                let size = file.metadata().await.map_err(|error| self.bad(error))?.len();
                Part::stream_with_length(reqwest::Body::wrap_stream(pieces(file, sent)), size)
            }
        };
        Ok(part.file_name(self.name.clone()))
    }

    async fn form(&self, sent: Arc<AtomicU64>) -> Result<Form, Error> {
        let mut form = Form::new().part("image", self.part(sent).await?).text("type", self.folder);
        if !self.subfolder.is_empty() {
            form = form.text("subfolder", self.subfolder.clone());
        }
        if self.overwrite {
            form = form.text("overwrite", "true");
        }
        Ok(form)
    }
}

/// A file in pieces.
fn pieces(file: File, sent: Arc<AtomicU64>) -> impl futures_core::Stream<Item = std::io::Result<Bytes>> + Send {
    stream::try_unfold((file, sent), |(mut file, sent)| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        let size = file.read_buf(&mut piece).await?;
        sent.fetch_add(size as u64, Ordering::Relaxed);
        Ok((size > 0).then(|| (piece.freeze(), (file, sent))))
    })
}

impl Client {
    /// `POST /upload/image`: uploads a picture or any other file.
    ///
    /// It is sent again after a broken connection; that does no harm, because the server keeps a content under a name
    /// once.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if it cannot be read, [`Error::Status`] 413 if it is larger than the server takes (see
    /// [`features`](Self::features)), 400 if the subfolder leads out of the folder.
    pub async fn upload(&self, upload: &Upload) -> Result<Uploaded, Error> {
        self.send_form("image", upload, None).await
    }

    /// `POST /upload/mask`: uploads a picture whose transparency becomes that of a file that the server has. The result
    /// is a new file with the colours of the original.
    ///
    /// Both must have the same size. The server answers well even if the original is not there, and writes nothing
    /// then, so this looks first.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 404 if there is no such original, else as [`upload`](Self::upload).
    pub async fn upload_mask(&self, mask: &Upload, original: &Uploaded) -> Result<Uploaded, Error> {
        let view = View::new(&original.name).folder(&original.folder).subfolder(&original.subfolder);
        if !self.exists(&view).await? {
            return Err(Error::Status {
                call: "POST /upload/mask".to_owned(),
                status: 404,
                message: format!("there is no original {}", original.value()),
                retry_after: None,
            });
        }
        let reference = json::object([
            ("filename", original.name.as_str().into()),
            ("subfolder", original.subfolder.as_str().into()),
            ("type", original.folder.as_str().into()),
        ]);
        self.send_form("mask", mask, Some(reference.to_string())).await
    }

    /// Uploads a content only if the server does not have it: its name is its SHA-256, and the ending of the name that
    /// was given. The same content gives the same value whoever uploads it, so runs with it are cached.
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload).
    pub async fn upload_once(&self, upload: &Upload) -> Result<Uploaded, Error> {
        let (size, hash) = upload.digest().await?;
        let ending = Path::new(&upload.name).extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let name = ending.map_or_else(|| hash.clone(), |ending| format!("{hash}.{ending}"));
        let view = View::new(&name).folder(upload.folder).subfolder(&upload.subfolder);
        if self.size_of(&view).await? == Some(size) {
            return Ok(Uploaded {
                name,
                subfolder: upload.subfolder.clone(),
                folder: upload.folder.to_owned(),
                was_there: true,
                raw: Value::Null,
            });
        }
        // A file of this name and another size is the rest of an upload that broke.
        self.upload(&upload.clone().name(name).overwrite(true)).await
    }

    /// The size of a file on the server; `None` if it is not there, or if its size is not said.
    async fn size_of(&self, view: &View) -> Result<Option<u64>, Error> {
        match view.head(&self.inner.transport).send().await {
            Ok(answer) => Ok(length(&answer)),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn send_form(
        &self,
        kind: &'static str,
        upload: &Upload,
        original: Option<String>,
    ) -> Result<Uploaded, Error> {
        let transport = &self.inner.transport;
        let mut attempt = 0;
        loop {
            let done = Arc::new(AtomicU64::new(0));
            let mut form = upload.form(Arc::clone(&done)).await?;
            if let Some(original) = &original {
                form = form.text("original_ref", original.clone());
            }
            let call = transport.post(["upload", kind]);
            let error = match post(&call, form, &done, transport.limits.silence).await {
                Ok(answer) => return Ok(Uploaded::read(answer, upload)),
                Err(error) => error,
            };
            if attempt >= transport.limits.retries || !error.is_temporary() {
                return Err(error);
            }
            let wait = jittered(Duration::from_millis(100) * 2_u32.pow(attempt.min(6)));
            debug!(%error, ?wait, "uploading again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }
}

fn length(answer: &Response) -> Option<u64> {
    answer.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Sends a form; it may take any time as long as something is sent.
async fn post(call: &Call<'_>, form: Form, done: &AtomicU64, silence: Duration) -> Result<Value, Error> {
    let name = call.name();
    let mut answer = std::pin::pin!(async {
        let response = sent(&name, call.request().multipart(form)).await?;
        let body = read(&name, response, ANSWER).await?;
        Value::parse(&body).map_err(|error| Error::Answer { call: name.clone(), why: error.to_string() })
    });
    loop {
        let before = done.load(Ordering::Relaxed);
        match timeout(silence, answer.as_mut()).await {
            Ok(answer) => return answer,
            Err(_) if done.load(Ordering::Relaxed) > before => {}
            Err(_) => {
                return Err(Error::Status {
                    call: name.clone(),
                    status: 504,
                    message: format!("nothing could be sent for {} s", silence.as_secs_f32()),
                    retry_after: None,
                });
            }
        }
    }
}

impl Uploaded {
    fn read(raw: Value, upload: &Upload) -> Self {
        Self {
            name: json::string(&raw, "name").unwrap_or_else(|| upload.name.clone()),
            subfolder: json::string(&raw, "subfolder").unwrap_or_else(|| upload.subfolder.clone()),
            folder: json::string(&raw, "type").unwrap_or_else(|| upload.folder.to_owned()),
            was_there: false,
            raw,
        }
    }
}

/// The file that a run made, as an input of another: nothing is copied.
impl From<&OutputFile> for Uploaded {
    fn from(file: &OutputFile) -> Self {
        Self {
            name: file.filename.clone(),
            subfolder: file.subfolder.clone(),
            folder: file.folder.clone(),
            was_there: true,
            raw: file.raw.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use comfy_schema::Value;

    use super::{Upload, Uploaded};

    #[test]
    fn what_a_node_takes_says_folder_and_subfolder() {
        let value = |subfolder: &str, folder: &str| {
            let (name, subfolder, folder) = ("a.png".to_owned(), subfolder.to_owned(), folder.to_owned());
            Uploaded { name, subfolder, folder, was_there: false, raw: Value::Null }.value()
        };
        assert_eq!(value("", "input"), "a.png");
        assert_eq!(value("x/y", "input"), "x/y/a.png");
        assert_eq!(value("x", "temp"), "x/a.png [temp]");
    }

    #[tokio::test]
    async fn the_digest_of_a_file_is_that_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        let bytes = vec![7; 700_000];
        std::fs::write(&path, &bytes).unwrap();
        let from_disk = Upload::file(&path).digest().await.unwrap();
        assert_eq!(from_disk, Upload::bytes("b", bytes).digest().await.unwrap());
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Upload::bytes("b", "abc").digest().await.unwrap(), (3, abc.to_owned()));
    }
}
