//! The command `cargo comfy export`.

use std::path::PathBuf;

use clap::Args;
use comfy_schema::shown;

use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::json::Pretty;
use crate::workflow::{self, Choices};
use crate::{files, print};

/// Turn a prompt in API format into a workflow that the ComfyUI editor opens.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Export {
    /// Prompt in API format, or a picture that ComfyUI saved; - reads standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    definitions: Definitions,

    /// File to write [default: standard output].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Exit with 1 if the editor would not queue exactly this prompt.
    #[arg(long)]
    deny_lost: bool,
}

const EXAMPLES: &str = "\
Examples:
  Export the prompt that a Rust program prints:
    cargo run -- --print | cargo comfy export - --out portrait.json

  Export with the node definitions of a running server:
    cargo comfy export portrait.api.json --server http://127.0.0.1:8188 --out portrait.json

The nodes are laid out from left to right. For the exported file the editor queues the same prompt again. Values that a
workflow cannot hold (numbers of more than 53 bits, values of nodes without a definition) are listed on standard error.

Exit codes: 0 done, 1 done but values were lost (--deny-lost), 2 the prompt could not be exported.";

impl Export {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let schema = self.definitions.load()?;
        let read = Choices::AS_WRITTEN.read(&self.file, || Ok(&schema));
        let (prompt, warnings) = read.map_err(|failure| failure.about(&self.file))?;
        workflow::warn(&self.file, &warnings);
        let document = comfy_draw::to_ui(&prompt, &schema)?;
        for lost in &document.lost {
            print::warning(format_args!("{}: {lost}", shown::path(&self.file)));
        }
        files::write_json(self.out.as_deref(), Pretty(&document.workflow))?;
        match document.lost.len() {
            lost @ 1.. if self.deny_lost => {
                Err(Failure::Negative(format!("lost values: {lost}; --deny-lost makes this an error")))
            }
            _ => Ok(()),
        }
    }
}
