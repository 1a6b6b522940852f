//! What the server is and what it knows: `/object_info`, `/system_stats`, `/features`, `/node_replacements`.

use bytes::Bytes;
use comfy_schema::{Map, NodeDef, Schema, Value};

use super::object;
use crate::client::error::Error;
use crate::client::{Client, json};

/// The machine and the versions.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SystemStats {
    /// `linux`, `win32`, `darwin`, …
    pub os: String,
    /// ComfyUI's version.
    pub comfyui_version: String,
    /// Python's version.
    pub python_version: String,
    /// The version of `torch`.
    pub pytorch_version: String,
    /// Memory of the machine, in bytes.
    pub ram_total: Option<u64>,
    /// Of it, what is free, in bytes.
    pub ram_free: Option<u64>,
    /// How the server was started.
    pub argv: Vec<String>,
    /// What it computes on, the main device first.
    pub devices: Vec<Device>,
    /// All that the server said.
    pub raw: Value,
}

/// What a server computes on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Device {
    /// Its name.
    pub name: String,
    /// `cuda`, `cpu`, `mps`, …
    pub kind: String,
    /// Its number; none for a CPU.
    pub index: Option<u64>,
    /// Its memory, in bytes.
    pub vram_total: Option<u64>,
    /// Of it, what is free, in bytes.
    pub vram_free: Option<u64>,
    /// What `torch` has of it, in bytes.
    pub torch_vram_total: Option<u64>,
    /// Of that, what is free, in bytes.
    pub torch_vram_free: Option<u64>,
}

/// What the server can do.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Features {
    /// Previews say whose they are.
    pub supports_preview_metadata: bool,
    /// The longest body that is taken, in bytes.
    pub max_upload_size: Option<u64>,
    /// `/node_replacements` is there.
    pub node_replacements: bool,
    /// `/api/assets` is switched on.
    pub assets: bool,
    /// All that the server said.
    pub raw: Map,
}

impl Client {
    /// `GET /object_info`: the definitions of all nodes, as the server sends them. Megabytes; with many custom nodes, a
    /// hundred of them.
    pub async fn object_info_bytes(&self) -> Result<Bytes, Error> {
        self.inner.transport.get(["object_info"]).bytes().await
    }

    /// `GET /object_info`: the definitions of all nodes.
    pub async fn object_info(&self) -> Result<Schema, Error> {
        schema("GET /object_info", &self.object_info_bytes().await?)
    }

    /// `GET /object_info/{class}`: the definition of one class; `None` if the server does not have it.
    pub async fn object_info_of(&self, class: &str) -> Result<Option<NodeDef>, Error> {
        let call = self.inner.transport.get(["object_info", class]);
        let (name, answer) = (call.name(), call.bytes().await?);
        // What the server answers for a class that it does not have.
        if answer.iter().filter(|byte| !byte.is_ascii_whitespace()).eq(b"{}") {
            return Ok(None);
        }
        Ok(schema(&name, &answer)?.node(class).cloned())
    }

    /// `GET /node_replacements`: which classes the server puts in the place of old ones.
    pub async fn node_replacements(&self) -> Result<Value, Error> {
        self.inner.transport.get(["node_replacements"]).json().await
    }

    /// `GET /system_stats`: the machine, its memory and versions.
    pub async fn system_stats(&self) -> Result<SystemStats, Error> {
        let call = self.inner.transport.get(["system_stats"]);
        let raw = Value::Object(object(&call.name(), call.json().await?)?);
        let system = json::get(&raw, "system").unwrap_or(&Value::Null);
        let text = |key| json::string(system, key).unwrap_or_default();
        Ok(SystemStats {
            os: text("os"),
            comfyui_version: text("comfyui_version"),
            python_version: text("python_version"),
            pytorch_version: text("pytorch_version"),
            ram_total: json::whole(system, "ram_total"),
            ram_free: json::whole(system, "ram_free"),
            argv: json::strings(json::get(system, "argv")),
            devices: json::array(json::get(&raw, "devices")).iter().map(Device::read).collect(),
            raw,
        })
    }

    /// `GET /features`: what the server can do.
    pub async fn features(&self) -> Result<Features, Error> {
        let call = self.inner.transport.get(["features"]);
        let raw = object(&call.name(), call.json().await?)?;
        let flag = |key| raw.get(key).and_then(Value::as_bool).unwrap_or_default();
        let size = raw.get("max_upload_size").and_then(Value::as_i128);
        Ok(Features {
            supports_preview_metadata: flag("supports_preview_metadata"),
            max_upload_size: size.and_then(|size| u64::try_from(size).ok()),
            node_replacements: flag("node_replacements"),
            assets: flag("assets"),
            raw,
        })
    }
}

impl Device {
    fn read(device: &Value) -> Self {
        let whole = |key| json::whole(device, key);
        Self {
            name: json::string(device, "name").unwrap_or_default(),
            kind: json::string(device, "type").unwrap_or_default(),
            index: whole("index"),
            vram_total: whole("vram_total"),
            vram_free: whole("vram_free"),
            torch_vram_total: whole("torch_vram_total"),
            torch_vram_free: whole("torch_vram_free"),
        }
    }
}

pub(in crate::client) fn schema(call: &str, bytes: &[u8]) -> Result<Schema, Error> {
    Schema::from_slice(bytes).map_err(|error| Error::Answer { call: call.to_owned(), why: error.to_string() })
}
