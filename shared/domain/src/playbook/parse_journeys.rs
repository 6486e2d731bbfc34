//! Reading what a playbook says of win-back, wake-up, the digest, events, segments and experiments.

use jiff::civil::Weekday;

use super::parse::Kinds;
use super::{DigestRules, Experiments, FollowUps, GatheringRules, WakeUpRules, WinBackRules};
use crate::ids::MessageKind;
use crate::rollout::StopRule;
use crate::segment::{Segment, SegmentRules};
use crate::toml_check::{Item, Table};

/// A kind that may be left out: then nothing is sent.
fn kind<'f>(
    table: &mut Table<'f>,
    name: &'static str,
    kinds: &mut Kinds<'f>,
) -> Option<MessageKind> {
    table.get(name).and_then(|item| kinds.read(item))
}

/// A number with a default.
fn number<T: TryFrom<i64>>(
    table: &mut Table<'_>,
    name: &'static str,
    default: T,
    range: std::ops::RangeInclusive<i64>,
    what: &str,
) -> Option<T> {
    table
        .get(name)
        .map_or(Some(default), |item| item.integer(range, what))
}

pub(super) fn win_back<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<WinBackRules> {
    let mut table = item.table("a table [win_back]")?;
    let survey = kinds.read(table.need("survey"));
    let survey_after_minutes = table
        .need("survey_after_minutes")
        .integer(0..=1_440, "minutes");
    let lost_after_days = table.need("lost_after_days").integer(1..=365, "days");
    let follow_ups = table
        .get("follow_ups")
        .and_then(|item| follow_ups(&item, kinds))
        .unwrap_or_default();
    let gift = kind(&mut table, "gift", kinds);
    let gift_item = table.get("gift_after_days");
    let gift_after_days = gift_item
        .as_ref()
        .map_or(Some(3), |item| item.integer(0..=90, "days"));
    let sla_hours = number(&mut table, "sla_hours", 24, 1..=168, "hours");
    let welcome_back = kind(&mut table, "welcome_back", kinds);
    let care = kind(&mut table, "care", kinds);
    let care_days = number(&mut table, "care_days", 30, 1..=365, "days");
    let care_every_days = number(&mut table, "care_every_days", 7, 1..=90, "days");
    table.finish();
    if let (Some(item), Some(after), Some(lost)) = (gift_item, gift_after_days, lost_after_days)
        && after >= lost
    {
        item.problem(format_args!(
            "expected fewer days than lost_after_days ({lost}), found {after}: the case would be lost before its gift"
        ));
    }
    Some(WinBackRules {
        survey: survey?,
        survey_after_minutes: survey_after_minutes?,
        lost_after_days: lost_after_days?,
        follow_ups,
        gift,
        gift_after_days: gift_after_days?,
        sla_hours: sla_hours?,
        welcome_back,
        care,
        care_days: care_days?,
        care_every_days: care_every_days?,
    })
}

fn follow_ups<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<FollowUps> {
    let mut table = item.table("a table [win_back.follow_ups]")?;
    let mut read = |name| kind(&mut table, name, kinds);
    let follow_ups = FollowUps {
        boring_content: read("boring_content"),
        boring_content_fallback: read("boring_content_fallback"),
        few_benefits: read("few_benefits"),
        too_much_info: read("too_much_info"),
        other: read("other"),
        other_ops: read("other_ops"),
        other_reminder: read("other_reminder"),
        other_claimed: read("other_claimed"),
    };
    table.finish();
    Some(follow_ups)
}

pub(super) fn wake_up<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<WakeUpRules> {
    let mut table = item.table("a table [wake_up]")?;
    let message = kinds.read(table.need("message"));
    let fallback = kinds.read(table.need("fallback"));
    let voted = kind(&mut table, "voted", kinds);
    let after_days = number(&mut table, "after_days", 30, 7..=365, "days");
    let every_days = number(&mut table, "every_days", 30, 7..=365, "days");
    let most = number(&mut table, "most", 3, 1..=12, "messages");
    table.finish();
    Some(WakeUpRules {
        message: message?,
        fallback: fallback?,
        voted,
        after_days: after_days?,
        every_days: every_days?,
        most: most?,
    })
}

pub(super) fn digest<'f>(item: &Item<'f>, kinds: &mut Kinds<'f>) -> Option<DigestRules> {
    let mut table = item.table("a table [digest]")?;
    let message = kinds.read(table.need("message"));
    let weekday = table
        .get("weekday")
        .map_or(Some(Weekday::Monday), |item| weekday(&item));
    let chosen = kind(&mut table, "chosen", kinds);
    let all_again = kind(&mut table, "all_again", kinds);
    table.finish();
    Some(DigestRules {
        message: message?,
        weekday: weekday?,
        chosen,
        all_again,
    })
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

