//! The resources of the editor: its page, node help, extensions, templates, translations, blueprints.

use comfy_schema::{Map, Value};

use super::strings;
use crate::client::error::Error;
use crate::client::shape::{self, object_of};
use crate::client::{Client, json};

/// A subgraph blueprint, which can be inserted into any workflow.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Subgraph {
    /// The name.
    pub name: String,
    /// The origin: `custom_node` or `templates`.
    pub source: String,
    /// The node pack that provides it.
    pub node_pack: Option<String>,
    /// The workflow as JSON text. Only [`Client::subgraph`] returns it.
    pub data: Option<String>,
    /// The rest of the response, without `data`.
    pub raw: Value,
}

impl Subgraph {
    fn read(mut raw: Value) -> Self {
        let data = match &mut raw {
            Value::Object(map) => map.remove("data"),
            _ => None,
        };
        Self {
            name: json::string(&raw, "name").unwrap_or_default(),
            source: json::string(&raw, "source").unwrap_or_default(),
            node_pack: json::get(&raw, "info").and_then(|info| json::string(info, "node_pack")),
            data: data.and_then(|data| data.as_str().map(str::to_owned)),
            raw,
        }
    }
}

impl Client {
    /// Returns the page of the editor, as HTML (`GET /`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn editor_page(&self) -> Result<String, Error> {
        self.inner.transport.get([]).below_root().text().await
    }

    /// Returns the help page of a node, such as `KSampler/en.md`; `None` if there is none (`GET /docs/{path}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn node_help(&self, path: &str) -> Result<Option<String>, Error> {
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        match self.inner.transport.get(std::iter::once("docs").chain(segments)).below_root().text().await {
            Ok(text) => Ok(Some(text)),
            // The server responds with 403 for the folder itself.
            Err(Error::Status { status: 403 | 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the scripts that the editor loads, as paths on the server (`GET /extensions`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn extensions(&self) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["extensions"]);
        strings(&call.name(), &call.json().await?)
    }

    /// Returns the names of the example workflows of each node pack (`GET /workflow_templates`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn workflow_templates(&self) -> Result<Vec<(String, Vec<String>)>, Error> {
        let call = self.inner.transport.get(["workflow_templates"]);
        let packs = object_of(&call.name(), call.json().await?, shape::is_array, "an object of arrays")?;
        Ok(packs.iter().map(|(pack, names)| (pack.to_string(), json::strings(Some(names)))).collect())
    }

    /// Returns an example workflow of a node pack, in UI format (`GET /api/workflow_templates/{pack}/{name}.json`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn workflow_template(&self, pack: &str, name: &str) -> Result<Value, Error> {
        let file = format!("{name}.json");
        self.inner.transport.get(["workflow_templates", pack, file.as_str()]).below_api().json().await
    }

    /// Returns the translations by language (`GET /i18n`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn translations(&self) -> Result<Map, Error> {
        let call = self.inner.transport.get(["i18n"]);
        object_of(&call.name(), call.json().await?, shape::is_object, "an object of objects")
    }

    /// Returns the blueprints, by id (`GET /global_subgraphs`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn subgraphs(&self) -> Result<Vec<(String, Subgraph)>, Error> {
        let call = self.inner.transport.get(["global_subgraphs"]);
        let subgraphs = object_of(&call.name(), call.json().await?, shape::is_object, "an object of objects")?;
        Ok(subgraphs.into_iter().map(|(id, raw)| (id.to_string(), Subgraph::read(raw))).collect())
    }

    /// Returns a blueprint with its workflow; `None` if there is none of this id (`GET /global_subgraphs/{id}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn subgraph(&self, id: &str) -> Result<Option<Subgraph>, Error> {
        let call = self.inner.transport.get(["global_subgraphs", id]);
        let (name, raw) = (call.name(), call.json().await?);
        if raw.is_null() {
            return Ok(None);
        }
        let expected = "an object with the string `name`, or `null`";
        shape::with(&name, raw, "name", shape::is_string, expected).map(|raw| Some(Subgraph::read(raw)))
    }
}
