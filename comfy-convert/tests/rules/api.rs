//! API format and request bodies.

use comfy_convert::{Format, read};

#[test]
fn api_format_is_kept_without_the_keys_of_its_run() {
    let document = read(br#"{"1":{"class_type":"A","inputs":{"x":7.0},"is_changed":"h"},"note":"x"}"#).unwrap();
    assert_eq!((document.format(), document.ui().is_none()), (Format::Api, true));
    assert_eq!(document.api().unwrap().to_string(), r#"{"1":{"class_type":"A","inputs":{"x":7.0}}}"#);
    let warnings: Vec<String> = document.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "node 1 (A): `is_changed` is left out: it belongs to the run that saved the file",
            "`note` is not a node and is left out"
        ]
    );
}

#[test]
fn a_prompt_without_any_class_is_one() {
    let document = read(br#"{"1":{"inputs":{"x":7}},"2":{"inputs":{},"_meta":{}}}"#).unwrap();
    assert_eq!((document.format(), document.warnings().len()), (Format::Api, 0));
    assert!(read(br#"{"1":{"inputs":{}},"2":{"input":{}}}"#).is_err());
}

#[test]
fn a_request_holds_both() {
    let body = br#"{"prompt":{"1":{"class_type":"A","inputs":{}}},
        "extra_data":{"extra_pnginfo":{"workflow":{"nodes":[{"id":1,"type":"A"}],"links":[]}}}}"#;
    let document = read(body).unwrap();
    assert_eq!(document.format(), Format::Request);
    assert_eq!((document.ui().unwrap().node_count(), document.api().is_some()), (1, true));
}

#[test]
fn utf16_is_read() {
    let text = "\u{feff}{\"1\":{\"class_type\":\"Ä\",\"inputs\":{}}}";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&bytes).unwrap().format(), Format::Api);
}

/// The rule of [`Format::of`]: a server ignores the members of a request that it does not know, such as `nodes`.
#[test]
fn an_object_with_nodes_and_a_prompt_is_a_request() {
    let format = |text: &str| Format::of(&comfy_schema::Value::parse(text.as_bytes()).unwrap());
    let prompt = r#"{"1":{"class_type":"A","inputs":{}}}"#;
    assert_eq!(format(&format!(r#"{{"nodes":[],"prompt":{prompt}}}"#)), Some(Format::Request));
    assert_eq!(format(r#"{"nodes":[],"prompt":{}}"#), None);
    assert_eq!(format(r#"{"nodes":[],"prompt":{"1":5}}"#), None);
    assert_eq!(format(r#"{"nodes":[],"1":{"class_type":"A","inputs":{}}}"#), Some(Format::Api));
    // Other programs may add a text to the editor's file.
    assert_eq!(format(r#"{"nodes":[],"prompt":"a cat"}"#), Some(Format::Ui));
    assert_eq!(format(r#"{"nodes":[],"links":[]}"#), Some(Format::Ui));
    assert_eq!(format(r#"{"nodes":{}}"#), None);
}
