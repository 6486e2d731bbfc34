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

/// Between a heading and what it heads.
pub(super) const COLON: Words = Words(["：", "：", ": "]);

/// The mark of what lacks members, beside a week or a month.
pub(super) fn partial(members: u64, locale: Locale) -> String {
    match locale {
        Locale::ZhHant => format!("⚠ 不完整（缺 {members} 位成員）"),
        Locale::ZhHans => format!("⚠ 不完整（缺 {members} 位成员）"),
        Locale::En => format!("⚠ partial (without {members} of the members)"),
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
    pub(in crate::kpi) const NOT_KEPT: Words = Words([
        "成員資料沒有保存這麼久",
        "成员数据未保存这么久",
        "not kept for so long",
    ]);
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
    pub(in crate::kpi) const TOPICS: Words =
        Words(["大家聊了什麼", "大家聊了什么", "What was talked about"]);
    pub(in crate::kpi) const TOPICS_NOTE: Words = Words([
        "本週開始的討論串，按所在頻道或論壇主題；沒有設定主題的地方不列入。優質的定義同優質互動率。",
        "本周开始的话题串，按所在频道或论坛的话题；没有设定话题的地方不计入。优质的定义同优质互动率。",
        "Threads that began in the week, by the topic of their channel or forum; places without one are left out. Quality as in the quality interaction rate.",
    ]);
    pub(in crate::kpi) const TOPIC: Words = Words(["主題", "话题", "Topic"]);
    pub(in crate::kpi) const THREADS: Words = Words(["討論串", "话题串", "Threads"]);
    pub(in crate::kpi) const GOOD_THREADS: Words = Words(["優質", "优质", "Quality"]);
    pub(in crate::kpi) const MEAN4: Words = Words(["較四週平均", "较四周平均", "On 4 weeks"]);
    pub(in crate::kpi) const WEEK: Words = Words(["週", "周", "Week"]);
    pub(in crate::kpi) const DAY: Words = Words(["日", "日", "Day"]);
    pub(in crate::kpi) const ACTIVE: Words = Words(["活躍人數", "活跃人数", "Active members"]);
    pub(in crate::kpi) const HOURS: Words = Words([
        "一週裡的活躍時段（人數）",
        "一周里的活跃时段（人数）",
        "When members are there",
    ]);
    pub(in crate::kpi) const CURVE: Words = Words(["留存曲線", "留存曲线", "Retention by day"]);
    pub(in crate::kpi) const CURVE_NOTE: Words = Words([
        "加入後第 N 天當天活躍的人 ÷ 已滿 N 天的所有成員。少於 20 人的天數不畫。",
        "加入后第 N 天当天活跃的人 ÷ 已满 N 天的所有成员。少于 20 人的天数不画。",
        "Active on day N after joining / all members of that age. Days with fewer than 20 are not drawn.",
    ]);
    pub(in crate::kpi) const TRIANGLE: Words = Words([
        "各週新人的留存（%）",
        "各周新人的留存（%）",
        "Retention of each week's newcomers (%)",
    ]);
    pub(in crate::kpi) const TRIANGLE_NOTE: Words = Words([
        "每列是一週加入的人；第 N 欄：加入後第 N 週（7N 到 7N+6 天）活躍過的比例。空格：還沒過完；灰字：不足 20 人。",
        "每行是一周加入的人；第 N 列：加入后第 N 周（7N 到 7N+6 天）活跃过的比例。空格：还没过完；灰字：不足 20 人。",
        "A row is who came in a week; column N: active in week N after it (days 7N to 7N+6). Empty: not over yet; grey: fewer than 20.",
    ]);
    pub(in crate::kpi) const FUNNEL: Words =
        Words(["新人計劃漏斗", "新人计划漏斗", "Newcomers' plan"]);
    pub(in crate::kpi) const FUNNEL_NOTE: Words = Words([
        "上一週開始計劃的人，走過每一步的有幾位。",
        "上一周开始计划的人，走过每一步的有几位。",
        "Of those who began it the week before, how many are past each step.",
    ]);
    pub(in crate::kpi) const BEGUN: Words = Words(["開始", "开始", "begun"]);
    pub(in crate::kpi) const STEP: Words = Words(["步驟", "步骤", "Step"]);
    pub(in crate::kpi) const PASSED: Words = Words(["走過", "走过", "Past it"]);
    pub(in crate::kpi) const ANSWERED: Words = Words(["按過按鈕", "按过按钮", "Pressed a button"]);
    pub(in crate::kpi) const SEGMENTS: Words =
        Words(["成員組成", "成员构成", "What members are made of"]);
    pub(in crate::kpi) const SEGMENT: Words = Words(["分群", "分群", "Segment"]);
    pub(in crate::kpi) const NOW: Words = Words(["目前", "目前", "Now"]);
    pub(in crate::kpi) const EXPECTED: Words = Words(["預期", "预期", "Expected"]);
    pub(in crate::kpi) const CORE: Words = Words(["核心", "核心", "Core"]);
    pub(in crate::kpi) const ACTIVE_SEGMENT: Words = Words(["活躍", "活跃", "Active"]);
    pub(in crate::kpi) const POTENTIAL: Words = Words(["潛力", "潜力", "Potential"]);
    pub(in crate::kpi) const SILENT: Words = Words(["沉默", "沉默", "Silent"]);
    pub(in crate::kpi) const REASON: Words = Words(["原因", "原因", "Reason"]);
    pub(in crate::kpi) const ANSWERS: Words = Words(["回答", "回答", "Answers"]);
    pub(in crate::kpi) const AGE: Words = Words(["第幾天", "第几天", "Day"]);
    pub(in crate::kpi) const RETAINED: Words = Words(["活躍", "活跃", "Active"]);
    pub(in crate::kpi) const ELIGIBLE: Words = Words(["已滿", "已满", "Of that age"]);
    pub(in crate::kpi) const SHARE: Words = Words(["比例", "比例", "Share"]);
    pub(in crate::kpi) const ALL_WEEKS: Words = Words(["所有週報", "所有周报", "All weeks"]);
    pub(in crate::kpi) const WEEKS: Words = Words(["歷次週報", "历次周报", "weekly reports"]);
    pub(in crate::kpi) const NO_WEEKS: Words = Words([
        "還沒有週報：一週結束後才會產生。",
        "还没有周报：一周结束后才会生成。",
        "None yet: a week is reported when it is over.",
    ]);
    pub(in crate::kpi) const CHARTS: Words = Words(["圖表", "图表", "Charts"]);
    pub(in crate::kpi) const DIFFERENCE: Words = Words(["差", "差值", "Difference"]);
    pub(in crate::kpi) const UNUSUAL: Words =
        Words(["不尋常的數字", "不寻常的数字", "Out of the ordinary"]);
    pub(in crate::kpi) const GENERATED: Words = Words(["產生於", "生成于", "Generated"]);
    pub(in crate::kpi) const FEW: Words = Words([
        "灰色與 ? ＝ 分母少於 20 人，不宜解讀。",
        "灰色与 ? ＝ 分母少于 20 人，不宜解读。",
        "Grey and ? = fewer than 20 in the denominator.",
    ]);
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
