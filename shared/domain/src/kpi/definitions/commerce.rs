//! Orders and scores.

use super::{Definition, Group, Summed, Unit};
use crate::kpi::Numbers;
use crate::receipt::MIN_SCORED;

pub(super) const COMMERCE: &[Definition] = &[
    Definition::measured(
        "orders",
        Group::Commerce,
        Unit::Times,
        ["訂單", "订单", "Orders"],
        [
            "本週付款的訂單，不論幣別，按商店的訂單編號各計一次。到期末為止從沒有過訂單時不計。",
            "本周付款的订单，不论币种，按商店的订单编号各计一次。到期末为止从没有过订单时不计。",
            "Orders paid in the week, in whatever currency, each once by the shop's id. Absent until there was an order at all.",
        ],
        |n| n.orders.are_told().then_some(n.orders.orders as f64),
    )
    .summed(Summed::SumIfAny),
    Definition::measured(
        "revenue",
        Group::Commerce,
        Unit::Money,
        ["營收", "营收", "Revenue"],
        [
            "本週付款的訂單金額，只計社群幣別的訂單；社群沒有設定幣別時不計。",
            "本周付款的订单金额，只计社群币种的订单；社群没有设置币种时不计。",
            "What the orders paid in the week came to, of those in the community's currency. Absent where its file names none.",
        ],
        |n| n.orders.revenue(),
    )
    .summed(Summed::SumIfAny),
    Definition::measured(
        "average_order",
        Group::Commerce,
        Unit::Money,
        ["平均訂單金額", "客单价", "Average order"],
        [
            "營收 ÷ 本週社群幣別的訂單數。",
            "营收 ÷ 本周社群币种的订单数。",
            "Revenue / the week's orders in the community's currency.",
        ],
        |n| n.orders.average(),
    )
    .summed(Summed::Mean)
    .over(
        ["本週社群幣別的訂單", "本周社群币种的订单", "the week's orders in the currency"],
        |n| n.orders.paid,
    ),
    Definition::measured(
        "ltv",
        Group::Commerce,
        Unit::Money,
        ["至今顧客價值（LTV）", "至今客户价值（LTV）", "LTV so far"],
        [
            "期末成員中有過訂單的人至今的訂單總額（到報告產生為止）÷ 這些人的人數。",
            "期末成员中有过订单的人至今的订单总额（到报告生成为止）÷ 这些人的人数。",
            "What members at the end with an order ordered for in all, up to the making of the report / these members.",
        ],
        |n| n.orders.ltv(),
    )
    .summed(Summed::Last)
    .over(
        ["有過訂單的成員", "有过订单的成员", "members with an order"],
        |n| n.orders.with_order,
    ),
    Definition::measured(
        "paying_rate",
        Group::Commerce,
        Unit::Share,
        ["付費率", "付费率", "Paying rate"],
        [
            "期末成員中有過訂單的人 ÷ 期末成員數。",
            "期末成员中有过订单的人 ÷ 期末成员数。",
            "Members at the end with an order so far / members at the end.",
        ],
        |n| n.orders.paying_rate,
    )
    .summed(Summed::Last)
    .over(
        ["期末成員", "期末成员", "members at the end"],
        |n| n.members_total,
    ),
    Definition::measured(
        "repurchase_rate",
        Group::Commerce,
        Unit::Share,
        ["回購率", "复购率", "Repurchase rate"],
        [
            "期末成員中有第二筆訂單的人 ÷ 有過訂單的人。",
            "期末成员中有第二笔订单的人 ÷ 有过订单的人。",
            "Members at the end with a second order / with an order.",
        ],
        |n| n.orders.repurchase_rate,
    )
    .summed(Summed::Last)
    .over(
        ["有過訂單的成員", "有过订单的成员", "members with an order"],
        |n| n.orders.with_order,
    ),
    Definition::measured(
        "rfm_champion",
        Group::Commerce,
        Unit::Members,
        ["冠軍客戶", "冠军客户", "Champions"],
        [
            "期末成員中最近買、常買、買得多的人（RFM）。",
            "期末成员中最近买、常买、买得多的人（RFM）。",
            "Members at the end who bought lately, often and for much (RFM).",
        ],
        |n| group(n, "champion"),
    )
    .summed(Summed::Last),
    Definition::measured(
        "rfm_loyal",
        Group::Commerce,
        Unit::Members,
        ["忠實客戶", "忠实客户", "Loyal customers"],
        [
            "期末成員中常買的人（RFM）。",
            "期末成员中常买的人（RFM）。",
            "Members at the end who buy often (RFM).",
        ],
        |n| group(n, "loyal"),
    )
    .summed(Summed::Last),
    Definition::measured(
        "rfm_new_customer",
        Group::Commerce,
        Unit::Members,
        ["新客戶", "新客户", "New customers"],
        [
            "期末成員中最近買過一兩次的人（RFM）。",
            "期末成员中最近买过一两次的人（RFM）。",
            "Members at the end who bought lately, once or twice (RFM).",
        ],
        |n| group(n, "new-customer"),
    )
    .summed(Summed::Last),
    Definition::measured(
        "rfm_promising",
        Group::Commerce,
        Unit::Members,
        ["潛力客戶", "潜力客户", "Promising customers"],
        [
            "期末成員中前陣子買過一兩次的人（RFM）。",
            "期末成员中前阵子买过一两次的人（RFM）。",
            "Members at the end who bought once or twice, a while ago (RFM).",
        ],
        |n| group(n, "promising"),
    )
    .summed(Summed::Last),
    Definition::measured(
        "rfm_at_risk",
        Group::Commerce,
        Unit::Members,
        ["快流失的客戶", "即将流失的客户", "Customers at risk"],
        [
            "期末成員中好一陣子沒買，或曾是常客的人（RFM）。",
            "期末成员中好一阵子没买，或曾是常客的人（RFM）。",
            "Members at the end who have not bought for long, or were regulars once (RFM).",
        ],
        |n| group(n, "at-risk"),
    )
    .summed(Summed::Last),
    Definition::measured(
        "rfm_lost",
        Group::Commerce,
        Unit::Members,
        ["流失的客戶", "流失的客户", "Lost customers"],
        [
            "期末成員中很久以前買過一兩次的人（RFM）。",
            "期末成员中很久以前买过一两次的人（RFM）。",
            "Members at the end who bought once or twice, very long ago (RFM).",
        ],
        |n| group(n, "lost"),
    )
    .summed(Summed::Last),
    Definition::measured(
        "nps",
        Group::Commerce,
        Unit::Score,
        ["NPS", "NPS", "NPS"],
        [
            "本週 0–10 分的回答中，9–10 分的百分比減去 0–6 分的百分比。",
            "本周 0–10 分的回答中，9–10 分的百分比减去 0–6 分的百分比。",
            "Of the week's answers of 0 to 10: the percentage of 9 and 10 less that of 0 to 6.",
        ],
        |n| n.feedback.nps,
    )
    .over(
        [
            "回答 0–10 分的次數",
            "回答 0–10 分的次数",
            "answers of 0 to 10",
        ],
        |n| n.feedback.nps_answers,
    ),
    Definition::measured(
        "satisfaction",
        Group::Commerce,
        Unit::Share,
        ["滿意度", "满意度", "Satisfaction"],
        [
            "本週 1–5 分的回答中 4–5 分所占比例：活動後的提問，以及社群自己的提問。",
            "本周 1–5 分的回答中 4–5 分所占比例：活动后的提问，以及社群自己的提问。",
            "Of the week's answers of 1 to 5, the share of 4 and 5: to our question after an event, and to the community's own.",
        ],
        |n| n.feedback.satisfaction,
    )
    .over(
        ["回答 1–5 分的次數", "回答 1–5 分的次数", "answers of 1 to 5"],
        |n| n.feedback.star_answers,
    ),
    Definition::measured(
        "negative_share",
        Group::Commerce,
        Unit::Share,
        ["負評占比", "差评占比", "Negative share"],
        [
            "本週 NPS 0–6、1–2 星、👎 ÷ 全部評分，滿 20 則才計。",
            "本周 NPS 0–6、1–2 星、👎 ÷ 全部评分，满 20 条才计。",
            "NPS 0–6, 1–2 of 5 and 👎 / scored answers of the week, from 20 answers.",
        ],
        |n| n.feedback.negative_share,
    )
    .over(
        ["本週的評分", "本周的评分", "scored answers of the week"],
        |n| n.feedback.scored,
    ),
];

/// The definition says the number: it is to stay what it says.
const _: () = assert!(MIN_SCORED == 20);

/// Members in a group of customers; absent where the playbook asks for none, or nobody ever bought.
fn group(numbers: &Numbers, name: &str) -> Option<f64> {
    let orders = &numbers.orders;
    let count = orders.rfm.get(name).filter(|_| orders.with_order > 0);
    count.map(|count| *count as f64)
}
