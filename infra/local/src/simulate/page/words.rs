//! Every word of a simulation's summary and page, in the three languages.

use hearth_domain::event::LeaveReason;
use hearth_domain::locale::Locale;
use hearth_domain::message::SkipReason;

use super::super::compare::What;
use super::super::people::Temperament;
use super::super::story::Act;
use super::super::timeline::Outcome;
use crate::page::why_skipped;

labels! {
    Title: "模擬：劇本", "模拟：剧本", "Simulation of playbook";
    Synthetic: "成員是依種子產生的虛構人物，他們的習慣是假設，不是量測。數字說明這份劇本會怎麼對待他們，不預測你的社群。", "成员是按种子生成的虚构人物，他们的习惯是假设，不是测量。数字说明这份剧本会如何对待他们，不预测你的社群。", "The members are made up from the seed, and their habits are assumptions, not measurements. The figures show how this playbook treats them; they do not forecast your community.";
    Members: "成員", "成员", "Members";
    Days: "天", "天", "days";
    Seed: "種子", "种子", "seed";
    Platform: "平台", "平台", "platform";
    AtAGlance: "重點", "要点", "At a glance";
    Figure: "項目", "项目", "Figure";
    Value: "數值", "数值", "Value";
    Kinds: "訊息：決定、送出、延後、略過", "消息：决定、发送、延后、跳过", "Messages: decided, sent, held, skipped";
    Kind: "訊息", "消息", "Message";
    Decided: "決定", "决定", "Decided";
    Sent: "已送", "已发送", "Sent";
    Held: "延後（平均）", "延后（平均）", "Held (mean)";
    SkippedWhy: "略過與原因", "跳过与原因", "Skipped, and why";
    WaitingOrLost: "等待／不明／失敗", "等待/不明/失败", "Waiting / unknown / failed";
    WhySkipped: "為什麼略過", "为什么跳过", "Why messages were skipped";
    Reason: "原因", "原因", "Reason";
    Number: "則數", "条数", "Messages";
    Meaning: "意思", "含义", "Meaning";
    All: "全部", "全部", "All";
    SentBars: "每種訊息送出的則數", "每种消息发送的条数", "Messages sent, by kind";
    Funnel: "新人計畫：每一步", "新人计划：每一步", "The plan, step by step";
    Step: "步驟", "步骤", "Step";
    Day: "第幾天", "第几天", "Day";
    Reached: "輪到", "轮到", "Reached";
    Answered: "有回應", "有回应", "Responded";
    ByTemperament: "每種性格：已送／輪到（有回應）", "每种性格：已发送/轮到（有回应）", "By temperament: sent / reached (responded)";
    FunnelBars: "每一步收到的人數與有回應的人數", "每一步收到的人数与有回应的人数", "Members who got each step, and who responded";
    FunnelNote: "有回應＝按了按鈕，或完成了那一步的任務（任何時間都算）。", "有回应＝按了按钮，或完成了那一步的任务（任何时间都算）。", "Responded = pressed a button, or did the task of the step, at any time.";
    WinBack: "流失挽回", "流失挽回", "Win-back";
    LeftMembers: "離開", "离开", "Left";
    Surveyed: "收到問卷的人", "收到问卷的人", "Members surveyed";
    SurveyAnswered: "回答的人", "回答的人", "Members who answered";
    Reasons: "原因", "原因", "Reasons";
    FollowedUp: "收到後續訊息的人", "收到后续消息的人", "Members followed up";
    Returned: "回來", "回来", "Returned";
    WakeUp: "沉默喚醒", "沉默唤醒", "Wake-up";
    FellSilent: "沉默的人", "沉默的人", "Members who fell silent";
    WakeUpsSent: "送出的喚醒", "发送的唤醒", "Wake-ups sent";
    WakeUpsAnswered: "有回應的人", "有回应的人", "Members who responded";
    TalksAgain: "重新發言的人", "重新发言的人", "Members who talk again";
    TasksDone: "完成任務", "完成任务", "Tasks done";
    Rename: "改暱稱", "改昵称", "rename";
    Comment: "留言", "留言", "comment";
    OptedOut: "退訂的人", "退订的人", "Members who opted out";
    Points: "積分（總計／平均／最多）", "积分（总计/平均/最多）", "Points (total / mean / most)";
    PerDay: "每位成員每天的私訊（平均／最多）", "每位成员每天的私信（平均/最多）", "Direct messages per member and day (mean / most)";
    PromoCap: "推廣訊息：一天最多／上限／因此略過", "营销消息：一天最多/上限/因此跳过", "Promotional: most a day / cap / skipped for it";
    Quiet: "勿擾時段：延後（平均）", "免打扰时段：延后（平均）", "Quiet hours: held (mean)";
    UnaskedInQuiet: "勿擾時段內不請自來的訊息", "免打扰时段内不请自来的消息", "Unasked messages in quiet hours";
    AnswersInQuiet: "勿擾時段內對成員動作的即時回覆", "免打扰时段内对成员动作的即时回复", "Answers to members' own acts in quiet hours";
    DeadLetters: "無法處理的事件", "无法处理的事件", "Events that could not be handled";
    Comparison: "比較", "比较", "Comparison";
    ComparisonNote: "同樣的成員、同樣的種子。p 是雙比例檢定的雙尾 p 值；許多列一起看時，二十列裡大約有一列會偶然小於 0.05。", "同样的成员、同样的种子。p 是双比例检验的双尾 p 值；许多行一起看时，二十行里大约有一行会偶然小于 0.05。", "The same members, the same seed. p is the two-sided value of the two-proportion test; of many rows about one in twenty falls below 0.05 by chance.";
    Difference: "差", "差", "Difference";
    PercentPoints: "百分點", "百分点", "points";
    Timelines: "時間線", "时间线", "Timelines";
    TimelinesNote: "這裡有各種性格的成員，以及每種略過原因第一次出現的成員。所有人的時間線都在同一個資料夾的 members.txt。時間是成員自己的當地時間。", "这里有各种性格的成员，以及每种跳过原因第一次出现的成员。所有人的时间线都在同一个文件夹的 members.txt。时间是成员自己的当地时间。", "Members of every temperament, and whoever met a reason to skip first. Everybody's timeline is in members.txt in the same folder. Times are the member's own.";
    Others: "其他成員", "其他成员", "The other members";
    Member: "成員", "成员", "Member";
    Temper: "性格", "性格", "Temperament";
    Zone: "時區", "时区", "Zone";
    Joined: "加入", "加入", "Joined";
    Skipped: "略過", "跳过", "Skipped";
    PointsHead: "積分", "积分", "Points";
    Status: "狀態", "状态", "Status";
    Present: "在群", "在群", "member";
    Gone: "已離開", "已离开", "left";
    Unknown: "尚未加入", "尚未加入", "not yet joined";

    Eager: "積極", "积极", "eager";
    QuietOne: "安靜", "安静", "quiet";
    Sceptical: "懷疑", "怀疑", "sceptical";
    Leaver: "離開者", "离开者", "leaver";
    Returner: "回流者", "回流者", "returner";

    DidJoin: "加入", "加入", "joined";
    DidReturn: "回來了", "回来了", "came back";
    DidLeave: "離開", "离开", "left";
    DidPost: "發言", "发言", "posted";
    DidComment: "在主題裡留言", "在话题里留言", "commented on the topic";
    DidCheckIn: "簽到", "打卡", "checked in";
    DidReact: "按讚", "点赞", "reacted";
    DidRename: "把暱稱改成「行業-暱稱」", "把昵称改成“行业-昵称”", "took the name industry-name";
    DidOptOut: "退訂", "退订", "opted out";
    DidPress: "按了按鈕", "按了按钮", "pressed";
    DidFallSilent: "從此沉默", "从此沉默", "fell silent";
    DidTalkAgain: "又開始發言", "又开始发言", "talks again";

    Boring: "內容不感興趣", "内容不感兴趣", "content not for me";
    FewBenefits: "福利太少", "福利太少", "too few benefits";
    TooMuch: "訊息太多", "消息太多", "too many messages";
    OtherReason: "其他", "其他", "other";

    WasSent: "送達", "送达", "sent";
    WaitedQuiet: "勿擾時段延後", "免打扰时段延后", "held for quiet hours,";
    WaitedLate: "等待", "等待", "waited";
    StillWaits: "仍在等待", "仍在等待", "still waiting";
    MayHave: "可能送達", "可能送达", "may have arrived";
    WasRefused: "送不出去", "发送失败", "could not be sent";
    WasSkipped: "略過", "跳过", "skipped";
    Hours: "小時", "小时", "h";
    Minutes: "分", "分", "min";

    StepSent: "收到步驟", "收到步骤", "got step";
    StepAnswered: "回應步驟", "回应步骤", "responded to step";
    TaskDone: "完成任務", "完成任务", "did task";
    SentOf: "送出", "发送", "sent";
    SkippedFor: "略過", "跳过", "skipped";
    Said: "原因", "原因", "reason";
    MeanPoints: "每人積分", "人均积分", "points per member";
    MeanMessages: "每人每天私訊", "人均每天私信", "direct messages per member and day";
}

