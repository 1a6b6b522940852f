//! The command `cargo comfy completions`.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::print;

/// The name of the program that shells complete.
const PROGRAM: &str = "cargo-comfy";
/// The name that replaces [`PROGRAM`] while the script is generated. For a name with a hyphen, `clap_complete` 4.6
/// writes a bash script that completes no arguments of subcommands.
const PLACEHOLDER: &str = "cargocomfy";

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// Shell to print the script for.
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  bash, for the current user:
    cargo comfy completions bash > ~/.local/share/bash-completion/completions/cargo-comfy

  zsh, into a folder of $fpath:
    cargo comfy completions zsh > ~/.zfunc/_cargo-comfy

  fish:
    cargo comfy completions fish > ~/.config/fish/completions/cargo-comfy.fish

The script completes the program `cargo-comfy`. After `cargo comfy`, shells use cargo's own completion, which does not
know the arguments of other programs.

Exit codes: 0 done, 2 unknown shell.";

impl Completions {
    /// Runs the command. `command` describes the whole command line.
    pub(crate) fn run(self, command: Command) -> Result<(), Failure> {
        let mut out = Vec::new();
        // The names of the subcommands begin with `cargo comfy`, but the script is for the program `cargo-comfy`.
        let children = command
            .get_subcommands()
            .map(|child| child.clone().bin_name(format!("{PLACEHOLDER} {}", child.get_name())));
        let mut command = Command::new(PLACEHOLDER).version(env!("CARGO_PKG_VERSION")).subcommands(children);
        clap_complete::generate(self.shell, &mut command, PLACEHOLDER, &mut out);
        print::document(String::from_utf8_lossy(&out).replace(PLACEHOLDER, PROGRAM).as_bytes())
    }
}
