//! What comes in: the schema and the parser take and refuse the same.

use std::collections::{BTreeMap, BTreeSet};

use hearth_platforms::{Parsed, Receiver as _, Request, standard};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::checker::{is_of, is_valid};
use crate::shop;

/// A value of each JSON type that a field can be mistaken for.
fn of_each_type() -> Vec<Value> {
    vec![
        json!(7),
        json!("x"),
        json!(true),
        json!(1.5),
        json!([]),
        json!({}),
    ]
}

/// Whether the parser takes a body as an event, as it comes with this header.
fn takes(header: &'static str, body: &Value) -> bool {
    let headers: HeaderMap = [(header, "v"), (standard::ID_HEADER, "evt_1")]
        .into_iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect();
    let body = body.to_string();
    let request = Request {
        method: &Method::POST,
        headers: &headers,
        query: None,
        body: body.as_bytes(),
    };
    let parsed = standard::Standard.parse(&request, &shop(), Timestamp::UNIX_EPOCH);
    matches!(parsed, Ok(Parsed::Events(_)))
}

/// Asserts that schema and parser say the same of a body, whoever signed it.
fn both(document: &Value, body: &Value, expected: bool, what: &str) {
    assert_eq!(
        is_valid(document, "Told", body),
        expected,
        "the schema: {what}: {body}"
    );
    assert_eq!(
        takes(standard::HUB_HEADER, body),
        expected,
        "the parser: {what}: {body}"
    );
    // Only GitHub's way has its id in the body.
    if expected || !what.starts_with("id") {
        let taken = takes(standard::SIGNATURE_HEADER, body);
        assert_eq!(taken, expected, "the parser: {what}: {body}");
    }
}

/// A schema without its references.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(path) => document.pointer(&path[1..]).unwrap(),
        None => schema,
    }
}

/// A field of `data`, and whether it must be there.
struct Field<'a> {
    rule: &'a Value,
    needed: bool,
}

/// The fields that the schema has for the `data` of a body, the member's and the type's.
fn fields<'a>(document: &'a Value, body: &Value) -> BTreeMap<&'a str, Field<'a>> {
    let defs = &document["$defs"];
    let branches = defs["Told"]["oneOf"].as_array().unwrap().iter();
    let branch = branches
        .clone()
        .find(|branch| branch["properties"]["type"]["const"] == body["type"])
        .unwrap();
    let mut schemas = vec![&defs["Who"]];
    // A type that adds nothing has no data of its own.
    schemas.extend(
        branch["properties"]
            .get("data")
            .map(|data| resolved(document, data)),
    );
    if let Some(scales) = schemas.last().unwrap()["oneOf"].as_array() {
        let scale = scales
            .iter()
            .find(|scale| scale["properties"]["scale"]["const"] == body["data"]["scale"]);
        schemas.push(scale.unwrap());
    }
    let mut fields = BTreeMap::new();
    for schema in schemas {
        let needed = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, rule) in schema["properties"].as_object().into_iter().flatten() {
            let needed = needed.contains(&json!(name));
            // The type may need what anybody may leave out.
            let held = fields
                .get(name.as_str())
                .is_some_and(|field: &Field<'_>| field.needed);
            let field = Field {
                rule,
                needed: needed || held,
            };
            fields.insert(name.as_str(), field);
        }
    }
    fields
}

/// The body with another value in a field of its data, or without the field.
fn with(body: &Value, field: &str, value: Option<Value>) -> Value {
    let mut body = body.clone();
    let data = body["data"].as_object_mut().unwrap();
    match value {
        Some(value) => data.insert(field.to_owned(), value),
        None => data.remove(field),
    };
    body
}

/// Whether a field's rule allows a value's JSON type.
fn allows(document: &Value, rule: &Value, value: &Value) -> bool {
    let rule = resolved(document, rule);
    if let Some(choices) = rule.get("anyOf").or_else(|| rule.get("oneOf")) {
        let mut choices = choices.as_array().unwrap().iter();
        return choices.any(|choice| allows(document, choice, value));
    }
    is_of(&rule["type"], value)
}

