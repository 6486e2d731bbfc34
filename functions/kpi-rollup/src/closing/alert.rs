//! What can't wait for Monday's report: rules of the light that turned worse on the running week.
//!
//! Which were told this week stands in the rows of the messages themselves: their ids are made of day
//! and rule, so nothing else has to be kept, and a day that is closed again finds them.

use std::collections::BTreeMap;

use hearth_aws::batch::Failure;
use hearth_aws::intake::hand_on;
use hearth_aws::registry::Place;
use hearth_domain::days::LocalDay;
use hearth_domain::ids::{ChannelId, IdError, MessageId, Owner};
use hearth_domain::kpi::{Aggregate, AlertRules, Finding, Judging, Light, Unreadable, worse};
use hearth_domain::message::{Message, State, To};
use hearth_domain::playbook::Class;
use hearth_domain::text::date;
use jiff::Timestamp;

use crate::Rollup;

/// The value that says how bad it was, for who asks whether it got worse: no text shows it.
const LEVEL: &str = "alert.level";

/// How operators are alerted; `None` = not at all, or there is nowhere to tell them.
pub(super) fn rules(place: &Place) -> Option<(&AlertRules, &ChannelId)> {
    let channel = place.community.ops_channel.as_ref()?;
    Some((place.playbook.alerts.as_ref()?, channel))
}

/// What is counted of the week that a closed day is in; `None` = nobody is told of it.
pub(super) fn running(place: &Place, day: LocalDay) -> Option<Aggregate> {
    let asked = rules(place).is_some() && AlertRules::looks_at(day);
    asked.then(|| Aggregate::new(day.week(), day))
}

impl Rollup {
    /// Tells the operators of each rule that is worse than the last report said, and than they were
    /// told this week.
    pub(super) async fn alert(
        &self,
        place: &Place,
        running: Aggregate,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some((rules, channel)) = rules(place) else {
            return Ok(());
        };
        let (community, playbook) = (&place.community, &place.playbook);
        let (week, day) = (running.week(), running.as_of());
        let expires = community.zone.start_of(day.plus(2));
        if expires <= now {
            // News of the day before yesterday is none.
            return Ok(());
        }
        let facts = self.closings.week_facts(community, week).await?;
        let numbers = running
            .with_facts(facts, community.currency.as_ref())
            .finish();
        let last = self.latest(&community.id, week.plus(-1)).await?;
        let judging = Judging {
            targets: &playbook.targets,
            report: &playbook.report,
            steps: &[],
            interests: &[],
        };
        let findings = worse(&numbers, judging, last.as_ref());
        if findings.is_empty() {
            return Ok(());
        }
        let told = self.told_before(place, day, &findings).await?;
        let mut written = Vec::new();
        for finding in findings.iter().filter(|finding| is_worse(finding, &told)) {
            let message = Message {
                expires: Some(expires),
                values: values(place, day, finding, &numbers.unreadable),
                state: State::Pending {
                    not_before: rules.silent.held_until(now, &community.zone),
                },
                ..Message::new(
                    id(place, day, finding).map_err(|error| permanent(&error))?,
                    rules.message.clone(),
                    To::Channel(channel.clone()),
                    Class::Ops,
                    place.version,
                    now,
                )
            };
            if self.closings.write_message(&message).await? {
                self.deps
                    .metrics
                    .count(community.id.as_str(), "alerts_sent");
                written.push(message);
            }
        }
        hand_on(&self.deps, written).await;
        Ok(())
    }

    /// The alerts of these rules on the earlier days of the week: a handful of reads, on the days on
    /// which there is something to tell.
    async fn told_before(
        &self,
        place: &Place,
        day: LocalDay,
        findings: &[Finding],
    ) -> Result<Vec<Message>, Failure> {
        let monday = day.week().monday();
        let mut told = Vec::new();
        for finding in findings {
            for n in 0..day.since(monday) {
                let id = id(place, monday.plus(n), finding).map_err(|error| permanent(&error))?;
                told.extend(self.closings.message(&id).await?);
            }
        }
        Ok(told)
    }
}

/// Whether it was not told this week, or as less than it is. What never arrived told nobody.
fn is_worse(finding: &Finding, told: &[Message]) -> bool {
    let rule = format!("/{}", finding.rule.key());
    let mut of_rule = told
        .iter()
        .filter(|row| row.id.path().ends_with(&rule))
        .filter(|row| !matches!(row.state, State::Failed { .. } | State::Skipped { .. }));
    let as_bad = |row: &Message| {
        let level = row.values.get(LEVEL).map(String::as_str);
        level == Some(Light::Red.key()) || level == Some(finding.light.key())
    };
    !of_rule.any(as_bad)
}

fn id(place: &Place, day: LocalDay, finding: &Finding) -> Result<MessageId, IdError> {
    let path = format!("alert/{day}/{}", finding.rule.key());
    MessageId::new(place.community.id.clone(), Owner::Community, path)
}

/// Where members are missing, the number says so: what looks like an exodus may be only that.
fn values(
    place: &Place,
    day: LocalDay,
    finding: &Finding,
    missing: &Unreadable,
) -> BTreeMap<String, String> {
    let locale = place.community.locale;
    let verdict = finding.verdict(locale);
    let verdict = if missing.is_none() {
        verdict
    } else {
        format!("{verdict} ⚠ {}", missing.text(locale))
    };
    [
        ("alert.day", date(day, locale)),
        ("alert.light", finding.light.name().get(locale).to_owned()),
        ("alert.finding", verdict),
        ("alert.look_at", finding.look_at(locale).to_owned()),
        (LEVEL, finding.light.key().to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn permanent(error: &IdError) -> Failure {
    Failure::Permanent(error.to_string())
}
