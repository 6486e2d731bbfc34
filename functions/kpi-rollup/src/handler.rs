//! A tick asks which communities' reports and closings are due; a batch makes them.

use std::sync::Arc;

use aws_lambda_events::event::sqs::SqsBatchResponse;
use hearth_aws::batch::{Batch, Failure, guarded};
use hearth_aws::deadline::Deadline;
use hearth_aws::deps::Deps;
use hearth_aws::intake::hand_on;
use hearth_aws::invocation::Invocation;
use hearth_aws::queue::QueueName;
use hearth_aws::registry::Place;
use hearth_aws::reports::{ReportId, Reports};
use hearth_aws::store::{RollupState, Store};
use hearth_aws::wire::{RollupV1, RollupWork, Work};
use hearth_domain::experiment::{self, Trials};
use hearth_domain::ids::{CommunityId, MessageId, Owner};
use hearth_domain::kpi::{Asked, Judging, Reach, Report, Revision};
use hearth_domain::message::{Message, To};
use hearth_domain::playbook::Class;
use jiff::Timestamp;

use crate::count::{Counted, Run};
use crate::{challenges, closing, schedule};

/// What the rollup works with.
pub struct Rollup {
    /// Tables, queues, registry.
    pub deps: Deps,
    /// Where reports are kept.
    pub reports: Arc<dyn Reports>,
    /// The tables as closings read and write them, metered apart.
    pub closings: Store,
}

/// What came of making a report.
enum Made {
    /// It is there, whoever made it.
    Report(Box<Report>),
    /// The community had nobody yet: there is none.
    OfNobody,
    /// There was not enough time: another run goes on.
    Later,
}

/// Handles one invocation.
pub async fn handle(
    rollup: &Rollup,
    invocation: Invocation,
    now: Timestamp,
    deadline: Deadline,
) -> Result<SqsBatchResponse, Failure> {
    let event = match invocation {
        Invocation::Batch(event) => event,
        Invocation::Tick(tick) => {
            rollup.tick(tick.instant(now), &deadline).await?;
            return Ok(SqsBatchResponse::default());
        }
    };
    let (mut batch, records) = Batch::open(event, &rollup.deps.metrics);
    for record in records {
        let done = match record.work {
            _ if deadline.is_short() => Err(Failure::Retry(
                "the invocation's time is nearly over".to_owned(),
            )),
            RollupWork::RollupV1(wanted) => {
                let made = guarded(rollup.report(&wanted, &record.id, now, &deadline)).await;
                if made.is_err() {
                    let community = wanted.community.as_str();
                    rollup.deps.metrics.count(community, "reports_failed");
                }
                made
            }
            RollupWork::CloseDayV1(wanted) => {
                let closed = guarded(rollup.close_day(&wanted, now, &deadline)).await;
                if closed.is_err() {
                    let community = wanted.community.as_str();
                    rollup.deps.metrics.count(community, "closings_failed");
                }
                closed
            }
        };
        if let Err(failure) = done {
            batch.fail(record.id, failure);
        }
    }
    Ok(batch.close())
}

impl Rollup {
    /// With everything it needs.
    pub fn new(deps: Deps, reports: Arc<dyn Reports>) -> Self {
        let closings = deps.store.metered_apart();
        Self {
            deps,
            reports,
            closings,
        }
    }

    /// Sends one piece of work for every report and every closing that is due. Sent again by the next tick until it
    /// is done; a report that is there already is not made twice. Challenges are posted here: there
    /// is nothing to read for it.
    async fn tick(&self, now: Timestamp, deadline: &Deadline) -> Result<(), Failure> {
        let mut work = Vec::new();
        let states = self.states(now).await?;
        // Every tick writes this: where no number comes, nobody asks for reports.
        let asked = states.len() as f64;
        self.deps.metrics.add("all", "reports_asked_for", asked);
        for (place, state) in &states {
            for (week, revision) in schedule::due(&place.community.zone, now, state) {
                work.push(Work::RollupV1(RollupV1 {
                    community: place.community.id.clone(),
                    week,
                    revision: revision.into(),
                    as_of: None,
                }));
            }
            work.extend(closing::due(place, now, state));
        }
        self.deps
            .queue
            .send(QueueName::KpiRollup, &work)
            .await
            .map_err(|error| Failure::Retry(error.to_string()))?;
        self.invite_to_challenges(&states, now).await;
        self.look_at_pilots(now, deadline).await
    }

