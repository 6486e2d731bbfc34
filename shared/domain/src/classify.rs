//! From what an adapter saw to what it means: keywords, buttons, channels. The text of a message
//! ends here.

mod invitations;
mod words;

pub use words::matches_industry_name;
pub(crate) use words::{industry_of, normalise};

use crate::community::Community;
use crate::event::{CaseStep, Event, Facts, Happened, Incoming, LeaveReason, Seen};
use crate::ids::{ChallengeId, ChannelId, GiftId, InterestId, MemberId, MessageId, Owner};
use crate::locale::Locale;
use crate::member::hash16;
use crate::playbook::Playbook;
use crate::thread::Thread;
use words::{after_mentions, begins_with_keyword, is_wrapping};

/// What something means for the community; `None` = nothing that we use yet.
///
/// A message is exactly one thing: an opt-out (only one to one, only as the whole message), a
/// check-in (a post in a check-in channel, or a keyword), a review (a keyword), or a message. What is written one to
/// one with the bot is no activity of the community, unless it is a keyword.
pub fn classify(incoming: Incoming, community: &Community, playbook: &Playbook) -> Option<Event> {
    let Incoming {
        id,
        at,
        seq,
        member,
        mut facts,
        seen,
    } = incoming;
    facts.regards = regards(&seen).filter(|author| *author != member);
    let thread = answered_in(&seen);
    let what = match seen {
        Seen::Joined { inviter, source } => {
            invitations::joined(inviter, source.as_deref(), community, playbook)
        }
        Seen::Left { cause } => Happened::Left { cause },
        Seen::Renamed => Happened::Renamed,
        Seen::Message {
            channel,
            direct: true,
            text,
            ..
        } => {
            let what = direct_message(&channel, &text?, community, playbook)?;
            facts.elsewhere |= asks_us(&what);
            what
        }
        Seen::Message {
            channel,
            direct: false,
            text,
            length,
            topic,
            ..
        } => {
            let text = text.as_deref().unwrap_or_default();
            let interest = about(&channel, topic.as_deref(), community, playbook);
            group_message(&channel, text, length, interest, community, playbook)
        }
        Seen::Reaction {
            channel,
            added: true,
            author: _,
        } => Happened::ReactionAdded {
            interest: channel.and_then(|channel| about(&channel, None, community, playbook)),
        },
        Seen::Reaction { added: false, .. } => Happened::ReactionRemoved,
        Seen::Pressed { message, value } => {
            if let Some((of, what)) = case_handled(message.as_ref(), &value, &member, &facts) {
                return Some(Event {
                    id,
                    at,
                    seq,
                    member: of,
                    // What the delivery tells is about the operator.
                    facts: Facts {
                        elsewhere: true,
                        ..Facts::default()
                    },
                    what,
                });
            }
            pressed(message, &value, playbook)
        }
        // To block somebody is to say by deed what an opt-out says in words. To unblock them says
        // nothing of the kind: who wrote "stop" before has not taken that back.
        Seen::Blocked => Happened::OptedOut,
        Seen::CheckedIn { channel } => Happened::CheckedIn { channel },
        Seen::Shared => Happened::Shared,
        Seen::Survey {
            message,
            value,
            text,
        } => Happened::SurveyAnswered {
            message: Some(message),
            reason: LeaveReason::from_value(&value)?,
            text,
        },
        Seen::Attended { gathering } => Happened::Attended { gathering },
        Seen::Consent { given } => Happened::Consented { given },
        Seen::OrderPaid {
            order,
            amount,
            currency,
        } => Happened::OrderPaid {
            order,
            amount,
            currency,
        },
        Seen::FeedbackScored { scale, score } => Happened::FeedbackScored { scale, score },
        Seen::InvitationAccepted { inviter } => invitations::accepted(inviter, playbook)?,
    };
    facts.thread = thread.filter(|_| is_post(&what));
    let facts = placed(facts, &what, &member, community);
    Some(Event {
        id,
        at,
        seq,
        member,
        facts,
        what,
    })
}

/// Facts with what follows from who it is and from what they did. Whoever buys, or tells us what to
/// send, is not in the community because of it.
fn placed(mut facts: Facts, what: &Happened, member: &MemberId, community: &Community) -> Facts {
    if community.staff.contains(member) {
        facts.staff = Some(true);
    }
    facts.elsewhere |= what.is_order();
    facts.elsewhere |= matches!(
        what,
        Happened::OptedOut
            | Happened::OptedIn
            | Happened::DigestOnly { .. }
            | Happened::Consented { .. }
    );
    facts
}

