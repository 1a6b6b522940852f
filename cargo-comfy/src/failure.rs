//! The ways in which a command can fail, their messages and their exit codes.

use std::error::Error;
use std::fmt;
use std::path::Path;

use comfy_schema::shown;

/// The exit code after standard output was closed: the one that a shell gives a program which SIGPIPE ended. It is the
/// same on every system.
const CLOSED_PIPE: u8 = 141;

/// The exit code after a signal: the one that a shell gives a program which Ctrl-C ended. SIGTERM gives the same code,
/// because it counts as Ctrl-C.
pub(crate) const STOPPED: u8 = 130;

/// The reason why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command did its work, and its result is negative, such as an invalid workflow. The exit code is 1.
    Negative(String),
    /// The command has printed everything already, and only returns this exit code.
    Reported(u8),
    /// Standard output was closed by its reader, such as `head`, so nobody reads on. Nothing is printed, and the exit
    /// code is 141.
    ClosedPipe,
    /// Ctrl-C or SIGTERM stopped the command, which has printed what there is to say. The exit code is 130.
    Stopped,
    /// The command could not do its work. The exit code is 2, as for invalid arguments.
    Error(Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// Puts the name of the file at fault in front of the message of an error.
    pub(crate) fn about(self, file: &Path) -> Self {
        match self {
            Self::Error(error) => Self::Error(format!("{}: {}", shown::path(file), Chain(error.as_ref())).into()),
            other => other,
        }
    }

    /// Returns the exit code of the program.
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Negative(_) => 1,
            Self::Reported(code) => *code,
            Self::ClosedPipe => CLOSED_PIPE,
            Self::Stopped => STOPPED,
            Self::Error(_) => 2,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(message) => f.write_str(message),
            Self::Reported(code) => write!(f, "exit code {code}"),
            Self::ClosedPipe => f.write_str("standard output is closed"),
            Self::Stopped => f.write_str("stopped"),
            Self::Error(error) => Chain(error.as_ref()).fmt(f),
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(Box::new(error))
    }
}

/// Conversion of an error message into a [`Failure`].
pub(crate) trait IntoFailure {
    /// Converts the message into a [`Failure::Error`].
    fn into_failure(self) -> Failure;
}

impl IntoFailure for String {
    fn into_failure(self) -> Failure {
        Failure::Error(self.into())
    }
}

/// Displays an error with its causes below it, one per line.
pub(crate) struct Chain<'e>(pub(crate) &'e dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, "\n  because: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
