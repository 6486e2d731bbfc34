//! "Why was this not sent?": what became of a message, in words that an operator can act on.

use jiff::Timestamp;

use crate::days::Zone;
use crate::ids::Owner;
use crate::kpi::Words;
use crate::locale::Locale;
use crate::message::{HeldFor, MAX_ATTEMPTS, Message, SkipReason, State, To};
use crate::playbook::Class;

/// One thing to say, with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about, in a word or two.
    pub label: &'static str,
    /// A sentence, or a value.
    pub text: String,
}

/// Everything there is to say about a message, in one language, with instants in one zone.
pub fn lines(message: &Message, zone: &Zone, locale: Locale) -> Vec<Line> {
    let teller = Teller { zone, locale };
    let line = |label: Words, text: String| Line {
        label: label.get(locale),
        text,
    };
    let (state, advice) = teller.state(&message.state);
    let mut lines = vec![
        line(MESSAGE, format!("{} ({})", message.id, message.kind)),
        line(WHAT, teller.what(message)),
        line(DECIDED, teller.time(message.created)),
        line(STATE, format!("{}: {state}", message.state.name())),
    ];
    if message.attempt > 0 {
        let most = MAX_ATTEMPTS;
        lines.push(line(ATTEMPTS, format!("{} / {most}", message.attempt)));
    }
    if let Some(since) = message.doubt {
        lines.push(line(DOUBT, teller.time(since)));
    }
    if let Some(expires) = message.expires {
        lines.push(line(EXPIRES, teller.time(expires)));
    }
    if let Some(id) = &message.platform_id {
        lines.push(line(PLATFORM_ID, id.clone()));
    }
    lines.push(line(TO_DO, advice.get(locale).to_owned()));
    lines
}

/// Speaks one language, in one zone.
struct Teller<'a> {
    zone: &'a Zone,
    locale: Locale,
}

impl Teller<'_> {
    fn time(&self, at: Timestamp) -> String {
        let local = self.zone.local(at).strftime("%Y-%m-%d %H:%M:%S");
        format!("{local} ({})", self.zone.name())
    }

    /// What kind of message it is, and whose.
    fn what(&self, message: &Message) -> String {
        let class = match message.class {
            Class::Answer => ANSWER,
            Class::Service => SERVICE,
            Class::Promo => PROMO,
            Class::Ops => OPS,
        };
        let to = match &message.to {
            To::Member(_) => TO_MEMBER,
            To::Channel(_) => TO_CHANNEL,
        };
        let whom = match (&message.to, message.id.owner()) {
            (To::Channel(channel), _) => channel.to_string(),
            (To::Member(_), Owner::Member(member)) | (To::Member(member), Owner::Community) => {
                member.to_string()
            }
        };
        let version = VERSION
            .get(self.locale)
            .replace("{version}", &message.playbook.to_string());
        let to = to.get(self.locale).replace("{whom}", &whom);
        format!("{} · {to} · {version}", class.get(self.locale))
    }

    /// What the state means, and what can be done about it.
    fn state(&self, state: &State) -> (String, Words) {
        match state {
            State::Pending { not_before: None } => (self.say(PENDING, None, ""), WAIT_A_MINUTE),
            State::Pending {
                not_before: Some(at),
            } => (self.say(PENDING_UNTIL, Some(*at), ""), NOTHING),
            State::Held { until, why } => {
                let (held, to_do) = held(*why);
                (self.say(held, Some(*until), ""), to_do)
            }
            State::Sending { lease } => (self.say(SENDING, Some(*lease), ""), WAIT_A_MINUTE),
            State::Sent { at } => (self.say(SENT, Some(*at), ""), NOTHING),
            State::Accepted { at } => (self.say(ACCEPTED, Some(*at), ""), NOTHING),
            State::Awaiting { since, .. } => (self.say(AWAITING, Some(*since), ""), TAP_SEND),
            State::Unknown { at, reason } => (self.say(UNKNOWN, Some(*at), reason), UNKNOWN_TO_DO),
            State::Failed { at, reason } => (self.say(FAILED, Some(*at), reason), FAILED_TO_DO),
            State::Skipped { at, reason } => {
                let when = self.say(SKIPPED, Some(*at), reason.name());
                let why = skipped(*reason).get(self.locale);
                (format!("{when} {why}"), advice(*reason))
            }
        }
    }

    fn say(&self, words: Words, at: Option<Timestamp>, reason: &str) -> String {
        let at = at.map(|at| self.time(at)).unwrap_or_default();
        let text = words.get(self.locale);
        text.replace("{at}", &at).replace("{reason}", reason)
    }
}

