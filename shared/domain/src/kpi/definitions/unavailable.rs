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
