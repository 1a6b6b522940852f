//! Saves the files of runs in a folder.
//!
//! A file has a temporary name in the folder of its target until it is complete, and is then renamed. So nothing that
//! exists is destroyed by a download that fails, and no reader sees a part of a file.

mod name;
mod part;
mod place;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::{AsyncWriteExt as _, BufWriter};
use tokio::task::spawn_blocking;

use super::download::Download;
use super::error::Error;
use super::file::OutputFile;
use super::limits::DOWNLOAD_BUFFER_BYTES;
use super::outputs::Done;
use part::{Part, failed};

pub use part::remove_unfinished;

/// Saves the files of runs in a folder, below the subfolders that they have on the server.
///
/// A file that exists is kept: the new one gets the first free name after its own, such as `cat (2).png`, unless
/// [`overwrite`](Self::overwrite) is set. Several programs may save into one folder at the same time.
///
/// ```no_run
/// # async fn example(done: comfy_runtime::client::Done) -> Result<(), comfy_runtime::client::Error> {
/// use comfy_runtime::client::Saver;
///
/// let mut saver = Saver::new("out");
/// for file in done.all_files() {
///     match saver.save(&file).await {
///         Ok(path) => println!("{}", path.display()),
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is saved before `save`"]
pub struct Saver {
    folder: PathBuf,
    overwrite: bool,
    /// The files that were saved, in lower case, because many file systems ignore the case of names. They are not
    /// replaced by other files of the same run.
    saved: HashSet<String>,
}

/// The files of a run, saved and not.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct SaveReport {
    /// The files that were saved, with their paths.
    pub saved: Vec<(OutputFile, PathBuf)>,
    /// The files that were not saved, with the reasons.
    pub failed: Vec<(OutputFile, Error)>,
}

impl SaveReport {
    /// Returns whether every file was saved.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }
}

impl Saver {
    /// Creates a saver for a folder, which is created if necessary.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), overwrite: false, saved: HashSet::new() }
    }

    /// Sets whether a file replaces an older one of the same name; defaults to `false`.
    ///
    /// Files that this saver has saved are not replaced, so two files of one run never take each other's place.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Downloads a file below the folder, and returns its path. Memory use does not depend on the size of the file.
    ///
    /// If the returned future is dropped, or if the download fails, nothing remains of the file.
    ///
    /// # Errors
    ///
    /// Returns [`Error::FileName`] if the name or the subfolder from the server is not safe to use, [`Error::File`] if
    /// the file cannot be written or if its path leads to something other than a regular file in the folder, and the
    /// errors of [`OutputFile::stream`] and [`Download::chunk`].
    pub async fn save(&mut self, file: &OutputFile) -> Result<PathBuf, Error> {
        file.check_name()?;
        let unsafe_name = |name: &str, reason| Error::FileName { name: name.to_owned(), reason };
        let parts = name::parts(&file.subfolder).map_err(|reason| unsafe_name(&file.subfolder, reason))?;
        if let Some(reason) = name::fault(&file.filename) {
            return Err(unsafe_name(&file.filename, reason));
        }
        let download = file.stream().await?;
        let folder = place::subfolder(&self.folder, &parts)?;
        let part = download.write_part(&folder).await?;
        let key = |path: &Path| path.to_string_lossy().to_lowercase();
        let replace = self.overwrite && !self.saved.contains(&key(&folder.join(&file.filename)));
        let (root, name) = (self.folder.clone(), file.filename.clone());
        let path = blocking(move || {
            let place = if replace { place::over_old } else { place::under_free_name };
            place(part, &root, &folder, &name)
        })
        .await?;
        self.saved.insert(key(&path));
        Ok(path)
    }

    /// Downloads files below the folder, one after the other. A file that cannot be saved does not stop the others.
    pub async fn save_all(&mut self, files: impl IntoIterator<Item = OutputFile>) -> SaveReport {
        let mut report = SaveReport::default();
        for file in files {
            match self.save(&file).await {
                Ok(path) => report.saved.push((file, path)),
                Err(error) => report.failed.push((file, error)),
            }
        }
        report
    }
}

impl Done {
    /// Saves the files of all nodes in a folder, and reports which could not be saved; see [`Saver`].
    pub async fn save_all(&self, folder: impl Into<PathBuf>) -> SaveReport {
        Saver::new(folder).save_all(self.all_files()).await
    }
}

impl OutputFile {
    /// Downloads the file into a folder, below its subfolder and under its own name or the first free one after it, and
    /// returns the path; see [`Saver`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Saver::save`].
    pub async fn save_to(&self, folder: impl AsRef<Path>) -> Result<PathBuf, Error> {
        Saver::new(folder.as_ref()).save(self).await
    }

    /// Downloads the file to a path. An existing file is replaced once the new one is complete.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`stream`](Self::stream) and [`Download::save`].
    pub async fn save_as(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.stream().await?.save(path).await
    }
}

impl Download {
    /// Writes the file to a path and creates its folder if necessary. The file has a temporary name until it is
    /// complete, and then replaces a regular file that has the path, or the one that a link at the path leads to.
    ///
    /// # Errors
    ///
    /// Returns [`Error::File`] if the file cannot be written or the path leads to something other than a regular file,
    /// and the errors of [`chunk`](Self::chunk).
    pub async fn save(self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = place::resolved(path.as_ref())?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        place::create_folder(folder)?;
        let part = self.write_part(folder).await?;
        blocking(move || place::at(part, &path)).await
    }

    /// Writes the whole file under a temporary name into a folder.
    async fn write_part(mut self, folder: &Path) -> Result<Part, Error> {
        let (file, part) = Part::create(folder)?;
        let mut file = BufWriter::with_capacity(DOWNLOAD_BUFFER_BYTES, File::from_std(file));
        while let Some(chunk) = self.chunk().await? {
            file.write_all(&chunk).await.map_err(failed(part.path()))?;
        }
        file.flush().await.map_err(failed(part.path()))?;
        // The bytes are not forced to the disk, which would take longer than most downloads: after a power failure, the
        // file can be downloaded again.
        Ok(part)
    }
}

/// Calls a function that waits for the file system on a thread for that.
async fn blocking<T: Send + 'static>(call: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    match spawn_blocking(call).await {
        Ok(result) => result,
        // The runtime is shutting down, because a call that was started is not cancelled.
        Err(error) => Err(failed(Path::new("."))(std::io::Error::other(error))),
    }
}
