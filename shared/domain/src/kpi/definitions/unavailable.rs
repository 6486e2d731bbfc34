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
        "conversion",
        ["轉化率", "转化率", "Conversion"],
        [
            "收到我們的訊息後 14 天內達成目標（訂單、報名、會員）的人 ÷ 收到的人。",
            "收到我们的消息后 14 天内达成目标（订单、报名、会员）的人 ÷ 收到的人。",
            "Members with a goal (order, sign-up, membership) within 14 days of a message of ours / members reached.",
        ],
        [
            "訂單尚未與之前的訊息對照；報名與會員資格沒有管道告知。",
            "订单尚未与之前的消息对照；报名与会员资格没有渠道告知。",
            "Orders are not held against the messages before them yet, and nothing tells of sign-ups and memberships.",
        ],
    ),
    missing(
        "link_clicks",
        ["連結點擊", "链接点击", "Link clicks"],
        [
            "點開我們訊息裡連結的次數。",
            "点开我们消息里链接的次数。",
            "How often links in our messages are opened.",
        ],
        [
            "連結直接指向目的地，中間沒有可計數的轉址；平台也不告知點擊。",
            "链接直接指向目的地，中间没有可计数的跳转；平台也不告知点击。",
            "Links lead straight to where they point, with nothing between that could count; platforms do not tell.",
        ],
    ),
    missing(
        "share_to_join",
        [
            "分享帶來的加入",
            "分享带来的加入",
            "Shares that bring members",
        ],
        [
            "因分享而加入的人 ÷ 分享次數。",
            "因分享而加入的人 ÷ 分享次数。",
            "Members who joined by a share / shares.",
        ],
        [
            "分享本身沒有代碼，無從得知誰因哪次分享而來。經連結加入的人數另見新人的來源。",
            "分享本身没有代码，无从得知谁因哪次分享而来。经链接加入的人数另见新人的来源。",
            "A share has no code, so that nothing tells who came by which. Who came by a link is among how newcomers came.",
        ],
    ),
    missing(
        "care_kept",
        ["關懷後留下", "关怀后留下", "Kept after care"],
        [
            "可能轉為沉默、聯絡後仍活躍的人 ÷ 聯絡過的人。",
            "可能转为沉默、联系后仍活跃的人 ÷ 联系过的人。",
            "Members at risk who were contacted and stayed active / contacted.",
        ],
        [
            "名單有，但聯絡由營運者自行進行，沒有記錄聯絡了誰。",
            "名单有，但联系由运营者自行进行，没有记录联系了谁。",
            "There is a list of them, but operators contact them on their own, and nothing records whom.",
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
