//! `/internal`: what the server keeps for its own editor. It may change with any version.

use comfy_schema::Value;

use super::{object, strings};
use crate::client::error::Error;
use crate::client::{Client, json};

/// The last lines of the server's log.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Logs {
    /// What was written, piece by piece; a piece need not be a line.
    pub entries: Vec<LogEntry>,
    /// All that the server said besides.
    pub raw: Value,
}

/// A piece of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEntry {
    /// When, by the server's clock: ISO 8601 without a zone.
    pub time: String,
    /// What: with colours and carriage returns as for a terminal.
    pub message: String,
}

impl Client {
    /// `GET /internal/logs`: the log as one text.
    pub async fn log_text(&self) -> Result<String, Error> {
        let answer = self.inner.transport.get(["internal", "logs"]).plain().json().await?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    /// `GET /internal/logs/raw`: the last pieces of the log, with times.
    pub async fn logs(&self) -> Result<Logs, Error> {
        let call = self.inner.transport.get(["internal", "logs", "raw"]).plain();
        let mut members = object(&call.name(), call.json().await?)?;
        let entries = members.remove("entries");
        let entry = |entry: &Value| LogEntry {
            time: json::string(entry, "t").unwrap_or_default(),
            message: json::string(entry, "m").unwrap_or_default(),
        };
        let entries = json::array(entries.as_ref()).iter().map(entry).collect();
        Ok(Logs { entries, raw: Value::Object(members) })
    }

    /// `PATCH /internal/logs/subscribe`: whether the log comes over the socket, as events of kind `logs` that
    /// [`Event::Unknown`](crate::client::Event) gives to the run that is under way.
    pub async fn subscribe_logs(&self, enabled: bool) -> Result<(), Error> {
        let body = json::object([("clientId", self.client_id().into()), ("enabled", enabled.into())]);
        let route = ["internal", "logs", "subscribe"];
        let call = self.inner.transport.call(reqwest::Method::PATCH, route).plain();
        call.json_body(&body).repeatable().done().await
    }

    /// `GET /internal/folder_paths`: the folders on the server's disk, by kind.
    pub async fn folder_paths(&self) -> Result<Vec<(String, Vec<String>)>, Error> {
        let call = self.inner.transport.get(["internal", "folder_paths"]).plain();
        let folders = object(&call.name(), call.json().await?)?;
        Ok(folders.iter().map(|(kind, paths)| (kind.to_string(), json::strings(Some(paths)))).collect())
    }

    /// `GET /internal/files/{folder}`: the files in `input`, `output` or `temp`, newest first, without those in
    /// subfolders: `cat.png [output]`.
    pub async fn folder_files(&self, folder: &str) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["internal", "files", folder]).plain();
        strings(&call.name(), call.json().await?)
    }
}
