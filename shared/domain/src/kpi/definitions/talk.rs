//! Threads: how many there were, how many were a talk, and how long the first answer took.

use super::{Definition, Group, Unit};

pub(super) const TALK: &[Definition] = &[
    Definition::measured(
        "threads",
        Group::Conversation,
        Unit::Times,
        ["討論串", "话题串", "Threads"],
        [
            "本週開始、至少有一則回覆的訊息。LINE 與企業微信不告知討論串。",
            "本周开始、至少有一条回复的消息。LINE 与企业微信不告知话题串。",
            "Messages of the week that were answered at least once. LINE and WeCom tell of no threads.",
        ],
        |n| (n.talk.threads > 0).then_some(n.talk.threads as f64),
    ),
    Definition::measured(
        "quality_rate",
        Group::Conversation,
        Unit::Share,
        ["優質互動率", "优质互动率", "Quality interaction rate"],
        [
            "3 人以上參與，且有 5 則以上回覆或 30 分鐘內首次回覆的討論串 ÷ 全部討論串。平台未告知開始時間者，只看回覆數。",
            "3 人以上参与，且有 5 条以上回复或 30 分钟内首次回复的话题串 ÷ 全部话题串。平台未告知开始时间的，只看回复数。",
            "Threads with 3 members or more, and 5 replies or a first one within 30 minutes / threads. Where the platform does not tell when a thread began, only its replies decide.",
        ],
        |n| n.talk.quality_rate,
    )
    .over(["討論串數", "话题串数", "threads"], |n| n.talk.threads),
    Definition::measured(
        "first_reply",
        Group::Conversation,
        Unit::Minutes,
        ["首次回覆時間（中位數）", "首次回复时间（中位数）", "Median time to the first reply"],
        [
            "從討論串開始到別人第一次回覆的整分鐘數，取中位數；只計知道開始時間的討論串。",
            "从话题串开始到别人第一次回复的整分钟数，取中位数；只计知道开始时间的话题串。",
            "Median of the whole minutes from a thread's beginning to somebody else's first reply, where it is known when the thread began.",
        ],
        |n| n.talk.median_first_reply_minutes,
    )
    .over(
        ["知道開始時間且有人回覆的討論串", "知道开始时间且有人回复的话题串", "threads that somebody else answered, with a known beginning"],
        |n| n.talk.with_first_reply,
    ),
];