/// The thread in which a message answers.
fn answered_in(seen: &Seen) -> Option<Thread> {
    if let Seen::Message { thread, .. } = seen {
        thread.clone()
    } else {
        None
    }
}

/// Whether it is something written, to be answered: a check-in or a question to us is none.
fn is_post(what: &Happened) -> bool {
    matches!(
        what,
        Happened::MessagePosted { .. } | Happened::Reviewed { .. }
    )
}

/// Whose message it answers or reacts to. A reaction taken back takes no regard back: what was once
/// well received stays so.
fn regards(seen: &Seen) -> Option<MemberId> {
    if let Seen::Message {
        direct: false,
        reply_to: author,
        ..
    }
    | Seen::Reaction {
        added: true,
        author,
        ..
    } = seen
    {
        author.clone()
    } else {
        None
    }
}

fn direct_message(
    channel: &ChannelId,
    text: &str,
    community: &Community,
    playbook: &Playbook,
) -> Option<Happened> {
    let whole = normalise(text);
    let whole = whole.trim_matches(is_wrapping);
    let is_one_of = |words: &[String]| words.iter().any(|word| normalise(word) == whole);
    if is_one_of(&playbook.opt_out_keywords) {
        return Some(Happened::OptedOut);
    }
    if is_one_of(&playbook.opt_in_keywords) {
        return Some(Happened::OptedIn);
    }
    if is_one_of(&playbook.digest_keywords) {
        return Some(Happened::DigestOnly { message: None });
    }
    if let Some(question) = asked(whole, playbook).or_else(|| invitations::typed(whole, playbook)) {
        return Some(question);
    }
    let checks_in = community.check_in_channels.contains(channel)
        || begins_with_keyword(text, &playbook.check_in_keywords);
    checks_in.then_some(Happened::CheckedIn { channel: None })
}

fn group_message(
    channel: &ChannelId,
    text: &str,
    length: Option<u32>,
    interest: Option<InterestId>,
    community: &Community,
    playbook: &Playbook,
) -> Happened {
    let whole = normalise(text);
    let whole = after_mentions(&whole).trim_matches(is_wrapping);
    if let Some(question) = asked(whole, playbook) {
        return question;
    }
    if community.check_in_channels.contains(channel)
        || begins_with_keyword(text, &playbook.check_in_keywords)
    {
        let channel = Some(channel.clone());
        return Happened::CheckedIn { channel };
    }
    let counted = || {
        u32::try_from(text.chars().count())
            .ok()
            .filter(|count| *count > 0)
    };
    let length = length.or_else(counted);
    let topic = community.topic_channels.contains(channel);
    let print = print(text);
    if begins_with_keyword(text, &playbook.review_keywords) {
        return Happened::Reviewed {
            length,
            topic,
            interest,
            print,
        };
    }
    Happened::MessagePosted {
        length,
        topic,
        interest,
        print,
    }
}

/// Two bytes of what a text says, case, width and spaces aside: enough to see it come again within
/// a day, and too few to say what it was.
fn print(text: &str) -> Option<u16> {
    let text = normalise(text);
    (!text.is_empty()).then(|| hash16(&text))
}

/// To ask us something one to one makes nobody a member.
fn asks_us(what: &Happened) -> bool {
    matches!(
        what,
        Happened::PointsAsked { .. }
            | Happened::GiftsAsked { .. }
            | Happened::RankingChosen { .. }
            | Happened::InvitesAsked
            | Happened::Invited { .. }
    )
}

/// What a whole message asks about points, rankings or invitations, wherever it stands; already
/// normalised.
fn asked(whole: &str, playbook: &Playbook) -> Option<Happened> {
    if let Some(question) = invitations::asked(whole, playbook) {
        return Some(question);
    }
    let rules = playbook.rewards.as_ref()?;
    let is_one_of = |words: &[String]| words.iter().any(|word| normalise(word) == whole);
    if is_one_of(&rules.keywords) {
        return Some(Happened::PointsAsked { message: None });
    }
    if is_one_of(&rules.redeem_keywords) {
        return Some(Happened::GiftsAsked { message: None });
    }
    let ranking = rules.ranking.as_ref()?;
    if is_one_of(&ranking.hide_keywords) {
        return Some(Happened::RankingChosen { shown: false });
    }
    is_one_of(&ranking.show_keywords).then_some(Happened::RankingChosen { shown: true })
}