    /// When the next report, closing or challenge of any community, or the next look at a pilot,
    /// falls due: for a clock that jumps.
    pub async fn next_instant(&self, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let states = self.states(now).await?;
        let reports = states
            .iter()
            .filter_map(|(place, state)| schedule::next(&place.community.zone, now, state));
        let closings = states
            .iter()
            .filter_map(|(place, state)| closing::next(place, now, state));
        let invitations = states
            .iter()
            .filter_map(|(place, state)| challenges::next(place, now, state));
        let look = self.next_look(now).await?;
        let dates = reports.chain(closings).chain(invitations);
        Ok(dates.chain(look).min())
    }

    async fn states(&self, now: Timestamp) -> Result<Vec<(Place, RollupState)>, Failure> {
        let mut states = Vec::new();
        for id in self.deps.registry.communities().await? {
            // One community that can't be read must not hold up the others.
            match self.state(&id, now).await {
                Ok(Some(state)) => states.push(state),
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(community = %id, error = %error, "no report and no closing");
                    self.deps.metrics.count(id.as_str(), "reports_failed");
                }
            }
        }
        Ok(states)
    }

    async fn state(
        &self,
        id: &CommunityId,
        now: Timestamp,
    ) -> Result<Option<(Place, RollupState)>, Failure> {
        match self.deps.registry.place(id, now).await? {
            Some(place) => Ok(Some((place, self.deps.store.rollup_state(id).await?))),
            None => Ok(None),
        }
    }

    async fn report(
        &self,
        wanted: &RollupV1,
        asked_by: &str,
        now: Timestamp,
        deadline: &Deadline,
    ) -> Result<(), Failure> {
        let revision = Revision::try_from(wanted.revision)
            .map_err(|error| Failure::Permanent(error.to_owned()))?;
        let store = &self.deps.store;
        let place = self.deps.registry.place(&wanted.community, now).await?;
        let place = place.ok_or_else(|| {
            Failure::Permanent(format!("community {} is not published", wanted.community))
        })?;
        let id = report_id(wanted);
        let made = if let Some(json) = self.reports.get(&id).await? {
            Made::Report(Box::new(read(&json)?))
        } else {
            let run = Run {
                wanted,
                asked_by,
                now,
                deadline,
            };
            self.make(&place, revision, run).await?
        };
        let report = match made {
            Made::Report(report) => Some(report),
            Made::OfNobody => None,
            Made::Later => return Ok(()),
        };
        if let Some(report) = &report {
            // From the record, whoever made it, so that page and record agree.
            self.shelve(&place.community, &id, report).await?;
        }
        if let (Some(report), Revision::Provisional) = (&report, revision) {
            self.tell_operators(&place, &id, report, now).await?;
        }
        store
            .set_rollup_done(&wanted.community, wanted.week, wanted.revision)
            .await?;
        Ok(())
    }

    /// Makes a report and stores it.
    async fn make(&self, place: &Place, revision: Revision, run: Run<'_>) -> Result<Made, Failure> {
        let Run { wanted, now, .. } = run;
        let week = wanted.week;
        let zone = &place.community.zone;
        let reach = Reach::of(week, zone.day(now))
            .map_err(|error| Failure::Permanent(error.to_string()))?;
        let as_of = wanted.as_of.unwrap_or(week.sunday());
        let editions = self.editions(place).await?;
        let tried = experiment::Count::new(&editions);
        let asked = Asked {
            count: &tried,
            community: &place.community,
            now: zone.start_of(as_of.plus(1)),
        };
        let counted = self.count(place, as_of, asked, run).await?;
        let Counted::Whole { all, in_parts } = counted else {
            return Ok(Made::Later);
        };
        let trials = match reach {
            Reach::Whole => all.trials().clone().without_nobodys(),
            // What is known of them is of today, not of that week.
            Reach::Days { .. } => Trials::default(),
        };
        let facts = self.deps.store.week_facts(&place.community, week).await?;
        let currency = place.community.currency.as_ref();
        let talk = self.talk(&place.community, week, as_of).await?;
        let numbers = all.with_facts(facts, currency).finish();
        let numbers = numbers.with_talk(&talk).within(reach);
        if numbers.days_observed == 0 && numbers.unreadable.is_none() {
            return Ok(Made::OfNobody);
        }
        // Made again from the same members it is the same to the byte, whenever that is.
        let at = match (reach, wanted.as_of) {
            (Reach::Whole, None) => schedule::due_at(zone, week, revision).min(now),
            (Reach::Whole, Some(_)) | (Reach::Days { .. }, _) => now,
        };
        let community = &place.community;
        let history = self.history(&community.id, week).await?;
        let steps = &place.playbook.onboarding.steps;
        let steps: Vec<String> = steps.iter().map(|step| step.id.to_string()).collect();
        let rules = Judging {
            targets: &place.playbook.targets,
            report: &place.playbook.report,
            steps: &steps,
            interests: &place.playbook.interests,
        };
        let zone_before = self.zone_before(place, week).await?;
        let report = Report::build(community, rules, numbers, history, revision, at)
            .with_trials(trials)
            .with_zone_before(zone_before);
        let json = report
            .to_json()
            .map_err(|error| Failure::Permanent(error.to_string()))?;
        let id = report_id(wanted);
        let is_ours = self.reports.put(&id, &json).await?;
        if in_parts {
            let store = &self.deps.store;
            store
                .drop_report_part(&id.community, week, id.revision)
                .await?;
        }
        if !is_ours {
            // Somebody else made it at the same time: theirs is the record.
            let theirs = self.reports.get(&id).await?;
            let theirs = theirs.as_deref().map(read).transpose()?;
            return Ok(theirs.map_or(Made::OfNobody, |report| Made::Report(Box::new(report))));
        }
        tracing::info!(community = %community.id, week = %week, revision = u8::from(revision), "report made");
        self.deps
            .metrics
            .count(community.id.as_str(), "reports_made");
        Ok(Made::Report(Box::new(report)))
    }

    /// The text for the operators' channel, once.
    async fn tell_operators(
        &self,
        place: &Place,
        report_id: &ReportId,
        report: &Report,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let community = &place.community;
        let Some(channel) = community.ops_channel.clone() else {
            return Ok(());
        };
        let path = format!("report/{}/{}", report.week, u8::from(report.revision));
        let id = MessageId::new(community.id.clone(), Owner::Community, path)
            .map_err(|error| Failure::Permanent(error.to_string()))?;
        let mut values = report.values();
        values.extend(self.link(community, report_id).await?);
        let message = Message {
            values,
            ..Message::new(
                id,
                place.playbook.weekly_message.clone(),
                To::Channel(channel),
                Class::Ops,
                place.version,
                now,
            )
        };
        if self.deps.store.write_message(&message).await? {
            hand_on(&self.deps, vec![message]).await;
        }
        Ok(())
    }
}

fn report_id(wanted: &RollupV1) -> ReportId {
    ReportId {
        community: wanted.community.clone(),
        week: wanted.week,
        revision: wanted.revision,
    }
}

pub(crate) fn read(json: &str) -> Result<Report, Failure> {
    Report::from_json(json).map_err(|error| {
        Failure::Permanent(format!(
            "stored report: line {} column {}",
            error.line(),
            error.column()
        ))
    })
}
