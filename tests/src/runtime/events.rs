//! Events as Lambda hands them to a function.

use hearth_aws::wire::{EventV1, WhatV1, Work};
use hearth_domain::ids::{CommunityId, EventId, IdError, MemberId};
use hearth_local::deliveries::Delivery;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A batch of SQS. Each record has an id and a body.
pub fn batch(records: &[(String, String)], now: Timestamp) -> Vec<u8> {
    let sent = now.as_millisecond().to_string();
    let record = |(id, body): &(String, String)| {
        json!({
            "messageId": id,
            "receiptHandle": format!("AQEB{id}"),
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": sent, "SenderId": "AIDAEXAMPLE", "ApproximateFirstReceiveTimestamp": sent},
            "messageAttributes": {},
            "md5OfBody": "00000000000000000000000000000000",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:hearth",
            "awsRegion": "eu-central-1",
        })
    };
    let records: Vec<Value> = records.iter().map(record).collect();
    json!({"Records": records}).to_string().into_bytes()
}

/// A batch of work whose records are named `<name>-0`, `<name>-1` ….
pub fn batch_of(name: &str, work: &[Work], now: Timestamp) -> Vec<u8> {
    let records: Vec<(String, String)> = work
        .iter()
        .enumerate()
        .map(|(n, work)| (format!("{name}-{n}"), work.to_json()))
        .collect();
    batch(&records, now)
}

/// A tick of the Scheduler.
pub fn tick(at: Timestamp) -> Vec<u8> {
    json!({"time": at.to_string()}).to_string().into_bytes()
}

/// A delivery as the HTTP API hands it on (payload format 2.0).
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
pub fn http_api(delivery: &Delivery, now: Timestamp) -> Vec<u8> {
    let host = "abcdefghij.execute-api.eu-central-1.amazonaws.com";
    let mut headers = Map::new();
    for (name, value) in &delivery.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.insert(name.to_string(), json!(value));
    }
    let more = [
        ("accept", "*/*"),
        ("accept-encoding", "gzip,deflate"),
        ("host", host),
        ("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)"),
        (
            "x-amzn-trace-id",
            "Root=1-5eb33c07-de25b420912dee103a5db434",
        ),
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ];
    for (name, value) in more {
        headers.insert(name.to_owned(), json!(value));
    }
    headers.insert(
        "content-length".to_owned(),
        json!(delivery.body.len().to_string()),
    );
    let route = "POST /webhooks/{platform}/{community}";
    let (path, query) = delivery
        .path
        .split_once('?')
        .unwrap_or((&delivery.path, ""));
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": host,
            "domainPrefix": "abcdefghij",
            "http": {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "Slackbot 1.0"},
            "requestId": "MIZRNhJtIAMEMDw=",
            "routeKey": route,
            "stage": "$default",
            "time": "05/Jan/2026:01:00:00 +0000",
            "timeEpoch": now.as_millisecond(),
        },
        "body": String::from_utf8_lossy(&delivery.body),
        "isBase64Encoded": false,
    })
    .to_string()
    .into_bytes()
}

/// An event of a member, as the webhook puts it into a queue.
pub fn event(
    community: &CommunityId,
    id: &str,
    at: Timestamp,
    member: &str,
    what: WhatV1,
) -> Result<EventV1, IdError> {
    Ok(EventV1 {
        community: community.clone(),
        id: EventId::new(id)?,
        at,
        seq: 0,
        member: MemberId::new(member)?,
        name: None,
        zone: None,
        locale: None,
        staff: None,
        elsewhere: false,
        reply: None,
        regards: None,
        thread: None,
        what,
    })
}
