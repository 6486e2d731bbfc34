//! Members, activity, conversation, silence.

use super::{Definition, Group, Summed, Unit};
use crate::kpi::numbers::Numbers;

pub(super) const GROWTH: &[Definition] = &[
    Definition::measured(
        "members_total",
        Group::Growth,
        Unit::Members,
        ["成員數", "成员数", "Members"],
        [
            "期末仍在社群的人。除「成員內容占比」外，工作人員與機器人不列入任何數字。",
            "期末仍在社群的人。除“成员内容占比”外，工作人员和机器人不计入任何数字。",
            "In the community at the end. Staff and bots are in no number but members' own content.",
        ],
        |n| Some(n.members_total as f64),
    )
    .summed(Summed::Last),
    Definition::measured(
        "new",
        Group::Growth,
        Unit::Members,
        ["新增", "新增", "New"],
        [
            "本週第一次出現的人；離開後再回來的不算新增。",
            "本周第一次出现的人；离开后再回来的不算新增。",
            "Seen for the first time this week; who comes back is not new.",
        ],
        |n| Some(n.new as f64),
    ),
    Definition::measured(
        "left",
        Group::Growth,
        Unit::Members,
        ["離開", "流失", "Left"],
        [
            "週初還在（或本週才加入），期末已離開的人，不論自行離開或被移出。",
            "周初还在（或本周刚加入），期末已离开的人，不论主动退出还是被移出。",
            "Members at the start, or new this week, who are gone at the end, by their own will or removed.",
        ],
        |n| Some(n.left as f64),
    ),
    Definition::measured(
        "returned",
        Group::Growth,
        Unit::Members,
        ["回歸", "回归", "Returned"],
        [
            "週初已離開，期末又是成員的人。新增＋回歸−離開＝成員數的變化。",
            "周初已离开，期末又是成员的人。新增＋回归−流失＝成员数的变化。",
            "Gone at the start, members again at the end. New + returned − left is the change of members.",
        ],
        |n| Some(n.returned as f64),
    ),
    Definition::measured(
        "net_growth",
        Group::Growth,
        Unit::Share,
        ["淨增長率", "净增长率", "Net growth"],
        [
            "（新增−離開）÷ 週初成員數。回歸另計，不在其中。",
            "（新增−流失）÷ 周初成员数。回归另计，不含在内。",
            "(New − left) / members at the start. Returns are counted apart.",
        ],
        |n| n.net_growth,
    )
    .summed(Summed::Growth)
    .over(
        [
            "週初成員數",
            "周初成员数",
            "members at the start of the week",
        ],
        |n| n.members_start,
    ),
];

pub(super) const ACTIVITY: &[Definition] = &[
    Definition::measured(
        "mean_dau",
        Group::Activity,
        Unit::MeanMembers,
        ["平均日活躍", "平均日活", "Mean DAU"],
        [
            "每天有活動的人數，取本週有觀察的各天平均。活動＝發言、表情回應、簽到、回答問卷、按按鈕；加入與離開不算。",
            "每天有活动的人数，取本周有观察的各天平均。活动＝发言、表情回应、打卡、回答问卷、点按钮；加入和退出不算。",
            "Members active on a day, mean of the observed days. Active = message, reaction, check-in, survey or button answer; joining and leaving are not.",
        ],
        |n| n.mean_dau,
    ),
    Definition::measured(
        "wau",
        Group::Activity,
        Unit::Members,
        ["週活躍", "周活", "WAU"],
        [
            "本週至少活動過一天的人。",
            "本周至少活动过一天的人。",
            "Active on at least one day of the week.",
        ],
        |n| Some(n.wau as f64),
    )
    .summed(Summed::Mean),
    Definition::measured(
        "mau30",
        Group::Activity,
        Unit::Members,
        ["30 日活躍", "30 日活跃", "MAU30"],
        [
            "截至期末的 30 天內活動過的人。",
            "截至期末的 30 天内活动过的人。",
            "Active in the 30 days up to the end.",
        ],
        |n| Some(n.mau30 as f64),
    )
    .summed(Summed::Last),
    Definition::measured(
        "stickiness",
        Group::Activity,
        Unit::Share,
        ["黏著度", "粘性", "Stickiness (DAU/MAU)"],
        [
            "平均日活躍 ÷ 30 日活躍：一個月內來過的人，平均一天會來多少。",
            "平均日活 ÷ 30 日活跃：一个月内来过的人，平均一天会来多少。",
            "Mean DAU / MAU30: of those who come at all in a month, how many come on a day.",
        ],
        |n| n.stickiness,
    )
    .over(["30 日活躍人數", "30 日活跃人数", "MAU30"], |n| {
        n.mau30
    }),
    Definition::measured(
        "dau_share",
        Group::Activity,
        Unit::Share,
        ["日活率", "日活率", "Daily active share"],
        [
            "平均日活躍 ÷ 平均成員數。",
            "平均日活 ÷ 平均成员数。",
            "Mean DAU / mean members.",
        ],
        |n| n.dau_share,
    )
    .over_mean_members(),
    Definition::measured(
        "wau_share",
        Group::Activity,
        Unit::Share,
        ["週活率", "周活率", "Weekly active share"],
        [
            "週活躍 ÷ 平均成員數。",
            "周活 ÷ 平均成员数。",
            "WAU / mean members.",
        ],
        |n| n.wau_share,
    )
    .over_mean_members(),
    Definition::measured(
        "mau_share",
        Group::Activity,
        Unit::Share,
        ["月活率", "月活率", "Monthly active share"],
        [
            "30 日活躍 ÷ 平均成員數。",
            "30 日活跃 ÷ 平均成员数。",
            "MAU30 / mean members.",
        ],
        |n| n.mau_share,
    )
    .summed(Summed::Last)
    .over_mean_members(),
];

