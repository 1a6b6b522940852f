//! Tests of JSON values, one per rule.

use super::{JsonErrorKind, LoneSurrogate, Map, Step, Value};
use crate::limits::{MAX_JSON_DEPTH, MAX_JSON_MEMORY_RATIO};

fn parse(json: &str) -> Value {
    Value::parse(json.as_bytes()).unwrap()
}

fn kind(json: &str) -> JsonErrorKind {
    Value::parse(json.as_bytes()).unwrap_err().kind
}

/// Checks that a document is written as it was read.
#[track_caller]
fn same(json: &str) {
    assert_eq!(parse(json).to_string(), json);
}

#[test]
fn integers_of_any_size_are_exact() {
    same("[0,-1,18446744073709551615,-18446744073709551615]");
    same("170141183460469231731687303715884105727");
    same("170141183460469231731687303715884105728");
    same("-999999999999999999999999999999999999999999999");
    assert!(matches!(parse("170141183460469231731687303715884105728"), Value::BigInt(_)));
}

#[test]
fn negative_zero_as_an_integer_is_zero() {
    assert_eq!(parse("-0"), Value::Int(0));
}

#[test]
fn floats_stay_floats() {
    same("[1.0,-0.0,0.1,1e+16,1.8446744073709552e+19,1e-05,0.0001,1.5e-300]");
    assert_ne!(parse("1.0"), parse("1"));
}

#[test]
fn floats_are_written_as_python_does() {
    assert_eq!(
        parse("[1e5,1E400,123456789012345680.0,0.00001]").to_string(),
        "[100000.0,Infinity,1.2345678901234568e+17,1e-05]"
    );
}

#[test]
fn tokens_of_python_are_numbers() {
    same("[NaN,Infinity,-Infinity]");
    assert_eq!(parse("NaN"), parse("NaN"));
    assert!(parse("NaN").is_number());
}

