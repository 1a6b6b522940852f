//! Uploads, which are streamed, and skipped if the server already has the content.

use std::fmt::{self, Write as _};
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

use super::call::{Call, read_body, retry_wait};
use super::call_name::CallName;
use super::error::Error;
use super::file::OutputFile;
use super::limits::{MAX_UPLOAD_RESPONSE_BYTES, UPLOAD_CHUNK_BYTES};
use super::response;
use super::routes::View;
use super::shape::unexpected;
use super::{Client, json};

/// A file to upload, from disk or from memory.
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

/// A file on the server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Uploaded {
    /// The name on the server, which differs from the requested one if that belongs to a file with other content.
    pub name: String,
    /// The subfolder below [`folder`](Self::folder); may be empty.
    pub subfolder: String,
    /// The folder on the server: `input`, `temp` or `output`.
    pub folder: String,
    /// Whether the server already had the file, so that nothing was sent.
    pub already_there: bool,
    /// The whole response as the server sent it; `null` if nothing was sent.
    pub raw: Value,
}

impl Uploaded {
    /// Refers to a file that the server already has, by its name, its subfolder (may be empty) and its folder (`input`,
    /// `temp` or `output`).
    pub fn existing(name: impl Into<String>, subfolder: impl Into<String>, folder: impl Into<String>) -> Self {
        let (name, subfolder, folder) = (name.into(), subfolder.into(), folder.into());
        Self { name, subfolder, folder, already_there: true, raw: Value::Null }
    }