fn weekday(item: &Item<'_>) -> Option<Weekday> {
    let named = |name: &str| WEEKDAYS.iter().find(|(known, _)| *known == name);
    match item.as_str().and_then(named) {
        Some((_, weekday)) => Some(*weekday),
        None => item.expected(format_args!(
            "one of {}",
            WEEKDAYS.map(|(name, _)| name).join(", ")
        )),
    }
}

pub(super) fn gatherings<'f>(
    item: Option<Item<'f>>,
    kinds: &mut Kinds<'f>,
) -> Option<GatheringRules> {
    let Some(item) = item else {
        return Some(GatheringRules {
            within_days: 7,
            accepted: None,
            reminder_day: None,
            reminder_soon: None,
            question: None,
        });
    };
    let mut table = item.table("a table [events]")?;
    let within_days = number(&mut table, "within_days", 7, 1..=60, "days");
    let accepted = kind(&mut table, "accepted", kinds);
    let reminder_day = kind(&mut table, "reminder_day", kinds);
    let reminder_soon = kind(&mut table, "reminder_soon", kinds);
    let question = kind(&mut table, "question", kinds);
    table.finish();
    Some(GatheringRules {
        within_days: within_days?,
        accepted,
        reminder_day,
        reminder_soon,
        question,
    })
}

pub(super) fn experiments(item: &Item<'_>) -> Option<Experiments> {
    let mut table = item.table("a table [experiments]")?;
    let holdout_item = table.get("holdout");
    let holdout = holdout_item.as_ref().map_or(Some(0.0), Item::fraction);
    let default = Experiments::default();
    let min_sample = number(
        &mut table,
        "min_sample",
        default.min_sample,
        10..=1_000_000,
        "members",
    );
    table.finish();
    if let (Some(item), Some(share)) = (holdout_item, holdout)
        && share > 0.5
    {
        item.problem("expected a fraction from 0 to 0.5: the plan is for the others");
    }
    Some(Experiments {
        holdout: holdout?,
        min_sample: min_sample?,
    })
}

pub(super) fn pilot(item: &Item<'_>) -> Option<StopRule> {
    let mut table = item.table("a table [pilot]")?;
    let default = StopRule::default();
    let min_sample = number(
        &mut table,
        "min_sample",
        default.min_sample,
        10..=100_000,
        "members",
    );
    let most_exits = table
        .get("stop_if_exits_above")
        .map_or(Some(default.most_exits), |item| item.fraction());
    table.finish();
    Some(StopRule {
        min_sample: min_sample?,
        most_exits: most_exits?,
    })
}

pub(super) fn segments<'f>(item: Option<Item<'f>>, kinds: &mut Kinds<'f>) -> Option<SegmentRules> {
    let default = SegmentRules::default();
    let Some(item) = item else {
        return Some(default);
    };
    let mut table = item.table("a table [segments]")?;
    let new_days = number(&mut table, "new_days", default.new_days, 1..=90, "days");
    let core_item = table.get("core_days");
    let core_days = core_item
        .as_ref()
        .map_or(Some(default.core_days), |item| item.integer(1..=28, "days"));
    let active_days = number(
        &mut table,
        "active_days",
        default.active_days,
        1..=28,
        "days",
    );
    // The item of a member holds the last 96 days.
    let silent_days = number(
        &mut table,
        "silent_days",
        default.silent_days,
        7..=60,
        "days",
    );
    let hysteresis_days = number(
        &mut table,
        "hysteresis_days",
        default.hysteresis_days,
        1..=28,
        "days",
    );
    let entered = table
        .get("entered")
        .and_then(|item| {
            let mut table = item.table("a table [segments.entered]")?;
            let read = |segment: Segment| Some((segment, kind(&mut table, segment.name(), kinds)?));
            // Who joins and who leaves is written to by journeys of their own.
            let told = Segment::ALL.into_iter();
            let told = told.filter(|segment| !matches!(segment, Segment::New | Segment::Left));
            let entered = told.filter_map(read).collect();
            table.finish();
            Some(entered)
        })
        .unwrap_or_default();
    table.finish();
    if let (Some(item), Some(core), Some(active)) = (core_item, core_days, active_days)
        && core <= active
    {
        item.problem(format_args!(
            "expected more days than active_days ({active}), found {core}: nobody would be active"
        ));
    }
    Some(SegmentRules {
        new_days: new_days?,
        core_days: core_days?,
        active_days: active_days?,
        silent_days: silent_days?,
        hysteresis_days: hysteresis_days?,
        entered,
    })
}
