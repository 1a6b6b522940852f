//! The routes below `/internal`, which the server provides for its own editor. They may change with any version.

use comfy_schema::Value;

use super::{object, strings};
use crate::client::error::Error;
use crate::client::shape::{self, object_of, unexpected};
use crate::client::{Client, json};

/// The end of the server's log.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Logs {
    /// The entries; an entry need not be a whole line.
    pub entries: Vec<LogEntry>,
    /// The rest of the response, without the entries.
    pub raw: Value,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEntry {
    /// The time by the server's clock, in ISO 8601 format without a zone.
    pub time: String,
    /// The text, with the colours and carriage returns of a terminal.
    pub message: String,
}

impl Client {
    /// Returns the log as one text (`GET /internal/logs`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn log_text(&self) -> Result<String, Error> {
        let call = self.inner.transport.get(["internal", "logs"]).below_root();
        let (name, response) = (call.name(), call.json().await?);
        response.as_str().map(str::to_owned).ok_or_else(|| unexpected(&name, &response, "a string"))
    }

    /// Returns the last entries of the log, with times (`GET /internal/logs/raw`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn logs(&self) -> Result<Logs, Error> {
        let call = self.inner.transport.get(["internal", "logs", "raw"]).below_root();
        let (name, expected) = (call.name(), "an object with the array `entries`");
        let response = shape::with(&name, call.json().await?, "entries", shape::is_array, expected)?;
        let mut members = object(&name, response)?;
        let entries = members.remove("entries");
        let entry = |entry: &Value| LogEntry {
            time: json::string(entry, "t").unwrap_or_default(),
            message: json::string(entry, "m").unwrap_or_default(),
        };
        let entries = json::array(entries.as_ref()).iter().map(entry).collect();
        Ok(Logs { entries, raw: Value::Object(members) })
    }

    /// Sets whether the log is also sent over the WebSocket (`PATCH /internal/logs/subscribe`).
    ///
    /// The run that is active receives it as [`Event::Unknown`](crate::client::Event::Unknown) of kind `logs`.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn subscribe_logs(&self, enabled: bool) -> Result<(), Error> {
        let body = json::object([("clientId", self.client_id().into()), ("enabled", enabled.into())]);
        let route = ["internal", "logs", "subscribe"];
        let call = self.inner.transport.call(reqwest::Method::PATCH, route).below_root();
        call.json_body(&body).repeatable().no_body().await
    }

    /// Returns the folders on the server's disk, by kind (`GET /internal/folder_paths`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn folder_paths(&self) -> Result<Vec<(String, Vec<String>)>, Error> {
        let call = self.inner.transport.get(["internal", "folder_paths"]).below_root();
        let folders = object_of(&call.name(), call.json().await?, shape::is_array, "an object of arrays")?;
        Ok(folders.iter().map(|(kind, paths)| (kind.to_string(), json::strings(Some(paths)))).collect())
    }

    /// Returns the files in `input`, `output` or `temp`, newest first (`GET /internal/files/{folder}`).
    ///
    /// The names have the form `cat.png [output]`. Files in subfolders are not listed.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn folder_files(&self, folder: &str) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["internal", "files", folder]).below_root();
        strings(&call.name(), &call.json().await?)
    }
}
