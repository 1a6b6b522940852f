//! A file that a run made.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use comfy_schema::Value;

use super::download::Download;
use super::error::Error;
use super::json;
use super::origin::NodeInfo;
use super::outputs::FileKind;
use super::transport::Transport;

/// Keys under which nodes give the names of 3D files as bare texts.
const BARE: [&str; 2] = ["3d", "result"];

/// A file on the server that a run made.
#[derive(Clone)]
#[non_exhaustive]
pub struct OutputFile {
    /// Its name, as the server gives it.
    pub filename: String,
    /// Its folder below that of its type; often empty.
    pub subfolder: String,
    /// `output`, `temp` or `input`.
    pub folder: String,
    /// The node that made it.
    pub node: NodeInfo,
    /// The key under which the node gives it: `images`, `audio`, `gifs`, …
    pub key: String,
    /// All that the node says of it.
    pub raw: Value,
    transport: Arc<Transport>,
}

impl OutputFile {
    /// An item of a node's output, if it is a file.
    pub(crate) fn read(key: &str, item: &Value, node: &NodeInfo, transport: &Arc<Transport>) -> Option<Self> {
        let file = |filename: &str, subfolder: &str, folder: &str| Self {
            filename: filename.to_owned(),
            subfolder: subfolder.to_owned(),
            folder: folder.to_owned(),
            node: node.clone(),
            key: key.to_owned(),
            raw: item.clone(),
            transport: Arc::clone(transport),
        };
        if let Some(path) = item.as_str().filter(|path| BARE.contains(&key) && path.contains('.')) {
            let path = path.trim_end_matches(" [output]");
            let (subfolder, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
            return Some(file(name, subfolder, "output"));
        }
        let filename = json::text(item, "filename").filter(|name| !name.is_empty())?;
        let text = |key, default| json::text(item, key).unwrap_or(default);
        Some(file(filename, text("subfolder", ""), text("type", "output")))
    }

    /// What it is, by its name.
    pub fn kind(&self) -> FileKind {
        FileKind::of(&self.filename)
    }

    /// Its bytes as they come. A broken connection is taken up where it broke.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 404 if the file is not there any more, and what any call may give: [`Error::Transport`],
    /// [`Error::Status`].
    pub async fn stream(&self) -> Result<Download, Error> {
        Download::open(Arc::clone(&self.transport), self.query()).await
    }

    /// Its bytes, all of them in memory.
    ///
    /// # Errors
    ///
    /// As [`stream`](Self::stream), and [`Error::Answer`] if the file changes while it is read.
    pub async fn bytes(&self) -> Result<Bytes, Error> {
        self.stream().await?.bytes().await
    }

    /// Writes it into a folder, which is made if it is not there, under its own name, and gives the path. A file of that
    /// name is replaced, and only once all of the new one is there. Memory is bounded whatever the size.
    ///
    /// # Errors
    ///
    /// [`Error::FileName`] if the server names it in a way that leads out of the folder, else as
    /// [`save_as`](Self::save_as).
    pub async fn save_to(&self, folder: impl AsRef<Path>) -> Result<PathBuf, Error> {
        let path = folder.as_ref().join(plain_name(&self.filename)?);
        self.save_as(&path).await?;
        Ok(path)
    }

    /// Writes it to a path. A file that is there is replaced, and only once all of the new one is there.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if it cannot be written, else as [`bytes`](Self::bytes).
    pub async fn save_as(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.stream().await?.save(path).await
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        vec![("filename", self.filename.clone()), ("subfolder", self.subfolder.clone()), ("type", self.folder.clone())]
    }
}

impl fmt::Debug for OutputFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputFile")
            .field("filename", &self.filename)
            .field("subfolder", &self.subfolder)
            .field("folder", &self.folder)
            .field("node", &self.node)
            .field("key", &self.key)
            .field("raw", &self.raw)
            .finish_non_exhaustive()
    }
}

/// The name, if it is a plain file name on every system.
fn plain_name(name: &str) -> Result<&str, Error> {
    let is_plain = !name.is_empty()
        && !matches!(name, "." | "..")
        && !name.contains(['/', '\\', ':', '\0'])
        && !name.chars().any(char::is_control);
    if is_plain { Ok(name) } else { Err(Error::FileName { name: name.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_an_error() {
        for name in ["", ".", "..", "../a.png", "/a.png", "a/b.png", "a\\b.png", "c:a.png", "a\0.png", "a\n.png"] {
            assert!(matches!(plain_name(name), Err(Error::FileName { .. })), "{name:?}");
        }
        assert_eq!(plain_name("cat (1).png").unwrap(), "cat (1).png");
    }
}
