//! A member as a table, and what an erasure did in sentences.

use std::fmt::Write as _;

use hearth_domain::days::Zone;
use jiff::Timestamp;
use serde_json::Value;

use crate::endpoint::at;

/// Days that a backup of the tables lives.
const BACKUP_DAYS: u32 = 35;
/// Days that a queue, and then its dead letters, keep what nobody handles.
const QUEUE_DAYS: (u32, u32) = (4, 14);

/// A member in short.
pub(super) fn table(told: &Value) -> String {
    let clock = LocalClock::of(told);
    let text = |pointer: &str| plain(at(told, pointer));
    let lines = [
        (
            "member",
            format!("{} of {}", text("/member"), text("/community")),
        ),
        ("name", text("/name")),
        ("status", format!("{}{}", text("/status"), marks(told))),
        ("joined", clock.tell(at(told, "/joined"))),
        ("last active", text("/last_active")),
        (
            "points",
            format!("{} (level {})", text("/points"), text("/level")),
        ),
        (
            "streak",
            format!(
                "{} days (longest {})",
                text("/streak"),
                text("/longest_streak")
            ),
        ),
        ("came", came(told)),
        ("plan", plan(told)),
        ("next step", next_step(told, &clock)),
        ("win-back", win_back(told, &clock)),
        ("interest", text("/preferences/interest")),
        ("orders", orders(told)),
        ("tags", tags(told)),
        ("language", text("/preferences/language_used")),
    ];
    let mut table = String::new();
    for (label, value) in lines {
        let _ = writeln!(table, "{label:<12} {value}");
    }
    let messages = at(told, "/messages").as_array();
    let shown = messages.map_or(0, Vec::len);
    let _ = writeln!(
        table,
        "\nmessages: the last {shown} of {}, in {}",
        text("/messages_in_all"),
        text("/zone")
    );
    for message in messages.into_iter().flatten() {
        let cell = |pointer: &str| plain(at(message, pointer));
        let _ = writeln!(
            table,
            "  {}  {:<15} {:<20} {}",
            clock.tell(at(message, "/at")),
            cell("/state"),
            cell("/reason"),
            cell("/message_id")
        );
    }
    table
}

/// What they bought: `3 from 2025-03-01 to 2026-01-14, 12900 TWD in minor units`.
fn orders(told: &Value) -> String {
    let orders = at(told, "/orders");
    if orders.is_null() {
        return "–".to_owned();
    }
    let text = |pointer: &str| plain(at(orders, pointer));
    let money = match at(orders, "/currency").as_str() {
        Some(currency) => format!(", {} {currency} in minor units", text("/sum_minor")),
        None => String::new(),
    };
    format!(
        "{} from {} to {}{money}",
        text("/count"),
        text("/first"),
        text("/last")
    )
}

fn tags(told: &Value) -> String {
    let tags = at(told, "/tags").as_array();
    let tags: Vec<&str> = tags
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if tags.is_empty() {
        "–".to_owned()
    } else {
        tags.join(", ")
    }
}

/// What an erasure removed, or would remove.
pub(super) fn erasure(who: &str, told: &Value, done: bool) -> String {
    let items = at(told, "/items").as_object();
    let mut counts: Vec<String> = items
        .into_iter()
        .flatten()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let letters = at(told, "/dead_letters").as_u64().unwrap_or(0);
    if letters > 0 {
        counts.push(format!("{letters} dead letters"));
    }
    let was_new = at(told, "/tombstone_new").as_bool().unwrap_or(false);
    let found = if counts.is_empty() {
        "nothing is stored about them".to_owned()
    } else {
        counts.join(", ")
    };
    if !done {
        let tombstone = if was_new {
            "a tombstone would be written"
        } else {
            "their tombstone is there already"
        };
        return format!(
            "{who}: would remove: {found}; {tombstone}\nnothing was done: give --yes to erase them for good\n"
        );
    }
    let tombstone = if was_new {
        "The tombstone is written"
    } else {
        "The tombstone was there already"
    };
    let (queue, letters) = QUEUE_DAYS;
    format!(
        "{who}: removed: {found}\n\
         {tombstone}: what comes late of them is dropped.\n\
         Events in queues drain by themselves, at the latest after {queue} days (dead letters: {letters}). \
         Backups of the tables expire after {BACKUP_DAYS} days; after a restore from one, run this again. \
         Logs and metrics never named them.\n"
    )
}

/// Instants in the community's zone.
struct LocalClock(Zone);

impl LocalClock {
    fn of(told: &Value) -> Self {
        let zone = at(told, "/zone").as_str().unwrap_or_default();
        Self(Zone::new(zone).unwrap_or_else(|_| Zone::utc()))
    }

