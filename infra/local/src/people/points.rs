//! Points as operators see and correct them: an account against its ledger, a day that is voided,
//! points given or taken back. Corrections are events: they go the way of everything that happens.

use anyhow::{Context as _, bail};
use hearth_aws::points::{Account, audit, repair};
use hearth_aws::wire::{EventV1, Work};
use hearth_domain::days::LocalDay;
use hearth_domain::event::{Event, Facts, Happened};
use hearth_domain::ids::{CommunityId, EventId, MemberId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::People;

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Order {
    Void {
        void: LocalDay,
    },
    Correct {
        points: i32,
        #[serde(rename = "for")]
        name: String,
    },
}

const EXPECTED: &str =
    "expected {\"void\": \"2026-01-05\"} or {\"points\": 10, \"for\": \"prize\"}";

impl People<'_> {
    /// A member's account; `None` = nothing is known of them.
    pub async fn account(
        &self,
        community: &CommunityId,
        member: &MemberId,
    ) -> anyhow::Result<Option<Value>> {
        let place = self.place(community).await?;
        let Some(member) = self.store.member(&place.community, member).await? else {
            return Ok(None);
        };
        let account = Account::of(self.store, &place.community, &member).await?;
        Ok(Some(told(&account)))
    }

    /// Every account of a community held against its ledger; `mend` makes the items say what the
    /// ledgers do.
    pub async fn audit(&self, community: &CommunityId, mend: bool) -> anyhow::Result<Value> {
        let place = self.place(community).await?;
        let found = audit(self.store, &place.community).await?;
        let mut wrong = Vec::new();
        for account in &found.wrong {
            let mut row = told(account);
            if mend && let Some(fields) = row.as_object_mut() {
                let mended = repair(self.store, &place.community, &account.member).await?;
                fields.insert("mended".to_owned(), json!(mended.is_some()));
            }
            wrong.push(row);
        }
        Ok(json!({"members": found.members, "wrong": wrong}))
    }

    /// What an operator orders, as commands and requests write it: `{"void": "2026-01-05"}`, or
    /// `{"points": 10, "for": "prize"}`; to be sent to `check-in`.
    pub async fn order(
        &self,
        community: &CommunityId,
        member: &MemberId,
        asked: &Value,
    ) -> anyhow::Result<Work> {
        match serde_json::from_value(asked.clone()).context(EXPECTED)? {
            Order::Void { void } => self.voiding(community, member, void).await,
            Order::Correct { points, name } => {
                self.correction(community, member, points, &name).await
            }
        }
    }

    /// What voids a day of a member's calendar. A day that is in the
    /// ledger already is taken back by a row of its own, once.
    async fn voiding(
        &self,
        community: &CommunityId,
        member: &MemberId,
        day: LocalDay,
    ) -> anyhow::Result<Work> {
        let place = self.place(community).await?;
        let found = self.store.member(&place.community, member).await?;
        let found = found.context("no such member")?;
        let account = Account::of(self.store, &place.community, &found).await?;
        let id = format!("operator:void:{day}:{member}");
        let what = match account.of_day(day) {
            None => Happened::DayVoided { day },
            Some(_) if taken_back(&account, &id, day) => bail!("{day} was voided already"),
            Some(points) => Happened::Corrected {
                path: format!("days/{day}"),
                points: -i32::try_from(points).context("more points than there can be")?,
            },
        };
        self.by_operator(community, member, id, what)
    }

    /// What gives points to a member or takes some back. The same name
    /// again is the same correction.
    async fn correction(
        &self,
        community: &CommunityId,
        member: &MemberId,
        points: i32,
        name: &str,
    ) -> anyhow::Result<Work> {
        let place = self.place(community).await?;
        let found = self.store.member(&place.community, member).await?;
        let found = found.context("no such member")?;
        let account = Account::of(self.store, &place.community, &found).await?;
        let id = format!("operator:correct:{name}:{member}");
        let row = format!("correction/{id}");
        if account.rows.iter().any(|known| known.path == row) {
            bail!("{name} was corrected already: give another correction another name");
        }
        let what = Happened::Corrected {
            path: name.to_owned(),
            points,
        };
        self.by_operator(community, member, id, what)
    }

    fn by_operator(
        &self,
        community: &CommunityId,
        member: &MemberId,
        id: String,
        what: Happened,
    ) -> anyhow::Result<Work> {
        let event = Event {
            id: EventId::new(id)?,
            at: self.now,
            seq: 0,
            member: member.clone(),
            // It makes nobody a member.
            facts: Facts {
                elsewhere: true,
                ..Facts::default()
            },
            what,
        };
        Ok(Work::EventV1(EventV1::of(community.clone(), event)))
    }
}

/// Whether a day of the ledger was voided: while it was still in the item, or since.
fn taken_back(account: &Account, id: &str, day: LocalDay) -> bool {
    let (reversal, correction) = (format!("reversal/{day}"), format!("correction/{id}"));
    let rows = &account.rows;
    rows.iter()
        .any(|row| row.path == reversal || row.path == correction)
}

fn told(account: &Account) -> Value {
    let rows: Vec<Value> = account
        .rows
        .iter()
        .map(|row| json!({"path": row.path, "points": row.points}))
        .collect();
    json!({
        "member": account.member.as_str(),
        "total": account.total,
        "spent": account.spent,
        "open": account.open,
        "ledger": {"earned": account.earned(), "spent": account.paid(), "rows": rows},
        "agrees": account.agrees(),
    })
}