/// How somebody is.
pub(in crate::simulate) fn temperament(of: Temperament, locale: Locale) -> &'static str {
    match of {
        Temperament::Eager => Label::Eager,
        Temperament::Quiet => Label::QuietOne,
        Temperament::Sceptical => Label::Sceptical,
        Temperament::Leaver => Label::Leaver,
        Temperament::Returner => Label::Returner,
    }
    .get(locale)
}

/// What somebody did.
pub(in crate::simulate) fn act(act: &Act, locale: Locale) -> String {
    let label = match act {
        Act::Joined => Label::DidJoin,
        Act::Returned => Label::DidReturn,
        Act::Left => Label::DidLeave,
        Act::Posted => Label::DidPost,
        Act::Commented => Label::DidComment,
        Act::CheckedIn => Label::DidCheckIn,
        Act::Reacted => Label::DidReact,
        Act::Renamed => Label::DidRename,
        Act::OptedOut => Label::DidOptOut,
        Act::Pressed { value, .. } => return format!("{} {value}", Label::DidPress.get(locale)),
        Act::FellSilent => Label::DidFallSilent,
        Act::TalksAgain => Label::DidTalkAgain,
    };
    label.get(locale).to_owned()
}

/// What became of a message.
pub(in crate::simulate) fn outcome(outcome: &Outcome<'_>, locale: Locale) -> String {
    let waited = |label: Label, minutes: u64| {
        let (sent, why) = (Label::WasSent.get(locale), label.get(locale));
        format!("{sent} ({why} {})", duration(minutes, locale))
    };
    match outcome {
        Outcome::Sent => Label::WasSent.get(locale).to_owned(),
        Outcome::SentAfterQuietHours(minutes) => waited(Label::WaitedQuiet, *minutes),
        Outcome::SentLate(minutes) => waited(Label::WaitedLate, *minutes),
        Outcome::Waits => Label::StillWaits.get(locale).to_owned(),
        Outcome::Unknown(reason) => format!("{}: {reason}", Label::MayHave.get(locale)),
        Outcome::Failed(reason) => format!("{}: {reason}", Label::WasRefused.get(locale)),
        Outcome::Skipped(reason) => format!(
            "{}: {} ({})",
            Label::WasSkipped.get(locale),
            reason.name(),
            why_skipped(*reason, locale)
        ),
    }
}

