//! `/userdata`: files of the user on the server. The editor's workflows are in `workflows/…`.

use bytes::Bytes;
use comfy_schema::Value;

use super::{array, strings};
use crate::client::error::Error;
use crate::client::{Client, json};

/// A file of the user.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UserFile {
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// When it was changed, in milliseconds since 1970.
    pub modified: Option<u64>,
    /// When it was made, in milliseconds since 1970.
    pub created: Option<u64>,
    /// All that the server said.
    pub raw: Value,
}

/// A file or a folder of the user: `/v2/userdata`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UserEntry {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// It is a folder.
    pub is_folder: bool,
    /// The size of a file, in bytes.
    pub size: Option<u64>,
    /// When a file was changed, in seconds since 1970.
    pub modified: Option<f64>,
    /// All that the server said.
    pub raw: Value,
}

impl UserFile {
    fn read(raw: Value) -> Self {
        Self {
            path: json::string(&raw, "path").or_else(|| raw.as_str().map(str::to_owned)).unwrap_or_default(),
            size: json::whole(&raw, "size"),
            modified: json::whole(&raw, "modified"),
            created: json::whole(&raw, "created"),
            raw,
        }
    }
}

impl Client {
    /// `GET /userdata`: the paths of the files in a folder, below that folder; with `recurse` of all below it.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 404 if there is no such folder, 403 if it leads out of the user's files.
    pub async fn userdata_paths(&self, folder: &str, recurse: bool) -> Result<Vec<String>, Error> {
        let call =
            self.inner.transport.get(["userdata"]).query("dir", folder).maybe("recurse", recurse.then_some(true));
        strings(&call.name(), call.json().await?)
    }

    /// `GET /userdata` with `full_info`: the files in a folder, with size and times.
    ///
    /// # Errors
    ///
    /// As [`userdata_paths`](Self::userdata_paths).
    pub async fn userdata_files(&self, folder: &str, recurse: bool) -> Result<Vec<UserFile>, Error> {
        let call = self.inner.transport.get(["userdata"]).query("dir", folder).query("full_info", "true");
        let call = call.maybe("recurse", recurse.then_some(true));
        Ok(array(&call.name(), call.json().await?)?.into_iter().map(UserFile::read).collect())
    }

    /// `GET /v2/userdata`: all files and folders below a folder, or of the user; folders first.
    pub async fn userdata_tree(&self, folder: Option<&str>) -> Result<Vec<UserEntry>, Error> {
        let call = self.inner.transport.get(["v2", "userdata"]).maybe("path", folder);
        let entries = array(&call.name(), call.json().await?)?.into_iter();
        Ok(entries
            .map(|raw| UserEntry {
                name: json::string(&raw, "name").unwrap_or_default(),
                path: json::string(&raw, "path").unwrap_or_default(),
                is_folder: json::text(&raw, "type") == Some("directory"),
                size: json::whole(&raw, "size"),
                modified: json::number(&raw, "modified"),
                raw,
            })
            .collect())
    }

    /// `GET /userdata/{file}`: the content of a file; `None` if it is not there.
    pub async fn read_userdata(&self, file: &str) -> Result<Option<Bytes>, Error> {
        match self.inner.transport.get(["userdata", file]).bytes().await {
            Ok(content) => Ok(Some(content)),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `POST /userdata/{file}`: writes a file, and the folders above it.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 409 if it is there and `overwrite` is false.
    pub async fn write_userdata(
        &self,
        file: &str,
        content: impl Into<Bytes>,
        overwrite: bool,
    ) -> Result<UserFile, Error> {
        let call = self.inner.transport.post(["userdata", file]).body(content.into());
        let call = call.query("overwrite", overwrite.to_string()).query("full_info", "true");
        Ok(UserFile::read(call.json().await?))
    }

    /// `DELETE /userdata/{file}`: removes a file.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 404 if it is not there.
    pub async fn delete_userdata(&self, file: &str) -> Result<(), Error> {
        self.inner.transport.call(reqwest::Method::DELETE, ["userdata", file]).done().await
    }

    /// `POST /userdata/{file}/move/{dest}`: moves or renames a file.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 404 if it is not there, 409 if the other one is and `overwrite` is false.
    pub async fn move_userdata(&self, file: &str, dest: &str, overwrite: bool) -> Result<UserFile, Error> {
        let call = self.inner.transport.post(["userdata", file, "move", dest]);
        let call = call.query("overwrite", overwrite.to_string()).query("full_info", "true");
        Ok(UserFile::read(call.json().await?))
    }
}
