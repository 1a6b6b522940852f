//! `cargo comfy export`

use std::path::PathBuf;

use clap::Args;

use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::files;
use crate::json::Pretty;
use crate::workflow::{self, Choices};

/// Make a workflow that the ComfyUI editor opens from a prompt in API format.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Export {
    /// Workflow in API format, or a picture that ComfyUI saved; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    definitions: Definitions,

    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// End with 1 if the editor would not queue exactly this prompt
    #[arg(long)]
    deny_lost: bool,
}

const EXAMPLES: &str = "\
Examples:
  What a program in Rust queues, for the editor:
    cargo run -- --print | cargo comfy export - --out portrait.json

  With the nodes of a running server:
    cargo comfy export portrait.api.json --server http://127.0.0.1:8188 --out portrait.json

The file is laid out from left to right. What the editor queues for it is the prompt again; what it cannot hold (numbers
of more than 53 bits, values of nodes that the definitions do not have) is told on standard error.

Exit codes: 0 done, 1 done with losses (--deny-lost), 2 could not be done.";

impl Export {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let schema = self.definitions.load()?;
        let read = Choices::AS_WRITTEN.read(&self.file, || Ok(&schema));
        let (prompt, warnings) = read.map_err(|failure| failure.about(&self.file))?;
        workflow::warn(&self.file, &warnings);
        let document = comfy_draw::to_ui(&prompt, &schema)?;
        for lost in &document.lost {
            eprintln!("warning: {}: {lost}", self.file.display());
        }
        let text = format!("{}\n", Pretty(&document.workflow));
        files::write(self.out.as_deref(), text.as_bytes())?;
        match document.lost.len() {
            lost @ 1.. if self.deny_lost => Err(Failure::No(format!("{lost} things are lost, which is denied"))),
            _ => Ok(()),
        }
    }
}