/// The interest that a place is about: the community's file says so of a channel, or the platform's
/// topic bears the id or a label of one.
fn about(
    channel: &ChannelId,
    topic: Option<&str>,
    community: &Community,
    playbook: &Playbook,
) -> Option<InterestId> {
    let told = community.interest_channels.get(channel);
    let named = || {
        let topic = normalise(topic?);
        let bears = |name: &str| normalise(name) == topic;
        let interest = playbook.interests.iter().find(|interest| {
            bears(interest.id.as_str()) || Locale::ALL.iter().any(|l| bears(interest.label.get(*l)))
        });
        interest.map(|interest| interest.id.clone())
    };
    told.cloned()
        .or_else(named)
        .filter(|id| playbook.interests.iter().any(|known| known.id == *id))
}

/// A button under a notice in the operators' channel: it is about the member of the case, whoever
/// pressed it.
fn case_handled(
    message: Option<&MessageId>,
    value: &str,
    by: &MemberId,
    facts: &Facts,
) -> Option<(MemberId, Happened)> {
    let step = match value {
        "case:claim" => CaseStep::Claimed,
        "case:done" => CaseStep::Done,
        _ => return None,
    };
    let message = message.filter(|message| message.path().starts_with("case/"))?;
    let Owner::Member(of) = message.owner() else {
        return None;
    };
    let what = Happened::CaseHandled {
        message: message.clone(),
        step,
        // Not every platform tells a name with a press; an id is better than somebody else's name.
        by: facts.name.clone().or_else(|| Some(by.to_string())),
    };
    Some((of.clone(), what))
}

fn pressed(message: Option<MessageId>, value: &str, playbook: &Playbook) -> Happened {
    if let Some(id) = value.strip_prefix("interest:") {
        if id == "skip" {
            return Happened::InterestChosen { interest: None };
        }
        let known = InterestId::new(id)
            .ok()
            .filter(|id| playbook.interests.iter().any(|known| known.id == *id));
        return match known {
            Some(id) => Happened::InterestChosen { interest: Some(id) },
            None => Happened::ButtonPressed { message },
        };
    }
    let gift = value.strip_prefix("redeem:").filter(|id| *id != "list");
    if let Some(gift) = gift.and_then(|id| GiftId::new(id).ok()) {
        return Happened::GiftWanted { message, gift };
    }
    let challenge = value.strip_prefix("challenge:");
    if let Some(challenge) = challenge.and_then(|id| ChallengeId::new(id).ok()) {
        return Happened::ChallengeJoined { message, challenge };
    }
    if let Some(vote) = value.strip_prefix("vote:") {
        let known = playbook
            .interests
            .iter()
            .find(|known| known.id.as_str() == vote);
        return Happened::Voted {
            message,
            interest: known.map(|known| known.id.clone()),
            quiet: vote == "quiet",
        };
    }
    if let Some(score) = value
        .strip_prefix("score:")
        .and_then(|score| score.parse().ok())
        && (1..=5).contains(&score)
    {
        return Happened::GatheringScored { message, score };
    }
    match value {
        "task:done" => return Happened::TaskClaimed { message },
        "task:help" => return Happened::HelpWanted { message },
        "content:other" => return Happened::OtherTopicWanted { message },
        "event:join" | "event:later" => {
            let comes = value == "event:join";
            return Happened::InvitationAnswered { message, comes };
        }
        "check-in" => return Happened::CheckedIn { channel: None },
        "points:mine" => return Happened::PointsAsked { message },
        "redeem:list" => return Happened::GiftsAsked { message },
        "event:here" => return Happened::Attended { gathering: None },
        "preference:digest" => return Happened::DigestOnly { message },
        "preference:none" => return Happened::Declined { message },
        "consent:second" => return Happened::Consented { given: true },
        "consent:none" => return Happened::Consented { given: false },
        _ => {}
    }
    // A button of the same value may stand under another message of ours: `other`.
    let of_survey = message
        .as_ref()
        .is_none_or(|message| message.path().starts_with("win-back/"));
    match LeaveReason::from_value(value).filter(|_| of_survey) {
        Some(reason) => Happened::SurveyAnswered {
            message,
            reason,
            text: None,
        },
        None => Happened::ButtonPressed { message },
    }
}

#[cfg(test)]
mod tests;
