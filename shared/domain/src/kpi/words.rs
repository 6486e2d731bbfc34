//! Fixed words in the three languages, as constants.

use crate::locale::Locale;

/// A text in the order of [`Locale::ALL`]: Traditional Chinese, Simplified Chinese, English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub [&'static str; 3]);

impl Words {
    /// The text in one language.
    pub const fn get(self, locale: Locale) -> &'static str {
        let Self([zh_hant, zh_hans, en]) = self;
        match locale {
            Locale::ZhHant => zh_hant,
            Locale::ZhHans => zh_hans,
            Locale::En => en,
        }
    }
}

/// Labels that the terminal's table and the page share.
pub(super) mod label {
    use super::Words;

    pub(in crate::kpi) const TITLE: Words = Words(["社群週報", "社群运营周报", "weekly report"]);
    pub(in crate::kpi) const PROVISIONAL: Words = Words(["暫定", "暂定", "provisional"]);
    pub(in crate::kpi) const FINAL: Words = Words(["定稿", "定稿", "final"]);
    pub(in crate::kpi) const HEALTH: Words = Words(["健康燈", "健康灯", "Health"]);
    pub(in crate::kpi) const FOCUS: Words = Words(["本週先看", "本周先看", "Look at first"]);
    pub(in crate::kpi) const NO_FOCUS: Words = Words([
        "沒有特別突出的事。",
        "没有特别突出的事。",
        "Nothing stands out.",
    ]);
    pub(in crate::kpi) const THIS_WEEK: Words = Words(["本週", "本周", "This week"]);
    pub(in crate::kpi) const CHANGE: Words = Words(["較上週", "环比", "Change"]);
    pub(in crate::kpi) const TARGET: Words = Words(["目標", "目标", "Target"]);
    pub(in crate::kpi) const SAMPLE: Words = Words(["樣本", "样本", "Sample"]);
    pub(in crate::kpi) const TOO_FEW: Words = Words(["樣本不足", "样本不足", "too few"]);
    pub(in crate::kpi) const OVER: Words = Words(["分母", "分母", "Over"]);
    pub(in crate::kpi) const DAILY: Words =
        Words(["每日活躍人數", "每日活跃人数", "Active members by day"]);
    pub(in crate::kpi) const COHORTS: Words =
        Words(["各批新人的留存", "各批新人的留存", "Retention by cohort"]);
    pub(in crate::kpi) const COHORT: Words = Words(["加入週", "加入周", "Cohort"]);
    pub(in crate::kpi) const SIZE: Words = Words(["人數", "人数", "Members"]);
    pub(in crate::kpi) const ALL: Words = Words(["全部", "全部", "All"]);
    pub(in crate::kpi) const REASONS: Words =
        Words(["離開原因", "退出原因", "Reasons for leaving"]);
    pub(in crate::kpi) const GENERATED: Words = Words(["產生於", "生成于", "Generated"]);
    pub(in crate::kpi) const NOTES: Words = Words([
        "灰色或 * ＝ 觀察期未滿，數字還會變；? ＝ 分母少於 20 人，不宜解讀。",
        "灰色或 * ＝ 观察期未满，数字还会变；? ＝ 分母少于 20 人，不宜解读。",
        "Grey or * = the window is not over for all, the number will change; ? = fewer than 20 in the denominator.",
    ]);
}

/// The Monday-first names of days.
pub(super) const WEEKDAYS: [Words; 7] = [
    Words(["一", "一", "Mon"]),
    Words(["二", "二", "Tue"]),
    Words(["三", "三", "Wed"]),
    Words(["四", "四", "Thu"]),
    Words(["五", "五", "Fri"]),
    Words(["六", "六", "Sat"]),
    Words(["日", "日", "Sun"]),
];
