//! The command `cargo comfy nodes`.

mod json;
mod one;
mod text;

use clap::{Args, ValueEnum};
use comfy_schema::search::Query;
use comfy_schema::{NodeDef, Schema, suggest};

use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::print;

/// Find nodes by words and by the types of their inputs and outputs, or show one node in detail.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Nodes {
    /// Words to find in the class, title, category, aliases or description of nodes; `takes TYPE` and `gives TYPE`; or
    /// the class of one node.
    #[arg(value_name = "WORD")]
    words: Vec<String>,

    /// Type of an input socket.
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    takes: Vec<String>,

    /// Type of an output.
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    gives: Vec<String>,

    #[command(flatten)]
    definitions: Definitions,

    /// Maximum number of nodes to list; 0 lists all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// Output format.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  Show everything about one node:
    cargo comfy nodes KSampler

  Find nodes that upscale:
    cargo comfy nodes upscale

  Find nodes with a MASK input and an IMAGE output:
    cargo comfy nodes takes MASK gives IMAGE
    cargo comfy nodes --takes MASK --gives IMAGE

  Print all nodes of a server for another program:
    cargo comfy nodes --server http://127.0.0.1:8188 --limit 0 --format json

Exit codes: 0 found, 1 no matching node, 2 the definitions could not be searched.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for people.
    Text,
    /// One line of JSON per node.
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
            return Err(Failure::Negative(no_match(&query, &schema)));
        }
        let paint = print::paint();
        if let Some(node) = self.single(&found) {
            return match self.format {
                Format::Json => json::print(&[node]),
                Format::Text => print::painted(&one::write(node, paint)),
            };
        }
        let max = if self.limit == 0 { found.len() } else { self.limit };
        let shown = found.get(..max).unwrap_or(&found);
        match self.format {
            Format::Json => json::print(shown),
            Format::Text => print::painted(&text::write(shown, found.len() - shown.len(), paint)),
        }
    }

    /// Returns the node to show in detail: the only one found, or the one whose class is the only word.
    fn single<'s>(&self, found: &[&'s NodeDef]) -> Option<&'s NodeDef> {
        if let [one] = found {
            return Some(one);
        }
        let [word] = self.words.as_slice() else { return None };
        found.iter().find(|node| node.class == word.as_str()).copied()
    }
}

fn no_match(query: &Query, schema: &Schema) -> String {
    let near = match query.words.as_slice() {
        [word] => schema.suggest(word),
        _ => Vec::new(),
    };
    format!("no node matches{}", suggest::did_you_mean(near))
}