/// Why a message was not sent, in a sentence.
pub fn skipped(reason: SkipReason) -> Words {
    match reason {
        SkipReason::FrequencyCap => Words([
            "成員當天收到的推廣訊息已達上限。",
            "成员当日收到的营销消息已达上限。",
            "The member had as many promotional messages that day as the playbook allows.",
        ]),
        SkipReason::OptedOut => Words([
            "成員已退訂，不想再收到訊息。",
            "成员已退订，不希望再收到消息。",
            "The member asked for no more messages.",
        ]),
        SkipReason::Unreachable => Words([
            "平台送不到這位成員：可能封鎖了機器人、已離開，或平台不允許主動私訊。",
            "平台无法触达该成员：可能已屏蔽机器人、已退群，或平台不允许主动私信。",
            "The platform can't reach the member: they blocked the bot, left, or may not be written to first.",
        ]),
        SkipReason::Expired => Words([
            "輪到它時已經太晚，送出反而奇怪。",
            "轮到发送时已过时效，再发送反而突兀。",
            "When its turn came it was too late to make sense.",
        ]),
        SkipReason::NoLongerApplies => Words([
            "情況已變：成員離開、回來，或成了營運人員。",
            "情况已变：成员已退出、已返回，或成为运营人员。",
            "What it was about is over: the member left, came back, or became staff.",
        ]),
        SkipReason::TaskDone => Words([
            "它要請成員做的任務，成員已經做完了。",
            "其中的任务成员已经完成。",
            "The member has done the task it asks for.",
        ]),
        SkipReason::Erased => Words([
            "成員的資料已刪除。",
            "该成员的数据已删除。",
            "The member was erased.",
        ]),
        SkipReason::NoContent => Words([
            "社群沒有適合這位成員的內容可送。",
            "社群没有适合该成员的内容可发送。",
            "The community has no content for it.",
        ]),
        SkipReason::NoGift => Words([
            "社群沒有設定禮包，或禮包沒有可用的代碼。",
            "社群未配置礼包，或礼包没有可用的兑换码。",
            "The community has no gift, or the gift has no code.",
        ]),
        SkipReason::NotPossible => Words([
            "這個平台不能這樣傳送。",
            "该平台不支持这样发送。",
            "The platform has no way to send this.",
        ]),
        SkipReason::PlatformQuota => Words([
            "平台這段時間允許的訊息數已經用完。",
            "平台在此时段允许的消息数已用完。",
            "The platform allows no more messages in this time.",
        ]),
        SkipReason::Duplicate => Words([
            "同一刻剛寫了同樣內容的訊息，不重複送。",
            "同一时刻刚写过同样内容的消息，不重复发送。",
            "The same text with the same content was written in the same moment.",
        ]),
        SkipReason::DigestOnly => Words([
            "成員只要每週精華，一週一則。",
            "成员只要每周精华，一周一条。",
            "The member wants one message a week and nothing else.",
        ]),
        SkipReason::HeldOut => Words([
            "成員屬於不參加計劃的對照組，用來看計劃值不值得。",
            "成员属于不参加计划的对照组，用来衡量计划的效果。",
            "The member is in the share of newcomers who get no plan, so that its use can be seen.",
        ]),
        SkipReason::NoChannel => Words([
            "社群沒有設定營運頻道，沒有地方可以通知。",
            "社群未设置运营频道，无处可通知。",
            "The community has no operators' channel to tell.",
        ]),
    }
}

