//! Check-in, the newcomers' plan, win-back.

use super::{Definition, Group, Summed, Unit};

pub(super) const CHECK_IN: &[Definition] = &[
    Definition::measured(
        "check_in_rate",
        Group::CheckIn,
        Unit::Share,
        ["簽到率", "打卡率", "Check-in rate"],
        ["本週簽過到的人 ÷ 平均成員數。", "本周打过卡的人 ÷ 平均成员数。", "Members who checked in in the week / mean members."],
        |n| n.check_in_rate,
    )
    .over_mean_members(),
    Definition::measured(
        "check_ins",
        Group::CheckIn,
        Unit::Times,
        ["簽到次數", "打卡次数", "Check-ins"],
        ["本週的簽到，每人每天至多一次。", "本周的打卡，每人每天最多一次。", "Check-ins of the week, at most one a member and day."],
        |n| Some(n.check_ins as f64),
    ),
    Definition::measured(
        "mean_streak",
        Group::CheckIn,
        Unit::Days,
        ["平均連續簽到", "平均连续打卡", "Mean streak"],
        [
            "期末仍在連續簽到的成員，其連續天數的平均。天數按成員自己的時區計算。",
            "期末仍在连续打卡的成员，其连续天数的平均。天数按成员自己的时区计算。",
            "Mean days of the streaks that members have at the end. Streaks are in the member's own days.",
        ],
        |n| n.mean_streak,
    ).summed(Summed::Last)
    .over(["期末連續簽到中的人", "期末连续打卡中的人", "members with a streak at the end"], |n| n.streaks),
    Definition::measured(
        "streaks_ge_7",
        Group::CheckIn,
        Unit::Members,
        ["連續簽到 7 天以上", "连续打卡 7 天以上", "Streaks of 7 days or more"],
        ["期末連續簽到達 7 天以上的成員。", "期末连续打卡达 7 天以上的成员。", "Members with a streak of at least 7 days at the end."],
        |n| Some(n.streaks_ge_7 as f64),
    ).summed(Summed::Last),
];

