//! Half a character (a lone surrogate) in a workflow file is an error with its place, and never replaced.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use comfy_convert::read;

/// Returns the message for a file, with its causes.
fn refused(bytes: &[u8]) -> String {
    comfy_schema::causes::in_full(&read(bytes).unwrap_err())
}

#[test]
fn half_a_character_in_a_workflow_is_an_error_with_its_place() {
    let workflow = br#"{"nodes": [{"id": 1, "type": "Text", "widgets_values": ["cat \ud83d"]}], "links": []}"#;
    let message = refused(workflow);
    assert!(message.contains("`nodes[0].widgets_values[0]` at line 1 column 62"), "{message}");
    let titled = br#"{"nodes": [{"id": 1, "type": "Text", "title": "\udc00"}], "links": []}"#;
    assert!(refused(titled).contains("`nodes[0].title`"));
}

#[test]
fn half_a_character_in_a_prompt_is_an_error_with_its_place() {
    let prompt = br#"{"1": {"class_type": "Text", "inputs": {"text": "\ud83d"}}}"#;
    assert!(refused(prompt).contains("the text `1.inputs.text` at line 1 column 50"), "{}", refused(prompt));
    let key = br#"{"1": {"class_type": "Text", "inputs": {"\ud83d": 1}}}"#;
    assert!(refused(key).contains("the key `1.inputs.\u{fffd}`"), "{}", refused(key));
    let body = br#"{"prompt": {"1": {"class_type": "\ud83d", "inputs": {}}}}"#;
    assert!(refused(body).contains("`prompt.1.class_type`"), "{}", refused(body));
}

#[test]
fn pairs_of_surrogates_are_characters() {
    let prompt = br#"{"1": {"class_type": "Text", "inputs": {"text": "\ud83d\ude00"}}}"#;
    assert!(read(prompt).unwrap().api().unwrap().to_string().contains('\u{1f600}'));
}
