//! Numbers that the plans ask for and that cannot be told yet, each with the reason.

use super::{Definition, Group, Source, Summed, Unit};
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
        summed: Summed::Last,
    }
}

const NEEDS_SCORES: [&str; 3] = [
    "活動後的評分尚未收進數字。",
    "活动后的评分尚未计入。",
    "Scores after events are not collected into the numbers yet.",
];
pub(super) const UNAVAILABLE: &[Definition] = &[
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
        "satisfaction",
        ["滿意度", "满意度", "Satisfaction"],
        [
            "活動後 4–5 分的比例。",
            "活动后 4–5 分的比例。",
            "Share of 4–5 of 5 after events.",
        ],
        NEEDS_SCORES,
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
