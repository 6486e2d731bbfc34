//! The tables' definition, for the local stack and the tests; in AWS it is the template's.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};

use super::StoreError;
use crate::config::Tables;

/// The name of the due index on both tables.
pub const DUE_INDEX: &str = "due";

/// Creates both tables unless they are there.
pub async fn create(client: &Client, tables: &Tables) -> Result<(), StoreError> {
    for name in [&tables.members, &tables.journal] {
        create_table(client, name).await?;
    }
    Ok(())
}

async fn create_table(client: &Client, name: &str) -> Result<(), StoreError> {
    let corrupt =
        |error: aws_sdk_dynamodb::error::BuildError| StoreError::Corrupt(error.to_string());
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .map_err(corrupt)
    };
    let key = |name: &str, kind: KeyType| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .map_err(corrupt)
    };
    let due = GlobalSecondaryIndex::builder()
        .index_name(DUE_INDEX)
        .key_schema(key("due_pk", KeyType::Hash)?)
        .key_schema(key("due_sk", KeyType::Range)?)
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::KeysOnly)
                .build(),
        )
        .build()
        .map_err(corrupt)?;
    let created = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(vec![
            attribute("pk")?,
            attribute("sk")?,
            attribute("due_pk")?,
            attribute("due_sk")?,
        ]))
        .key_schema(key("pk", KeyType::Hash)?)
        .key_schema(key("sk", KeyType::Range)?)
        .global_secondary_indexes(due)
        .send()
        .await;
    match created {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(aws_sdk_dynamodb::operation::create_table::CreateTableError::is_resource_in_use_exception) => Ok(()),
        Err(error) => Err(StoreError::of("CreateTable", &error)),
    }
}
