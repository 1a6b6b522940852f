//! The command `cargo comfy serve`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use comfy_mock::{Server, Timing};
use comfy_schema::shown::{self, escaped};
use tokio::runtime::Runtime;

use crate::failure::Failure;
use crate::print;
use crate::signal::Signals;

/// Run a stand-in for a ComfyUI server: same routes, verdicts and events, and pictures without a GPU.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// File with a server's node definitions [default: those of ComfyUI 0.26.0].
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Address to listen on.
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    host: String,

    /// Port to listen on; 0 selects a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8188)]
    port: u16,

    /// Folder for the files that prompts save [default: a temporary folder].
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,

    /// Folder that holds the folders input, output, temp and user [default: a temporary folder].
    #[arg(long, value_name = "DIR")]
    base_dir: Option<PathBuf>,

    /// Files of a model folder; other names in this folder are rejected.
    #[arg(long, value_name = "FOLDER=FILE,…", value_parser = models)]
    models: Vec<(String, Vec<String>)>,

    /// Reject every file that the definitions do not list and the folders do not hold, as a real server does, instead
    /// of assuming that all files exist.
    #[arg(long)]
    strict_models: bool,

    /// Duration of each node, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    node_ms: u64,

    /// Duration of each step of a sampler, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 50)]
    step_ms: u64,

    /// Previews to send for prompts that do not select a method.
    #[arg(long, value_enum, default_value = "none")]
    preview_method: PreviewMethod,

    /// Maximum size of a request body, in MB.
    #[arg(long, value_name = "MB")]
    max_upload_size: Option<u32>,

    /// Allow pages of this origin to call the server; * allows all.
    #[arg(long, value_name = "ORIGIN", num_args = 0..=1, default_missing_value = "*")]
    enable_cors_header: Option<String>,

    /// Print every request and every run.
    #[arg(short, long)]
    verbose: bool,
}

const EXAMPLES: &str = "\
Examples:
  Listen on the port of a real server, and save pictures in a folder:
    cargo comfy serve --output-dir pictures

  Stand in for a given installation, on a free port, and print every request:
    cargo comfy serve --schema object_info.json --strict-models --port 0 -v

Ctrl-C or SIGTERM stops the server; the second one does not wait for open connections.

Exit codes: 0 stopped, 2 the server could not be started, 141 standard output was closed.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PreviewMethod {
    None,
    Auto,
}

impl Serve {
    /// Runs the command until Ctrl-C or SIGTERM.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let runtime = Runtime::new()?;
        print::listen()?;
        let result = runtime.block_on(async {
            let mut signals = Signals::listen()?;
            let server = self.start().await?;
            // A program that starts the server can read its address from standard output.
            print::line(server.url())?;
            print::note(format_args!("saving pictures in {}; press Ctrl-C to stop", shown::path(&server.output_dir())));
            signals.next().await?;
            print::stop();
            tokio::select! {
                () = server.shutdown() => Ok(()),
                // The second signal does not wait for connections to end.
                signal = signals.next() => Ok(signal?),
            }
        });
        // A picture that is drawn must not hold up the end.
        runtime.shutdown_background();
        result
    }

    async fn start(self) -> Result<Server, comfy_mock::Error> {
        let timing =
            Timing::instant().node(Duration::from_millis(self.node_ms)).step(Duration::from_millis(self.step_ms));
        let mut server = Server::builder()
            .host(self.host)
            .port(self.port)
            .timing(timing)
            .assume_files(!self.strict_models)
            .previews(self.preview_method == PreviewMethod::Auto);
        for (folder, files) in self.models {
            server = server.models(folder, files);
        }
        if let Some(schema) = self.schema {
            server = server.schema_file(schema);
        }
        if let Some(folder) = self.base_dir {
            server = server.base_dir(folder);
        }
        if let Some(folder) = self.output_dir {
            server = server.output_dir(folder);
        }
        if let Some(size) = self.max_upload_size {
            server = server.upload_limit(u64::from(size) << 20);
        }
        if let Some(origin) = self.enable_cors_header {
            server = server.cors(origin);
        }
        if self.verbose {
            server = server.on_log(|line| print::note(escaped(line)));
        }
        server.spawn().await
    }
}

fn models(argument: &str) -> Result<(String, Vec<String>), String> {
    let (folder, files) = argument.split_once('=').ok_or("expected folder=file,file")?;
    Ok((folder.to_owned(), files.split(',').filter(|file| !file.is_empty()).map(str::to_owned).collect()))
}