pub(super) const CONVERSATION: &[Definition] = &[
    Definition::measured(
        "speaking_rate",
        Group::Conversation,
        Unit::Share,
        ["發言率", "发言率", "Speaking rate"],
        ["本週發過言的人 ÷ 平均成員數。", "本周发过言的人 ÷ 平均成员数。", "Members who posted in the week / mean members."],
        |n| n.speaking_rate,
    )
    .over_mean_members(),
    Definition::measured(
        "interaction_rate",
        Group::Conversation,
        Unit::Share,
        ["日互動率", "日互动率", "Daily interaction rate"],
        [
            "每天發言、表情回應或分享的人 ÷ 平均成員數，取各天平均。只有標準介面會告知分享。",
            "每天发言、表情回应或分享的人 ÷ 平均成员数，取各天平均。只有标准接口会告知分享。",
            "Members who posted, reacted or shared on a day / mean members, mean of the observed days. Only the standard interface tells of shares.",
        ],
        |n| n.interaction_rate,
    )
    .over_mean_members(),
    Definition::measured(
        "messages",
        Group::Conversation,
        Unit::Messages,
        ["訊息數", "消息数", "Messages"],
        [
            "本週的訊息。關鍵字簽到不算訊息；已離開的人的訊息也計入。",
            "本周的消息。关键词打卡不算消息；已退出的人的消息也计入。",
            "Messages of the week. A keyword check-in is not a message; those of leavers count.",
        ],
        |n| Some(n.messages as f64),
    ),
    Definition::measured(
        "messages_per_1000",
        Group::Conversation,
        Unit::MessagesPer,
        ["每千人每日訊息", "每千人每日消息", "Messages per 1,000 a day"],
        [
            "訊息數 ÷ 平均成員數 ÷ 觀察天數 × 1,000。",
            "消息数 ÷ 平均成员数 ÷ 观察天数 × 1,000。",
            "Messages / mean members / observed days × 1,000.",
        ],
        |n| n.messages_per_1000,
    )
    .over_mean_members(),
    Definition::measured(
        "messages_per_active",
        Group::Conversation,
        Unit::MessagesPer,
        ["活躍者人均訊息", "活跃者人均消息", "Messages per active member"],
        ["訊息數 ÷ 週活躍。", "消息数 ÷ 周活。", "Messages / WAU."],
        |n| n.messages_per_active,
    )
    .over(["週活躍人數", "周活人数", "WAU"], |n| n.wau),
    Definition::measured(
        "own_content",
        Group::Conversation,
        Unit::Share,
        ["成員內容占比", "成员内容占比", "Members' own content"],
        [
            "成員的訊息 ÷ 成員與工作人員的全部訊息；機器人的不算。不知道誰是工作人員時，沒有這個數字。",
            "成员的消息 ÷ 成员与工作人员的全部消息；机器人的不算。不知道谁是工作人员时，没有这个数字。",
            "Messages by members / by members and staff; those of bots don't count. Absent where nobody is known to be staff.",
        ],
        |n| n.own_content,
    )
    .over(
        ["成員與工作人員的訊息", "成员与工作人员的消息", "messages by members and staff"],
        Numbers::messages_of_all,
    ),
    Definition::measured(
        "reactions",
        Group::Conversation,
        Unit::Times,
        ["表情回應", "表情回应", "Reactions"],
        ["本週的表情回應；收回的不扣除。", "本周的表情回应；撤回的不扣除。", "Reactions of the week; those taken back are not subtracted."],
        |n| Some(n.reactions as f64),
    ),
];

