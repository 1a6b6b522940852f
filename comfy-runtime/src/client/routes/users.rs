//! The users and the settings of the editor: `/users` and `/settings`.

use comfy_schema::{Map, Value};

use super::object;
use crate::client::error::Error;
use crate::client::shape::{self, unexpected};
use crate::client::{Client, json};

/// The users of a server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Users {
    /// The names by id; `None` if the server has only one user.
    pub users: Option<Map>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

impl Client {
    /// Returns the users of a server with `--multi-user` (`GET /users`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn users(&self) -> Result<Users, Error> {
        let call = self.inner.transport.get(["users"]);
        let (name, expected) = (call.name(), "an object with the string `storage`");
        let raw = shape::with(&name, call.json().await?, "storage", shape::is_string, expected)?;
        Ok(Users { users: json::get(&raw, "users").and_then(Value::as_object).cloned(), raw })
    }

    /// Adds a user to a server with `--multi-user` and returns the id for
    /// [`ClientBuilder::user`](crate::client::ClientBuilder::user) (`POST /users`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 400 if the name is empty, taken or reserved. Otherwise fails as [every
    /// route](crate::client::routes#errors) does.
    pub async fn add_user(&self, name: &str) -> Result<String, Error> {
        let call = self.inner.transport.post(["users"]).json_body(&json::object([("username", name.into())]));
        let (name, response) = (call.name(), call.json().await?);
        response.as_str().map(str::to_owned).ok_or_else(|| unexpected(&name, &response, "a string"))
    }

    /// Returns all settings of the editor (`GET /settings`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn settings(&self) -> Result<Map, Error> {
        let call = self.inner.transport.get(["settings"]);
        object(&call.name(), call.json().await?)
    }

    /// Changes these settings and keeps the others (`POST /settings`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn change_settings(&self, settings: Map) -> Result<(), Error> {
        self.inner.transport.post(["settings"]).json_body(&Value::Object(settings)).repeatable().no_body().await
    }

    /// Returns one setting; `None` if it is not set (`GET /settings/{id}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn setting(&self, id: &str) -> Result<Option<Value>, Error> {
        let value = self.inner.transport.get(["settings", id]).json().await?;
        Ok((!value.is_null()).then_some(value))
    }

    /// Changes one setting (`POST /settings/{id}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn set_setting(&self, id: &str, value: impl Into<Value>) -> Result<(), Error> {
        self.inner.transport.post(["settings", id]).json_body(&value.into()).repeatable().no_body().await
    }
}
