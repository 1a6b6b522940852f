//! The command `cargo comfy graph`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use comfy_draw::Drawing;
use comfy_schema::{Schema, shown};

use crate::definitions::Definitions;
use crate::failure::{Failure, IntoFailure};
use crate::workflow::{self, Choices};
use crate::{files, print};

/// Draw a workflow as SVG, as an HTML page that zooms and searches, as Mermaid or as PNG.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Graph {
    /// Workflow in API or UI format, or a picture that ComfyUI saved; - reads standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    definitions: Definitions,

    /// File to write; its extension selects the format: svg, html, mmd or png [default: SVG to standard output].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Output format [default: selected by the extension of --out].
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Scale of a PNG; 1 is the size in the editor.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    scale: f32,
}

const EXAMPLES: &str = "\
Examples:
  Write a page that pans, zooms and searches, in one file:
    cargo comfy graph portrait.json --schema schemas/comfyui-0.26.0.json --out portrait.html

  Draw the workflow that made a picture:
    cargo comfy graph ComfyUI_00042_.png --out portrait.svg

  Print a flowchart for a README on GitHub:
    cargo comfy graph portrait.json --format mmd

With node definitions, sockets have the colours of the editor, and the findings of `cargo comfy check` are marked. A
workflow in UI format needs node definitions.

Exit codes: 0 drawn, 2 the workflow could not be drawn.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Scalable picture.
    Svg,
    /// Page that pans, zooms and searches.
    Html,
    /// Mermaid flowchart.
    #[value(alias = "mermaid")]
    Mmd,
    /// Bitmap.
    Png,
}

impl Graph {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let format = self.format()?;
        let schema = self.definitions()?;
        let document = workflow::open(&self.file).map_err(|failure| failure.about(&self.file))?;
        let inactive = schema.as_ref().map(|schema| workflow::inactive(&document, schema)).unwrap_or_default();
        let read = Choices::AS_WRITTEN.prompt(document, || schema.as_ref().ok_or_else(no_definitions));
        let (prompt, warnings) = read.map_err(|failure| failure.about(&self.file))?;
        workflow::warn(&self.file, &warnings);
        let drawing = Drawing::with_inactive(&prompt, &inactive, schema.as_ref())?;
        let bytes = match format {
            Format::Svg => drawing.svg().into_bytes(),
            Format::Html => drawing.html(&self.title()).into_bytes(),
            Format::Mmd => drawing.mermaid().into_bytes(),
            Format::Png => self.png(&drawing)?,
        };
        files::write(self.out.as_deref(), &bytes)
    }

    fn format(&self) -> Result<Format, Failure> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let Some(out) = self.out.as_ref().filter(|out| !files::is_standard_output(out)) else { return Ok(Format::Svg) };
        let extension = out.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("svg") => Ok(Format::Svg),
            Some("html" | "htm") => Ok(Format::Html),
            Some("mmd" | "mermaid") => Ok(Format::Mmd),
            Some("png") => Ok(Format::Png),
            _ => Err(format!(
                "{}: unknown extension; expected svg, html, mmd or png, or give --format",
                shown::path(out)
            )
            .into_failure()),
        }
    }

    /// Loads the definitions that the arguments select, or else the only snapshot in `schemas`. Without them the picture
    /// has less detail, so definitions that were not asked for and cannot be read are only a warning.
    fn definitions(&self) -> Result<Option<Schema>, Failure> {
        if self.definitions.are_absent() {
            return Ok(None);
        }
        match self.definitions.load() {
            Err(failure) if !self.definitions.are_named() => {
                print::warning(format_args!("drawing without node definitions: {failure}"));
                Ok(None)
            }
            loaded => loaded.map(Some),
        }
    }

    fn title(&self) -> String {
        let name = self.file.file_name().map_or_else(|| Path::new("workflow"), Path::new);
        name.display().to_string()
    }

    #[cfg(feature = "png")]
    fn png(&self, drawing: &Drawing) -> Result<Vec<u8>, Failure> {
        Ok(drawing.png(self.scale)?)
    }

    #[cfg(not(feature = "png"))]
    fn png(&self, _: &Drawing) -> Result<Vec<u8>, Failure> {
        let message = "this build cannot write PNG; install cargo-comfy with the feature `png`, or write SVG";
        Err(message.to_owned().into_failure())
    }
}

fn no_definitions() -> Failure {
    let message = "a workflow in UI format needs node definitions; give --schema FILE or --server URL";
    message.to_owned().into_failure()
}
