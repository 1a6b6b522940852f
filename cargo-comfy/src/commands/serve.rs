//! `cargo comfy serve`

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use comfy_mock::{Server, Timing};
use tokio::runtime::Runtime;
use tokio::signal;

use crate::failure::Failure;

/// Stand in for a ComfyUI server: same routes, same verdicts, same events, pictures without a GPU.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// File with the node definitions that a server gave; those of ComfyUI 0.26.0 if left out
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Address to listen on
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    host: String,

    /// Port to listen on; 0 for a free one
    #[arg(long, value_name = "PORT", default_value_t = 8188)]
    port: u16,

    /// Folder for what prompts save; a temporary one if left out
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,

    /// Folder that holds input, output, temp and user; a temporary one if left out
    #[arg(long, value_name = "DIR")]
    base_dir: Option<PathBuf>,

    /// Files of a model folder; other names are rejected then
    #[arg(long, value_name = "FOLDER=FILE,…", value_parser = models)]
    models: Vec<(String, Vec<String>)>,

    /// Reject every file name that the definitions do not list, as a real server does
    #[arg(long)]
    strict_models: bool,

    /// Time that every node takes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    node_ms: u64,

    /// Time that every step of a sampler takes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 50)]
    step_ms: u64,

    /// Which previews to send where a prompt does not say
    #[arg(long, value_enum, default_value = "none")]
    preview_method: PreviewMethod,

    /// Largest body that is taken, in MB
    #[arg(long, value_name = "MB")]
    max_upload_size: Option<u32>,

    /// Let pages of this origin call; * for all
    #[arg(long, value_name = "ORIGIN", num_args = 0..=1, default_missing_value = "*")]
    enable_cors_header: Option<String>,

    /// Print every request and every run
    #[arg(short, long)]
    verbose: bool,
}

const EXAMPLES: &str = "\
Examples:
  On the port of a real server, pictures into a folder:
    cargo comfy serve --output-dir pictures

  As an installation of yours, on a free port, with every request shown:
    cargo comfy serve --schema object_info.json --strict-models --port 0 -v

Ctrl-C stops it. Exit codes: 0 stopped, 2 could not be started.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PreviewMethod {
    None,
    Auto,
}

impl Serve {
    /// Runs the command until Ctrl-C, or SIGTERM.
    pub(crate) fn run(self) -> Result<(), Failure> {
        Runtime::new()?.block_on(async {
            let told = told_to_stop()?;
            let server = self.start().await?;
            // Whoever started it reads the address from here; if nobody does, it serves all the same.
            _ = writeln!(io::stdout(), "{}", server.url());
            eprintln!("pictures go to {}; Ctrl-C stops", server.output_dir().display());
            told.await?;
            server.shutdown().await;
            Ok(())
        })
    }

    async fn start(self) -> Result<Server, comfy_mock::Error> {
        let timing =
            Timing::instant().node(Duration::from_millis(self.node_ms)).step(Duration::from_millis(self.step_ms));
        let mut server = Server::builder()
            .host(self.host)
            .port(self.port)
            .timing(timing)
            .any_model(!self.strict_models)
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
            server = server.on_log(|line| eprintln!("{line}"));
        }
        server.spawn().await
    }
}

/// Listens from now on for Ctrl-C and for what containers and CI send instead: either way the temporary folders are to
/// be removed.
#[cfg(unix)]
fn told_to_stop() -> io::Result<impl Future<Output = io::Result<()>>> {
    use signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Ok(()),
            _ = terminate.recv() => Ok(()),
        }
    })
}

#[cfg(not(unix))]
fn told_to_stop() -> io::Result<impl Future<Output = io::Result<()>>> {
    Ok(signal::ctrl_c())
}

fn models(argument: &str) -> Result<(String, Vec<String>), String> {
    let (folder, files) = argument.split_once('=').ok_or("write it as folder=file,file")?;
    Ok((folder.to_owned(), files.split(',').filter(|file| !file.is_empty()).map(str::to_owned).collect()))
}
