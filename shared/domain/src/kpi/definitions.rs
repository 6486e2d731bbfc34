//! What each number means, as data: one table from which the text, the page and the message are
//! made, so that none of them can show a number without its definition.

mod activity;
mod commerce;
mod journeys;
mod retention;
mod talk;
mod unavailable;

use super::light::MIN_SAMPLE;
use super::money;
use super::numbers::Numbers;
use super::words::Words;
use crate::locale::Locale;
use crate::text;

/// Which part of the report a number is in, in the report's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Who came and went.
    Growth,
    /// Who was there.
    Activity,
    /// Who said something.
    Conversation,
    /// Who stayed.
    Retention,
    /// Who fell silent.
    Silence,
    /// Daily check-ins.
    CheckIn,
    /// Newcomers' plan and leavers.
    Journeys,
    /// Orders and scores.
    Commerce,
    /// What cannot be told yet.
    Unavailable,
}

impl Group {
    /// All of them, in the report's order.
    pub const ALL: [Self; 9] = [
        Self::Growth,
        Self::Activity,
        Self::Conversation,
        Self::Retention,
        Self::Silence,
        Self::CheckIn,
        Self::Journeys,
        Self::Commerce,
        Self::Unavailable,
    ];

    /// Its heading.
    pub fn name(self) -> Words {
        match self {
            Self::Growth => Words(["成員", "成员", "Members"]),
            Self::Activity => Words(["活躍", "活跃", "Activity"]),
            Self::Conversation => Words(["發言與互動", "发言与互动", "Conversation"]),
            Self::Retention => Words(["新人留存", "新人留存", "Retention"]),
            Self::Silence => Words(["沉默與流失", "沉默与流失", "Silence and churn"]),
            Self::CheckIn => Words(["簽到", "打卡", "Check-in"]),
            Self::Journeys => Words([
                "新人計劃與流失挽回",
                "新人计划与流失挽回",
                "Onboarding and win-back",
            ]),
            Self::Commerce => Words(["訂單與評分", "订单与评分", "Orders and scores"]),
            Self::Unavailable => Words(["目前無法提供", "目前无法提供", "Not available"]),
        }
    }
}

/// In what a number is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Members, whole.
    Members,
    /// Members, a mean.
    MeanMembers,
    /// Messages or reactions, whole.
    Messages,
    /// Messages for each of something.
    MessagesPer,
    /// Occurrences, whole.
    Times,
    /// Days, a mean or median.
    Days,
    /// Minutes, a median.
    Minutes,
    /// A fraction of 1, shown as a percentage.
    Share,
    /// How many times as many; 1 = as many again.
    Factor,
    /// A score from −100 to 100, as a fraction of 1.
    Score,
    /// Money in units of the community's currency, not in minor ones.
    Money,
}

impl Unit {
    /// As readers see it.
    pub fn name(self) -> Words {
        match self {
            Self::Members | Self::MeanMembers => Words(["人", "人", "members"]),
            Self::Messages | Self::MessagesPer => Words(["則", "条", "messages"]),
            Self::Times => Words(["次", "次", "times"]),
            Self::Days => Words(["天", "天", "days"]),
            Self::Minutes => Words(["分鐘", "分钟", "minutes"]),
            Self::Share => Words(["%", "%", "%"]),
            Self::Factor => Words(["倍", "倍", "×"]),
            Self::Score => Words(["分", "分", "points"]),
            Self::Money => Words(["金額", "金额", "money"]),
        }
    }

    /// A value in this unit: `1,899`, `25.6`, `31.2%`.
    pub fn format(self, value: f64, locale: Locale) -> String {
        match self {
            Self::Members | Self::Messages | Self::Times => text::number(whole(value)),
            Self::MeanMembers | Self::MessagesPer | Self::Days | Self::Minutes => {
                format!("{value:.1}")
            }
            Self::Share => text::percent(value, locale),
            Self::Factor => format!("{value:.2}"),
            Self::Score => format!("{:+.0}", value * 100.0),
            Self::Money => money::shown(value),
        }
    }

    /// A value at an axis, as short as it can be told.
    pub fn axis(self, value: f64, locale: Locale) -> String {
        match self {
            Self::Share => format!("{}%", (value * 1e4).round() / 100.0),
            Self::Factor | Self::Score | Self::Money => self.format(value, locale),
            Self::Members
            | Self::MeanMembers
            | Self::Messages
            | Self::Times
            | Self::MessagesPer
            | Self::Days
            | Self::Minutes => {
                if value >= 10.0 || value.fract() == 0.0 {
                    text::number(whole(value))
                } else {
                    Self::Days.format(value, locale)
                }
            }
        }
    }

