//! `cargo comfy nodes`

mod json;
mod one;
mod text;

use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};
use comfy_schema::search::Query;
use comfy_schema::{NodeDef, Schema};

use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::files;
use crate::paint::Paint;

/// Find nodes by words and by what they take and give; show one whole.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Nodes {
    /// Words in class, title, category, aliases or description, `takes TYPE`, `gives TYPE`; or the class of one node
    #[arg(value_name = "WORD")]
    words: Vec<String>,

    /// Type of a socket that it takes
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    takes: Vec<String>,

    /// Type that it gives
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    gives: Vec<String>,

    #[command(flatten)]
    definitions: Definitions,

    /// The most nodes to list; 0 lists all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// How to say it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  Everything about one node:
    cargo comfy nodes KSampler

  What upscales?
    cargo comfy nodes upscale

  What takes a MASK and gives an IMAGE?
    cargo comfy nodes takes MASK gives IMAGE
    cargo comfy nodes --takes MASK --gives IMAGE

  All nodes of a server, for other programs:
    cargo comfy nodes --server http://127.0.0.1:8188 --limit 0 --format json

Exit codes: 0 found, 1 nothing found, 2 could not be looked for.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One line of JSON for each node
    Json,
}

impl Nodes {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let schema = self.definitions.load()?;
        let mut query = Query::from_words(&self.words);
        query.takes.extend(self.takes.iter().cloned());
        query.gives.extend(self.gives.iter().cloned());
        let found = query.search(&schema);
        if found.is_empty() {
            return Err(Failure::No(nothing(&query, &schema)));
        }
        let paint = Paint::new(io::stdout().is_terminal());
        if let Some(node) = self.meant(&found) {
            return files::print(&match self.format {
                Format::Json => json::write(&[node]),
                Format::Text => one::write(node, paint),
            });
        }
        let most = if self.limit == 0 { found.len() } else { self.limit };
        let shown = found.get(..most).unwrap_or(&found);
        files::print(&match self.format {
            Format::Json => json::write(shown),
            Format::Text => text::write(shown, found.len() - shown.len(), paint),
        })
    }

    /// The one node that is meant: the only one, or the one whose class was written.
    fn meant<'s>(&self, found: &[&'s NodeDef]) -> Option<&'s NodeDef> {
        if let [one] = found {
            return Some(one);
        }
        let [word] = self.words.as_slice() else { return None };
        found.iter().find(|node| node.class == word.as_str()).copied()
    }
}

/// What to say if nothing fits.
fn nothing(query: &Query, schema: &Schema) -> String {
    let near = match query.words.as_slice() {
        [word] => schema.suggest(word),
        _ => Vec::new(),
    };
    let near: Vec<String> = near.iter().map(|class| format!("`{class}`")).collect();
    match near.as_slice() {
        [] => "no node fits".to_owned(),
        near => format!("no node fits; did you mean {}?", near.join(" or ")),
    }
}