#[test]
fn every_example_is_taken_and_there_is_one_of_every_type() {
    let document = hearth_schema::document();
    let examples = hearth_schema::examples();
    for body in &examples {
        both(&document, body, true, "as it is");
        for name in ["type", "timestamp", "data"] {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(name);
            both(&document, &without, false, name);
            for value in of_each_type() {
                let mut wrong = body.clone();
                wrong[name] = value.clone();
                // Text that is no instant is refused by the parser alone: `format` is a hint.
                if !(name == "timestamp" && value.is_string()) {
                    both(&document, &wrong, false, name);
                }
            }
        }
    }
    let shown: BTreeSet<&str> = examples
        .iter()
        .filter_map(|body| body["type"].as_str())
        .collect();
    let branches = document["$defs"]["Told"]["oneOf"].as_array().unwrap();
    let types: BTreeSet<&str> = branches
        .iter()
        .map(|branch| branch["properties"]["type"]["const"].as_str().unwrap())
        .collect();
    assert_eq!(shown, types);
}

#[test]
fn what_a_field_must_be_is_the_same_for_both() {
    let document = hearth_schema::document();
    let mut tried = 0;
    for body in &hearth_schema::examples() {
        for (name, field) in fields(&document, body) {
            let check = |value: Option<Value>, expected: bool, what: &str| {
                let what = format!("{name} {what}");
                both(&document, &with(body, name, value), expected, &what);
            };
            check(None, !field.needed, "left out");
            check(Some(Value::Null), !field.needed, "null");
            for value in of_each_type() {
                if !allows(&document, field.rule, &value) {
                    check(Some(value), false, "of another type");
                    tried += 1;
                }
            }
            let limit = |word: &str| field.rule[word].as_i64();
            let text = |length: i64| Some(json!("x".repeat(length.try_into().unwrap())));
            if let Some(least) = limit("minimum") {
                check(Some(json!(least)), true, "at its least");
                check(Some(json!(least - 1)), false, "less than its least");
            }
            if let Some(most) = limit("maximum") {
                check(Some(json!(most)), true, "at its most");
                check(Some(json!(most + 1)), false, "more than its most");
            }
            if let Some(least) = limit("minLength") {
                check(text(least - 1), false, "too short");
            }
            if let Some(most) = limit("maxLength") {
                check(text(most), true, "at its longest");
                check(text(most + 1), false, "too long");
            }
            if resolved(&document, field.rule).get("const").is_some() || name == "cause" {
                check(Some(json!("other")), false, "another word");
            }
        }
    }
    assert!(tried > 300, "{tried} wrong types");
}

/// The one sender of ours: its bodies are valid, all but the check, which is no event.
#[test]
fn what_the_discord_forwarder_posts_is_valid() {
    let document = hearth_schema::document();
    let golden = include_str!("../../../forwarder/discord/golden.json");
    let rows: Vec<Value> = serde_json::from_str(golden).unwrap();
    let mut valid = 0;
    for row in &rows {
        let body: Value = serde_json::from_str(row["body"].as_str().unwrap()).unwrap();
        let is_event = body["type"] != "forwarder.check";
        assert_eq!(is_valid(&document, "Told", &body), is_event, "{body}");
        valid += usize::from(is_event);
    }
    assert!(valid > 10, "{valid} events");
}

/// What stands between quotes in a source and begins with `prefix`, without it.
fn quoted<'a>(source: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for rest in source.split(&format!("\"{prefix}")).skip(1) {
        found.insert(rest.split('"').next().unwrap());
    }
    found
}

/// A field or type that only the parser knows is in no example: its source tells.
#[test]
fn the_parser_reads_nothing_that_the_schema_does_not_have() {
    let document = hearth_schema::document();
    let (parser, hub) = (
        include_str!("../../../../shared/platforms/src/standard/parse.rs"),
        include_str!("../../../../shared/platforms/src/standard/hub.rs"),
    );
    let mut read = quoted(parser, "data.");
    read.extend(quoted(hub, "data."));
    let examples = hearth_schema::examples();
    let described: BTreeSet<&str> = examples
        .iter()
        .flat_map(|body| fields(&document, body).into_keys())
        .collect();
    assert_eq!(read, described);
    let arms = parser
        .lines()
        .filter_map(|line| line.trim().split_once("\" => "));
    let known: BTreeSet<&str> = arms
        .filter_map(|(kind, _)| kind.strip_prefix('"'))
        .filter(|kind| kind.contains('.'))
        .collect();
    let types: BTreeSet<&str> = examples
        .iter()
        .map(|body| body["type"].as_str().unwrap())
        .collect();
    assert_eq!(known, types);
}
