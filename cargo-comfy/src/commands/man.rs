//! The command `cargo comfy man`.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man as Page;
use comfy_schema::shown;

use crate::failure::{Failure, IntoFailure};
use crate::{print, replace};

/// Print the manual page, or write the pages of all commands.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Man {
    /// Folder to write a page for each command to [default: print the main page].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  Read the manual page:
    cargo comfy man | man -l -

  Install all pages, for `cargo help comfy` and `man cargo-comfy-check`:
    cargo comfy man --out ~/.local/share/man/man1

Exit codes: 0 done, 2 a page could not be written.";

impl Man {
    /// Runs the command. `command` describes the whole command line.
    pub(crate) fn run(self, command: Command) -> Result<(), Failure> {
        let mut command = command.name("cargo-comfy").display_name("cargo-comfy");
        command.build();
        let Some(folder) = self.out else {
            return print::text(page(&command)?);
        };
        let failed = |error: std::io::Error| format!("{}: {error}", shown::path(&folder)).into_failure();
        fs::create_dir_all(&folder).map_err(failed)?;
        let write = |name: &str, page: String| {
            let path = folder.join(name);
            replace::check_regular(&path).and_then(|()| replace::write(&path, page.as_bytes())).map_err(failed)
        };
        write("cargo-comfy.1", page(&command)?)?;
        for child in command.get_subcommands() {
            let name = format!("cargo-comfy-{}", child.get_name());
            let child = child.clone().display_name(name.clone());
            write(&format!("{name}.1"), page(&child)?)?;
        }
        Ok(())
    }
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut out = Vec::new();
    Page::new(command.clone()).render(&mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}