/// What can be done about a message that was not sent.
fn advice(reason: SkipReason) -> Words {
    match reason {
        SkipReason::FrequencyCap => Words([
            "不用處理；計畫照常往下走。要放寬，請改劇本的每日上限。",
            "无需处理；计划照常进行。如需放宽，请修改剧本中的每日上限。",
            "Nothing; the plan goes on. To allow more, raise the playbook's cap a day.",
        ]),
        SkipReason::OptedOut => Words([
            "請尊重這個決定。成員自己重新訂閱之前，什麼都不會再送。",
            "请尊重该选择。成员自行重新订阅前，不会再发送。",
            "Respect it: nothing more is sent until they opt in again themselves.",
        ]),
        SkipReason::Unreachable => Words([
            "不用處理。平台的說明文件（docs/platforms）寫明哪些人私訊得到。",
            "无需处理。平台说明（docs/platforms）列出了哪些成员可以私信。",
            "Nothing. docs/platforms says whom each platform can reach.",
        ]),
        SkipReason::Expired => Words([
            "若很多訊息同時這樣，請看警報與佇列：有東西停過。",
            "若大量消息同时如此，请查看告警与队列：可能曾有中断。",
            "If many end like this at once, look at the alarms and queues: something stood still.",
        ]),
        SkipReason::Erased => Words([
            "不用處理；刪除之後不會再送任何訊息。",
            "无需处理；删除后不会再发送任何消息。",
            "Nothing; nobody writes to somebody who was erased.",
        ]),
        SkipReason::NoContent => Words([
            "在社群檔加一段 [[content]]（不寫 interest 就是給所有人），再發布。",
            "在社群文件中添加 [[content]]（不写 interest 即面向所有人），然后重新发布。",
            "Add a [[content]] to the community's file (without an interest: for everybody) and publish it.",
        ]),
        SkipReason::NoGift => Words([
            "在社群檔填好 [gift]，再發布；已略過的訊息不會補送。",
            "在社群文件中填写 [gift]，然后重新发布；已跳过的消息不会补发。",
            "Fill in [gift] in the community's file and publish it; what was skipped is not sent later.",
        ]),
        SkipReason::NotPossible => Words([
            "不用處理。平台能做什麼，見 docs/platforms。",
            "无需处理。平台支持的功能见 docs/platforms。",
            "Nothing. docs/platforms says what each platform can do.",
        ]),
        SkipReason::PlatformQuota => Words([
            "等下一個週期，或在平台升級方案；已略過的訊息不會補送。",
            "等待下一周期，或在平台升级套餐；已跳过的消息不会补发。",
            "Wait for the next period, or buy more from the platform; what was skipped is not sent later.",
        ]),
        SkipReason::DigestOnly => Words([
            "請尊重這個決定。成員傳「訂閱」就會恢復。",
            "请尊重该选择。成员发送“订阅”即可恢复。",
            "Respect it. They have the others back by sending the opt-in word.",
        ]),
        SkipReason::HeldOut => Words([
            "不用處理。要讓所有新人參加，把劇本的 experiments.holdout 設為 0。",
            "无需处理。如需所有新人参加，将剧本的 experiments.holdout 设为 0。",
            "Nothing. For everybody to get the plan, set experiments.holdout to 0 in the playbook.",
        ]),
        SkipReason::NoChannel => Words([
            "在社群檔填好 ops_channel，再發布。",
            "在社群文件中填写 ops_channel，然后重新发布。",
            "Fill in ops_channel in the community's file and publish it.",
        ]),
        SkipReason::NoLongerApplies | SkipReason::TaskDone | SkipReason::Duplicate => NOTHING,
    }
}

const MESSAGE: Words = Words(["訊息", "消息", "Message"]);
const WHAT: Words = Words(["內容", "内容", "What it is"]);
const DECIDED: Words = Words(["決定時間", "决定时间", "Decided"]);
const STATE: Words = Words(["處理狀態", "处理状态", "State"]);
const ATTEMPTS: Words = Words(["嘗試次數", "尝试次数", "Attempts"]);
const DOUBT: Words = Words([
    "從何時起可能已送達",
    "自何时起可能已送达",
    "May have arrived since",
]);
const EXPIRES: Words = Words(["過期時間", "过期时间", "Expires"]);
const PLATFORM_ID: Words = Words(["平台上的編號", "平台侧编号", "Platform's id"]);
const TO_DO: Words = Words(["可以怎麼做", "可以怎么做", "What you can do"]);

