//! The command `cargo comfy generate`.

use std::path::PathBuf;
use std::{fs, iter};

use clap::{Args, ValueEnum};
use comfy_codegen::{Config, Report};
use comfy_schema::shown::{self, escaped};

use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::{files, print};

/// Generate typed Rust nodes from a server's node definitions.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Generate {
    #[command(flatten)]
    definitions: Definitions,

    /// File to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Generate only these nodes, named by class or Rust name.
    #[arg(long, value_name = "NODE,…", value_delimiter = ',')]
    nodes: Vec<String>,

    /// Generate only the nodes that the Rust sources in this folder or file use.
    #[arg(long, value_name = "PATH")]
    used_in: Vec<PathBuf>,

    /// Accept any string for this combo, whose options are files on the server.
    #[arg(long, value_name = "CLASS.INPUT")]
    open: Vec<String>,

    /// Accept only the listed options for this combo.
    #[arg(long, value_name = "CLASS.INPUT")]
    closed: Vec<String>,

    /// Accept only the listed options for every combo, including models and files.
    #[arg(long)]
    exact: bool,

    /// Leave out constructors and setters.
    #[arg(long)]
    no_builders: bool,

    /// Leave out documentation.
    #[arg(long)]
    no_docs: bool,

    /// Format the file as rustfmt does.
    #[arg(long)]
    pretty: bool,

    /// Write nothing; exit with 1 if the file is not up to date.
    #[arg(long)]
    check: bool,

    /// Format of the report.
    #[arg(long, value_enum, default_value = "text")]
    report: Format,
}

const EXAMPLES: &str = "\
Examples:
  Generate all nodes of a server into a file to check in:
    cargo comfy generate --server http://127.0.0.1:8188 --out src/nodes.rs

  Generate only the nodes that a program uses, from a snapshot:
    cargo comfy generate --schema schemas/comfyui-0.26.0.json --used-in src --out src/nodes.rs

  Check in CI that the checked-in file is up to date:
    cargo comfy generate --schema schemas/comfyui-0.26.0.json --out src/nodes.rs --check

Exit codes: 0 done, 1 the file is not up to date (--check), 2 the nodes could not be generated.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Counts, renamed items and warnings.
    Text,
    /// One line of JSON.
    Json,
}

impl Generate {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let config = self.config()?;
        if self.check {
            let generated = config.source()?;
            self.print(&generated.report)?;
            return if fs::read_to_string(&self.out).is_ok_and(|old| old == generated.source) {
                Ok(())
            } else {
                let message = format!("{} is not up to date; run the command without --check", shown::path(&self.out));
                Err(Failure::Negative(message))
            };
        }
        let generated = config.source()?;
        if !fs::read_to_string(&self.out).is_ok_and(|old| old == generated.source) {
            files::write(Some(&self.out), generated.source.as_bytes())?;
        }
        self.print(&generated.report)
    }

    fn config(&self) -> Result<Config, Failure> {
        let mut config = self
            .definitions
            .config()?
            .out_file(&self.out)
            .exact(self.exact)
            .builders(!self.no_builders)
            .docs(!self.no_docs)
            .pretty(self.pretty);
        if !self.nodes.is_empty() {
            config = config.nodes(&self.nodes);
        }
        config = self.used_in.iter().fold(config, Config::used_in);
        config = self.open.iter().fold(config, Config::open);
        Ok(self.closed.iter().fold(config, Config::closed))
    }

    fn print(&self, report: &Report) -> Result<(), Failure> {
        match self.report {
            // Standard output holds the source.
            _ if files::is_standard_output(&self.out) => print::note(text(report)),
            Format::Json => return print::json(report.to_json()),
            Format::Text => return print::line(text(report)),
        }
        Ok(())
    }
}

fn text(report: &Report) -> String {
    let counts = format!("{} nodes, {} inputs, {} outputs", report.nodes, report.inputs, report.outputs);
    let renamed: Vec<String> = report
        .renamed
        .iter()
        .map(|renamed| format!("{} -> {}", escaped(&renamed.schema), escaped(&renamed.rust)))
        .collect();
    let sections = [
        section("inputs without a typed form", &report.raw_inputs),
        section("renamed", &renamed),
        section("warnings", &report.warnings),
    ];
    iter::once(counts).chain(sections.into_iter().flatten()).collect::<Vec<_>>().join("\n\n")
}

/// Returns a title with the items below it, or `None` without items.
fn section(title: &str, items: &[String]) -> Option<String> {
    let title = format!("{} {title}:", items.len());
    let lines = iter::once(title).chain(items.iter().map(|item| format!("  {}", escaped(item))));
    (!items.is_empty()).then(|| lines.collect::<Vec<_>>().join("\n"))
}
