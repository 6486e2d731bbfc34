//! From what an adapter saw to what it means: keywords, buttons, channels. The text of a message
//! ends here.

mod invitations;

use unicode_normalization::UnicodeNormalization as _;

use crate::community::Community;
use crate::event::{CaseStep, Event, Facts, Happened, Incoming, LeaveReason, Seen};
use crate::ids::{ChannelId, GiftId, InterestId, MemberId, MessageId, Owner};
use crate::locale::Locale;
use crate::member::hash16;
use crate::playbook::Playbook;

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
            length: _,
            topic: _,
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
        } => {
            let text = text.as_deref().unwrap_or_default();
            let interest = about(&channel, topic.as_deref(), community, playbook);
            group_message(&channel, text, length, interest, community, playbook)
        }
        Seen::Reaction {
            channel,
            added: true,
        } => Happened::ReactionAdded {
            interest: channel.and_then(|channel| about(&channel, None, community, playbook)),
        },
        Seen::Reaction {
            channel: _,
            added: false,
        } => Happened::ReactionRemoved,
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
        Seen::CheckedIn => Happened::CheckedIn { channel: None },
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
        Seen::InvitationAccepted { inviter } => invitations::accepted(inviter, playbook)?,
        Seen::OrderPaid { .. } | Seen::FeedbackScored { .. } => return None,
    };
    if community.staff.contains(&member) {
        facts.staff = Some(true);
    }
    // Whoever tells us what to send is not in the community because of it.
    facts.elsewhere |= matches!(
        what,
        Happened::OptedOut
            | Happened::OptedIn
            | Happened::DigestOnly { .. }
            | Happened::Consented { .. }
    );
    Some(Event {
        id,
        at,
        seq,
        member,
        facts,
        what,
    })
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
            | Happened::InvitesAsked
            | Happened::Invited { .. }
    )
}

/// What a whole message asks about points or invitations, wherever it stands; already normalised.
fn asked(whole: &str, playbook: &Playbook) -> Option<Happened> {
    if let Some(question) = invitations::asked(whole, playbook) {
        return Some(question);
    }
    let rules = playbook.rewards.as_ref()?;
    let is_one_of = |words: &[String]| words.iter().any(|word| normalise(word) == whole);
    if is_one_of(&rules.keywords) {
        return Some(Happened::PointsAsked { message: None });
    }
    is_one_of(&rules.redeem_keywords).then_some(Happened::GiftsAsked { message: None })
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

/// A word as it is compared: NFKC, lower case, single spaces, nothing around it.
pub(crate) fn normalise(text: &str) -> String {
    let text = text.nfkc().collect::<String>().to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What people put around a word that they were told to send: 「退訂」 “stop”. "TD!".
fn is_wrapping(c: char) -> bool {
    matches!(
        c,
        '「' | '」' | '『' | '』' | '“' | '”' | '‘' | '’' | '"' | '\'' | '。' | '.' | '!'
    )
}

/// Whether a message is a check-in (or a review) by keyword: the keyword alone, or the keyword, something that
/// is no letter or digit (space, punctuation, an emoji), and content that is not a question.
///
/// `打卡`, `＃打卡`, `打卡 今天跑了 5 公里`, `@bot 打卡` are; `怎么打卡`, `打卡在哪?`,
/// `打卡 怎么弄`, `打卡机坏了` are not. In doubt a message is a message.
fn begins_with_keyword(text: &str, keywords: &[String]) -> bool {
    let text = normalise(text);
    let text = after_mentions(&text);
    keywords.iter().any(|keyword| {
        let keyword = normalise(keyword);
        let Some(rest) = text.strip_prefix(&*keyword).filter(|_| !keyword.is_empty()) else {
            return false;
        };
        let separate = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
        separate && !is_question(rest)
    })
}

/// The text without the mentions it begins with: `<@U1>` (Slack), `@name`.
fn after_mentions(mut text: &str) -> &str {
    while let Some((first, rest)) = text.split_once(' ') {
        if !first.starts_with('@') && !first.starts_with("<@") {
            break;
        }
        text = rest;
    }
    text
}

/// Words that make a sentence a question without a question mark, at its beginning or its end.
const ASKING: [&str; 22] = [
    "怎么",
    "怎麼",
    "怎样",
    "怎樣",
    "如何",
    "在哪",
    "哪里",
    "哪裡",
    "哪裏",
    "哪儿",
    "哪個",
    "哪个",
    "什么",
    "什麼",
    "甚麼",
    "为什么",
    "為什麼",
    "几点",
    "幾點",
    "多少",
    "是不是",
    "能不能",
];
/// Particles that end a question. 呢 is none of them: 今天還在努力呢.
const PARTICLES: [char; 3] = ['吗', '嗎', '么'];
/// English questions by their beginning.
const ASKING_EN: [&str; 13] = [
    "how ",
    "where ",
    "what ",
    "when ",
    "why ",
    "who ",
    "which ",
    "can i ",
    "do i ",
    "do we ",
    "does it ",
    "is it ",
    "is there ",
];

/// Whether what follows a keyword is a question: its first sentence decides, so that a report may
/// end in 大家呢？
fn is_question(rest: &str) -> bool {
    // An address has its question marks too.
    let words = rest.split(' ').filter(|word| !word.contains("://"));
    let rest = words.collect::<Vec<_>>().join(" ");
    let lead = rest.len()
        - rest
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .len();
    let (before, content) = rest.split_at(lead);
    if before.contains('?') {
        return true;
    }
    let end = content
        .find(['?', '!', '。', '.', '\n'])
        .unwrap_or(content.len());
    let (sentence, after) = content.split_at(end);
    let sentence = sentence.trim_matches(|c: char| !c.is_alphanumeric());
    let padded = format!("{sentence} ");
    after.starts_with('?')
        || sentence.ends_with(PARTICLES)
        || ASKING
            .iter()
            .any(|word| sentence.starts_with(word) || sentence.ends_with(word))
        || ASKING_EN.iter().any(|word| padded.starts_with(word))
}

/// Whether a nickname looks like `industry-name` (行業-暱稱): two or more parts with a letter in
/// each, between `-`, `－`, `–`, `—`, `｜`, `|`, `_`, `·`, `・` or spaces.
///
/// The separator may be a space alone (設計 小美), so `Anna Lee` and `Jean-Luc` match: we cannot
/// tell an industry from a first name, and the doubt is the member's. Parts of digits, emoji or
/// punctuation alone do not count: `設計-007`, `小美 🎉`, `--` do not match.
pub fn matches_industry_name(name: &str) -> bool {
    let name: String = name.nfkc().collect();
    let separates =
        |c: char| c.is_whitespace() || matches!(c, '-' | '‐' | '–' | '—' | '|' | '_' | '·' | '・');
    name.split(separates)
        .filter(|part| part.chars().any(char::is_alphabetic))
        .count()
        >= 2
}

#[cfg(test)]
mod tests;
