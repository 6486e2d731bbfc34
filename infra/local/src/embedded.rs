//! DynamoDB in this process: the real SDK above, an embedded database below, no socket between.

use std::fmt;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::faults::{Borders, Call, Fault};

/// An HTTP connector that hands requests to the database.
#[derive(Clone)]
pub struct Embedded {
    database: Database,
    borders: Borders,
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedded")
    }
}

impl Embedded {
    /// Over a database.
    pub fn new(database: Database, borders: Borders) -> Self {
        Self { database, borders }
    }

    /// As an HTTP client for the SDK.
    pub fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        SharedHttpClient::new(http_client_fn(move |_, _| connector.clone()))
    }

    /// The same database for another process: with faults of its own.
    #[must_use]
    pub fn behind(&self, borders: Borders) -> Self {
        Self {
            database: self.database.clone(),
            borders,
        }
    }

    /// A request without the SDK around it, for the stack's own loop, which asks often. Nothing
    /// happens to it.
    pub fn ask(&self, operation: &str, request: &Value) -> anyhow::Result<Value> {
        let answer = self.dispatch(operation, request.to_string().as_bytes());
        let answer = answer.map_err(|error| anyhow::anyhow!("{operation}: {}", error.to_json()))?;
        Ok(serde_json::from_str(&answer)?)
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        match self.borders.fate(Call::Table(&operation), body).await {
            None => self.run(&operation, &request),
            Some(Fault::CrashBefore) => self.borders.die().await,
            Some(Fault::CrashAfter) => {
                self.run(&operation, &request)?;
                self.borders.die().await
            }
            Some(Fault::Part) if operation == "BatchGetItem" => self.read_part(&request),
            Some(Fault::Refuse | Fault::Part) => {
                response(400, error_body("ThrottlingException", "Rate exceeded"))
            }
            Some(Fault::LoseAnswer) => {
                self.run(&operation, &request)?;
                Err(ConnectorError::io("the answer was lost".into()))
            }
            Some(Fault::Conflict) if operation == "TransactWriteItems" => {
                response(400, CANCELLED.to_owned())
            }
            Some(Fault::Conflict) => response(
                400,
                error_body(
                    "TransactionConflictException",
                    "Transaction is ongoing for the item",
                ),
            ),
        }
    }

    /// A batch read of which only the first key is read.
    fn read_part(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let other = |error: serde_json::Error| ConnectorError::other(error.into(), None);
        let mut wanted: Value =
            serde_json::from_slice(request.body().bytes().unwrap_or_default()).map_err(other)?;
        let mut left = serde_json::Map::new();
        let tables = wanted
            .get_mut("RequestItems")
            .and_then(Value::as_object_mut);
        for (table, keys) in tables.into_iter().flatten() {
            let rest = keys
                .get_mut("Keys")
                .and_then(Value::as_array_mut)
                .map(|keys| keys.split_off(keys.len().min(1)))
                .unwrap_or_default();
            if !rest.is_empty() {
                left.insert(table.clone(), json!({"Keys": rest}));
            }
        }
        let answer = match self.dispatch("BatchGetItem", wanted.to_string().as_bytes()) {
            Ok(answer) => answer,
            Err(error) => return response(error.status_code(), error.to_json()),
        };
        let mut answer: Value = serde_json::from_str(&answer).map_err(other)?;
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("UnprocessedKeys".to_owned(), Value::Object(left));
        }
        response(200, answer.to_string())
    }

    fn run(&self, operation: &str, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = request.body().bytes().unwrap_or_default();
        match self.dispatch(operation, body) {
            Ok(json) => response(200, json),
            Err(error) => response(error.status_code(), error.to_json()),
        }
    }

    fn dispatch(&self, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
        let db = &self.database;
        match operation {
            "PutItem" => call(body, |request| db.put_item(request)),
            "GetItem" => call(body, |request| db.get_item(request)),
            "UpdateItem" => call(body, |request| db.update_item(request)),
            "DeleteItem" => call(body, |request| db.delete_item(request)),
            "BatchGetItem" => call(body, |request| db.batch_get_item(request)),
            "BatchWriteItem" => call(body, |request| db.batch_write_item(request)),
            "TransactWriteItems" => {
                let may_fail = self.borders.may_fail();
                call(body, |mut request: TransactWriteItemsRequest| {
                    // A token guards the SDK's second attempt. Where no first one fails it only
                    // costs: the database looks through all tokens of the last ten minutes at
                    // every transaction.
                    request.client_request_token =
                        request.client_request_token.filter(|_| may_fail);
                    db.transact_write_items(request)
                })
            }
            "Query" => call(body, |request| db.query(request)),
            "Scan" => call(body, |request| db.scan(request)),
            "CreateTable" => call(body, |request| db.create_table(request)),
            "DescribeTable" => call(body, |request| db.describe_table(request)),
            other => Err(DynoxideError::ValidationException(format!(
                "{other} is not part of the local stack"
            ))),
        }
    }
}

const CANCELLED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]","CancellationReasons":[{"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}]}"#;

fn error_body(kind: &str, message: &str) -> String {
    format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{kind}","message":"{message}"}}"#)
}

fn call<I: DeserializeOwned, O: Serialize>(
    body: &[u8],
    run: impl FnOnce(I) -> Result<O, DynoxideError>,
) -> Result<String, DynoxideError> {
    let request = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    serde_json::to_string(&run(request)?)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

fn response(status: u16, body: String) -> Result<HttpResponse, ConnectorError> {
    let status =
        StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}

impl HttpConnector for Embedded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let embedded = self.clone();
        HttpConnectorFuture::new(async move { embedded.answer(request).await })
    }
}
