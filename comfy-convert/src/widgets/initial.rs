//! The initial values of widgets.

use comfy_schema::{Map, Value};

use super::Spec;

/// Returns the initial value of an input with a widget of this type.
pub(super) fn value(spec: &Spec<'_>, word: &str) -> Option<Value> {
    let default = spec.input.options.default().cloned();
    match word {
        "INT" | "FLOAT" => default.or(Some(Value::Int(0))),
        "BOOLEAN" => default.or(Some(Value::Bool(false))),
        "STRING" | "TEXTAREA" | "MARKDOWN" | "PAINTER" | "AUDIO_RECORD" => default.or_else(|| Some("".into())),
        "COLOR" => default.or_else(|| Some("#000000".into())),
        "COMBO" => combo(spec, default),
        "BOUNDING_BOX" => default.or_else(|| Some(bounding_box())),
        "CURVE" => default.or_else(|| Some(curve())),
        "RANGE" => default.or_else(|| Some(range(spec))),
        "IMAGECOMPARE" => Some(Value::Array(vec!["".into(), "".into()])),
        _ => default,
    }
}

fn combo(spec: &Spec<'_>, default: Option<Value>) -> Option<Value> {
    let options = &spec.input.options;
    if options.get("multi_select").is_some() {
        return Some(Value::Array(Vec::new()));
    }
    if options.remote().is_some() {
        return default.filter(is_truthy).or_else(|| Some("Loading...".into()));
    }
    default.filter(is_truthy).or_else(|| spec.options().first().cloned())
}

/// Returns whether a value is truthy in JavaScript.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::String(text) => !text.is_empty(),
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            value.as_f64().is_some_and(|number| number != 0.0 && !number.is_nan())
        }
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn bounding_box() -> Value {
    [("x", 0), ("y", 0), ("width", 512), ("height", 512)].into_iter().collect::<Map>().into()
}

fn curve() -> Value {
    let point = |at: i32| Value::Array(vec![at.into(), at.into()]);
    let mut map = Map::new();
    map.insert("points", vec![point(0), point(1)]);
    map.insert("interpolation", "monotone_cubic");
    map.into()
}

fn range(spec: &Spec<'_>) -> Value {
    let mut map: Map = [("min", 0), ("max", 1)].into_iter().collect();
    if spec.input.options.show_midpoint() {
        map.insert("midpoint", 0.5);
    }
    map.into()
}