pub(super) const JOURNEYS: &[Definition] = &[
    Definition::measured(
        "onboarding_started",
        Group::Journeys,
        Unit::Members,
        ["新人計劃開始", "新人计划开始", "Onboarding started"],
        ["本週開始 7 天成長計劃的人。", "本周开始 7 天成长计划的人。", "Began the 7-day plan this week."],
        |n| Some(n.onboarding.started as f64),
    ),
    Definition::measured(
        "onboarding_finished",
        Group::Journeys,
        Unit::Members,
        ["新人計劃走完", "新人计划走完", "Onboarding finished"],
        ["本週走完計劃全部步驟的人，不論何時開始。", "本周走完计划全部步骤的人，不论何时开始。", "Came through all steps of the plan this week, whenever begun."],
        |n| Some(n.onboarding.finished as f64),
    ),
    Definition::measured(
        "win_back_opened",
        Group::Journeys,
        Unit::Members,
        ["新開挽回", "新开挽回", "Win-back cases opened"],
        ["本週自行離開或原因不明、因而開始挽回的人。", "本周主动退出或原因不明、因而开始挽回的人。", "Left this week by their own will or for no known reason, so that a case was opened."],
        |n| Some(n.win_back.opened as f64),
    ),
    Definition::measured(
        "reachable",
        Group::Journeys,
        Unit::Members,
        ["可觸達", "可触达", "Reachable"],
        ["新開挽回之中，平台還能聯絡到的人。", "新开挽回之中，平台还能联系到的人。", "Of the cases opened, those whom the platform can still reach."],
        |n| Some(n.win_back.reachable as f64),
    ),
    Definition::measured(
        "win_back_surveyed",
        Group::Journeys,
        Unit::Members,
        ["已發離開問卷", "已发退出问卷", "Surveyed"],
        [
            "新開挽回之中，問卷已發出的人，不論後來回答、回來、拒收或期滿。問卷到期前就回來的、還沒回答就聯絡不到的不計。",
            "新开挽回之中，问卷已发出的人，不论后来回答、回来、拒收还是期满。问卷到期前就回来的、还没回答就联系不到的不计。",
            "Of the cases opened, those whose survey went out, whether they then answered, came back, wanted no messages or were not back in time. Who came back before it was due does not count, nor who turned out not to be reachable before they answered.",
        ],
        |n| Some(n.win_back.surveyed as f64),
    ),
    Definition::measured(
        "win_back_answered",
        Group::Journeys,
        Unit::Members,
        ["已答問卷", "已答问卷", "Survey answered"],
        ["已發問卷之中回答的人。", "已发问卷之中回答的人。", "Of the surveyed, those who answered."],
        |n| Some(n.win_back.answered as f64),
    ),
    Definition::measured(
        "won_back",
        Group::Journeys,
        Unit::Members,
        ["挽回成功", "挽回成功", "Won back"],
        ["本週回來的人，不論何時離開。", "本周回来的人，不论何时离开。", "Came back this week, whenever they had left."],
        |n| Some(n.win_back.won as f64),
    ),
    Definition::measured(
        "won_back_rate",
        Group::Journeys,
        Unit::Share,
        ["挽回率", "挽回率", "Win-back rate"],
        [
            "挽回成功 ÷ 本週結案（回來，或期滿未歸）。聯絡不到的人不在其中。",
            "挽回成功 ÷ 本周结案（回来，或期满未归）。联系不到的人不在其中。",
            "Won back / cases closed this week, by a return or because the time is over. Who cannot be reached is left out.",
        ],
        |n| n.win_back.won_rate,
    )
    .over(["本週結案數", "本周结案数", "cases closed this week"], |n| n.win_back.won + n.win_back.lost),
    Definition::measured(
        "cases_overdue",
        Group::Journeys,
        Unit::Times,
        ["逾時個案", "超时个案", "Cases overdue"],
        [
            "期末還沒結案、已超過劇本時限的個案，不論有沒有人接手。",
            "期末还没结案、已超过剧本时限的个案，不论有没有人接手。",
            "Cases that at the end have waited for a person longer than the playbook allows.",
        ],
        |n| Some(n.cases_overdue as f64),
    ).summed(Summed::Last),
    Definition::measured(
        "days_to_return",
        Group::Journeys,
        Unit::Days,
        ["回歸所需天數（中位數）", "回归所需天数（中位数）", "Median days to return"],
        ["挽回成功者從離開到回來的整天數，取中位數。", "挽回成功者从退出到回来的整天数，取中位数。", "Median of whole days from leave to return, of those won back."],
        |n| n.win_back.median_days_to_return,
    )
    .over(["挽回成功人數", "挽回成功人数", "won back"], |n| n.win_back.won),
    Definition::measured(
        "invited_30",
        Group::Journeys,
        Unit::Members,
        ["受邀加入", "受邀加入", "Came by invitation"],
        ["近 30 天首次加入、由成員邀請的人。", "近 30 天首次加入、由成员邀请的人。", "First seen in the last 30 days and invited by a member."],
        |n| Some(n.invited_30 as f64),
    ).summed(Summed::Last),
    Definition::measured(
        "invitation_k",
        Group::Journeys,
        Unit::Factor,
        ["邀請係數 K", "邀请系数 K", "Invitations K"],
        [
            "近 30 天受邀加入的人 ÷ 30 天前的成員數，即邀請者比例 × 每人邀請數 × 接受率；從未有人受邀加入時不計。",
            "近 30 天受邀加入的人 ÷ 30 天前的成员数，即邀请者比例 × 人均邀请数 × 接受率；从未有人受邀加入时不计。",
            "Came by invitation in the last 30 days / members 30 days ago: the product of the share who invite, invitations each and acceptance. Absent until anybody came by one.",
        ],
        |n| n.invitation_k,
    ).summed(Summed::Last)
    .over(["30 天前的成員", "30 天前的成员", "members 30 days ago"], |n| n.members_before_30),
];
