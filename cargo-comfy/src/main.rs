//! The command `cargo comfy …`, which offers the crates of this workspace on the command line.
//!
//! This crate only parses arguments and prints results. Each subcommand has a file or folder under `commands/`.

mod commands;
mod definitions;
mod failure;
mod files;
mod json;
mod paint;
mod print;
mod replace;
mod server;
#[cfg(any(feature = "run", feature = "serve"))]
mod signal;
#[cfg_attr(not(feature = "run"), path = "no_stop.rs")]
mod stop;
mod workflow;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use failure::Failure;

/// ComfyUI workflows as type-checked Rust.
#[derive(Debug, Parser)]
#[command(name = "cargo comfy", bin_name = "cargo comfy", version, about, disable_help_subcommand = true)]
#[command(after_help = "\
Begin with `cargo comfy init`. `cargo comfy COMMAND --help` shows examples of each command.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(feature = "run")]
    Attach(commands::attach::Attach),
    #[cfg(feature = "run")]
    Cancel(commands::cancel::Cancel),
    Check(commands::check::Check),
    Completions(commands::completions::Completions),
    Convert(commands::convert::Convert),
    Diff(commands::diff::Diff),
    #[cfg(feature = "run")]
    Doctor(commands::doctor::Doctor),
    Export(commands::export::Export),
    Generate(commands::generate::Generate),
    Graph(commands::graph::Graph),
    Import(commands::import::Import),
    Init(commands::init::Init),
    Man(commands::man::Man),
    Nodes(commands::nodes::Nodes),
    #[cfg(feature = "run")]
    Queue(commands::queue::Queue),
    #[cfg(feature = "run")]
    Run(Box<commands::run::Run>),
    #[cfg(feature = "serve")]
    Serve(Box<commands::serve::Serve>),
    #[cfg(feature = "run")]
    Snapshot(commands::snapshot::Snapshot),
}

fn main() -> ExitCode {
    let outcome = match arguments() {
        Ok(arguments) => run(arguments.command),
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            print::usage(error).and_then(|()| if code == 0 { Ok(()) } else { Err(Failure::Reported(code)) })
        }
    };
    let code = match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    };
    print::finish();
    code
}

/// Returns the arguments of the program, or clap's message.
fn arguments() -> Result<Arguments, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(without_comfy(env::args_os().collect()))?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Returns the description of the whole command line. Help shows the names of environment variables and not their
/// values, which may be secret or hold control characters.
fn command() -> clap::Command {
    Arguments::command().mut_subcommands(|command| command.mut_args(|argument| argument.hide_env_values(true)))
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        #[cfg(feature = "run")]
        Command::Attach(attach) => attach.run(),
        #[cfg(feature = "run")]
        Command::Cancel(cancel) => cancel.run(),
        Command::Check(check) => stop::blocking(move || check.run()),
        Command::Completions(completions) => completions.run(self::command()),
        Command::Convert(convert) => stop::blocking(move || convert.run()),
        Command::Diff(diff) => stop::blocking(move || diff.run()),
        #[cfg(feature = "run")]
        Command::Doctor(doctor) => doctor.run(),
        Command::Export(export) => stop::blocking(move || export.run()),
        Command::Generate(generate) => stop::blocking(move || generate.run()),
        Command::Graph(graph) => stop::blocking(move || graph.run()),
        Command::Import(import) => stop::blocking(move || import.run()),
        Command::Init(init) => stop::blocking(move || init.run()),
        Command::Man(man) => man.run(self::command()),
        Command::Nodes(nodes) => stop::blocking(move || nodes.run()),
        #[cfg(feature = "run")]
        Command::Queue(queue) => queue.run(),
        #[cfg(feature = "run")]
        Command::Run(run) => run.run(),
        #[cfg(feature = "serve")]
        Command::Serve(serve) => serve.run(),
        #[cfg(feature = "run")]
        Command::Snapshot(snapshot) => snapshot.run(),
    }
}

/// Prints the reason of a failure to standard error, with the chain of causes, and returns the exit code.
fn report(failure: &Failure) -> ExitCode {
    match failure {
        Failure::Negative(message) => print::note(message),
        Failure::Error(_) => print::error(failure),
        Failure::Reported(_) | Failure::ClosedPipe | Failure::Stopped => {}
    }
    ExitCode::from(failure.code())
}

/// Removes the argument `comfy`, which cargo inserts: it runs `cargo-comfy comfy …` for `cargo comfy …`.
fn without_comfy(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|first| first == "comfy") {
        arguments.remove(1);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{Arguments, without_comfy};

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_argument_that_cargo_inserts_is_removed() {
        let arguments = |words: &[&str]| without_comfy(words.iter().map(Into::into).collect());
        assert_eq!(arguments(&["cargo-comfy", "comfy", "generate"]), ["cargo-comfy", "generate"]);
        assert_eq!(arguments(&["cargo-comfy", "generate", "comfy"]), ["cargo-comfy", "generate", "comfy"]);
    }
}
