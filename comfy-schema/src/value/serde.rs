//! Serialization and deserialization of JSON values with serde.

use std::fmt::{self, Formatter};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};

use super::{Map, Value};
use crate::Text;
use crate::limits::MAX_JSON_DEPTH;

/// The key that `serde_json` uses for numbers with its feature `arbitrary_precision`: it passes a number as an object
/// of this key and the digits.
const SERDE_JSON_NUMBER: &str = "$serde_json::private::Number";

impl Serialize for Value {
    /// Serializes the value.
    ///
    /// # Errors
    ///
    /// Returns an error for an integer beyond 128 bits, which serde cannot represent, and any error of the serializer.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            // Not every format has integers of 128 bits.
            Self::Int(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => serializer.serialize_i64(value),
                (_, Ok(value)) => serializer.serialize_u64(value),
                _ => serializer.serialize_i128(*value),
            },
            Self::BigInt(digits) => Err(S::Error::custom(format_args!("integer {digits} is longer than 128 bits"))),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(values) => serializer.collect_seq(values),
            Self::Object(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, value)| (key.as_str(), value)))
    }
}

impl<'de> Deserialize<'de> for Value {
    /// Deserializes a value.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is nested more than 200 levels deep, and any error of the deserializer.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Nested { depth: MAX_JSON_DEPTH }.deserialize(deserializer)
    }
}

impl<'de> Deserialize<'de> for Map {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(map) => Ok(map),
            other => Err(D::Error::custom(format_args!("expected an object, found {}", other.kind_name()))),
        }
    }
}

/// A seed that deserializes a value nested at most `depth` levels deep.
#[derive(Clone, Copy)]
struct Nested {
    depth: usize,
}

impl Nested {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1);
        depth.map(|depth| Self { depth }).ok_or_else(|| {
            E::custom(format_args!("arrays and objects are nested more than {MAX_JSON_DEPTH} levels deep"))
        })
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(i128::try_from(value).map_or_else(|_| Value::BigInt(Text::new(value.to_string())), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if key == SERDE_JSON_NUMBER
                && let Value::String(digits) = &value
                && let Ok(number) = Value::parse(digits.as_bytes())
                && number.is_number()
            {
                return Ok(number);
            }
            map.push_unchecked(key.into(), value);
        }
        map.drop_earlier_duplicates();
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde::de::value::{Error, MapDeserializer};

    use super::{Deserialize, MAX_JSON_DEPTH, Map, SERDE_JSON_NUMBER, Value};

    fn parse(json: &str) -> Value {
        Value::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn documents_are_equal_after_a_round_trip_through_serde_json() {
        let json = r#"{"z":[null,true,-1,18446744073709551615,1.0,-0.5,1e+300,"ä\n"],"a":{"c":{},"b":[]}}"#;
        let value = parse(json);
        let written = serde_json::to_string(&value).unwrap();
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read, value);
        assert_eq!(read.to_string(), json, "keys keep their order and floats stay floats");
        assert_eq!(serde_json::from_value::<Value>(serde_json::to_value(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn integers_beyond_64_bits_are_written_exactly_and_beyond_128_bits_refused() {
        let bound = parse("-18446744073709551615");
        assert_eq!(serde_json::to_string(&bound).unwrap(), "-18446744073709551615");
        let digits = "170141183460469231731687303715884105728";
        let error = serde_json::to_string(&parse(digits)).unwrap_err();
        assert_eq!(error.to_string(), format!("integer {digits} is longer than 128 bits"));
        let read = |digits: &str| {
            let members = MapDeserializer::<_, Error>::new([(SERDE_JSON_NUMBER, digits)].into_iter());
            Value::deserialize(members).unwrap()
        };
        assert_eq!(read("-18446744073709551615"), bound, "as serde_json with `arbitrary_precision` gives it");
        assert_eq!(read(digits), parse(digits));
        assert_eq!(read("1.5"), Value::Float(1.5));
        assert!(read("1]").as_object().is_some(), "other texts under the key are not numbers");
    }

    #[test]
    fn serde_json_writes_null_for_numbers_that_are_not_finite() {
        assert_eq!(serde_json::to_string(&parse("[NaN,Infinity]")).unwrap(), "[null,null]");
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| (0..depth).fold(serde_json::Value::Null, |inner, _| serde_json::json!([inner]));
        assert!(serde_json::from_value::<Value>(nested(MAX_JSON_DEPTH)).is_ok());
        let error = serde_json::from_value::<Value>(nested(MAX_JSON_DEPTH + 1)).unwrap_err();
        assert_eq!(error.to_string(), "arrays and objects are nested more than 200 levels deep");
    }

    #[test]
    fn maps_are_objects_and_keep_the_last_value_of_a_repeated_key() {
        let map: Map = serde_json::from_str(r#"{"a":1,"b":2,"a":3}"#).unwrap();
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"a":3,"b":2}"#);
        let error = serde_json::from_str::<Map>("[1]").unwrap_err();
        assert!(error.to_string().starts_with("expected an object, found an array"), "{error}");
    }
}
