//! The published JSON schema of our Standard Webhooks: what Hearth takes in and what it sends.
//!
//! The types are here and not in `shared/platforms`, so that no function ever links what makes a
//! schema of them, whichever features a build of the whole workspace turns on. The adapter reads
//! field by field, for the sake of its errors; `tests/agreement.rs` holds it and the schema together.

#![warn(missing_docs)]

mod message;
mod told;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

pub use told::examples;

/// The schema as `docs/schema/standard-webhooks.json` has it.
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// The schema, JSON Schema draft 2020-12.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(unwrap_lines));
    SchemaGenerator::new(settings)
        .into_root_schema_for::<Webhook>()
        .to_value()
}

/// A description is wrapped where the source is; a reader's screen is another.
fn unwrap_lines(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}

/// The bodies of the Standard Webhooks (specification 1.0) that Hearth takes in
/// (`POST /webhooks/standard/{community}`) and sends. Fields that are not named here are ignored,
/// and `null` is the same as no field.
#[derive(JsonSchema)]
#[schemars(untagged, title = "Hearth's Standard Webhooks")]
#[expect(dead_code, reason = "only its shape is used")]
#[expect(clippy::large_enum_variant, reason = "only its shape is used")]
enum Webhook {
    /// What Hearth takes in.
    In(told::Told),
    /// What Hearth sends.
    Out(message::Send),
}
