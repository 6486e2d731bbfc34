//! As much of JSON Schema as our schema uses. A word it does not know fails the test.

use serde_json::Value;

/// Words that say nothing about what is valid; `format` is an annotation in draft 2020-12.
const WORDS: [&str; 6] = [
    "description",
    "examples",
    "format",
    "title",
    "$schema",
    "$defs",
];

/// Whether a value is valid by `#/$defs/<name>` of the document.
pub(crate) fn is_valid(document: &Value, name: &str, value: &Value) -> bool {
    fits(document, &document["$defs"][name], value)
}

fn fits(document: &Value, schema: &Value, value: &Value) -> bool {
    let fits = |schema: &Value| fits(document, schema, value);
    let schema = schema.as_object().unwrap();
    let some = |word: &Value| {
        word.as_array()
            .unwrap()
            .iter()
            .filter(|one| fits(one))
            .count()
    };
    schema.iter().all(|(word, rule)| match word.as_str() {
        "$ref" => fits(document.pointer(&rule.as_str().unwrap()[1..]).unwrap()),
        "anyOf" => some(rule) >= 1,
        "oneOf" => some(rule) == 1,
        "const" => rule == value,
        "enum" => rule.as_array().unwrap().contains(value),
        "type" => is_of(rule, value),
        "required" => value.as_object().is_none_or(|value| {
            let names = rule.as_array().unwrap().iter();
            names
                .into_iter()
                .all(|name| value.contains_key(name.as_str().unwrap()))
        }),
        "properties" => value.as_object().is_none_or(|value| {
            let rules = rule.as_object().unwrap().iter();
            let told = |(name, rule)| Some((value.get(name)?, rule));
            rules
                .filter_map(told)
                .all(|(value, rule)| self::fits(document, rule, value))
        }),
        "items" => value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| self::fits(document, rule, item))),
        "minimum" => value
            .as_f64()
            .is_none_or(|value| value >= rule.as_f64().unwrap()),
        "maximum" => value
            .as_f64()
            .is_none_or(|value| value <= rule.as_f64().unwrap()),
        "minLength" => length(value).is_none_or(|length| length >= rule.as_u64().unwrap()),
        "maxLength" => length(value).is_none_or(|length| length <= rule.as_u64().unwrap()),
        word if WORDS.contains(&word) => true,
        word => panic!("{word} is not checked"),
    })
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

/// Whether a value is of a JSON type, or of one of several.
pub(crate) fn is_of(types: &Value, value: &Value) -> bool {
    match types.as_str() {
        Some(kind) => is(kind, value),
        None => types
            .as_array()
            .unwrap()
            .iter()
            .any(|kind| is_of(kind, value)),
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        kind => panic!("{kind} is not checked"),
    }
}

#[test]
fn it_tells_right_from_wrong() {
    use serde_json::json;
    let document = json!({"$defs": {
        "score": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
        "word": {"type": "string", "minLength": 2, "maxLength": 3},
        "vote": {"oneOf": [{"$ref": "#/$defs/score"}, {"const": "none"}]},
        "all": {"type": "object", "required": ["v"], "properties": {
            "v": {"$ref": "#/$defs/vote"}, "w": {"type": "array", "items": {"$ref": "#/$defs/word"}}}},
    }});
    for (name, value, expected) in [
        ("score", json!(5), true),
        ("score", json!(null), true),
        ("score", json!(6), false),
        ("score", json!(0), false),
        ("score", json!(1.5), false),
        ("score", json!("1"), false),
        ("word", json!("字字"), true),
        ("word", json!("x"), false),
        ("word", json!("four"), false),
        ("vote", json!("none"), true),
        ("vote", json!("some"), false),
        ("all", json!({"v": 3, "more": {}}), true),
        ("all", json!({"v": 3, "w": ["ok"]}), true),
        ("all", json!({"v": 3, "w": ["ok", 7]}), false),
        ("all", json!({"w": []}), false),
        ("all", json!({"v": 9}), false),
        ("all", json!([]), false),
    ] {
        assert_eq!(
            is_valid(&document, name, &value),
            expected,
            "{name} {value}"
        );
    }
}