const ANSWER: Words = Words([
    "對成員自己動作的回覆",
    "对成员自身操作的回复",
    "An answer to what the member did",
]);
const SERVICE: Words = Words([
    "新人計畫或服務訊息",
    "新人计划或服务消息",
    "A message of the plan or of service",
]);
const PROMO: Words = Words(["推廣訊息", "营销消息", "A promotional message"]);
const OPS: Words = Words([
    "給營運人員的訊息",
    "给运营人员的消息",
    "A message to the operators",
]);
const TO_MEMBER: Words = Words(["私訊給 {whom}", "私信给 {whom}", "one to one, to {whom}"]);
const TO_CHANNEL: Words = Words(["發到頻道 {whom}", "发到频道 {whom}", "to channel {whom}"]);
const VERSION: Words = Words([
    "劇本第 {version} 版",
    "剧本第 {version} 版",
    "playbook version {version}",
]);

const PENDING: Words = Words([
    "等著送出，還沒有輪到。",
    "等待发送，尚未轮到。",
    "It waits to be sent; its turn has not come.",
]);
const PENDING_UNTIL: Words = Words([
    "上一次確定沒有送到，{at} 之後再試。",
    "上一次确定未送达，{at} 之后重试。",
    "The last attempt provably did not arrive; it is tried again after {at}.",
]);
/// What a message is held for, and what can be done about it.
fn held(why: HeldFor) -> (Words, Words) {
    match why {
        HeldFor::QuietHours => (HELD_QUIET, HELD_QUIET_TO_DO),
        HeldFor::Pause => (HELD_PAUSE, HELD_PAUSE_TO_DO),
        HeldFor::Code => (HELD_CODE, HELD_CODE_TO_DO),
    }
}

const HELD_QUIET: Words = Words([
    "暫緩到 {at}：成員的勿擾時段。",
    "暂缓至 {at}：成员的免打扰时段。",
    "It is held until {at}: the member's quiet hours.",
]);
const HELD_PAUSE: Words = Words([
    "旅程已暫停；{at} 再看一次。",
    "旅程已暂停；{at} 再次检查。",
    "Its journey is paused; it is looked at again at {at}.",
]);
const HELD_CODE: Words = Words([
    "代碼用完了，不會送出空的代碼；{at} 再看一次。",
    "兑换码已用完，不会发送空码；{at} 再次检查。",
    "No coupon code is left, and none is sent empty; it is looked at again at {at}.",
]);
const SENDING: Words = Words([
    "正在送出；最晚 {at} 會有結果。",
    "正在发送；最迟 {at} 会有结果。",
    "It is being sent; what came of it is known by {at}.",
]);
const SENT: Words = Words([
    "平台在 {at} 收下了。",
    "平台于 {at} 收下。",
    "The platform took it at {at}.",
]);
const ACCEPTED: Words = Words([
    "平台在 {at} 收下了，但不會告知是否送達。",
    "平台于 {at} 收下，但不会告知是否送达。",
    "The platform took it at {at} and does not say whether it arrives.",
]);
const AWAITING: Words = Words([
    "從 {at} 起等一位同事在平台上按下發送。",
    "自 {at} 起等待同事在平台上点击发送。",
    "Since {at} it waits for a colleague to tap send on the platform.",
]);
const UNKNOWN: Words = Words([
    "{at}：可能已送達，也可能沒有（{reason}）。為免重複，不再送。",
    "{at}：可能已送达，也可能没有（{reason}）。为避免重复，不再发送。",
    "At {at} it may have arrived or not ({reason}); it is not sent again, so that nobody gets it twice.",
]);
const FAILED: Words = Words([
    "{at}：平台拒收，或試了多次都送不出去（{reason}）。",
    "{at}：平台拒收，或多次尝试均未成功（{reason}）。",
    "At {at} the platform refused it for good, or every attempt failed ({reason}).",
]);
const SKIPPED: Words = Words([
    "{at} 決定不送（{reason}）。",
    "{at} 决定不发送（{reason}）。",
    "At {at} it was decided not to send it ({reason}).",
]);