    /// A difference in this unit, with its sign; shares in percentage points.
    pub fn format_delta(self, delta: f64, locale: Locale) -> String {
        match self {
            Self::Members | Self::Messages | Self::Times => {
                signed(whole(delta) == 0, delta, text::number(whole(delta)))
            }
            Self::MeanMembers | Self::MessagesPer | Self::Days | Self::Minutes => {
                signed((delta * 10.0).round() == 0.0, delta, format!("{delta:.1}"))
            }
            Self::Share => text::percentage_points(delta, locale),
            Self::Factor => signed((delta * 100.0).round() == 0.0, delta, format!("{delta:.2}")),
            Self::Score => {
                let points = delta * 100.0;
                signed(points.round() == 0.0, delta, format!("{points:.0}"))
            }
            Self::Money => signed((delta * 100.0).round() == 0.0, delta, money::shown(delta)),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "members, messages and sums of money are far below 2^53"
)]
pub(super) fn whole(value: f64) -> i64 {
    value.round() as i64
}

fn signed(is_zero: bool, delta: f64, text: String) -> String {
    if is_zero {
        format!("±{}", text.trim_start_matches('-'))
    } else if delta > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// From the week's numbers.
    Measured(fn(&Numbers) -> Option<f64>),
    /// Not now, and why.
    Unavailable(Words),
}

/// What the weeks of a month make of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Summed {
    /// Their sum: what happened.
    Sum,
    /// Their sum, where a week without it counts as none: what a community may not have at all.
    SumIfAny,
    /// All who came less all who left, of the members at the start of the first: growth.
    Growth,
    /// Their mean: shares and means of a week, and how many different members there were in it.
    Mean,
    /// The last one's: what stands at the end of a week, or looks back over more than a week.
    Last,
}

/// What a share is over.
#[derive(Debug, Clone, Copy)]
pub struct Denominator {
    /// In words.
    pub name: Words,
    /// Its size in a week: below [`MIN_SAMPLE`] the share is greyed.
    pub sample: fn(&Numbers) -> u64,
}

/// One number of the report.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// As the JSON record, targets and placeholders name it.
    pub key: &'static str,
    /// Where it stands.
    pub group: Group,
    /// Its name.
    pub name: Words,
    /// What it is.
    pub definition: Words,
    /// What it is over; plain counts have none.
    pub denominator: Option<Denominator>,
    /// In what it is counted.
    pub unit: Unit,
    /// Where it comes from.
    pub source: Source,
    /// What the weeks of a month make of it.
    pub summed: Summed,
}

impl Definition {
    const fn measured(
        key: &'static str,
        group: Group,
        unit: Unit,
        name: [&'static str; 3],
        definition: [&'static str; 3],
        value: fn(&Numbers) -> Option<f64>,
    ) -> Self {
        Self {
            key,
            group,
            name: Words(name),
            definition: Words(definition),
            denominator: None,
            unit,
            source: Source::Measured(value),
            summed: match unit {
                Unit::Members | Unit::Messages | Unit::Times | Unit::Money => Summed::Sum,
                Unit::MeanMembers
                | Unit::MessagesPer
                | Unit::Days
                | Unit::Minutes
                | Unit::Share
                | Unit::Factor
                | Unit::Score => Summed::Mean,
            },
        }
    }

    /// With another sum than is usual for its unit.
    const fn summed(self, summed: Summed) -> Self {
        Self { summed, ..self }
    }

    const fn over(self, name: [&'static str; 3], sample: fn(&Numbers) -> u64) -> Self {
        Self {
            denominator: Some(Denominator {
                name: Words(name),
                sample,
            }),
            ..self
        }
    }

    const fn over_mean_members(self) -> Self {
        self.over(
            [
                "平均成員數（各日結束時成員數的平均）",
                "平均成员数（每天结束时成员数的平均）",
                "mean members (mean over the days of members at the end of the day)",
            ],
            Numbers::mean_members_whole,
        )
    }

    /// The value in a week; `None` = no denominator, not kept for so long, or not available at all.
    /// Everything that shows, judges or remembers a number asks here.
    pub fn value(&self, numbers: &Numbers) -> Option<f64> {
        match self.source {
            Source::Measured(_) if numbers.is_unknown(self.key) => None,
            Source::Measured(value) => value(numbers),
            Source::Unavailable(_) => None,
        }
    }

    /// The size of the denominator, if it is known.
    pub fn sample(&self, numbers: &Numbers) -> Option<u64> {
        self.denominator
            .filter(|_| !numbers.is_unknown(self.key))
            .map(|denominator| (denominator.sample)(numbers))
    }

    /// Whether there are too few in the denominator to read anything into the number.
    pub fn is_below_sample(&self, numbers: &Numbers) -> bool {
        self.sample(numbers)
            .is_some_and(|sample| sample < MIN_SAMPLE)
    }

    /// The name that targets and placeholders use. They know silence as a share only.
    pub fn public_name(&self) -> &'static str {
        match self.key {
            "silent30" => "silent30_members",
            "silent30_share" => "silent30",
            key => key,
        }
    }

    /// The playbook's target for it.
    pub fn target(&self, targets: &std::collections::BTreeMap<String, f64>) -> Option<f64> {
        targets.get(self.public_name()).copied()
    }
}

/// All numbers, in the order of the report.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    [
        activity::GROWTH,
        activity::ACTIVITY,
        activity::CONVERSATION,
        talk::TALK,
        retention::RETENTION,
        activity::SILENCE,
        journeys::CHECK_IN,
        journeys::JOURNEYS,
        commerce::COMMERCE,
        unavailable::UNAVAILABLE,
    ]
    .into_iter()
    .flatten()
}

