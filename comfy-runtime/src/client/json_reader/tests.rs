use proptest::prelude::*;

use super::{Filter, JsonBounds, JsonFault, JsonReader, KeepAll, Path, Value};

fn read(document: &[u8], pieces: usize, filter: &dyn Filter) -> Result<Value, JsonFault> {
    let mut reader = JsonReader::new("GET /x", JsonBounds::response(1 << 20), filter);
    document.chunks(pieces.max(1)).try_for_each(|piece| reader.push(piece))?;
    reader.finish()
}

#[test]
fn a_document_is_read_as_if_it_had_come_at_once() {
    let document =
        " {\"a\\u00e9\": [1, -2.5e3, NaN, -Infinity, true, null, \"x\\\"\\\\ü\", [], {}], \"b\": {\"c\": \"\"},
        \"a\\u00e9\": 12345678901234567890123456789012345678901234567890}\n";
    let expected = Value::parse(document.as_bytes()).unwrap();
    for pieces in 1..document.len() {
        assert_eq!(read(document.as_bytes(), pieces, &KeepAll).unwrap(), expected, "{pieces}");
    }
    for document in ["1", "\"x\"", "null", " [ ] "] {
        assert_eq!(read(document.as_bytes(), 1, &KeepAll).unwrap(), Value::parse(document.as_bytes()).unwrap());
    }
}

#[test]
fn what_is_no_json_is_an_error() {
    for wrong in [
        "",
        " ",
        "<html>",
        "{",
        "[1",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{,}",
        "[1 2]",
        "1 2",
        "[}",
        "{]",
        "tru",
        "\"x",
        "{\"a\":\"\\u12\"}",
        "[01x]",
        "{1:2}",
        "\u{0}",
        "[\"\u{1}\"]",
    ] {
        assert!(read(wrong.as_bytes(), 1, &KeepAll).is_err(), "{wrong:?}");
        assert!(read(wrong.as_bytes(), 99, &KeepAll).is_err(), "{wrong:?}");
    }
    let deep = "[".repeat(201);
    assert!(read(deep.as_bytes(), 7, &KeepAll).unwrap_err().to_string().contains("200 levels"));
    assert!(
        read(deep.as_bytes(), 7, &|path: Path<'_>| path.depth() == 1)
            .unwrap_err()
            .to_string()
            .contains("200 levels")
    );
}

#[test]
fn skipped_values_are_not_kept() {
    let document =
        br#"{"queue": [[1, "id", {"a": "]}\"", "b": [[]]}, {"x": 1, "client_id": "me"}]], "other": {"q": []}}"#;
    let skips = |path: Path<'_>| match path.depth() {
        1 => path.key(0) != Some("queue"),
        3 => path.index(1) == Some(0) && path.index(2) == Some(2),
        4 => path.key(3) != Some("client_id"),
        _ => false,
    };
    for pieces in 1..document.len() {
        let value = read(document, pieces, &skips).unwrap();
        assert_eq!(value.to_string(), r#"{"queue":[[1,"id",null,{"client_id":"me"}]]}"#);
    }
}

#[test]
fn dropped_values_do_not_count() {
    struct Only(&'static str);
    impl Filter for Only {
        fn skips(&self, _path: Path<'_>) -> bool {
            false
        }
        fn drops(&self, path: Path<'_>, value: &Value) -> bool {
            path.depth() == 1 && value.as_array().is_some_and(|item| item[0].as_str() != Some(self.0))
        }
    }
    let mut bounds = JsonBounds::response(100);
    (bounds.bytes, bounds.values) = (1000, 10);
    let mut reader = JsonReader::new("GET /x", bounds, &Only("b"));
    reader.push(b"[").unwrap();
    (0..3).for_each(|_| reader.push(br#"["a", 1, 2, 3], "#).unwrap());
    reader.push(br#"["b", 4]]"#).unwrap();
    assert_eq!(reader.finish().unwrap().to_string(), r#"[null,null,null,["b",4]]"#);
}

#[test]
fn each_bound_ends_a_document_with_an_error_that_names_it() {
    let mut bounds = JsonBounds::response(100);
    (bounds.bytes, bounds.values) = (1000, 10);
    let error = |begin: &[u8], piece: &[u8], filter: &dyn Filter| {
        let mut reader = JsonReader::new("GET /x", bounds, filter);
        reader.push(begin).unwrap();
        // An endless document.
        (0..10_000).find_map(|_| reader.push(piece).err()).unwrap().to_string()
    };
    assert!(error(b"", b" ", &KeepAll).contains("at most 1000 bytes"));
    assert!(error(b"", b"[", &KeepAll).contains("at most 10 values"));
    assert!(error(b"\"", b"aaaaaaaaa", &KeepAll).contains("at most 100 bytes"));
    assert!(error(b"\"", b"aaaaaaaaa", &|_: Path<'_>| true).contains("at most 1000 bytes"));
    assert!(error(b"", b"[", &|_: Path<'_>| true).contains("nested"));
}

proptest! {
    #[test]
    fn any_text_is_accepted_exactly_if_it_is_json(text in r#"[\[\]{}":,\\ a0-9nul.u-]{0,24}"#, pieces in 1_usize..9) {
        let expected = Value::parse(text.as_bytes());
        let found = read(text.as_bytes(), pieces, &KeepAll);
        prop_assert_eq!(found.is_ok(), expected.is_ok(), "{:?} {:?}", found, expected);
        if let (Ok(found), Ok(expected)) = (found, expected) {
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200), pieces in 1_usize..50) {
        _ = read(&bytes, pieces, &|path: Path<'_>| path.depth() == 2);
    }
}
