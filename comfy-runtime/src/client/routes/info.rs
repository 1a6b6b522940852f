//! The server's node definitions, machine and features: `/object_info`, `/node_replacements`, `/system_stats`,
//! `/features`.

use bytes::Bytes;
use comfy_schema::{Map, NodeDef, Schema, Value};

use super::object;
use crate::client::call_name::CallName;
use crate::client::error::Error;
use crate::client::shape::{self, unexpected};
use crate::client::{Client, json};

/// The machine of a server and the versions of its software.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SystemStats {
    /// The operating system: `linux`, `win32`, `darwin`, ….
    pub os: String,
    /// The version of ComfyUI.
    pub comfyui_version: String,
    /// The version of Python.
    pub python_version: String,
    /// The version of `torch`.
    pub pytorch_version: String,
    /// Total memory of the machine, in bytes.
    pub ram_total: Option<u64>,
    /// Free memory of the machine, in bytes.
    pub ram_free: Option<u64>,
    /// The command line of the server.
    pub argv: Vec<String>,
    /// The devices that it computes on, the main one first.
    pub devices: Vec<Device>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

/// A device that a server computes on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Device {
    /// The name of the device.
    pub name: String,
    /// The kind of the device: `cuda`, `cpu`, `mps`, ….
    pub kind: String,
    /// The index of the device; `None` for a CPU.
    pub index: Option<u64>,
    /// Total memory of the device, in bytes.
    pub vram_total: Option<u64>,
    /// Free memory of the device, in bytes.
    pub vram_free: Option<u64>,
    /// Memory that `torch` has reserved, in bytes.
    pub torch_vram_total: Option<u64>,
    /// Memory that `torch` has reserved and does not use, in bytes.
    pub torch_vram_free: Option<u64>,
}

/// The features of a server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Features {
    /// Whether previews name their run and node.
    pub supports_preview_metadata: bool,
    /// Maximum size of a request body, in bytes.
    pub max_upload_size: Option<u64>,
    /// Whether the route `/node_replacements` exists.
    pub node_replacements: bool,
    /// Whether the routes below `/api/assets` are enabled.
    pub assets: bool,
    /// The whole response as the server sent it.
    pub raw: Map,
}

impl Client {
    /// Returns the definitions of all nodes as JSON text (`GET /object_info`).
    ///
    /// The response has several megabytes, and up to about 100 MB with many custom nodes.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn object_info_bytes(&self) -> Result<Bytes, Error> {
        self.inner.transport.get(["object_info"]).bytes().await
    }

    /// Returns the definitions of all nodes (`GET /object_info`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn object_info(&self) -> Result<Schema, Error> {
        let name = self.inner.transport.get(["object_info"]).name();
        schema(&name, &self.object_info_bytes().await?)
    }

    /// Returns the definition of one class; `None` if the server does not have it (`GET /object_info/{class}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn object_info_of(&self, class: &str) -> Result<Option<NodeDef>, Error> {
        let call = self.inner.transport.get(["object_info", class]);
        let (name, response) = (call.name(), call.bytes().await?);
        // This is the response for a class that the server does not have.
        if response.iter().filter(|byte| !byte.is_ascii_whitespace()).eq(b"{}") {
            return Ok(None);
        }
        Ok(schema(&name, &response)?.node(class).cloned())
    }

    /// Returns the rules by which the server replaces missing classes with newer ones (`GET /node_replacements`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn node_replacements(&self) -> Result<Value, Error> {
        let call = self.inner.transport.get(["node_replacements"]);
        object(&call.name(), call.json().await?).map(Value::Object)
    }

    /// Returns the machine, its memory and the versions (`GET /system_stats`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn system_stats(&self) -> Result<SystemStats, Error> {
        let call = self.inner.transport.get(["system_stats"]);
        let (name, expected) = (call.name(), "an object with the object `system`");
        let raw = shape::with(&name, call.json().await?, "system", shape::is_object, expected)?;
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

    /// Returns the features of the server (`GET /features`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn features(&self) -> Result<Features, Error> {
        let call = self.inner.transport.get(["features"]);
        let (name, response) = (call.name(), call.json().await?);
        // Every server that has the route tells these, whatever their values are.
        if !["supports_preview_metadata", "max_upload_size"].iter().any(|key| json::get(&response, key).is_some()) {
            return Err(unexpected(&name, &response, "an object with `supports_preview_metadata`"));
        }
        let raw = object(&name, response)?;
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

fn schema(call: &CallName, bytes: &[u8]) -> Result<Schema, Error> {
    Schema::from_slice(bytes).map_err(|error| Error::InvalidResponse {
        call: call.to_string(),
        reason: call.redaction().string(error.to_string()),
    })
}
