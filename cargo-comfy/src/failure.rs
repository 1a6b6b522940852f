//! How a command ends that does not succeed.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The answer is no: what was checked is not so. Exit code 1.
    No(String),
    /// What there was to say is said. This exit code.
    Said(u8),
    /// It could not be done. Exit code 2, like wrong arguments.
    Error(Box<dyn Error>),
}

impl Failure {
    /// The same, with the name of the file that it is about.
    pub(crate) fn about(self, file: &Path) -> Self {
        match self {
            Self::Error(error) => Self::Error(format!("{}: {}", file.display(), Chain(error.as_ref())).into()),
            other => other,
        }
    }

    /// Prints why to standard error, with the chain of causes, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::No(message) => {
                eprintln!("{message}");
                ExitCode::from(1)
            }
            Self::Said(code) => ExitCode::from(*code),
            Self::Error(_) => {
                eprintln!("error: {self}");
                ExitCode::from(2)
            }
        }
    }
}

/// Why, with the chain of causes.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::No(message) => f.write_str(message),
            Self::Said(code) => write!(f, "it ended with {code}"),
            Self::Error(error) => Chain(error.as_ref()).fmt(f),
        }
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(Box::new(error))
    }
}

/// A message as a failure.
pub(crate) trait IntoFailure {
    /// This message, as why it could not be done.
    fn into_failure(self) -> Failure;
}

impl IntoFailure for String {
    fn into_failure(self) -> Failure {
        Failure::Error(self.into())
    }
}

/// An error, and below it what caused it.
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
