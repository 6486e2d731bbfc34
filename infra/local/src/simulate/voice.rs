//! What members do, as their platform tells it: signed, for the real webhook.

use anyhow::{Context as _, bail};
use hearth_domain::community::Community;
use hearth_domain::ids::ChannelId;
use hearth_domain::platform::{Able, Platform};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::people::Person;
use super::story::Act;
use crate::deliveries::{
    Delivery, LineChannel, SlackWorkspace, StandardSender, TelegramBot, slack_ts,
};
use crate::stack::Stack;

/// Speaks for the members of one community.
pub(super) struct Voice {
    platform: Platform,
    speaker: Speaker,
    home: String,
    /// Joining and leaving are told of a channel, not of the whole workspace.
    has_home: bool,
    topic: String,
    check_in_word: [String; 3],
    opt_out_word: [String; 3],
}

enum Speaker {
    Slack(SlackWorkspace),
    Line(LineChannel),
    Telegram(TelegramBot),
    Standard(StandardSender),
}

impl Voice {
    /// Refuses communities on platforms whose members it cannot speak for.
    pub(super) fn of(
        stack: &Stack,
        community: &Community,
        playbook: &hearth_domain::playbook::Playbook,
    ) -> anyhow::Result<Self> {
        let name = community.id.to_string();
        let platform = community.platform;
        let secret = platform.verifying_secrets().first();
        let secret = secret
            .and_then(|name| stack.literal_secret(community, name))
            .context("the community's signing secret can't be read here: expected literal:…")?;
        let workspace = |otherwise: &str| {
            let own = community.workspace.clone();
            own.unwrap_or_else(|| otherwise.to_owned())
        };
        let (speaker, home) = match platform {
            Platform::Slack => {
                let slack = SlackWorkspace {
                    community: name,
                    team: workspace("T0LOCAL"),
                    signing_secret: secret,
                };
                (Speaker::Slack(slack), "C0SIMULATED")
            }
            Platform::Line => {
                let line = LineChannel {
                    community: name,
                    bot: workspace("Ulocal"),
                    channel_secret: secret,
                };
                (Speaker::Line(line), "Csimulated")
            }
            Platform::Telegram => {
                let bot = TelegramBot {
                    community: name,
                    secret_token: secret,
                };
                (Speaker::Telegram(bot), "-1000001")
            }
            Platform::Standard => {
                let sender = StandardSender {
                    community: name,
                    signing_secret: secret,
                };
                (Speaker::Standard(sender), "home")
            }
            Platform::Discord | Platform::Wecom | Platform::Feishu => bail!(
                "no member can be simulated on {platform}: expected a community on slack, telegram, line or standard"
            ),
        };
        let home = channel(community.home_channel.as_ref()).unwrap_or_else(|| home.to_owned());
        let words = |word: &hearth_domain::playbook::Localised| {
            hearth_domain::locale::Locale::ALL.map(|locale| word.get(locale).to_owned())
        };
        Ok(Self {
            platform,
            speaker,
            has_home: community.home_channel.is_some(),
            topic: channel(community.topic_channels.first()).unwrap_or_else(|| home.clone()),
            home,
            check_in_word: words(&playbook.check_in_word),
            opt_out_word: words(&playbook.opt_out_word),
        })
    }

    /// Whether the platform tells of renames; where it does not, who did that task says so.
    pub(super) fn tells_renames(&self) -> bool {
        self.platform.capabilities().rename == Able::Yes
    }

    /// An id as the platform writes them.
    pub(super) fn member_id(&self, number: usize) -> String {
        match self.speaker {
            Speaker::Slack(_) => format!("U0SIM{number:04}"),
            Speaker::Line(_) => format!("Usim{number:04}"),
            Speaker::Telegram(_) => (700_000 + number).to_string(),
            Speaker::Standard(_) => format!("sim-{number:04}"),
        }
    }

    /// What the platform delivers of an act that has words of its own; nothing where it does not
    /// tell of such acts. `at` is nobody else's instant: platforms make ids of it.
    pub(super) fn tell(
        &self,
        person: &Person,
        act: &Act,
        at: Timestamp,
    ) -> anyhow::Result<Vec<Delivery>> {
        match &self.speaker {
            Speaker::Slack(slack) => Ok(self.on_slack(slack, person, act, at)),
            Speaker::Line(line) => Ok(self.on_line(line, person, act, at)),
            Speaker::Telegram(bot) => Ok(self.on_telegram(bot, person, act, at)),
            Speaker::Standard(sender) => self.by_standard(sender, person, act, at),
        }
    }

