//! Files on the server that nodes load: `/models`, `/embeddings`, `/view_metadata`, `/experiment/models`.

use bytes::Bytes;
use comfy_schema::{Map, Value};

use super::{array, object, strings};
use crate::client::error::Error;
use crate::client::{Client, json};

/// A kind of model file and the places where it is looked for: `/experiment/models`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelFolder {
    /// The kind: `checkpoints`, `loras`, …
    pub name: String,
    /// The folders on the server's disk.
    pub folders: Vec<String>,
    /// All that the server said.
    pub raw: Value,
}

/// A model file: `/experiment/models/{folder}`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelFile {
    /// Its name, as nodes take it.
    pub name: String,
    /// In which of the folders of its kind it is, from 0.
    pub path_index: Option<u64>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// When it was changed, in seconds since 1970.
    pub modified: Option<f64>,
    /// When it was made, in seconds since 1970.
    pub created: Option<f64>,
    /// All that the server said.
    pub raw: Value,
}

impl Client {
    /// `GET /models`: the kinds of model files: `checkpoints`, `loras`, `vae`, …
    pub async fn model_folder_names(&self) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["models"]);
        strings(&call.name(), call.json().await?)
    }

    /// `GET /models/{folder}`: the files of one kind, as nodes take them.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 404 if there is no such kind. (`unet` and `clip` are now `diffusion_models` and
    /// `text_encoders`.)
    pub async fn models(&self, folder: &str) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["models", folder]);
        strings(&call.name(), call.json().await?)
    }

    /// `GET /embeddings`: the names to write into a text as `embedding:name`.
    pub async fn embeddings(&self) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["embeddings"]);
        strings(&call.name(), call.json().await?)
    }

    /// `GET /view_metadata/{folder}`: what a `.safetensors` file says of itself; `None` if it says nothing, or is not
    /// there.
    pub async fn model_metadata(&self, folder: &str, file: &str) -> Result<Option<Map>, Error> {
        let call = self.inner.transport.get(["view_metadata", folder]).query("filename", file);
        let name = call.name();
        match call.json().await {
            Ok(answer) => object(&name, answer).map(Some),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `GET /experiment/models`: the kinds of model files and their folders.
    pub async fn model_folders(&self) -> Result<Vec<ModelFolder>, Error> {
        let call = self.inner.transport.get(["experiment", "models"]);
        let folders = array(&call.name(), call.json().await?)?.into_iter();
        Ok(folders
            .map(|raw| ModelFolder {
                name: json::string(&raw, "name").unwrap_or_default(),
                folders: json::strings(json::get(&raw, "folders")),
                raw,
            })
            .collect())
    }

    /// `GET /experiment/models/{folder}`: the files of one kind, with size and time.
    pub async fn model_files(&self, folder: &str) -> Result<Vec<ModelFile>, Error> {
        let call = self.inner.transport.get(["experiment", "models", folder]);
        let files = array(&call.name(), call.json().await?)?.into_iter();
        Ok(files
            .map(|raw| ModelFile {
                name: json::string(&raw, "name").unwrap_or_default(),
                path_index: json::whole(&raw, "pathIndex"),
                size: json::whole(&raw, "size"),
                modified: json::number(&raw, "modified"),
                created: json::number(&raw, "created"),
                raw,
            })
            .collect())
    }

    /// `GET /experiment/models/preview/…`: the picture that lies beside a model file, as WebP; `None` if none does.
    pub async fn model_preview(&self, folder: &str, path_index: u64, file: &str) -> Result<Option<Bytes>, Error> {
        let index = path_index.to_string();
        let route = ["experiment", "models", "preview", folder, index.as_str()];
        // The file may be in a folder, whose slashes are the route's.
        match self.inner.transport.get(route.into_iter().chain(file.split('/'))).bytes().await {
            Ok(picture) => Ok(Some(picture)),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