#[test]
fn strings_are_escaped_only_where_necessary() {
    same(r#""a \"quote\", a \\ and \n\r\t\b\f \u0001 but ä 😀 / 'x'""#);
    assert_eq!(parse(r#""\u00e4\ud83d\ude00\/""#), Value::from("ä😀/"));
}

#[test]
fn a_lone_surrogate_is_an_error_with_its_place() {
    let refused = |json: &str| {
        let error = Value::parse(json.as_bytes()).unwrap_err();
        assert_eq!(error.kind, JsonErrorKind::Surrogate, "{json}");
        error.to_string()
    };
    let json = "{\"3\":{\n \"inputs\":{\"files\":[\"a\",\"caf\\udce9.png\"]}}}";
    let place = "half a character (a lone surrogate) in the text `3.inputs.files[1]` at line 2 column 29";
    assert_eq!(refused(json), place);
    let place = "half a character (a lone surrogate) in the key `a.\u{fffd}` at line 1 column 8";
    assert_eq!(refused(r#"{"a":{"\ud800":"\udc00"}}"#), place);
    for json in [r#""\ud800""#, r#""\ud800x""#, r#""\ud800\n""#, r#""\ud800\ud800\udc00""#, r#""\udc00\ud800""#] {
        refused(json);
    }
    assert_eq!(parse(r#"["\\ud800","\ud83d\ude00"]"#).to_string(), "[\"\\\\ud800\",\"😀\"]");
}

#[test]
fn lone_surrogates_become_replacement_characters_where_it_is_allowed() {
    let json = r#"{"\ud800\ud83d\ude00":["caf\udce9\udcea.png",1,{"b":NaN,"c":"\ud800x"}],"d":"\\ud800"}"#;
    let mut places = Vec::new();
    let mut found = |at: &LoneSurrogate<'_>| places.push((at.to_string(), at.is_key(), at.line(), at.column()));
    let value = Value::parse_lossy(json.as_bytes(), |at| {
        found(at);
        true
    });
    let expected =
        "{\"\u{fffd}😀\":[\"caf\u{fffd}\u{fffd}.png\",1,{\"b\":NaN,\"c\":\"\u{fffd}x\"}],\"d\":\"\\\\ud800\"}";
    assert_eq!(value.unwrap().to_string(), expected);
    let key = "\u{fffd}😀";
    let place = |path: &str, is_key, column| (format!("{key}{path}"), is_key, 1, column);
    assert_eq!(places, [place("", true, 3), place("[0]", false, 28), place("[2].c", false, 62)]);
}

#[test]
fn only_the_allowed_places_are_replaced() {
    let json = br#"{"message":"\ud83d","name":"\ud83d"}"#;
    let allows = |at: &LoneSurrogate<'_>| at.path().last().and_then(Step::key) == Some("message");
    let error = Value::parse_lossy(json, allows).unwrap_err();
    assert!(error.reason.contains("`name`"), "{error}");
}

#[test]
fn the_last_value_of_a_repeated_key_counts() {
    assert_eq!(parse(r#"{"a":1,"b":2,"a":3}"#).to_string(), r#"{"a":3,"b":2}"#);
    let many: Vec<String> = (0..40).map(|at| format!("\"k{}\":{at}", at % 20)).collect();
    let map = parse(&format!("{{{}}}", many.join(",")));
    assert_eq!(map.as_object().unwrap().len(), 20);
    assert_eq!(map.as_object().unwrap().get("k3"), Some(&Value::Int(23)));
}

#[test]
fn objects_with_another_order_of_keys_are_equal() {
    assert_eq!(parse(r#"{"a":1,"b":[2]}"#), parse(r#"{"b":[2],"a":1}"#));
    assert_ne!(parse(r#"{"a":1,"b":2}"#), parse(r#"{"a":1,"c":2}"#));
    let (forth, back): (Vec<_>, Vec<_>) =
        (0..50).map(|at| ((format!("k{at}"), at), (format!("k{}", 49 - at), 49 - at))).unzip();
    assert_eq!(Map::from_iter(forth), Map::from_iter(back));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    same(&nested(MAX_JSON_DEPTH));
    assert_eq!(kind(&nested(MAX_JSON_DEPTH + 1)), JsonErrorKind::TooDeep);
    assert_eq!(kind(&"[".repeat(1_000_000)), JsonErrorKind::TooDeep);
    assert_eq!(kind(&"{\"a\":".repeat(1_000_000)), JsonErrorKind::TooDeep);
}

#[test]
fn errors_have_a_kind_and_a_position() {
    let error = Value::parse(b"{\n  \"a\": tru,\n}").unwrap_err();
    assert_eq!((error.kind, error.line), (JsonErrorKind::Syntax, 2));
    assert_eq!(kind("[1,2"), JsonErrorKind::Truncated);
    assert_eq!(kind("[1] x"), JsonErrorKind::Trailing);
    assert_eq!(kind("[1,]"), JsonErrorKind::Syntax);
    assert_eq!(kind(&"9".repeat(5000)), JsonErrorKind::Syntax);
}

#[test]
fn every_prefix_of_a_document_is_truncated() {
    let json = r#"{"a":[1,-2.5e3,NaN,-Infinity,true,false,null,"\u00e4\ud83d\ude00\n"],"b":{"c":"x"}}"#;
    for end in 1..json.len() {
        assert_eq!(kind(&json[..end]), JsonErrorKind::Truncated, "{}", &json[..end]);
    }
}

#[test]
fn conversions() {
    assert_eq!(parse("1.0").as_i128(), Some(1));
    assert_eq!(parse("1.5").as_i128(), None);
    assert_eq!(parse("1e40").as_i128(), None);
    assert_eq!(parse("7").as_f64(), Some(7.0));
    assert_eq!(parse("170141183460469231731687303715884105728").as_f64(), Some(2f64.powi(127)));
    assert_eq!(parse("0").as_bool(), None);
    assert_eq!(parse("[1]").as_array().map(<[Value]>::len), Some(1));
    assert_eq!(Value::from(Some("x")), Value::from("x"));
    assert_eq!(Value::from(None::<i32>), Value::Null);
    assert_eq!([1u64, 2].into_iter().collect::<Value>().to_string(), "[1,2]");
}

#[test]
fn a_map_keeps_its_order() {
    let mut map = Map::from_iter([("a", 1), ("b", 2), ("c", 3)]);
    assert_eq!(map.insert("b", 5), Some(Value::Int(2)));
    assert_eq!(map.remove("a"), Some(Value::Int(1)));
    assert_eq!(map.insert("a", 9), None);
    assert_eq!(map.to_string(), r#"{"b":5,"c":3,"a":9}"#);
    assert_eq!((map.len(), map.is_empty(), map.get("x")), (3, false, None));
}

#[test]
fn the_memory_of_a_document_can_be_limited() {
    for json in
        ["[0,0,0,0,0,0,0,0,0]", r#"{"a":1,"b":2,"c":{"d":[]}}"#, r#""a text that is stored outside of its value""#]
    {
        let (bytes, least) = (json.as_bytes(), json.len());
        assert_eq!(Value::parse_within(bytes, least).unwrap_err().kind, JsonErrorKind::TooLarge, "{json}");
        assert_eq!(Value::parse_within(bytes, 1_000).unwrap(), parse(json));
    }
}

/// The shapes with the most memory for each byte of text.
#[test]
fn no_document_takes_more_memory_than_documented() {
    let nested = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(199), close.repeat(199));
    for json in [
        nested("[", "0", "]"),
        nested("{\"\":", "0", "}"),
        format!("[{}0]", "0,".repeat(999)),
        format!("[{}[]]", "[],".repeat(999)),
        format!("[{}[0]]", "[0],".repeat(999)),
        format!("[{}{{}}]", r#"{"":0},"#.repeat(999)),
    ] {
        let value = Value::parse_within(json.as_bytes(), MAX_JSON_MEMORY_RATIO * json.len());
        assert!(value.is_ok(), "{}", json.get(..40).unwrap_or(&json));
    }
}
