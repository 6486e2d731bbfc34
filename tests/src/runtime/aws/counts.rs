//! Requests by service and operation, and the units that DynamoDB reports for them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the stub was asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Requests by `Service.Operation`.
    pub requests: BTreeMap<String, u64>,
    /// Read units, indexes and transactions included.
    pub read_units: f64,
    /// Write units, indexes and transactions included.
    pub write_units: f64,
    /// Requests to tables that did not ask what they cost: their units are missing above.
    pub not_asked: u64,
}

/// The same for one event, on average.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PerEvent {
    /// Requests by `Service.Operation`; `Chat` is the platform's API, all others are AWS.
    pub requests: BTreeMap<String, f64>,
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
}

/// What a refused conditional write costs: the unit of an item up to 1 KB, as ours are. DynamoDB
/// does not report it.
const REFUSED: f64 = 1.0;
/// The same for each item of a transaction that was cancelled.
const CANCELLED: f64 = 2.0;

impl Counts {
    /// Counts a request.
    pub fn request(&mut self, service: &str, operation: &str) {
        let name = format!("{service}.{operation}");
        *self.requests.entry(name).or_default() += 1;
    }

    /// Counts a request to a table, with what its answer says that it cost.
    pub fn table(&mut self, operation: &str, request: &[u8], status: u16, answer: &[u8]) {
        self.request("DynamoDB", operation);
        let request: Value = serde_json::from_slice(request).unwrap_or_default();
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let is_read = matches!(operation, "GetItem" | "BatchGetItem" | "Query" | "Scan");
        if status != 200 {
            let kind = text(&answer, "__type").unwrap_or_default();
            if kind.ends_with("ConditionalCheckFailedException") {
                self.write_units += REFUSED;
            } else if kind.ends_with("TransactionCanceledException") {
                let items = request.get("TransactItems").and_then(Value::as_array);
                let items = items.map_or(0, Vec::len);
                self.write_units += CANCELLED * items as f64;
            }
            return;
        }
        if matches!(
            text(&request, "ReturnConsumedCapacity"),
            None | Some("NONE")
        ) {
            self.not_asked += 1;
        }
        let units = answer.get("ConsumedCapacity").map_or(0.0, capacity);
        if is_read {
            self.read_units += units;
        } else {
            self.write_units += units;
        }
    }

    /// What was asked since an earlier look.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let before = |name: &String| earlier.requests.get(name).copied().unwrap_or(0);
        let since = |(name, count): (&String, &u64)| {
            let count = count - before(name);
            (count > 0).then(|| (name.clone(), count))
        };
        Self {
            requests: self.requests.iter().filter_map(since).collect(),
            read_units: self.read_units - earlier.read_units,
            write_units: self.write_units - earlier.write_units,
            not_asked: self.not_asked - earlier.not_asked,
        }
    }

    /// On average over so many events.
    pub fn per(&self, events: u64) -> PerEvent {
        let events = events.max(1) as f64;
        let each = |(name, count): (&String, &u64)| (name.clone(), *count as f64 / events);
        PerEvent {
            requests: self.requests.iter().map(each).collect(),
            read_units: self.read_units / events,
            write_units: self.write_units / events,
        }
    }
}

impl PerEvent {
    /// Requests to one service.
    pub fn to(&self, service: &str) -> f64 {
        let of = |name: &str| name.split('.').next() == Some(service);
        let requests = self.requests.iter().filter(|(name, _)| of(name));
        requests.map(|(_, count)| count).sum()
    }

    /// Requests to AWS: all but those to the platform.
    pub fn to_aws(&self) -> f64 {
        self.requests.values().sum::<f64>() - self.to("Chat")
    }
}

/// The units of one table or of several. `CapacityUnits` is a table's with its indexes', and a
/// transaction's are twice the plain ones: DynamoDB has added all that up.
fn capacity(consumed: &Value) -> f64 {
    if let Some(tables) = consumed.as_array() {
        return tables.iter().map(capacity).sum();
    }
    let units = consumed.get("CapacityUnits").and_then(Value::as_f64);
    units.unwrap_or(0.0)
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKS: &[u8] = br#"{"ReturnConsumedCapacity":"TOTAL"}"#;

    #[test]
    fn units_are_added_up_over_tables_and_by_direction() {
        let mut counts = Counts::default();
        counts.table(
            "GetItem",
            ASKS,
            200,
            br#"{"ConsumedCapacity":{"TableName":"m","CapacityUnits":0.5}}"#,
        );
        counts.table(
            "BatchGetItem",
            ASKS,
            200,
            br#"{"ConsumedCapacity":[{"CapacityUnits":4.5},{"CapacityUnits":1.0}]}"#,
        );
        // With indexes asked for, the total already holds them.
        let indexes = br#"{"ConsumedCapacity":{"CapacityUnits":3.0,"Table":{"CapacityUnits":1.0},"GlobalSecondaryIndexes":{"due":{"CapacityUnits":2.0}}}}"#;
        counts.table(
            "PutItem",
            br#"{"ReturnConsumedCapacity":"INDEXES"}"#,
            200,
            indexes,
        );
        let transaction = br#"{"ConsumedCapacity":[{"TableName":"m","CapacityUnits":3.0},{"TableName":"j","CapacityUnits":6.0}]}"#;
        counts.table("TransactWriteItems", ASKS, 200, transaction);
        assert_eq!((counts.read_units, counts.write_units), (6.0, 12.0));
        assert_eq!(counts.not_asked, 0);
        counts.table("Query", b"{}", 200, b"{}");
        assert_eq!(counts.not_asked, 1);
    }

    #[test]
    fn what_was_refused_costs_too() {
        let mut counts = Counts::default();
        let refused =
            br#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}"#;
        counts.table("PutItem", ASKS, 400, refused);
        assert!((counts.write_units - 1.0).abs() < 1e-9);
        let cancelled =
            br#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException"}"#;
        counts.table(
            "TransactWriteItems",
            br#"{"TransactItems":[{},{},{}]}"#,
            400,
            cancelled,
        );
        assert!((counts.write_units - 7.0).abs() < 1e-9);
    }

    #[test]
    fn an_event_costs_its_share_of_what_was_asked_since() {
        let mut counts = Counts::default();
        counts.request("SQS", "SendMessageBatch");
        let before = counts.clone();
        for _ in 0..10 {
            counts.request("SQS", "SendMessageBatch");
            counts.request("Chat", "chat.postMessage");
        }
        counts.table(
            "GetItem",
            ASKS,
            200,
            br#"{"ConsumedCapacity":{"CapacityUnits":2.0}}"#,
        );
        let each = counts.since(&before).per(20);
        assert_eq!(each.requests.len(), 3);
        assert_eq!((each.to("SQS"), each.to("Chat")), (0.5, 0.5));
        assert!((each.to_aws() - 0.55).abs() < 1e-9);
        assert!((each.read_units - 0.1).abs() < 1e-9);
    }
}