/// What a reason to skip means.
pub(in crate::simulate) fn skip_reason(name: &str, locale: Locale) -> &'static str {
    SkipReason::from_name(name).map_or("", |reason| why_skipped(reason, locale))
}

/// Why somebody left, by the button's value.
pub(in crate::simulate) fn leave_reason(value: &str, locale: Locale) -> &'static str {
    let label = match LeaveReason::from_value(value) {
        Some(LeaveReason::BoringContent) => Label::Boring,
        Some(LeaveReason::FewBenefits) => Label::FewBenefits,
        Some(LeaveReason::TooMuchInfo) => Label::TooMuch,
        Some(LeaveReason::Other) | None => Label::OtherReason,
    };
    label.get(locale)
}

/// `9 h 20 min`.
pub(in crate::simulate) fn duration(minutes: u64, locale: Locale) -> String {
    let (h, min) = (Label::Hours.get(locale), Label::Minutes.get(locale));
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} {min}"),
        (hours, 0) => format!("{hours} {h}"),
        (hours, rest) => format!("{hours} {h} {rest} {min}"),
    }
}

/// What a row of a comparison is about.
pub(in crate::simulate) fn compared(what: &What, locale: Locale) -> String {
    let of = |label: Label, name: &str| format!("{} {name}", label.get(locale));
    match what {
        What::Sent(kind) => of(Label::SentOf, kind),
        What::Skipped(reason) => of(Label::SkippedFor, reason),
        What::StepSent(step) => of(Label::StepSent, step),
        What::StepAnswered(step) => of(Label::StepAnswered, step),
        What::Task(task) => of(Label::TaskDone, task),
        What::Left => Label::LeftMembers.get(locale).to_owned(),
        What::Answered => Label::SurveyAnswered.get(locale).to_owned(),
        What::Reason(reason) => of(Label::Said, leave_reason(reason, locale)),
        What::Returned => Label::Returned.get(locale).to_owned(),
        What::TalksAgain => Label::TalksAgain.get(locale).to_owned(),
        What::OptedOut => Label::OptedOut.get(locale).to_owned(),
        What::MessagesADay => Label::MeanMessages.get(locale).to_owned(),
        What::Points => Label::MeanPoints.get(locale).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_three_texts() {
        for label in Label::ALL {
            for locale in Locale::ALL {
                assert!(!label.get(locale).trim().is_empty(), "{label:?} {locale}");
            }
        }
    }

    #[test]
    fn a_duration_leaves_out_what_is_zero() {
        let texts = [0, 59, 60, 560].map(|minutes| duration(minutes, Locale::En));
        assert_eq!(texts, ["0 min", "59 min", "1 h", "9 h 20 min"]);
    }
}
