//! Every word of the page, in the three languages.

use hearth_domain::locale::Locale;

/// A language in its own words, for the links in the header.
pub(super) fn own_name(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhHant => "繁體中文",
        Locale::ZhHans => "简体中文",
        Locale::En => "English",
    }
}

labels! {
    // Header and clock.
    Tagline: "社群生命週期・本機環境", "社群生命周期 · 本地环境", "Community lifecycle, local stack";
    Language: "語言", "语言", "Language";
    Clock: "時鐘", "时钟", "Clock";
    Virtual: "虛擬", "虚拟", "virtual";
    System: "系統", "系统", "system";
    PlusHour: "＋1 小時", "+1 小时", "+1 hour";
    PlusDay: "＋1 天", "+1 天", "+1 day";
    PlusWeek: "＋1 週", "+1 周", "+1 week";
    Drain: "處理佇列", "处理队列", "Drain queues";
    Reload: "重新整理", "刷新", "Reload";
    Working: "執行中…", "运行中…", "Working…";
    Failed: "沒有成功：", "操作失败：", "That did not work: ";
    Community: "社群", "社群", "Community";
    Show: "切換", "切换", "Show";
    DeadLetters: "無法處理的佇列訊息", "死信消息", "Dead letters";
    // Days, Monday first.
    Monday: "週一", "周一", "Mon";
    Tuesday: "週二", "周二", "Tue";
    Wednesday: "週三", "周三", "Wed";
    Thursday: "週四", "周四", "Thu";
    Friday: "週五", "周五", "Fri";
    Saturday: "週六", "周六", "Sat";
    Sunday: "週日", "周日", "Sun";
    // Chats.
    Chats: "聊天", "聊天", "Chats";
    NoChats: "還沒有送出任何訊息。平台的事件要送到這裡：", "还没有发出任何消息。平台的事件请推送到这里：", "Nothing has been sent yet. The platform's events come in here:";
    OpsChannel: "營運頻道", "运营频道", "operators' channel";
    HomeChannel: "主頻道", "主频道", "home channel";
    CheckInChannel: "簽到頻道", "打卡频道", "check-in channel";
    TopicChannel: "話題頻道", "话题频道", "topic channel";
    OtherChannel: "頻道", "频道", "channel";
    About: "關於", "关于", "about";
    LeftOutMessages: "較早的訊息未列出：", "较早的消息未显示：", "Earlier messages not shown: ";
    LeftOutChats: "未列出的聊天：", "未显示的聊天：", "Chats not shown: ";
    AllChats: "看全部聊天", "查看全部聊天", "All chats";
    // Members.
    Members: "成員", "成员", "Members";
    NoMembers: "還沒有成員。", "还没有成员。", "No members yet.";
    LeftOutMembers: "未列出的成員：", "未显示的成员：", "Members not shown: ";
    Member: "成員", "成员", "Member";
    Status: "狀態", "状态", "Status";
    Points: "積分", "积分", "Points";
    Streak: "連續簽到", "连续打卡", "Streak";
    Level: "等級", "等级", "Level";
    Onboarding: "新人計劃", "新人计划", "Onboarding";
    WinBack: "流失挽回", "流失挽回", "Win-back";
    LastActive: "最近活躍", "最近活跃", "Last active";
    Ledger: "訊息紀錄", "消息记录", "Ledger";
    Present: "在社群", "在群", "member";
    Left: "已離開", "已退出", "left";
    Staff: "營運人員", "运营人员", "staff";
    OptedOut: "已退訂", "已退订", "opted out";
    NextStep: "下一步", "下一步", "next step";
    Finished: "已完成", "已完成", "finished";
    StoppedLeft: "已停止：離開", "已停止：退出", "stopped: left";
    StoppedOptedOut: "已停止：退訂", "已停止：退订", "stopped: opted out";
    StoppedStaff: "已停止：營運人員", "已停止：运营人员", "stopped: staff";
    CaseOpen: "準備發問卷", "待发问卷", "survey to come";
    CaseSurveyed: "問卷已發，等待回覆", "问卷已发，待回复", "asked why";
    CaseAnswered: "已回覆原因", "已回复原因", "answered";
    CaseWon: "已回來", "已召回", "came back";
    CaseLost: "已流失", "已流失", "lost";
    CaseUnreachable: "聯絡不到", "无法触达", "unreachable";
    CaseDeclined: "不願被打擾", "不愿被打扰", "declined";
    // The ledger.
    LedgerOf: "訊息紀錄：", "消息记录：", "Ledger of ";
    NotSent: "沒有送出的訊息，和為什麼", "未发送的消息及原因", "Not sent, and why";
    NotSentNote: "點成員的名字，可以看他的全部訊息紀錄。", "点击成员名称，可查看其全部消息记录。", "Choose a member to see all of their messages.";
    NothingInLedger: "目前沒有。", "暂无。", "None.";
    LeftOutRows: "較早的紀錄未列出：", "较早的记录未显示：", "Earlier rows not shown: ";
    Message: "訊息", "消息", "Message";
    State: "處理狀態", "处理状态", "State";
    Reason: "原因", "原因", "Reason";
    At: "時間", "时间", "At";
    NotBefore: "最早", "最早", "not before";
    Attempts: "嘗試次數", "尝试次数", "attempts";
    Pending: "待送", "待发送", "to be sent";
    Held: "暫緩", "暂缓", "held";
    Sending: "傳送中", "发送中", "sending";
    Sent: "已送出", "已发送", "sent";
    Accepted: "平台已收下", "平台已收下", "taken";
    ArrivalNotTold: "平台不會告知是否送達", "平台不会告知是否送达", "the platform does not say whether it arrives";
    AwaitsPerson: "等待同事發送", "等待同事发送", "waits for a colleague";
    StaffTapsSend: "要由一位同事在平台上按下發送", "要由一位同事在平台上点击发送", "a colleague has to tap send on the platform";
    Unknown: "結果不明", "结果未知", "unknown";
    FailedState: "失敗", "失败", "failed";
    Skipped: "不送", "不发送", "skipped";
    QuietHours: "勿擾時段，結束後再送", "免打扰时段，结束后再发", "Quiet hours: sent when they end";
    PausedReason: "旅程已暫停，恢復後再送", "旅程已暂停，恢复后再发", "Its journey is paused: sent after it goes on";
    FrequencyCap: "當天的推廣訊息已達上限", "当日营销消息已达上限", "Enough promotional messages that day";
    OptedOutReason: "成員已退訂", "成员已退订", "The member wants no messages";
    Unreachable: "平台無法送達", "平台无法触达", "The platform can't reach them";
    Expired: "過了時效，送出也沒有意義", "已过时效，不再发送", "Too late to make sense";
    NoLongerApplies: "情況已變，不再適用", "情况已变，不再适用", "What it was about is over";
    TaskDone: "任務已經完成", "任务已完成", "The task is done already";
    Erased: "成員資料已刪除", "成员数据已删除", "The member was erased";
    NoContent: "社群沒有可用的內容", "社群没有可用的内容", "The community has no content for it";
    NoGift: "社群沒有設定禮包", "社群未配置礼包", "The community has no gift";
    NotPossible: "這個平台不能這樣傳送", "该平台不能这样发送", "The platform cannot send it";
    NoCodeLeft: "代碼用完了，等匯入", "兑换码已用完，等待导入", "No coupon code is left";
    Duplicate: "同樣的內容剛寫過", "同样的内容刚写过", "The same was written just before";
    DigestOnlyReason: "成員只要每週精華", "成员只要每周精华", "The member wants the weekly digest only";
    HeldOut: "成員在不參加計劃的對照組", "成员在不参加计划的对照组", "The member is in the group that gets no plan";
    NoChannel: "社群沒有設定運營頻道", "社群没有设置运营频道", "The community has no operators' channel";
    DigestOnly: "只要每週精華", "只要每周精华", "weekly digest only";
    PlanHeldOut: "對照組，不參加計劃", "对照组，不参加计划", "held out: no plan";
    CaseGiftSent: "回歸禮已送出", "回归礼已送出", "gift sent";
    PlatformQuota: "平台本月允許的訊息數已用完", "平台本月允许的消息数已用完", "The platform allows no more this month";
    MayHaveArrived: "可能已送達；為免重複，不再重送", "可能已送达；为避免重复，不再重发", "It may have arrived; not repeated";
    Refused: "平台拒收", "平台拒收", "The platform refused it";
    // Reports and the rest.
    Reports: "週報", "周报", "Weekly reports";
    NoReports: "還沒有週報：一週結束後才會產生。", "还没有周报：一周结束后才会生成。", "None yet: a week is reported when it is over.";
    Final: "定稿", "定稿", "final";
    Provisional: "暫定", "暂定", "provisional";
    RawData: "原始資料（JSON）", "原始数据（JSON）", "Raw data (JSON)";
    Outbox: "寄件匣", "发件箱", "Outbox";
    NothingHere: "這裡還沒有社群", "这里还没有社群", "No community yet";
    HowToPublish: "先發布一個社群，範例檔在專案裡。開另一個終端機，執行：", "请先发布一个社群，项目中附有示例文件。另开一个终端，运行：", "Publish one first; the project brings an example. In another terminal, run:";
    ThenReload: "完成後重新整理這一頁。", "完成后刷新本页。", "Then reload this page.";
}