    /// Returns the input value for a node that loads the file: `cat.png`, `portraits/cat.png`, `cat.png [temp]`.
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
    /// Creates an upload of the file at this path, under its own name. The file is read in chunks while it is sent.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::new(Content::File(path), name)
    }

    /// Creates an upload of these bytes, under this name.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(Content::Bytes(bytes.into()), name.into())
    }

    fn new(content: Content, name: String) -> Self {
        Self { content, name, subfolder: String::new(), folder: "input", overwrite: false }
    }

    /// Sets the name on the server; defaults to the file's own.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the subfolder, which is created if necessary; defaults to none.
    pub fn subfolder(mut self, subfolder: impl Into<String>) -> Self {
        self.subfolder = subfolder.into();
        self
    }

    /// Selects the server's folder for temporary files instead of the one for inputs.
    pub fn temp(mut self) -> Self {
        self.folder = "temp";
        self
    }

    /// Selects the server's folder for results instead of the one for inputs.
    pub fn output(mut self) -> Self {
        self.folder = "output";
        self
    }

    /// Sets whether a file of the same name is replaced; defaults to false.
    ///
    /// If an existing file is not replaced and has other content, the server chooses another name for the new one.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    fn file_error(&self, reason: std::io::Error) -> Error {
        let path = match &self.content {
            Content::File(path) => path.clone(),
            Content::Bytes(_) => PathBuf::from(&self.name),
        };
        Error::File { path, reason }
    }

    /// Returns the size of the content; `None` if the file cannot be read.
    async fn size(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::File(path) => Some(tokio::fs::metadata(path).await.ok()?.len()),
        }
    }

    /// Computes the size and the SHA-256 hash of the content.
    async fn digest(&self) -> Result<(u64, String), Error> {
        let mut hash = Sha256::new();
        let mut size = 0;
        match &self.content {
            Content::Bytes(bytes) => {
                hash.update(bytes);
                size = bytes.len() as u64;
            }
            Content::File(path) => {
                let mut file = File::open(path).await.map_err(|error| self.file_error(error))?;
                let mut chunk = BytesMut::with_capacity(UPLOAD_CHUNK_BYTES);
                while file.read_buf(&mut chunk).await.map_err(|error| self.file_error(error))? > 0 {
                    size += chunk.len() as u64;
                    hash.update(&chunk);
                    chunk.clear();
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

    /// Returns the content as a part of a form; `sent` counts the bytes that were read for sending.
    async fn part(&self, sent: Arc<AtomicU64>) -> Result<Part, Error> {
        let part = match &self.content {
            Content::Bytes(bytes) => {
                let size = bytes.len() as u64;
                Part::stream_with_length(reqwest::Body::wrap_stream(slices(bytes.clone(), sent)), size)
            }
            Content::File(path) => {
                let file = File::open(path).await.map_err(|error| self.file_error(error))?;
                let size = file.metadata().await.map_err(|error| self.file_error(error))?.len();
                Part::stream_with_length(reqwest::Body::wrap_stream(chunks(file, sent)), size)
            }
        };
        Ok(part.file_name(escaped_name(&self.name)))
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

/// Splits bytes into chunks, which are not copied.
fn slices(bytes: Bytes, sent: Arc<AtomicU64>) -> impl futures_core::Stream<Item = std::io::Result<Bytes>> + Send {
    stream::unfold((bytes, sent), |(mut rest, sent)| async move {
        let chunk = rest.split_to(rest.len().min(UPLOAD_CHUNK_BYTES));
        sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        (!chunk.is_empty()).then_some((Ok(chunk), (rest, sent)))
    })
}

/// Escapes the characters that would end a file name in the body of a form, as browsers do (HTML, "multipart form data"),
/// and the other control characters, because of which aiohttp refuses a form. The HTTP client escapes backslashes.
fn escaped_name(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if c == '"' || (c.is_ascii_control() && c != '\t') {
            _ = write!(escaped, "%{:02X}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Reads a file in chunks.
fn chunks(file: File, sent: Arc<AtomicU64>) -> impl futures_core::Stream<Item = std::io::Result<Bytes>> + Send {
    stream::try_unfold((file, sent), |(mut file, sent)| async move {
        let mut chunk = BytesMut::with_capacity(UPLOAD_CHUNK_BYTES);
        let size = file.read_buf(&mut chunk).await?;
        sent.fetch_add(size as u64, Ordering::Relaxed);
        Ok((size > 0).then(|| (chunk.freeze(), (file, sent))))
    })
}

impl Client {
    /// Uploads an image or any other file (`POST /upload/image`).
    ///
    /// The upload is repeated after a broken connection, which is safe: the server keeps the same content under the
    /// same name only once.
    ///
    /// # Errors
    ///
    /// Returns [`Error::File`] if the file cannot be read, and [`Error::Status`] with status 413, or [`Error::UploadTooLarge`],
    /// if it is larger than the server accepts (see [`features`](Self::features)), or with status 400 if the subfolder
    /// leads out of the folder.
    pub async fn upload(&self, upload: &Upload) -> Result<Uploaded, Error> {
        self.send_form("image", upload, None).await
    }

    /// Uploads an image whose transparency is applied to a file that the server has (`POST /upload/mask`).
    ///
    /// The result is a new file with the colours of the original. Both images must have the same size. If the original
    /// does not exist, the server reports success and writes nothing, so this method checks that first.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoOriginal`] if the original does not exist, and the errors of [`upload`](Self::upload).
    pub async fn upload_mask(&self, mask: &Upload, original: &Uploaded) -> Result<Uploaded, Error> {
        let view = View::new(&original.name).folder(&original.folder).subfolder(&original.subfolder);
        if !self.exists(&view).await? {
            return Err(Error::NoOriginal { original: original.value() });
        }
        let reference = json::object([
            ("filename", original.name.as_str().into()),
            ("subfolder", original.subfolder.as_str().into()),
            ("type", original.folder.as_str().into()),
        ]);
        self.send_form("mask", mask, Some(reference.to_string())).await
    }

    /// Uploads a file unless the server already has its content.
    ///
    /// The name on the server is the SHA-256 hash of the content with the extension of the given name. So the same
    /// content always has the same input value, and the server caches the results of runs with it.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`upload`](Self::upload).
    pub async fn upload_once(&self, upload: &Upload) -> Result<Uploaded, Error> {
        let (size, hash) = upload.digest().await?;
        let extension = Path::new(&upload.name).extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let name = extension.map_or_else(|| hash.clone(), |extension| format!("{hash}.{extension}"));
        let view = View::new(&name).folder(upload.folder).subfolder(&upload.subfolder);
        if self.size_of(&view).await? == Some(size) {
            return Ok(Uploaded::existing(name, &upload.subfolder, upload.folder));
        }
        // A file with this name and another size is left over from a broken upload.
        self.upload(&upload.clone().name(name).overwrite(true)).await
    }

    /// Returns the size of a file on the server; `None` if it does not exist or its size is not reported.
    async fn size_of(&self, view: &View) -> Result<Option<u64>, Error> {
        match view.head(&self.inner.transport).send().await {
            Ok(response) => Ok(content_length(&response)),
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
        let mut retries = 0;
        loop {
            let sent = Arc::new(AtomicU64::new(0));
            let mut form = upload.form(Arc::clone(&sent)).await?;
            if let Some(original) = &original {
                form = form.text("original_ref", original.clone());
            }
            let call = transport.post(["upload", kind]);
            let error = match post(&call, form, &sent, transport.limits.read_timeout).await {
                Ok(response) => return Uploaded::read(&call.name(), response, upload),
                Err(error) => error,
            };
            if matches!(&error, Error::Transport { reason, .. } if !reason.is_connect()) {
                self.check_size(upload, &call).await?;
            }
            if retries >= transport.limits.retries || !error.is_temporary() {
                return Err(error);
            }
            let wait = retry_wait(retries, &error);
            debug!(%error, ?wait, "retrying the upload");
            tokio::time::sleep(wait).await;
            retries += 1;
        }
    }
}

impl Client {
    /// Returns an error if a file is larger than the server accepts. A server refuses such a file before it has read it,
    /// and when it then closes the connection, its refusal may be lost.
    async fn check_size(&self, upload: &Upload, call: &Call<'_>) -> Result<(), Error> {
        let (Some(size), Ok(features)) = (upload.size().await, self.features().await) else { return Ok(()) };
        match features.max_upload_size {
            Some(limit) if size > limit => Err(Error::UploadTooLarge { call: call.name().into(), size, limit }),
            _ => Ok(()),
        }
    }
}

fn content_length(response: &Response) -> Option<u64> {
    response.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Sends a form, which may take any time as long as it makes progress.
async fn post(call: &Call<'_>, form: Form, sent: &AtomicU64, limit: Duration) -> Result<Value, Error> {
    let name = call.name();
    let mut response = std::pin::pin!(async {
        let response = call.exchange(call.request().multipart(form)).await?;
        let body = read_body(&name, response, MAX_UPLOAD_RESPONSE_BYTES).await?;
        response::parse(&name, &body)
            .map_err(|error| Error::InvalidResponse { call: name.to_string(), reason: call.redacted(&error) })
    });
    loop {
        let before = sent.load(Ordering::Relaxed);
        match timeout(limit, response.as_mut()).await {
            Ok(response) => return response,
            Err(_) if sent.load(Ordering::Relaxed) > before => {}
            Err(_) => {
                return Err(Error::NoProgress { call: name.to_string(), time: limit });
            }
        }
    }
}

impl Uploaded {
    fn read(call: &CallName, raw: Value, upload: &Upload) -> Result<Self, Error> {
        let name = json::string(&raw, "name");
        Ok(Self {
            name: name.ok_or_else(|| unexpected(call, &raw, "an object with the string `name`"))?,
            subfolder: json::string(&raw, "subfolder").unwrap_or_else(|| upload.subfolder.clone()),
            folder: json::string(&raw, "type").unwrap_or_else(|| upload.folder.to_owned()),
            already_there: false,
            raw,
        })
    }
}

/// Makes the output of one run the input of another, without a copy.
impl From<&OutputFile> for Uploaded {
    fn from(file: &OutputFile) -> Self {
        Self {
            name: file.filename.clone(),
            subfolder: file.subfolder.clone(),
            folder: file.folder.clone(),
            already_there: true,
            raw: file.raw.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use comfy_schema::Value;
    use futures_util::StreamExt as _;

    use super::{UPLOAD_CHUNK_BYTES as CHUNK_BYTES, Upload, Uploaded, slices};

    #[test]
    fn the_input_value_contains_folder_and_subfolder() {
        let value = |subfolder: &str, folder: &str| {
            let (name, subfolder, folder) = ("a.png".to_owned(), subfolder.to_owned(), folder.to_owned());
            Uploaded { name, subfolder, folder, already_there: false, raw: Value::Null }.value()
        };
        assert_eq!(value("", "input"), "a.png");
        assert_eq!(value("x/y", "input"), "x/y/a.png");
        assert_eq!(value("x", "temp"), "x/a.png [temp]");
    }

    #[tokio::test]
    async fn the_progress_of_bytes_in_memory_is_counted() {
        let sent = Arc::new(AtomicU64::new(0));
        let size = 2 * CHUNK_BYTES + 1;
        let mut chunks = std::pin::pin!(slices(vec![7; size].into(), Arc::clone(&sent)));
        let mut counts = Vec::new();
        let mut all = 0;
        while let Some(chunk) = chunks.next().await {
            all += chunk.unwrap().len();
            counts.push(sent.load(Ordering::Relaxed));
        }
        let chunk = CHUNK_BYTES as u64;
        assert_eq!((all, counts), (size, vec![chunk, 2 * chunk, 2 * chunk + 1]));
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