pub(super) const SILENCE: &[Definition] = &[
    Definition::measured(
        "silent30",
        Group::Silence,
        Unit::Members,
        ["沉默成員", "沉默成员", "Silent members"],
        [
            "加入滿 30 天、最近 30 天沒有任何活動的成員；不含已離開的人。",
            "加入满 30 天、最近 30 天没有任何活动的成员；不含已退出的人。",
            "Members for 30 days or more without any activity in the last 30; leavers are left out.",
        ],
        |n| Some(n.silent30 as f64),
    ).summed(Summed::Last),
    Definition::measured(
        "silent30_share",
        Group::Silence,
        Unit::Share,
        ["沉默率", "沉默率", "Silent share"],
        [
            "沉默成員 ÷ 期末成員數。",
            "沉默成员 ÷ 期末成员数。",
            "Silent members / members at the end.",
        ],
        |n| n.silent30_share,
    ).summed(Summed::Last)
    .over(
        ["期末成員數", "期末成员数", "members at the end"],
        |n| n.members_total,
    ),
    Definition::measured(
        "silent30_incl_new",
        Group::Silence,
        Unit::Members,
        [
            "沉默成員（含新人）",
            "沉默成员（含新人）",
            "Silent members, newcomers included",
        ],
        [
            "成員數 − 30 日活躍。已離開卻仍有活動的人多時可能為負。",
            "成员数 − 30 日活跃。已退出却仍有活动的人多时可能为负。",
            "Members − MAU30. May be negative where leavers are still active.",
        ],
        |n| Some(n.silent30_incl_new as f64),
    ).summed(Summed::Last),
    Definition::measured(
        "prev30_active",
        Group::Silence,
        Unit::Members,
        [
            "前 30 天活躍",
            "前 30 天活跃",
            "Active in the 30 days before",
        ],
        [
            "再往前的 30 天（期末前第 59 至第 30 天）活動過的人。",
            "再往前的 30 天（期末前第 59 至第 30 天）活动过的人。",
            "Active in the 30 days before the last 30 (59 to 30 days before the end).",
        ],
        |n| Some(n.prev30_active as f64),
    ).summed(Summed::Last),
    Definition::measured(
        "churned30",
        Group::Silence,
        Unit::Members,
        ["30 日流失人數", "30 日流失人数", "Churned"],
        [
            "前 30 天活躍、最近 30 天卻沒有活動的人；不一定已離開。",
            "前 30 天活跃、最近 30 天却没有活动的人；不一定已退出。",
            "Active in the 30 days before and not in the last 30; they need not have left.",
        ],
        |n| Some(n.churned30 as f64),
    ).summed(Summed::Last),
    Definition::measured(
        "churn30",
        Group::Silence,
        Unit::Share,
        ["30 日流失率", "30 日流失率", "30-day churn"],
        [
            "30 日流失人數 ÷ 前 30 天活躍。",
            "30 日流失人数 ÷ 前 30 天活跃。",
            "Churned / active in the 30 days before.",
        ],
        |n| n.churn30,
    ).summed(Summed::Last)
    .over(
        [
            "前 30 天活躍人數",
            "前 30 天活跃人数",
            "active in the 30 days before",
        ],
        |n| n.prev30_active,
    ),
    Definition::measured(
        "at_risk",
        Group::Silence,
        Unit::Members,
        ["可能轉為沉默", "可能转为沉默", "At risk"],
        [
            "最近 30 天活躍過、接下來 30 天很可能不再出現的成員（劇本 [risk] 的評分高於 70%）。",
            "最近 30 天活跃过、接下来 30 天很可能不再出现的成员（剧本 [risk] 的评分高于 70%）。",
            "Members active in the last 30 days who are likely not to be in the next 30 (the score of the playbook's [risk] is above 70%).",
        ],
        |n| Some(n.at_risk as f64),
    ).summed(Summed::Last),
    Definition::measured(
        "at_risk_share",
        Group::Silence,
        Unit::Share,
        ["流失風險占比", "流失风险占比", "Share at risk"],
        ["可能轉為沉默 ÷ 最近 30 天活躍的成員。", "可能转为沉默 ÷ 最近 30 天活跃的成员。", "At risk / members active in the last 30 days."],
        |n| n.at_risk_share,
    ).summed(Summed::Last)
    .over(
        [
            "最近 30 天活躍的成員",
            "最近 30 天活跃的成员",
            "members active in the last 30 days",
        ],
        |n| n.scored,
    ),
    Definition::measured(
        "recall",
        Group::Silence,
        Unit::Share,
        ["喚醒率", "唤醒率", "Recall"],
        [
            "前一週收到喚醒訊息、次日起 7 天內活動過的人 ÷ 前一週喚醒的人。當天不算：分不出在訊息之前或之後。決定時就略過的不算喚醒。",
            "前一周收到唤醒消息、次日起 7 天内活动过的人 ÷ 前一周唤醒的人。当天不算：分不出在消息之前还是之后。决定时就跳过的不算唤醒。",
            "Woken up in the week before and active in the 7 days after that day / woken up in the week before. The day itself does not count: it is not told what was before the message. A wake-up that was skipped when it was decided is none.",
        ],
        |n| n.recall,
    )
    .over(
        ["前一週喚醒的人", "前一周唤醒的人", "woken up in the week before"],
        |n| n.woken,
    ),
];
