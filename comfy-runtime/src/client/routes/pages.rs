//! What the editor asks for: pages, node help, extensions, templates, translations, blueprints.

use comfy_schema::{Map, Value};

use super::{object, strings};
use crate::client::error::Error;
use crate::client::{Client, json};

/// A blueprint: a subgraph that every workflow may use.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Subgraph {
    /// Its name.
    pub name: String,
    /// `custom_node` or `templates`.
    pub source: String,
    /// The pack that it is from.
    pub node_pack: Option<String>,
    /// Its workflow as JSON. Only of a single blueprint.
    pub data: Option<String>,
    /// All that the server said besides `data`.
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
    /// `GET /`: the page of the editor, as HTML.
    pub async fn editor_page(&self) -> Result<String, Error> {
        self.inner.transport.get([""]).plain().text().await
    }

    /// `GET /docs/{path}`: the help of a node, such as `KSampler/en.md`; `None` if there is none. This is no description
    /// of the API; a server has none.
    pub async fn node_help(&self, path: &str) -> Result<Option<String>, Error> {
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        match self.inner.transport.get(std::iter::once("docs").chain(segments)).plain().text().await {
            Ok(text) => Ok(Some(text)),
            // The bare folder answers 403.
            Err(Error::Status { status: 403 | 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `GET /extensions`: the scripts that the editor loads, as paths on the server.
    pub async fn extensions(&self) -> Result<Vec<String>, Error> {
        let call = self.inner.transport.get(["extensions"]);
        strings(&call.name(), call.json().await?)
    }

    /// `GET /workflow_templates`: the example workflows of custom nodes: pack → names.
    pub async fn workflow_templates(&self) -> Result<Vec<(String, Vec<String>)>, Error> {
        let call = self.inner.transport.get(["workflow_templates"]);
        let packs = object(&call.name(), call.json().await?)?;
        Ok(packs.iter().map(|(pack, names)| (pack.to_string(), json::strings(Some(names)))).collect())
    }

    /// `GET /api/workflow_templates/{pack}/{name}.json`: an example workflow of a custom node, in the editor's format.
    pub async fn workflow_template(&self, pack: &str, name: &str) -> Result<Value, Error> {
        let file = format!("{name}.json");
        self.inner.transport.get(["workflow_templates", pack, file.as_str()]).api().json().await
    }

    /// `GET /i18n`: translations by language.
    pub async fn translations(&self) -> Result<Map, Error> {
        let call = self.inner.transport.get(["i18n"]);
        object(&call.name(), call.json().await?)
    }

    /// `GET /global_subgraphs`: the blueprints, by id.
    pub async fn subgraphs(&self) -> Result<Vec<(String, Subgraph)>, Error> {
        let call = self.inner.transport.get(["global_subgraphs"]);
        let subgraphs = object(&call.name(), call.json().await?)?;
        Ok(subgraphs.into_iter().map(|(id, raw)| (id.to_string(), Subgraph::read(raw))).collect())
    }

    /// `GET /global_subgraphs/{id}`: a blueprint and its workflow; `None` if there is none of this id.
    pub async fn subgraph(&self, id: &str) -> Result<Option<Subgraph>, Error> {
        let raw = self.inner.transport.get(["global_subgraphs", id]).json().await?;
        Ok((!raw.is_null()).then(|| Subgraph::read(raw)))
    }
}
