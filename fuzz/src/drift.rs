//! Compares two schemas, and judges a prompt by them. Comparing never panics, and a schema does not differ from itself.
//!
//! An input has two parts, the schemas, and may have a third one, the prompt. [`crate::parts`] tells how they are divided.

use comfy_schema::drift::{Comparison, Level};
use comfy_schema::{Schema, Value};

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let mut parts = crate::parts(bytes);
    let mut schema = || Schema::from_slice(parts.next()?).ok();
    let (Some(old), Some(new)) = (schema(), schema()) else { return };
    let mut prompt = parts.next().and_then(|part| Value::parse(part).ok());
    for (old, new) in [(&old, &new), (&new, &old)] {
        let comparison = Comparison::new(old, new);
        for change in comparison.all() {
            assert!(!change.to_string().is_empty());
        }
        if let Some(prompt) = &mut prompt {
            _ = comparison.workflow(prompt);
            if comparison.fill(prompt).is_ok() {
                let findings = comparison.workflow(prompt).expect("a filled prompt is a prompt");
                assert!(findings.iter().all(|finding| finding.change.level != Level::Defaulted));
            }
        }
    }
    assert!(Comparison::new(&old, &old).all().is_empty());
}
