//! Retention: three ages, three windows, pooled over all cohorts.

use super::{Definition, Group, Summed, Unit};
use crate::kpi::numbers::Numbers;
use crate::kpi::retention::Kept;

const fn pooled(
    key: &'static str,
    name: [&'static str; 3],
    definition: [&'static str; 3],
    value: fn(&Numbers) -> Option<f64>,
    sample: fn(&Numbers) -> u64,
) -> Definition {
    Definition::measured(key, Group::Retention, Unit::Share, name, definition, value)
        .over(
            [
                "所有批次中觀察期已滿的人（批次＝首次出現的那一週）",
                "所有批次中观察期已满的人（批次＝首次出现的那一周）",
                "members of all cohorts whose window is over (cohort = week of the first day)",
            ],
            sample,
        )
        .summed(Summed::Last)
}

/// Both halves of a pooled rate from one accessor.
macro_rules! pooled {
    ($key:literal, $window:ident . $horizon:ident, $name:expr, $definition:expr) => {
        pooled(
            $key,
            $name,
            $definition,
            |n| Kept::rate(n.retention.all.$window.$horizon),
            |n| n.retention.all.$window.$horizon.eligible,
        )
    };
}

pub(super) const RETENTION: &[Definition] = &[
    pooled!(
        "retention_d7",
        bracket.d7,
        ["7 日留存", "7 日留存", "7-day retention"],
        [
            "加入後第 7–13 天內活動過的人所占比例。加入當天是第 0 天；離開的人仍在分母。",
            "加入后第 7–13 天内活动过的人所占比例。加入当天是第 0 天；退出的人仍在分母。",
            "Active on any of days 7–13 after the first day (day 0). Leavers stay in the denominator.",
        ]
    ),
    pooled!(
        "retention_d30",
        bracket.d30,
        ["30 日留存", "30 日留存", "30-day retention"],
        [
            "加入後第 30–36 天內活動過的人所占比例。",
            "加入后第 30–36 天内活动过的人所占比例。",
            "Active on any of days 30–36 after the first day."
        ]
    ),
    pooled!(
        "retention_d90",
        bracket.d90,
        ["90 日留存", "90 日留存", "90-day retention"],
        [
            "加入後第 90–96 天內活動過的人所占比例。",
            "加入后第 90–96 天内活动过的人所占比例。",
            "Active on any of days 90–96 after the first day."
        ]
    ),
    pooled!(
        "retention_classic_d7",
        classic.d7,
        [
            "第 7 日留存（當日）",
            "第 7 日留存（当日）",
            "Day-7 retention (that day)"
        ],
        [
            "恰好在加入後第 7 天活動過的人所占比例。",
            "恰好在加入后第 7 天活动过的人所占比例。",
            "Active on exactly day 7 after the first day."
        ]
    ),
    pooled!(
        "retention_classic_d30",
        classic.d30,
        [
            "第 30 日留存（當日）",
            "第 30 日留存（当日）",
            "Day-30 retention (that day)"
        ],
        [
            "恰好在加入後第 30 天活動過的人所占比例。",
            "恰好在加入后第 30 天活动过的人所占比例。",
            "Active on exactly day 30 after the first day."
        ]
    ),
    pooled!(
        "retention_classic_d90",
        classic.d90,
        [
            "第 90 日留存（當日）",
            "第 90 日留存（当日）",
            "Day-90 retention (that day)"
        ],
        [
            "恰好在加入後第 90 天活動過的人所占比例。",
            "恰好在加入后第 90 天活动过的人所占比例。",
            "Active on exactly day 90 after the first day."
        ]
    ),
    pooled!(
        "retention_rolling_d7",
        rolling.d7,
        ["第 7 日起留存", "第 7 日起留存", "Retention from day 7 on"],
        [
            "加入後第 7 天或之後任何一天活動過的人所占比例。",
            "加入后第 7 天或之后任何一天活动过的人所占比例。",
            "Active on day 7 after the first day or any later one."
        ]
    ),
    pooled!(
        "retention_rolling_d30",
        rolling.d30,
        [
            "第 30 日起留存",
            "第 30 日起留存",
            "Retention from day 30 on"
        ],
        [
            "加入後第 30 天或之後任何一天活動過的人所占比例。",
            "加入后第 30 天或之后任何一天活动过的人所占比例。",
            "Active on day 30 after the first day or any later one."
        ]
    ),
    pooled!(
        "retention_rolling_d90",
        rolling.d90,
        [
            "第 90 日起留存",
            "第 90 日起留存",
            "Retention from day 90 on"
        ],
        [
            "加入後第 90 天或之後任何一天活動過的人所占比例。",
            "加入后第 90 天或之后任何一天活动过的人所占比例。",
            "Active on day 90 after the first day or any later one."
        ]
    ),
];