    fn word(words: &[String; 3], person: &Person) -> String {
        let locales = hearth_domain::locale::Locale::ALL;
        let own = locales.iter().position(|locale| *locale == person.locale);
        own.and_then(|n| words.get(n)).cloned().unwrap_or_default()
    }

    /// Where somebody writes, and what; `None` = it is no message. One to one without a channel.
    fn written(&self, person: &Person, act: &Act) -> Option<(Option<&str>, String)> {
        match act {
            Act::Posted => Some((Some(&self.home), POST.to_owned())),
            Act::Commented => Some((Some(&self.topic), POST.to_owned())),
            Act::CheckedIn => Some((Some(&self.home), Self::word(&self.check_in_word, person))),
            Act::OptedOut => Some((None, Self::word(&self.opt_out_word, person))),
            Act::Joined
            | Act::Returned
            | Act::Left
            | Act::Reacted
            | Act::Renamed
            | Act::Pressed { .. }
            | Act::FellSilent
            | Act::TalksAgain => None,
        }
    }

    fn on_slack(
        &self,
        slack: &SlackWorkspace,
        person: &Person,
        act: &Act,
        at: Timestamp,
    ) -> Vec<Delivery> {
        let (user, ts) = (person.id.as_str(), slack_ts(at));
        let account = |name: &str, deleted: bool| {
            json!({"id": user, "team_id": slack.team, "name": "x", "deleted": deleted, "is_bot": false,
                   "tz": person.zone.name(), "locale": person.locale.tag(),
                   "updated": at.as_second(), "profile": {"display_name": name}})
        };
        let changed = |name: &str, deleted: bool| json!({"type": "user_change", "user": account(name, deleted), "event_ts": ts});
        let home = |kind: &str| {
            json!({"type": kind, "user": user, "channel": self.home, "channel_type": "C",
                   "team": slack.team, "event_ts": ts})
        };
        let name = &person.name;
        let events = if let Some((channel, text)) = self.written(person, act) {
            let (channel, kind) = match channel {
                Some(channel) => (channel.to_owned(), "channel"),
                None => (format!("D{user}"), "im"),
            };
            vec![
                json!({"type": "message", "user": user, "channel": channel, "channel_type": kind,
                        "text": text, "ts": ts, "event_ts": ts}),
            ]
        } else {
            match act {
                Act::Joined | Act::Returned if self.has_home => {
                    vec![home("member_joined_channel"), changed(name, false)]
                }
                Act::Joined | Act::Returned => {
                    vec![json!({"type": "team_join", "user": account(name, false), "event_ts": ts})]
                }
                Act::Left if self.has_home => vec![home("member_left_channel")],
                Act::Left => vec![changed(name, true)],
                Act::Renamed => vec![changed(&industry_name(person), false)],
                Act::Reacted => {
                    let item = json!({"type": "message", "channel": self.home, "ts": slack_ts(before(at))});
                    vec![
                        json!({"type": "reaction_added", "user": user, "reaction": "tada", "item": item, "event_ts": ts}),
                    ]
                }
                Act::Posted
                | Act::Commented
                | Act::CheckedIn
                | Act::OptedOut
                | Act::Pressed { .. }
                | Act::FellSilent
                | Act::TalksAgain => Vec::new(),
            }
        };
        events.iter().map(|event| slack.event(event, at)).collect()
    }

    fn on_line(
        &self,
        line: &LineChannel,
        person: &Person,
        act: &Act,
        at: Timestamp,
    ) -> Vec<Delivery> {
        let user = person.id.as_str();
        let direct = json!({"type": "user", "userId": user});
        let group = |id: &str| json!({"type": "group", "groupId": id, "userId": user});
        let members = || json!({"members": [{"type": "user", "userId": user}]});
        let (kind, source, more) = if let Some((channel, text)) = self.written(person, act) {
            let message = json!({"id": at.as_microsecond().to_string(), "type": "text", "text": text, "quoteToken": "q"});
            let source = channel.map_or(direct, group);
            ("message", source, json!({"message": message}))
        } else {
            match act {
                Act::Joined | Act::Returned if self.has_home => (
                    "memberJoined",
                    group(&self.home),
                    json!({"joined": members()}),
                ),
                Act::Left if self.has_home => {
                    ("memberLeft", group(&self.home), json!({"left": members()}))
                }
                Act::Joined | Act::Returned => ("follow", direct, json!({})),
                Act::Left => ("unfollow", direct, json!({})),
                Act::Posted
                | Act::Commented
                | Act::CheckedIn
                | Act::OptedOut
                | Act::Renamed
                | Act::Reacted
                | Act::Pressed { .. }
                | Act::FellSilent
                | Act::TalksAgain => return Vec::new(),
            }
        };
        vec![line.events(&[LineChannel::event(kind, &source, &more, at)])]
    }

