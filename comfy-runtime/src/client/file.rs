//! A file that a run made.

use std::fmt;
use std::sync::Arc;

use comfy_schema::Value;

use super::json;
use super::origin::NodeInfo;
use super::transport::Transport;

/// Output keys under which nodes list 3D files as plain path strings.
const PATH_KEYS: [&str; 2] = ["3d", "result"];

/// A file on the server that a run made.
#[derive(Clone)]
#[non_exhaustive]
pub struct OutputFile {
    /// The file name as the server reports it.
    pub filename: String,
    /// The subfolder below [`folder`](Self::folder); often empty.
    pub subfolder: String,
    /// The folder on the server: `output`, `temp` or `input`.
    pub folder: String,
    /// The node that made the file.
    pub node: NodeInfo,
    /// The output key under which the node lists the file: `images`, `audio`, `gifs`, ….
    pub key: String,
    /// The whole item as the node reported it.
    pub raw: Value,
    pub(super) transport: Arc<Transport>,
    /// The response with half a character in the name of the file or its folders, and the place in it.
    pub(super) half: Option<(&'static str, String)>,
}

/// The kind of a file, by the extension of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// An image: png, jpg, webp, gif, avif, bmp, tif, svg, exr, ….
    Image,
    /// A video: mp4, webm, mkv, mov, avi, m4v.
    Video,
    /// A sound: flac, wav, mp3, opus, ogg, m4a, aac.
    Audio,
    /// Any other file, such as a 3D model, a latent or a text.
    Other,
}

impl OutputFile {
    /// Reads an item of a node's output; returns `None` if it is not a file.
    pub(crate) fn read(key: &str, item: &Value, node: &NodeInfo, transport: &Arc<Transport>) -> Option<Self> {
        let file = |filename: &str, subfolder: &str, folder: &str| Self {
            filename: filename.to_owned(),
            subfolder: subfolder.to_owned(),
            folder: folder.to_owned(),
            node: node.clone(),
            key: key.to_owned(),
            raw: item.clone(),
            transport: Arc::clone(transport),
            half: None,
        };
        if let Some(path) = item.as_str().filter(|path| PATH_KEYS.contains(&key) && path.contains('.')) {
            let path = path.trim_end_matches(" [output]");
            let (subfolder, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
            return Some(file(name, subfolder, "output"));
        }
        // An empty name is kept, so that saving the file reports it.
        let filename = json::text(item, "filename")?;
        let text = |key, default| json::text(item, key).unwrap_or(default);
        Some(file(filename, text("subfolder", ""), text("type", "output")))
    }

    /// Returns the kind of the file, by the extension of its name.
    pub fn kind(&self) -> FileKind {
        FileKind::from_name(&self.filename)
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

impl FileKind {
    /// Returns the kind of a file of this name.
    pub fn from_name(name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        match extension.as_str() {
            "png" | "jpg" | "jpeg" | "webp" | "gif" | "avif" | "bmp" | "tif" | "tiff" | "svg" | "exr" | "hdr"
            | "jxl" | "heic" | "ppm" => Self::Image,
            "mp4" | "webm" | "mkv" | "mov" | "avi" | "m4v" => Self::Video,
            "flac" | "wav" | "mp3" | "opus" | "ogg" | "oga" | "m4a" | "aac" => Self::Audio,
            _ => Self::Other,
        }
    }

    /// Returns the name of the variant in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
