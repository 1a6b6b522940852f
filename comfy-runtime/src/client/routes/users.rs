//! `/users` and `/settings`.

use comfy_schema::{Map, Value};

use super::{object, unexpected};
use crate::client::error::Error;
use crate::client::{Client, json};

/// Who uses the server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Users {
    /// The names by id; `None` if the server has but one user.
    pub users: Option<Map>,
    /// All that the server said.
    pub raw: Value,
}

impl Client {
    /// `GET /users`: the users of a server with `--multi-user`.
    pub async fn users(&self) -> Result<Users, Error> {
        let raw = self.inner.transport.get(["users"]).json().await?;
        Ok(Users { users: json::get(&raw, "users").and_then(Value::as_object).cloned(), raw })
    }

    /// `POST /users`: adds a user to a server with `--multi-user`, and gives the id for
    /// [`ClientBuilder::user`](crate::client::ClientBuilder::user).
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 400 if the name is empty, taken or reserved.
    pub async fn add_user(&self, name: &str) -> Result<String, Error> {
        let call = self.inner.transport.post(["users"]).json_body(&json::object([("username", name.into())]));
        let (name, answer) = (call.name(), call.json().await?);
        answer.as_str().map(str::to_owned).ok_or_else(|| unexpected(&name, &answer, "a text"))
    }

    /// `GET /settings`: all settings of the editor.
    pub async fn settings(&self) -> Result<Map, Error> {
        let call = self.inner.transport.get(["settings"]);
        object(&call.name(), call.json().await?)
    }

    /// `POST /settings`: sets these settings; others stay.
    pub async fn change_settings(&self, settings: Map) -> Result<(), Error> {
        self.inner.transport.post(["settings"]).json_body(&Value::Object(settings)).repeatable().done().await
    }

    /// `GET /settings/{id}`: one setting; `None` if it is not set.
    pub async fn setting(&self, id: &str) -> Result<Option<Value>, Error> {
        let value = self.inner.transport.get(["settings", id]).json().await?;
        Ok((!value.is_null()).then_some(value))
    }

    /// `POST /settings/{id}`: sets one setting.
    pub async fn set_setting(&self, id: &str, value: impl Into<Value>) -> Result<(), Error> {
        self.inner.transport.post(["settings", id]).json_body(&value.into()).repeatable().done().await
    }
}
