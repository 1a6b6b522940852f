//! `cargo comfy diff`

mod json;
mod markdown;
mod report;
mod text;
mod uses;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_schema::drift::{Comparison, Level};

use crate::failure::Failure;
use crate::paint::Paint;
use crate::{definitions, files};
use report::Report;
use uses::Uses;

/// Say what changed between two servers' nodes, and what of it breaks workflows.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// What a server said before: a file with its node definitions, or the base URL of a running server
    #[arg(value_name = "OLD")]
    old: String,

    /// What a server says now: a file or a URL
    #[arg(value_name = "NEW")]
    new: String,

    /// Only what these use: workflows (JSON or pictures), Rust sources, or folders of either
    #[arg(long, value_name = "PATH", num_args = 1..)]
    uses: Vec<PathBuf>,

    /// How to say it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// End with 1 also if there are new required inputs that have a default
    #[arg(long)]
    deny_defaulted: bool,
}

const EXAMPLES: &str = "\
Examples:
  Whether an update of the server breaks the workflows of a project:
    cargo comfy diff schemas/comfyui-0.26.0.json http://127.0.0.1:8188 --uses workflows src

  Everything that changed, as a comment for a pull request:
    cargo comfy diff old.json new.json --format markdown

A change is
  breaking    what was right is refused or fails: a node, input, output or option is gone, a type changed, a range is
              narrower, or a required input without a default is new
  defaulted   a required input is new and has a default: the server does not fill it in, so it refuses workflows
              without it
  additive    nothing that was right is wrong now

With workflows, only what they use counts: the options they choose, the values they hold, the outputs they link. Rust
sources count as using all of every node that they name.

Exit codes: 0 nothing breaks, 1 something does, 2 could not be compared.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One line of JSON
    Json,
    /// For a pull request
    Markdown,
}

impl Diff {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let (old, new) = (definitions::load(&self.old)?, definitions::load(&self.new)?);
        let comparison = Comparison::new(&old, &new);
        let report = if self.uses.is_empty() {
            Report::of_all(&comparison)
        } else {
            Report::of_uses(&comparison, &Uses::find(&self.uses, &self.old, &old)?, &old, &new)?
        };
        let text = match self.format {
            Format::Json => json::write(&report, &self.old, &self.new),
            Format::Markdown => markdown::write(&report, &self.old, &self.new),
            Format::Text => text::write(&report, Paint::new(io::stdout().is_terminal())),
        };
        files::print(&text)?;
        let denied = if self.deny_defaulted { Level::Defaulted } else { Level::Breaking };
        if report.level() >= Some(denied) { Err(Failure::Said(1)) } else { Ok(()) }
    }
}
