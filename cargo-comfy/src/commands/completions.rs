//! `cargo comfy completions`

use clap::{Args, Command};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::files;

/// The name that shells complete.
const PROGRAM: &str = "cargo-comfy";
/// What stands for it while the script is made: `clap_complete` 4.6 writes a bash script for a name with a hyphen that
/// completes no subcommand's arguments.
const STAND_IN: &str = "cargocomfy";

/// Print what a shell needs to complete `cargo-comfy` commands.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
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

Shells complete the program `cargo-comfy`; behind `cargo comfy` it is cargo's own completion that is asked, which does not
know other programs' arguments.

Exit codes: 0 done, 2 no such shell.";

impl Completions {
    /// Runs the command. `command` is the whole command line.
    pub(crate) fn run(self, command: Command) -> Result<(), Failure> {
        let mut out = Vec::new();
        // By its own name there is no `cargo` in front, which the whole command line has in every name.
        let children =
            command.get_subcommands().map(|child| child.clone().bin_name(format!("{STAND_IN} {}", child.get_name())));
        let mut command = Command::new(STAND_IN).version(env!("CARGO_PKG_VERSION")).subcommands(children);
        clap_complete::generate(self.shell, &mut command, STAND_IN, &mut out);
        files::print(&String::from_utf8_lossy(&out).replace(STAND_IN, PROGRAM))
    }
}
