//! Numbers that the plans ask for and that cannot be told yet, each with the reason.

use super::{Definition, Group, Source, Unit};
use crate::kpi::words::Words;

const fn missing(
    key: &'static str,
    name: [&'static str; 3],
    definition: [&'static str; 3],
    reason: [&'static str; 3],
) -> Definition {
    Definition {
        key,
        group: Group::Unavailable,
        name: Words(name),
        definition: Words(definition),
        denominator: None,
        unit: Unit::Share,
        source: Source::Unavailable(Words(reason)),
    }
}

const NEEDS_SCORES: [&str; 3] = [
    "評分尚未收進數字。",
    "评分尚未计入。",
    "Scores are not collected into the numbers yet.",
];
const NEEDS_ORDERS: [&str; 3] = [
    "訂單尚未收進數字。",
    "订单尚未计入。",
    "Orders are not collected into the numbers yet.",
];
const NEEDS_CARE: [&str; 3] = [
    "尚未發送喚醒訊息。",
    "尚未发送唤醒消息。",
    "Wake-ups are not sent yet.",
];

pub(super) const UNAVAILABLE: &[Definition] = &[
    missing(
        "quality_rate",
        ["優質互動率", "优质互动率", "Quality interaction rate"],
        [
            "3 人以上參與，且有 5 則以上回覆或 30 分鐘內首次回覆的討論串 ÷ 全部討論串。",
            "3 人以上参与，且有 5 条以上回复或 30 分钟内首次回复的话题 ÷ 全部话题。",
            "Threads with 3 members or more, and 5 replies or a first one within 30 minutes / threads.",
        ],
        [
            "需要討論串，目前未記錄。",
            "需要话题串，目前未记录。",
            "Needs threads, which are not recorded yet.",
        ],
    ),
    missing(
        "own_content",
        ["原創內容占比", "原创内容占比", "Members' own content"],
        [
            "成員自己的內容 ÷ 全部內容。",
            "成员自己的内容 ÷ 全部内容。",
            "Content by members / all content.",
        ],
        [
            "需要訊息類型，目前未記錄。",
            "需要消息类型，目前未记录。",
            "Needs the kind of messages, which is not recorded yet.",
        ],
    ),
    missing(
        "recall",
        ["喚醒率", "唤醒率", "Recall"],
        [
            "收到喚醒後 7 天內活動的人 ÷ 收到喚醒的人。",
            "收到唤醒后 7 天内活动的人 ÷ 收到唤醒的人。",
            "Active within 7 days of a delivered wake-up / delivered.",
        ],
        NEEDS_CARE,
    ),
    missing(
        "satisfaction",
        ["滿意度", "满意度", "Satisfaction"],
        [
            "活動後 4–5 分的比例；另有 NPS。",
            "活动后 4–5 分的比例；另有 NPS。",
            "Share of 4–5 of 5 after events; NPS beside it.",
        ],
        NEEDS_SCORES,
    ),
    missing(
        "negative_share",
        ["負評占比", "差评占比", "Negative share"],
        [
            "NPS 0–6、1–2 星、👎 ÷ 全部評分，滿 20 則才計。",
            "NPS 0–6、1–2 星、👎 ÷ 全部评分，满 20 条才计。",
            "NPS 0–6, 1–2 of 5 and 👎 / scored answers, from 20 answers.",
        ],
        NEEDS_SCORES,
    ),
    missing(
        "paying_rate",
        ["付費率", "付费率", "Paying rate"],
        [
            "有訂單的成員 ÷ 成員數。",
            "有订单的成员 ÷ 成员数。",
            "Members with an order / members.",
        ],
        NEEDS_ORDERS,
    ),
    missing(
        "repurchase_rate",
        ["回購率", "复购率", "Repurchase rate"],
        [
            "有第二筆訂單的人 ÷ 有訂單的人。",
            "有第二笔订单的人 ÷ 有订单的人。",
            "With a second order / with an order.",
        ],
        NEEDS_ORDERS,
    ),
    missing(
        "reading_time",
        ["閱讀時間", "阅读时长", "Time spent reading"],
        [
            "成員停留與閱讀的時間。",
            "成员停留和阅读的时长。",
            "How long members stay and read.",
        ],
        [
            "聊天平台不透過 webhook 告知閱讀，無法量測。",
            "聊天平台不通过 webhook 告知阅读，无法测量。",
            "Chat platforms do not tell by webhook what is read: it cannot be measured.",
        ],
    ),
];
