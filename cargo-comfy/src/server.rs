//! The arguments that say which server to ask and how to reach it, shared by every command that asks one.

#![expect(clippy::doc_markdown, reason = "the help of the command has no code spans in its defaults")]

use std::env;
use std::path::PathBuf;

use clap::Args;
use comfy_schema::server::{Secret, ServerOptions};

use crate::failure::{Failure, IntoFailure};

const HEADING: &str = "Server options";

/// The arguments of a command that always asks a server.
#[cfg(feature = "run")]
#[derive(Debug, Clone, Args)]
pub(crate) struct ServerArguments {
    /// Base URL of the server, which may have a path and a user with a password [env: COMFY_URL] [default:
    /// http://127.0.0.1:8188].
    #[arg(long, value_name = "URL")]
    server: Option<Secret>,

    #[command(flatten)]
    access: AccessArguments,
}

#[cfg(feature = "run")]
impl ServerArguments {
    /// Returns the options of the server: arguments, or else environment variables, or else the server on this machine.
    pub(crate) fn options(&self) -> Result<ServerOptions, Failure> {
        let url = match &self.server {
            Some(url) => url.clone(),
            None => environment_url()?.unwrap_or_else(|| Secret::new(ServerOptions::DEFAULT_URL)),
        };
        self.access.options(url)
    }
}

/// The arguments of a command that may ask a server, apart from its URL.
///
/// The environment variables are read by [`ServerOptions::with_environment`] and not by the parser of the arguments,
/// because they are used only for the server that `COMFY_URL` names.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccessArguments {
    /// Token for a proxy in front of the server, sent as `Authorization: Bearer …` [env: COMFY_TOKEN].
    #[arg(long, value_name = "TOKEN", help_heading = HEADING, hide_short_help = true)]
    token: Option<Secret>,

    /// API key for a hosted server, sent as `X-API-Key: …` [env: COMFY_API_KEY].
    #[arg(long, value_name = "KEY", help_heading = HEADING, hide_short_help = true)]
    api_key: Option<Secret>,

    /// Header of every request; may be given several times [env: COMFY_HEADERS, one per line].
    #[arg(long = "header", value_name = "NAME:VALUE", help_heading = HEADING, hide_short_help = true)]
    headers: Vec<Secret>,

    /// PEM file with certificates to trust in addition to those of the system [env: COMFY_CA_CERTIFICATE].
    #[arg(long, value_name = "FILE", help_heading = HEADING, hide_short_help = true)]
    ca_certificate: Option<PathBuf>,

    /// PEM file with the only certificate to accept, which may be self-signed [env: COMFY_PIN_CERTIFICATE].
    #[arg(long, value_name = "FILE", help_heading = HEADING, hide_short_help = true, conflicts_with = "ca_certificate")]
    pin_certificate: Option<PathBuf>,

    /// Path and query of the WebSocket, for hosts that expect a token there, such as `/ws?token=…` [env:
    /// COMFY_WEBSOCKET].
    #[arg(long, value_name = "PATH", help_heading = HEADING, hide_short_help = true)]
    websocket: Option<Secret>,
}

impl AccessArguments {
    /// Returns the options for the server at a URL: arguments, or else environment variables.
    pub(crate) fn options(&self, url: impl Into<Secret>) -> Result<ServerOptions, Failure> {
        let mut options = ServerOptions::new(url);
        options.token.clone_from(&self.token);
        options.api_key.clone_from(&self.api_key);
        options.ca_certificate.clone_from(&self.ca_certificate);
        options.pin_certificate.clone_from(&self.pin_certificate);
        options.websocket.clone_from(&self.websocket);
        for header in &self.headers {
            let invalid = |reason| format!("invalid value of --header: {reason}").into_failure();
            options = options.header_line(header.reveal()).map_err(invalid)?;
        }
        Ok(options.with_environment(|name| env::var_os(name))?)
    }
}

/// Returns the URL that the environment variable `COMFY_URL` names.
pub(crate) fn environment_url() -> Result<Option<Secret>, Failure> {
    Ok(ServerOptions::environment_url(|name| env::var_os(name))?)
}
