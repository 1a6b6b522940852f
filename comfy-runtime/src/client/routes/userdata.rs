//! The files of the user on the server: `/userdata`. The editor keeps workflows in the folder `workflows`.

use bytes::Bytes;
use comfy_schema::Value;

use super::{array, strings};
use crate::client::call_name::CallName;
use crate::client::error::Error;
use crate::client::shape::unexpected;
use crate::client::{Client, json};

/// A file of the user.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UserFile {
    /// The path.
    pub path: String,
    /// The size in bytes.
    pub size: Option<u64>,
    /// The time of the last change, in milliseconds since 1970.
    pub modified: Option<u64>,
    /// The time of creation, in milliseconds since 1970.
    pub created: Option<u64>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

/// A file or a folder of the user.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UserEntry {
    /// The name.
    pub name: String,
    /// The path.
    pub path: String,
    /// Whether the entry is a folder.
    pub is_folder: bool,
    /// The size of a file, in bytes.
    pub size: Option<u64>,
    /// The time of the last change of a file, in seconds since 1970.
    pub modified: Option<f64>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

impl UserFile {
    /// Reads the description of a file. Older servers answer with its path only.
    fn read(call: &CallName, raw: Value) -> Result<Self, Error> {
        let path = json::string(&raw, "path").or_else(|| raw.as_str().map(str::to_owned));
        Ok(Self {
            path: path.ok_or_else(|| unexpected(call, &raw, "an object with the string `path`"))?,
            size: json::whole(&raw, "size"),
            modified: json::whole(&raw, "modified"),
            created: json::whole(&raw, "created"),
            raw,
        })
    }
}

impl Client {
    /// Returns the files in a folder, as paths below it; with `recurse` also those in subfolders (`GET /userdata`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 404 if the folder does not exist, and 403 if it leads out of the user's
    /// files. Otherwise fails as [every route](crate::client::routes#errors) does.
    pub async fn userdata_paths(&self, folder: &str, recurse: bool) -> Result<Vec<String>, Error> {
        let call =
            self.inner.transport.get(["userdata"]).query("dir", folder).query_opt("recurse", recurse.then_some(true));
        strings(&call.name(), &call.json().await?)
    }

    /// Returns the files in a folder, with sizes and times (`GET /userdata` with `full_info`).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`userdata_paths`](Self::userdata_paths).
    pub async fn userdata_files(&self, folder: &str, recurse: bool) -> Result<Vec<UserFile>, Error> {
        let call = self.inner.transport.get(["userdata"]).query("dir", folder).query("full_info", "true");
        let call = call.query_opt("recurse", recurse.then_some(true));
        let name = call.name();
        array(&name, call.json().await?)?.into_iter().map(|file| UserFile::read(&name, file)).collect()
    }

    /// Returns all files and folders of the user, or those below a folder, folders first (`GET /v2/userdata`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn userdata_tree(&self, folder: Option<&str>) -> Result<Vec<UserEntry>, Error> {
        let call = self.inner.transport.get(["v2", "userdata"]).query_opt("path", folder);
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

    /// Returns the content of a file; `None` if it does not exist (`GET /userdata/{file}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn read_userdata(&self, file: &str) -> Result<Option<Bytes>, Error> {
        match self.inner.transport.get(["userdata", file]).bytes().await {
            Ok(content) => Ok(Some(content)),
            Err(Error::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a file and creates its folders if necessary (`POST /userdata/{file}`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 409 if the file exists and `overwrite` is false. Otherwise fails as [every
    /// route](crate::client::routes#errors) does.
    pub async fn write_userdata(
        &self,
        file: &str,
        content: impl Into<Bytes>,
        overwrite: bool,
    ) -> Result<UserFile, Error> {
        let call = self.inner.transport.post(["userdata", file]).body(content.into());
        let call = call.query("overwrite", overwrite.to_string()).query("full_info", "true");
        UserFile::read(&call.name(), call.json().await?)
    }

    /// Removes a file (`DELETE /userdata/{file}`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 404 if the file does not exist. Otherwise fails as [every
    /// route](crate::client::routes#errors) does.
    pub async fn delete_userdata(&self, file: &str) -> Result<(), Error> {
        self.inner.transport.call(reqwest::Method::DELETE, ["userdata", file]).no_body().await
    }

    /// Moves or renames a file (`POST /userdata/{file}/move/{dest}`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 404 if the file does not exist, and 409 if the destination exists and
    /// `overwrite` is false. Otherwise fails as [every route](crate::client::routes#errors) does.
    pub async fn move_userdata(&self, file: &str, dest: &str, overwrite: bool) -> Result<UserFile, Error> {
        let call = self.inner.transport.post(["userdata", file, "move", dest]);
        let call = call.query("overwrite", overwrite.to_string()).query("full_info", "true");
        UserFile::read(&call.name(), call.json().await?)
    }
}
