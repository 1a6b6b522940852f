//! The ways in which a command can fail, their messages and their exit codes.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// The reason why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command did its work, and its result is negative, such as an invalid workflow. The exit code is 1.
    Negative(String),
    /// The command has printed everything already, and only returns this exit code.
    Reported(u8),
    /// The command could not do its work. The exit code is 2, as for invalid arguments.
    Error(Box<dyn Error>),
}

impl Failure {
    /// Puts the name of the file at fault in front of the message of an error.
    pub(crate) fn about(self, file: &Path) -> Self {
        match self {
            Self::Error(error) => Self::Error(format!("{}: {}", file.display(), Chain(error.as_ref())).into()),
            other => other,
        }
    }

    /// Prints the reason to standard error, with the chain of causes, and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Negative(message) => {
                eprintln!("{message}");
                ExitCode::from(1)
            }
            Self::Reported(code) => ExitCode::from(*code),
            Self::Error(_) => {
                eprintln!("error: {self}");
                ExitCode::from(2)
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(message) => f.write_str(message),
            Self::Reported(code) => write!(f, "exit code {code}"),
            Self::Error(error) => Chain(error.as_ref()).fmt(f),
        }
    }
}

impl<E: Error + 'static> From<E> for Failure {
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
