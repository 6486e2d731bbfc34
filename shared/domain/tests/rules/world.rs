//! A community with one member, a clock that jumps, and a store that refuses what DynamoDB would
//! refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use hearth_domain::community::Community;
use hearth_domain::days::{IsoWeek, LocalDay, Zone};
use hearth_domain::decide::{self, Decision};
use hearth_domain::event::{Event, Facts, Happened, LeaveCause};
use hearth_domain::gate::{Gate, gate};
use hearth_domain::ids::{EventId, MemberId, MessageId};
use hearth_domain::invitation::{Introduced, row_for};
use hearth_domain::journey::{Book, Case, Context, Plan};
use hearth_domain::member::{Counted, Member, MovedOut};
use hearth_domain::message::{Message, SkipReason, State, To, Via};
use hearth_domain::playbook::{Class, Playbook};
use hearth_domain::receipt::{Receipt, WeekFacts};
use jiff::{SignedDuration, Timestamp};

/// An instant, as RFC 3339.
pub(crate) fn ts(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

pub(crate) fn member_id() -> MemberId {
    MemberId::new("U1").unwrap()
}

/// A message of ours to the member.
pub(crate) fn message_id(path: &str) -> MessageId {
    format!("acme/U1/{path}").parse().unwrap()
}

/// Read once: a property looks at it hundreds of times.
static PLAYBOOK: LazyLock<Playbook> =
    LazyLock::new(|| Playbook::parse(Playbook::DEFAULT_TOML).unwrap());

/// A small community: content for everybody (0) and for `tools` (1, 2), a gift.
pub(crate) fn community(platform: &str, zone: &str) -> Community {
    let secrets = match platform {
        "slack" => "signing_secret = \"literal:s\"\nbot_token = \"literal:t\"",
        "discord" => {
            "public_key = \"literal:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f\"\nsigning_secret = \"literal:whsec_c2hvcA==\"\nbot_token = \"literal:t\""
        }
        "wecom" => {
            "token = \"literal:a\"\nencoding_aes_key = \"literal:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\"\ncorp_id = \"literal:c\"\ncorp_secret = \"literal:d\""
        }
        other => panic!("no secrets for {other}"),
    };
    let source = format!(
        r#"
        id = "acme"
        platform = "{platform}"
        name = "Acme"
        zone = "{zone}"
        locale = "en"
        playbook = "default"
        [secrets]
        {secrets}
        [[content]]
        title = "The week"
        question = "Which one?"
        url = "https://acme.example/week"
        [[content]]
        interest = "tools"
        title = "Tools"
        question = "Which tool?"
        url = "https://acme.example/tools"
        [[content]]
        interest = "tools"
        title = "More tools"
        question = "And which other?"
        url = "https://acme.example/more-tools"
        [[content]]
        title = "The week before"
        question = "Which one was better?"
        url = "https://acme.example/week-before"
        [gift]
        items = "A book"
        code = "WELCOME"
        url = "https://acme.example/gift"
        "#
    );
    Community::parse(&source).unwrap_or_else(|problems| panic!("{problems:?}"))
}

pub(crate) fn event(id: &str, at: Timestamp, what: Happened) -> Event {
    Event {
        id: EventId::new(id).unwrap(),
        at,
        seq: 0,
        member: member_id(),
        facts: Facts::default(),
        what,
    }
}

pub(crate) struct World {
    pub(crate) community: Community,
    pub(crate) playbook: Playbook,
    pub(crate) now: Timestamp,
    pub(crate) member: Option<Member>,
    /// Counted events that left the item.
    pub(crate) moved: MovedOut,
    /// Rows of orders and scores.
    pub(crate) receipts: BTreeSet<String>,
    /// What the weeks' orders and scores add up to.
    pub(crate) facts: BTreeMap<IsoWeek, WeekFacts>,
    /// Ledger rows by path.
    pub(crate) ledger: BTreeMap<String, i64>,
    /// The days that are in those rows.
    days_in_ledger: BTreeSet<LocalDay>,
    pub(crate) messages: Vec<Message>,
    /// What was looked up of invitations.
    pub(crate) introduced: Option<Introduced>,
    /// What others were told.
    pub(crate) told: Vec<Event>,
    /// Answers that fitted no question, so far.
    pub(crate) ignored: u32,
    next_id: u32,
}

impl World {
    pub(crate) fn new(platform: &str, zone: &str) -> Self {
        Self {
            community: community(platform, zone),
            playbook: PLAYBOOK.clone(),
            now: Timestamp::UNIX_EPOCH,
            member: None,
            moved: MovedOut::new(),
            receipts: BTreeSet::new(),
            facts: BTreeMap::new(),
            ledger: BTreeMap::new(),
            days_in_ledger: BTreeSet::new(),
            messages: Vec::new(),
            introduced: None,
            told: Vec::new(),
            ignored: 0,
            next_id: 0,
        }
    }

    /// On Slack, in Taipei.
    pub(crate) fn taipei() -> Self {
        Self::new("slack", "Asia/Taipei")
    }

    pub(crate) fn zone(&self) -> &Zone {
        &self.community.zone
    }

    pub(crate) fn member(&self) -> &Member {
        self.member.as_ref().unwrap()
    }

    pub(crate) fn plan(&self) -> &Plan {
        self.member().journey.onboarding.as_ref().unwrap()
    }

    pub(crate) fn case(&self) -> &Case {
        self.member().journey.win_back.as_ref().unwrap()
    }

    fn context(&self) -> Context<'_> {
        Context {
            introduced: self.introduced.as_ref(),
            ..Context::new(&self.community, Book::new(&self.playbook, 1), self.now)
        }
    }

    /// Everything that falls due up to an instant, in order and at its time.
    pub(crate) fn until(&mut self, end: &str) -> &mut Self {
        self.until_instant(ts(end))
    }

    pub(crate) fn until_instant(&mut self, end: Timestamp) -> &mut Self {
        let mut ticks = 0;
        while let Some((due, _)) = self
            .member
            .as_ref()
            .and_then(Member::next_due)
            .filter(|(due, _)| *due <= end)
        {
            self.now = self.now.max(due);
            self.tick();
            ticks += 1;
            assert!(ticks < 2_000, "something falls due again and again");
        }
        self.now = self.now.max(end);
        self
    }

    /// The clock goes on, but nobody looks at the due index.
    pub(crate) fn outage_until(&mut self, end: &str) -> &mut Self {
        self.now = ts(end);
        self
    }

    /// What is due now.
    pub(crate) fn tick(&mut self) -> &mut Self {
        let decision = decide::on_due(self.member().clone(), self.context());
        assert!(
            decision.changed,
            "an entry of the due index that stays is drained for ever"
        );
        self.save(decision);
        self
    }

    /// Something happens and is told at once, after all that was due before it.
    pub(crate) fn happens(&mut self, at: &str, what: Happened) -> &mut Self {
        self.happens_with(at, what, Facts::default())
    }

    pub(crate) fn happens_with(&mut self, at: &str, what: Happened, facts: Facts) -> &mut Self {
        self.next_id += 1;
        let told = Event {
            facts,
            ..event(&format!("ev{}", self.next_id), ts(at), what)
        };
        self.until(at).deliver(&[told]);
        self
    }

    pub(crate) fn joins(&mut self, at: &str) -> &mut Self {
        self.happens(at, Happened::Joined { came: None })
    }

    pub(crate) fn leaves(&mut self, at: &str) -> &mut Self {
        self.happens(
            at,
            Happened::Left {
                cause: LeaveCause::Voluntary,
            },
        )
    }

    /// One batch of a consumer, now.
    pub(crate) fn deliver(&mut self, events: &[Event]) -> Option<Decision> {
        let decision = self.decide(events)?;
        assert_eq!(
            self.decide(events).as_ref(),
            Some(&decision),
            "the same in gives the same out"
        );
        self.ignored += decision.tally.ignored;
        self.save(decision.clone());
        Some(decision)
    }

    /// The batch decided, the closed days written, and then nothing more: the function died.
    pub(crate) fn deliver_and_die(&mut self, events: &[Event]) {
        if let Some(decision) = self.decide(events).filter(|decision| decision.changed) {
            self.write_rows(&decision);
        }
    }

    fn decide(&self, events: &[Event]) -> Option<Decision> {
        let known = self.member.clone();
        let mut moved = match &known {
            Some(member) if member.needs_moved(events) => self.moved.clone(),
            _ => MovedOut::new(),
        };
        let told = events.iter().filter_map(Receipt::of);
        moved.add_receipts(
            told.map(|receipt| receipt.path())
                .filter(|path| self.receipts.contains(path)),
        );
        let moved = self.with_rows_of_stayed(moved, events);
        decide::on_events(known, &member_id(), events, self.context(), &moved)
    }

    /// An invited member whose row is in the ledger was told of before.
    fn with_rows_of_stayed(&self, mut moved: MovedOut, events: &[Event]) -> MovedOut {
        for event in events {
            if let Happened::InvitationStayed { invited } = &event.what
                && self.ledger.contains_key(&row_for(invited))
            {
                moved.extend([Counted::of(event)]);
            }
        }
        moved
    }

    /// What the store writes before the member.
    fn write_rows(&mut self, decision: &Decision) {
        if let Some(first) = decision.closed.first() {
            let total = decision
                .closed
                .iter()
                .map(|day| i64::from(day.total()))
                .sum();
            let row = self.ledger.insert(format!("days/{}", first.day), total);
            assert!(
                row.is_none_or(|points| points == total),
                "a row of closed days never changes"
            );
            self.days_in_ledger
                .extend(decision.closed.iter().map(|closed| closed.day));
        }
        for award in &decision.awards {
            let points = i64::from(award.points);
            let row = self.ledger.insert(award.path.clone(), points);
            assert!(
                row.is_none_or(|there| there == points),
                "an award never changes: {}",
                award.path
            );
        }
    }

    fn save(&mut self, decision: Decision) {
        if !decision.changed {
            assert!(
                decision.messages.is_empty()
                    && decision.awards.is_empty()
                    && decision.invites == hearth_domain::journey::Invites::default(),
                "these would be lost"
            );
            return;
        }
        self.write_rows(&decision);
        for message in decision.messages {
            let known = self.messages.iter().any(|known| known.id == message.id);
            // The store leaves out a row that is there: an act told again to a member who stayed
            // as they are is answered once. Nothing else is ever decided twice.
            assert!(
                !known || message.class == Class::Answer,
                "{} is decided a second time",
                message.id
            );
            if !known {
                self.messages.push(message);
            }
        }
        self.moved.extend(decision.moved);
        for receipt in decision.receipts.rows {
            assert!(self.receipts.insert(receipt.path()), "counts once for ever");
        }
        for (week, facts) in decision.receipts.weeks {
            self.facts.entry(week).or_default().merge(&facts);
        }
        for row in decision.invites.stayed {
            let before = self.ledger.insert(row.path.clone(), row.points.into());
            assert_eq!(before, None, "{} is paid once", row.path);
        }
        self.told.extend(decision.invites.tell);
        let mut member = decision.member;
        member.version += 1;
        self.member = Some(member);
    }

    /// Ledger rows, and the days in the item. A day may be in both for a while, if its row was
    /// written and the member was not.
    pub(crate) fn ledger_and_open_days(&self) -> i64 {
        let open = self
            .member()
            .scoring
            .open
            .iter()
            .filter(|open| !self.days_in_ledger.contains(&open.day));
        self.ledger.values().sum::<i64>() + open.map(|day| i64::from(day.total())).sum::<i64>()
    }

    /// The lines of [`World::sent`] since an instant.
    pub(crate) fn sent_since(&self, from: &str) -> String {
        let before = self
            .messages
            .iter()
            .filter(|message| message.created < ts(from))
            .count();
        let sent = self.sent();
        let since: Vec<&str> = sent.lines().skip(before).collect();
        since.join("\n")
    }

    /// The message with a path.
    pub(crate) fn message(&self, path: &str) -> &Message {
        let found = self.messages.iter().find(|m| m.id.path() == path);
        found.unwrap_or_else(|| panic!("there is no {path} among\n{}", self.sent()))
    }

    /// Whether the messenger would have let a message pass when it was written, and the instant at
    /// which it would have: the end of quiet hours, if they held it.
    pub(crate) fn passes(&self, message: &Message) -> Result<Timestamp, SkipReason> {
        let mut now = message.created;
        loop {
            match gate(
                message,
                self.member.as_ref(),
                &self.community,
                &self.playbook,
                now,
            ) {
                Gate::Send => return Ok(now),
                Gate::Skip(reason) => return Err(reason),
                Gate::Hold(until) => now = until,
            }
        }
    }

    /// The messages, a line each: local time, path, text, state.
    pub(crate) fn sent(&self) -> String {
        let mut lines = String::new();
        for message in &self.messages {
            let zone = self.member().zone_at(message.created, self.zone());
            let local = zone.local(message.created).strftime("%a %d %b %H:%M");
            let content = message
                .content
                .map_or(String::new(), |content| format!(" content {content}"));
            let state = match &message.state {
                State::Skipped { reason, .. } => format!("SKIPPED {}", reason.name()),
                other => other.name().to_owned(),
            };
            let via = match message.via {
                Via::Platform => "",
                Via::Second => " by the second channel",
            };
            let to = match &message.to {
                To::Member(_) => "",
                To::Channel(_) => " to the operators",
            };
            writeln!(
                lines,
                "{local} {} = {}{content}{via}{to}: {state}",
                message.id.path(),
                message.kind
            )
            .unwrap();
        }
        lines
    }
}
