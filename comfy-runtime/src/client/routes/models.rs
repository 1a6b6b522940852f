//! The model files on the server: `/models`, `/embeddings`, `/view_metadata`, `/experiment/models`.

use bytes::Bytes;
use comfy_schema::{Map, Value};

use super::{array, object, strings};
use crate::client::error::Error;
use crate::client::{Client, json};

/// A kind of model file and its folders.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelFolder {
    /// The kind: `checkpoints`, `loras`, ….
    pub name: String,
    /// The folders on the server's disk.
    pub folders: Vec<String>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

/// A model file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelFile {
    /// The name, as nodes accept it.
    pub name: String,
    /// The index of its folder among the folders of its kind, from 0.
    pub path_index: Option<u64>,
    /// The size in bytes.
    pub size: Option<u64>,
    /// The time of the last change, in seconds since 1970.
    pub modified: Option<f64>,
    /// The time of creation, in seconds since 1970.
    pub created: Option<f64>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

impl Client {
    /// Returns the kinds of model files: `checkpoints`, `loras`, `vae`, … (`GET /models`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn model_folder_names(&self) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["models"]);
        strings(&call.name(), &call.json().await?)
    }

    /// Returns the files of one kind, as nodes accept them (`GET /models/{folder}`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 404 for an unknown kind (`unet` and `clip` are now `diffusion_models` and
    /// `text_encoders`). Otherwise fails as [every route](crate::client::routes#errors) does.
    pub async fn models(&self, folder: &str) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["models", folder]);
        strings(&call.name(), &call.json().await?)
    }

    /// Returns the embeddings, which a prompt text uses as `embedding:name` (`GET /embeddings`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn embeddings(&self) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["embeddings"]);
        strings(&call.name(), &call.json().await?)
    }

    /// Returns the metadata of a `.safetensors` file; `None` if it has none or does not exist
    /// (`GET /view_metadata/{folder}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn model_metadata(&self, folder: &str, file: &str) -> Result<Option<Map>, Error> {
        let call = self.inner.transport.get(["view_metadata", folder]).query("filename", file);
        let name = call.name();
        match call.json().await {
            Ok(response) => object(&name, response).map(Some),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the kinds of model files and their folders (`GET /experiment/models`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
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

    /// Returns the files of one kind, with sizes and times (`GET /experiment/models/{folder}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
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

    /// Returns the preview image beside a model file, as WebP; `None` if there is none
    /// (`GET /experiment/models/preview/…`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn model_preview(&self, folder: &str, path_index: u64, file: &str) -> Result<Option<Bytes>, Error> {
        let index = path_index.to_string();
        let route = ["experiment", "models", "preview", folder, index.as_str()];
        // Slashes in the name of the file separate segments of the route.
        match self.inner.transport.get(route.into_iter().chain(file.split('/'))).bytes().await {
            Ok(image) => Ok(Some(image)),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
