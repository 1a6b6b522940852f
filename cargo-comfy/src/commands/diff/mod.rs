//! The command `cargo comfy diff`.

mod json;
mod markdown;
mod report;
mod text;
mod uses;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_schema::drift::{Comparison, Level};
use comfy_schema::server::address::{same_origin, without_secrets};

use crate::definitions::{config_of, is_url};
use crate::failure::{Failure, IntoFailure};
use crate::print;
use crate::server::AccessArguments;
use report::Report;
use uses::Uses;

/// Show the changes between two servers' nodes, and which of them break workflows.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// Old node definitions: a file, or the base URL of a running server.
    #[arg(value_name = "OLD")]
    old: String,

    /// New node definitions: a file, or the base URL of a running server.
    #[arg(value_name = "NEW")]
    new: String,

    /// Show only the changes that affect these workflows (JSON or pictures), Rust sources, or folders of either.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    uses: Vec<PathBuf>,

    /// Output format.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// Exit with 1 also if there are defaulted changes.
    #[arg(long)]
    deny_defaulted: bool,

    #[command(flatten)]
    access: AccessArguments,
}

const EXAMPLES: &str = "\
Examples:
  Find out whether an update of the server breaks the workflows of a project:
    cargo comfy diff schemas/comfyui-0.26.0.json http://127.0.0.1:8188 --uses workflows src

  Print all changes as a comment for a pull request:
    cargo comfy diff old.json new.json --format markdown

A change has one of these levels:
  breaking    A valid workflow is now rejected, or fails: a node, input, output or option was removed, a type changed, a
              range became narrower, or a required input without a default was added.
  defaulted   A required input with a default was added. The server does not fill in the default, so it rejects
              workflows without the input.
  additive    Every valid workflow is still valid.

A workflow is affected only by changes to the options, values and outputs that it uses. A Rust source is affected by
every change to a node that it names.

Exit codes: 0 no breaking change, 1 breaking changes, 2 the definitions could not be compared.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for people.
    Text,
    /// One line of JSON.
    Json,
    /// Markdown for a pull request.
    Markdown,
}

impl Diff {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        self.refuse_two_servers()?;
        let origin = config_of(&self.old, &self.access)?;
        let (old, new) = (origin.definitions()?.schema, config_of(&self.new, &self.access)?.definitions()?.schema);
        let comparison = Comparison::new(&old, &new);
        let report = if self.uses.is_empty() {
            Report::of_all(&comparison)
        } else {
            Report::of_uses(&comparison, &Uses::find(&self.uses, origin, &old)?, &old, &new)?
        };
        match self.format {
            Format::Json => print::json(json::write(&report, &shown(&self.old), &shown(&self.new)))?,
            Format::Markdown => print::text(markdown::write(&report, &shown(&self.old), &shown(&self.new)))?,
            Format::Text => print::painted(&text::write(&report, print::paint()))?,
        }
        let denied = if self.deny_defaulted { Level::Defaulted } else { Level::Breaking };
        if report.level() >= Some(denied) { Err(Failure::Reported(1)) } else { Ok(()) }
    }

    /// Refuses credentials for two servers, because they cannot be for both.
    fn refuse_two_servers(&self) -> Result<(), Failure> {
        if !is_url(&self.old) || !is_url(&self.new) || same_origin(&self.old, &self.new) {
            return Ok(());
        }
        if self.access.options(&self.old)?.has_credentials() && self.access.options(&self.new)?.has_credentials() {
            let message = "the credentials cannot be for both servers; save the definitions of one with `cargo comfy \
                           snapshot`, or set COMFY_URL to the URL of the one that they are for";
            return Err(message.to_owned().into_failure());
        }
        Ok(())
    }
}

/// Returns a path or a URL without its secrets.
fn shown(from: &str) -> String {
    if is_url(from) { without_secrets(from) } else { from.to_owned() }
}
