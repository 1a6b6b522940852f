//! Validation of a whole request body of `POST /prompt`.

use super::error::RequestErrorKind;
use super::python::{self, Exception};
use super::verdict::{PromptReport, RequestError, ServerException};
use super::{Validator, Verdict};
use crate::{Map, Value};

const NO_PROMPT: &str = "No prompt provided";
const NOT_AN_OBJECT: &str = "the body is not an object";

impl Validator<'_> {
    /// Returns the server's verdict on a request body: `{"prompt": …, "partial_execution_targets": …, …}`.
    ///
    /// It checks `number`, `prompt_id` and `extra_data` too, in the order in which the server does. It does not know
    /// whether an item with the same number and id is in the queue.
    pub fn check_body(&self, body: &Value) -> Verdict {
        let map = match body {
            Value::Object(map) => map,
            // Python's `in` also searches lists and strings. A key found there is then used as an index, which raises.
            other => {
                let has = |name: &str| python::contains(other, &Value::from(name));
                return match has("number").and_then(|found| Ok(found || has("prompt")?)) {
                    Ok(false) => refused(Value::Null, RequestErrorKind::NoPrompt, NO_PROMPT, NO_PROMPT),
                    Ok(true) => {
                        let message = format!("{} indices must be integers, not 'str'", python::type_name(other));
                        raised(NOT_AN_OBJECT, Exception::type_error(message))
                    }
                    Err(exception) => raised(NOT_AN_OBJECT, exception),
                };
            }
        };
        if let Some(number) = map.get("number")
            && let Err(exception) = python::to_float(number)
        {
            return raised("`number` is not a number", exception);
        }
        let Some(prompt) = map.get("prompt") else {
            return refused(Value::Null, RequestErrorKind::NoPrompt, NO_PROMPT, NO_PROMPT);
        };
        if let Some(id) = map.get("prompt_id").filter(|id| !id.is_null())
            && !id.as_str().is_some_and(is_canonical_uuid)
        {
            let details = "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one";
            let message = "prompt_id must be a valid UUID";
            return refused(prompt.clone(), RequestErrorKind::InvalidPromptId, message, details);
        }
        let verdict = self.check(prompt, map.get("partial_execution_targets"));
        if let Some(data) = map.get("extra_data")
            && data.as_object().is_none()
            && verdict.exception().is_none()
        {
            let message = format!("argument of type '{}' is not iterable", python::type_name(data));
            return raised("`extra_data` is not an object", Exception::type_error(message));
        }
        verdict
    }
}

fn refused(prompt: Value, kind: RequestErrorKind, message: &str, details: &str) -> Verdict {
    let (message, details) = (message.to_owned(), details.to_owned());
    let error = RequestError { kind, message, details, extra_info: Map::new() };
    Verdict::Refused { error, report: PromptReport::new(prompt) }
}

fn raised(reason: &str, exception: Exception) -> Verdict {
    Verdict::Raised(ServerException { node: None, reason: reason.to_owned(), exception })
}

/// Returns whether a text is a UUID in canonical form: 8-4-4-4-12 lower-case hexadecimal digits.
pub fn is_canonical_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use crate::validate::{Validator, Verdict};
    use crate::{Schema, Value};

    #[test]
    fn the_server_checks_other_keys_before_and_after_the_prompt() {
        let schema = Schema::from_slice(br#"{"Save": {"input": {"required": {}}, "output": [], "output_node": true}}"#);
        let schema = schema.unwrap();
        for (body, error) in [
            (r#"{"prompt": {"1": P}}"#, "valid"),
            (r#"{"prompt": {"1": P}, "number": "1e3", "extra_data": {}}"#, "valid"),
            (r#"{"prompt": {"1": P}, "prompt_id": null}"#, "valid"),
            (r#"{"prompt": {"1": P}, "prompt_id": "0b6f3c1e-6f6d-4a07-9a55-111111111111"}"#, "valid"),
            (r#"{"prompt": {"1": P}, "prompt_id": "0B6F3C1E-6F6D-4A07-9A55-111111111111"}"#, "invalid_prompt_id"),
            (r#"{"prompt": {"1": P}, "prompt_id": 5}"#, "invalid_prompt_id"),
            (r#"{"prompt": {"1": P}, "number": "high"}"#, "raised"),
            (r#"{"number": null}"#, "raised"),
            (r#"{"prompt": {"1": P}, "extra_data": null}"#, "raised"),
            (r#"{"prompt": {}, "extra_data": 5}"#, "raised"),
            (r#"{"prompt": null}"#, "raised"),
            ("{}", "no_prompt"),
            ("[]", "no_prompt"),
            (r#"["prompt"]"#, "raised"),
            (r#""a number""#, "raised"),
            (r#""x""#, "no_prompt"),
            ("5", "raised"),
        ] {
            let body = body.replace('P', r#"{"class_type": "Save", "inputs": {}}"#);
            let verdict = Validator::new(&schema).check_body(&Value::parse(body.as_bytes()).unwrap());
            let found = match &verdict {
                Verdict::Accepted { .. } => "valid",
                Verdict::Refused { error, .. } => error.kind.as_str(),
                Verdict::Raised(_) => "raised",
            };
            assert_eq!(found, error, "{body}");
        }
    }
}
