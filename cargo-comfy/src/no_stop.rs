//! Ending a command early, in a build without the client: signals end the process.

use crate::failure::Failure;

/// Runs a command.
pub(crate) fn blocking(command: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    command()
}
