//! The result of one check, and how it is shown.

use std::fmt::Display;

use comfy_schema::shown::escaped;
use comfy_schema::{Map, Value};

use crate::paint::Paint;

/// The width of the longest name of a check, for the layout.
const NAME_WIDTH: usize = 14;

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Ok,
    /// The check was not possible, or does not apply.
    Skipped,
    /// Something works, but not as it should.
    Warning,
    /// Something does not work.
    Error,
}

/// One check with its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) message: String,
    /// What to do about it; present for warnings and errors.
    pub(super) remedy: Option<String>,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Check {
    pub(super) fn ok(name: &'static str, message: impl Display) -> Self {
        Self { name, status: Status::Ok, message: message.to_string(), remedy: None }
    }

    pub(super) fn skipped(name: &'static str, message: impl Display) -> Self {
        Self { name, status: Status::Skipped, message: message.to_string(), remedy: None }
    }

    pub(super) fn warning(name: &'static str, message: impl Display, remedy: impl Display) -> Self {
        Self { name, status: Status::Warning, message: message.to_string(), remedy: Some(remedy.to_string()) }
    }

    pub(super) fn error(name: &'static str, message: impl Display, remedy: impl Display) -> Self {
        Self { name, status: Status::Error, message: message.to_string(), remedy: Some(remedy.to_string()) }
    }

    /// Returns the check as an object.
    pub(super) fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("check", self.name);
        map.insert("status", self.status.as_str());
        map.insert("message", self.message.as_str());
        map.insert("remedy", self.remedy.as_deref().map_or(Value::Null, Value::from));
        Value::Object(map)
    }

    /// Returns the check as a line, with its remedy on a second one.
    pub(super) fn to_text(&self, paint: Paint) -> String {
        // The name of the status is padded before it is coloured, because colours have a length too.
        let status = format!("{:<7}", self.status.as_str());
        let status = match self.status {
            Status::Ok => paint.good(status),
            Status::Skipped => paint.note(status),
            Status::Warning => paint.warning(status),
            Status::Error => paint.error(status),
        };
        let line = format!("{status}  {:<NAME_WIDTH$}  {}", self.name, escaped(&self.message));
        match &self.remedy {
            Some(remedy) => format!("{line}\n{:>1$}{2}", "remedy: ", NAME_WIDTH + 19, escaped(remedy)),
            None => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Check;
    use crate::paint::Paint;

    #[test]
    fn a_check_is_one_line_and_its_remedy_another() {
        let check = Check::error("token", "refused\u{1b}[2J\nagain", "give --token");
        let expected =
            "error    token           refused\\u{1b}[2J\\nagain\n                         remedy: give --token";
        assert_eq!(check.to_text(Paint::new(false)), expected);
        let json = r#"{"check":"token","status":"error","message":"refused\u001b[2J\nagain","remedy":"give --token"}"#;
        assert_eq!(check.to_json().to_string(), json);
    }
}