const NOTHING: Words = Words(["不用處理。", "无需处理。", "Nothing."]);
const WAIT_A_MINUTE: Words = Words([
    "等一分鐘再看。若還是這樣，看 messenger 的警報與佇列。",
    "稍等一分钟再看。若仍如此，请查看 messenger 的告警与队列。",
    "Look again in a minute. If it is still so, look at the messenger's alarms and queues.",
]);
const HELD_QUIET_TO_DO: Words = Words([
    "時間一到就會送。",
    "到时自动发送。",
    "Nothing; it goes out by itself.",
]);
const HELD_PAUSE_TO_DO: Words = Words([
    "恢復旅程：hearth journey resume。",
    "恢复旅程：hearth journey resume。",
    "Resume the journey: hearth journey resume.",
]);
const HELD_CODE_TO_DO: Words = Words([
    "匯入更多代碼：hearth coupon import。",
    "导入更多兑换码：hearth coupon import。",
    "Import more codes: hearth coupon import.",
]);
const TAP_SEND: Words = Words([
    "請同事在平台的管理介面按下發送；過期前都可以。",
    "请同事在平台管理端点击发送；过期前均可。",
    "Ask the colleague to tap send in the platform's admin app; until it expires there is time.",
]);
const UNKNOWN_TO_DO: Words = Words([
    "在聊天裡看看有沒有收到；沒有，而且重要，請自己補上一句。",
    "在聊天中确认是否收到；若没有且重要，请人工补发。",
    "Look in the chat whether it is there; if it is not and it matters, write to them yourself.",
]);
const FAILED_TO_DO: Words = Words([
    "照括號裡的原因處理：密鑰、權限，或頻道已不在（docs/platforms）。這一則不會自己再送。",
    "按括号内的原因处理：密钥、权限，或频道已不存在（docs/platforms）。该消息不会自动重发。",
    "Mend what the reason names: a secret, a permission, a channel that is gone (docs/platforms). This one is not sent again by itself.",
]);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn message(state: State) -> Message {
        Message {
            expires: Some("2026-01-08T02:00:00Z".parse().unwrap()),
            state,
            attempt: 2,
            version: 3,
            ..Message::new(
                "acme/U42/onboarding/1/day-3".parse().unwrap(),
                crate::ids::MessageKind::new("onboarding.day-3").unwrap(),
                To::Member(crate::ids::MemberId::new("U42").unwrap()),
                Class::Service,
                7,
                "2026-01-07T02:00:00Z".parse().unwrap(),
            )
        }
    }

    fn told(state: State, locale: Locale) -> String {
        let zone = Zone::new("Asia/Taipei").unwrap();
        let lines = lines(&message(state), &zone, locale);
        let lines: Vec<String> = lines
            .into_iter()
            .map(|line| format!("{}: {}", line.label, line.text))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn a_task_that_is_done_already() {
        let at = "2026-01-07T02:00:01Z".parse().unwrap();
        let state = State::Skipped {
            at,
            reason: SkipReason::TaskDone,
        };
        assert_eq!(
            told(state.clone(), Locale::En),
            "Message: acme/U42/onboarding/1/day-3 (onboarding.day-3)\n\
             What it is: A message of the plan or of service · one to one, to U42 · playbook version 7\n\
             Decided: 2026-01-07 10:00:00 (Asia/Taipei)\n\
             State: SKIPPED: At 2026-01-07 10:00:01 (Asia/Taipei) it was decided not to send it (task-done). \
             The member has done the task it asks for.\n\
             Attempts: 2 / 8\n\
             Expires: 2026-01-08 10:00:00 (Asia/Taipei)\n\
             What you can do: Nothing."
        );
        assert!(told(state.clone(), Locale::ZhHant).contains("成員已經做完了"));
        assert!(told(state, Locale::ZhHans).contains("成员已经完成"));
    }

    #[test]
    fn every_reason_and_state_is_told_in_three_languages_without_a_gap() {
        let at: Timestamp = "2026-01-07T02:00:01Z".parse().unwrap();
        let reason = "gave-up:secrets".to_owned();
        let mut states = vec![
            State::Pending { not_before: None },
            State::Pending {
                not_before: Some(at),
            },
            State::Held {
                why: HeldFor::Code,
                until: at,
            },
            State::Sending { lease: at },
            State::Sent { at },
            State::Accepted { at },
            State::Awaiting {
                since: at,
                look: at,
            },
            State::Unknown {
                at,
                reason: reason.clone(),
            },
            State::Failed { at, reason },
        ];
        states.extend(SkipReason::ALL.map(|reason| State::Skipped { at, reason }));
        let count = states.len();
        for locale in Locale::ALL {
            let mut seen = BTreeSet::new();
            for state in &states {
                let text = told(state.clone(), locale);
                assert!(!text.contains(['{', '}']), "{text}");
                assert!(text.contains(state.name()), "{text}");
                seen.insert(text);
            }
            assert_eq!(seen.len(), count, "two are told alike in {locale}");
        }
    }
}