/// One number by its key.
pub fn definition(key: &str) -> Option<&'static Definition> {
    definitions().find(|definition| definition.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::playbook::placeholders::RATES;

    #[test]
    fn every_number_is_explained_in_every_language_under_a_name_of_its_own() {
        let mut keys = BTreeSet::new();
        let mut group = Group::Growth;
        for definition in definitions() {
            assert!(keys.insert(definition.key), "{} twice", definition.key);
            assert!(
                definition.group >= group,
                "{} is out of order",
                definition.key
            );
            group = definition.group;
            assert_eq!(
                definition.group == Group::Unavailable,
                matches!(definition.source, Source::Unavailable(_))
            );
            for locale in Locale::ALL {
                assert!(
                    !definition.name.get(locale).is_empty()
                        && !definition.definition.get(locale).is_empty(),
                    "{}",
                    definition.key
                );
            }
            let [zh_hant, zh_hans, en] =
                Locale::ALL.map(|locale| definition.definition.get(locale));
            assert!(
                en != zh_hant && en != zh_hans,
                "{}: English is not Chinese",
                definition.key
            );
        }
    }

    #[test]
    fn every_rate_that_a_playbook_can_aim_at_is_defined() {
        for rate in RATES {
            let found = definitions().find(|definition| definition.public_name() == *rate);
            assert_eq!(
                found.map(|definition| definition.unit),
                Some(Unit::Share),
                "{rate}"
            );
        }
    }

    #[test]
    fn values_and_differences_read_in_their_unit() {
        for (unit, value, shown) in [
            (Unit::Members, 1899.0, "1,899"),
            (Unit::MeanMembers, 25.571_428, "25.6"),
            (Unit::Share, 0.312, "31.2%"),
            (Unit::Factor, 1.2, "1.20"),
            (Unit::Score, 0.4, "+40"),
            (Unit::Score, -0.055, "-6"),
        ] {
            assert_eq!(unit.format(value, Locale::En), shown);
        }
        for (unit, delta, shown) in [
            (Unit::Members, -4.0, "-4"),
            (Unit::Members, 1200.0, "+1,200"),
            (Unit::Times, 0.0, "±0"),
            (Unit::Days, -0.04, "±0.0"),
            (Unit::Days, 1.25, "+1.2"),
            (Unit::Share, 0.012, "+1.2 pp"),
            (Unit::Share, -0.012, "-1.2 pp"),
            (Unit::Factor, -0.25, "-0.25"),
            (Unit::Money, 1290.0, "+1,290"),
            (Unit::Money, -0.001, "±0.00"),
            (Unit::Factor, -0.001, "±0.00"),
            (Unit::Score, 0.12, "+12"),
            (Unit::Score, 0.004, "±0"),
        ] {
            assert_eq!(unit.format_delta(delta, Locale::En), shown);
        }
    }
}