    fn on_telegram(
        &self,
        bot: &TelegramBot,
        person: &Person,
        act: &Act,
        at: Timestamp,
    ) -> Vec<Delivery> {
        let number = at.as_microsecond().unsigned_abs();
        let id: i64 = person.id.as_str().parse().unwrap_or_default();
        let from = json!({"id": id, "is_bot": false, "first_name": person.name, "language_code": person.locale.tag()});
        let chat = |id: &str| {
            let id = id.parse::<i64>().map_or(json!(id), |id| json!(id));
            json!({"id": id, "type": "supergroup", "title": "Simulated"})
        };
        let (kind, what) = if let Some((channel, text)) = self.written(person, act) {
            let chat = channel.map_or(json!({"id": id, "type": "private"}), chat);
            let message = json!({"message_id": number, "date": at.as_second(), "text": text, "chat": chat, "from": from});
            ("message", message)
        } else {
            let changed = |old: &str, new: &str| {
                json!({"chat": chat(&self.home), "from": from, "date": at.as_second(),
                       "old_chat_member": {"status": old, "user": from}, "new_chat_member": {"status": new, "user": from}})
            };
            match act {
                Act::Joined | Act::Returned => ("chat_member", changed("left", "member")),
                Act::Left => ("chat_member", changed("member", "left")),
                Act::Reacted => (
                    "message_reaction",
                    json!({"chat": chat(&self.home), "message_id": 1, "user": from, "date": at.as_second(),
                            "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}]}),
                ),
                Act::Posted
                | Act::Commented
                | Act::CheckedIn
                | Act::OptedOut
                | Act::Renamed
                | Act::Pressed { .. }
                | Act::FellSilent
                | Act::TalksAgain => return Vec::new(),
            }
        };
        vec![bot.update(number, kind, &what)]
    }

    fn by_standard(
        &self,
        sender: &StandardSender,
        person: &Person,
        act: &Act,
        at: Timestamp,
    ) -> anyhow::Result<Vec<Delivery>> {
        let number = at.as_microsecond();
        let member = person.id.as_str();
        let told = |more: Value| {
            let mut data = json!({"member": member, "zone": person.zone.name(), "locale": person.locale.tag()});
            if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
                data.extend(more);
            }
            data
        };
        let (kind, data) = if let Some((channel, text)) = self.written(person, act) {
            let data = json!({"message": format!("p{number}"), "channel": channel.unwrap_or("direct"),
                              "direct": channel.is_none(), "keyword_text": text, "length": text.chars().count()});
            ("message.posted", told(data))
        } else {
            match act {
                Act::Joined | Act::Returned => {
                    ("member.joined", told(json!({"name": person.name})))
                }
                Act::Left => ("member.left", told(json!({"cause": "voluntary"}))),
                Act::Renamed => (
                    "member.renamed",
                    told(json!({"name": industry_name(person)})),
                ),
                Act::Reacted => (
                    "reaction.added",
                    told(
                        json!({"message": format!("p{number}"), "channel": self.home, "emoji": "👍"}),
                    ),
                ),
                Act::Posted
                | Act::Commented
                | Act::CheckedIn
                | Act::OptedOut
                | Act::Pressed { .. }
                | Act::FellSilent
                | Act::TalksAgain => return Ok(Vec::new()),
            }
        };
        let id = format!("sim-{number}");
        Ok(vec![sender.event(&id, kind, at, &data, at)?])
    }
}

/// Long enough to earn points, and nobody's question.
const POST: &str = "今天把第一版做完了 / got the first version done today";

fn channel(id: Option<&ChannelId>) -> Option<String> {
    id.map(|id| id.as_str().to_owned())
}

fn industry_name(person: &Person) -> String {
    format!("設計-{}", person.name)
}

/// Somebody else's post, a little earlier.
fn before(at: Timestamp) -> Timestamp {
    at.saturating_sub(SignedDuration::from_mins(30))
        .unwrap_or(at)
}