    fn tell(&self, at: &Value) -> String {
        let instant = at.as_str().and_then(|at| at.parse::<Timestamp>().ok());
        instant.map_or_else(
            || "–".to_owned(),
            |instant| self.0.local(instant).strftime("%Y-%m-%d %H:%M").to_string(),
        )
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

fn marks(told: &Value) -> String {
    let is = |pointer| at(told, pointer).as_bool().unwrap_or(false);
    let mut marks = String::new();
    for (pointer, words) in [("/staff", ", staff"), ("/opted_out", ", wants no messages")] {
        if is(pointer) {
            marks.push_str(words);
        }
    }
    marks
}

fn came(told: &Value) -> String {
    let text = |pointer: &str| plain(at(told, pointer));
    format!(
        "{}; of those they invited {} stayed",
        text("/join_source"),
        text("/invited")
    )
}

fn plan(told: &Value) -> String {
    let text = |pointer: &str| plain(at(told, pointer));
    if at(told, "/onboarding").is_null() {
        return "–".to_owned();
    }
    format!(
        "{}, enrolment {}, playbook version {}, day 1 = {}",
        text("/onboarding/state"),
        text("/onboarding/enrolment"),
        text("/onboarding/playbook_version"),
        text("/onboarding/day_one")
    )
}

fn next_step(told: &Value, clock: &LocalClock) -> String {
    if at(told, "/next_step").is_null() {
        return "–".to_owned();
    }
    format!(
        "{} (day {}), {}",
        plain(at(told, "/next_step/step")),
        plain(at(told, "/next_step/day")),
        clock.tell(at(told, "/next_step/at"))
    )
}

fn win_back(told: &Value, clock: &LocalClock) -> String {
    let text = |pointer: &str| plain(at(told, pointer));
    if at(told, "/win_back").is_null() {
        return "–".to_owned();
    }
    format!(
        "{}, reason {}, case {}, opened {}",
        text("/win_back/state"),
        text("/win_back/reason"),
        text("/win_back/case"),
        clock.tell(at(told, "/win_back/opened"))
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_is_a_table() {
        let told = json!({
            "community": "acme", "member": "U42", "name": "設計-王小明", "status": "member", "staff": false, "opted_out": true,
            "zone": "Asia/Taipei", "joined": "2026-01-05T01:00:00Z", "last_active": "2026-01-06", "points": 25, "level": 1,
            "streak": 2, "longest_streak": 2, "join_source": "invited", "invited": 3, "onboarding": {"state": "active", "enrolment": 1, "playbook_version": 3, "day_one": "2026-01-05"},
            "next_step": {"step": "day-3", "day": 3, "at": "2026-01-07T02:00:00Z"}, "win_back": null,
            "preferences": {"interest": "tools", "language_used": "zh-Hant"}, "messages_in_all": 12,
            "messages": [{"message_id": "acme/U42/onboarding/1/day-2", "state": "SKIPPED", "reason": "opted-out", "at": "2026-01-06T02:00:00Z"}],
        });
        assert_eq!(
            table(&told),
            "member       U42 of acme\n\
             name         設計-王小明\n\
             status       member, wants no messages\n\
             joined       2026-01-05 09:00\n\
             last active  2026-01-06\n\
             points       25 (level 1)\n\
             streak       2 days (longest 2)\n\
             came         invited; of those they invited 3 stayed\n\
             plan         active, enrolment 1, playbook version 3, day 1 = 2026-01-05\n\
             next step    day-3 (day 3), 2026-01-07 10:00\n\
             win-back     –\n\
             interest     tools\n\
             orders       –\n\
             tags         –\n\
             language     zh-Hant\n\
             \nmessages: the last 1 of 12, in Asia/Taipei\n\
             \x20 2026-01-06 10:00  SKIPPED         opted-out            acme/U42/onboarding/1/day-2\n"
        );
    }

    #[test]
    fn an_erasure_says_what_went_and_what_goes_by_itself() {
        let told = json!({"tombstone_new": true, "dead_letters": 2, "items": {"member": 1, "messages": 3}});
        assert_eq!(
            erasure("U42 of acme", &told, false),
            "U42 of acme: would remove: 1 member, 3 messages, 2 dead letters; a tombstone would be written\n\
             nothing was done: give --yes to erase them for good\n"
        );
        let done = erasure("U42 of acme", &told, true);
        assert!(done.starts_with("U42 of acme: removed: 1 member, 3 messages, 2 dead letters\nThe tombstone is written"), "{done}");
        assert!(done.contains("expire after 35 days"), "{done}");
        let unknown = json!({"tombstone_new": true, "dead_letters": 0, "items": {}});
        assert!(
            erasure("U42 of acme", &unknown, true)
                .contains("nothing is stored about them\nThe tombstone is written")
        );
    }
}
