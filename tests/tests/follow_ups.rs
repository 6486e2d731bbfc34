//! What follows the survey: an answer to each reason, the gift, and the weeks after a return.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_local::deliveries::slack_ts;
use hearth_local::sandbox::Received;
use hearth_tests::world::{ACME, MONDAY, World, standing_at, world_with};
use serde_json::Value;

/// What leavers are offered, and enough to read for the weeks after a return.
const MORE: &str = r#"
[come_back_gift]
items = "工具試用 30 天"
generate = "BACK-"
url = "https://acme.example/back"

[[content]]
interest = "tools"
title = "第三批工具"
question = "哪個好？"
url = "https://acme.example/third-tools"

[[content]]
interest = "tools"
title = "第四批工具"
question = "哪個好？"
url = "https://acme.example/fourth-tools"
"#;

/// On their third day, at noon in Taipei.
const LEAVES: &str = "2026-01-07T04:00:00Z";

/// Somebody who left on the third day and has the survey.
pub(crate) async fn a_leaver(interest: Option<&str>) -> World {
    let about = "[about]\nbenefits_summary = \"會員日免運\"\nbenefits_url = \"https://acme.example/benefits\"\noperator_name = \"阿明\"\nrejoin_url = \"https://acme.example/rejoin\"\n";
    let acme = ACME.replacen("[about]\n", about, 1);
    assert_ne!(acme, ACME);
    let world = Box::pin(world_with(standing_at(MONDAY), &format!("{acme}{MORE}"))).await;
    world.joins("U1").await;
    world.minutes(1).await;
    if let Some(interest) = interest {
        world.presses("U1", "onboarding.day-1", interest).await;
    }
    world.until(LEAVES).await;
    world.leaves("U1").await;
    world.minutes(10).await;
    assert_eq!(world.sent("U1").last().unwrap(), "win-back.survey");
    world.minutes(5).await;
    world
}

/// What came last, from the survey on.
fn since_the_survey(world: &World) -> Vec<Received> {
    let all = world.received("U1");
    let from = all
        .iter()
        .position(|message| message.kind == "win-back.survey");
    all[from.unwrap() + 1..].to_vec()
}

fn kinds(messages: &[Received]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.kind.as_str())
        .collect()
}

pub(crate) fn values(message: &Received) -> Vec<&str> {
    message
        .buttons
        .iter()
        .map(|button| button.value.as_str())
        .collect()
}

pub(crate) async fn case(world: &World) -> Value {
    world.view("U1").await["win_back"].clone()
}

pub(crate) fn ignored(world: &World) -> f64 {
    world.metrics.sum("answers_ignored")
}

#[tokio::test]
async fn each_reason_is_answered_at_once_and_in_its_own_words() {
    for (interest, reason, kind, part, buttons) in [
        (
            Some("interest:tools"),
            "boring_content",
            "win-back.follow-up.boring_content",
            "「實用工具」的：《第三批工具》",
            vec![],
        ),
        (
            None,
            "boring_content",
            "win-back.follow-up.boring_content.fallback",
            "那你比較想看什麼？",
            vec![
                "interest:tools",
                "interest:cases",
                "interest:growth",
                "interest:people",
            ],
        ),
        (
            None,
            "few_benefits",
            "win-back.follow-up.few_benefits",
            "會員日免運",
            vec![],
        ),
        (
            None,
            "too_much_info",
            "win-back.follow-up.too_much_info",
            "每週精華",
            vec!["preference:digest", "preference:none"],
        ),
        (
            None,
            "other",
            "win-back.follow-up.other",
            "阿明 會親自看，24 小時內回你",
            vec![],
        ),
    ] {
        let world = a_leaver(interest).await;
        world.presses("U1", "win-back.survey", reason).await;
        // The notice to the operators is about them, and not to them.
        let mut answers = since_the_survey(&world);
        answers.retain(|message| message.channel.is_none());
        assert_eq!(kinds(&answers), [kind], "{reason}");
        assert!(answers[0].text.contains(part), "{}", answers[0].text);
        assert_eq!(values(&answers[0]), buttons, "{reason}");
        assert_eq!(answers[0].at, world.now(), "at once");
        let case = case(&world).await;
        assert_eq!(
            (&case["state"], &case["reason"]),
            (&"answered".into(), &reason.into())
        );
        assert_eq!(
            world.posted_in("C0OPS").len(),
            usize::from(reason == "other")
        );
    }
}

#[tokio::test]
async fn the_gift_comes_after_three_days_and_a_return_goes_on_with_the_plan_and_weeks_of_care() {
    let world = a_leaver(Some("interest:tools")).await;
    world.presses("U1", "win-back.survey", "few_benefits").await;
    world.days(3).await;
    let gift = since_the_survey(&world).pop().unwrap();
    assert_eq!(
        (gift.kind.as_str(), gift.at.to_string().as_str()),
        ("win-back.gift", "2026-01-10T04:15:00Z")
    );
    let rows = world.messages("U1").await;
    let row = rows
        .iter()
        .find(|row| row.id.path() == "win-back/1/gift")
        .unwrap();
    let code = &row.values["gift.code"];
    assert!(
        code.starts_with("BACK-") && gift.text.contains(code.as_str()),
        "{code}: {}",
        gift.text
    );
    assert!(gift.text.contains("回來後 30 天"), "{}", gift.text);
    assert_eq!(case(&world).await["state"], "gift-sent");
    world.until("2026-01-11T04:00:00Z").await;
    world.joins("U1").await;
    let won = case(&world).await;
    assert_eq!(
        (&won["state"], &won["days_to_return"]),
        (&"won".into(), &4.into())
    );
    assert_eq!(world.sent("U1").last().unwrap(), "win-back.welcome-back");
    world.days(60).await;
    let after: Vec<String> = world
        .timeline("U1")
        .into_iter()
        .skip_while(|line| !line.ends_with("win-back.welcome-back"))
        .collect();
    assert_eq!(
        after,
        [
            "2026-01-11T04:00:00Z win-back.welcome-back",
            // The plan goes on where it stopped.
            "2026-01-12T02:00:00Z onboarding.day-4",
            "2026-01-13T02:00:00Z onboarding.day-5",
            "2026-01-14T02:00:00Z onboarding.day-6.fallback",
            "2026-01-15T02:00:00Z onboarding.day-7.missed",
            // A week after the return, and again; then there is nothing left to read.
            "2026-01-18T02:00:00Z win-back.care",
            "2026-01-25T02:00:00Z win-back.care",
            // A month of silence, counted from the return.
            "2026-02-10T02:00:00Z wake-up.silent",
            "2026-03-12T02:00:00Z wake-up.silent",
        ]
    );
    let care: Vec<String> = world
        .received("U1")
        .into_iter()
        .filter(|message| message.kind == "win-back.care")
        .map(|message| message.text)
        .collect();
    assert!(
        care[0].contains("第三批工具") && care[1].contains("第四批工具"),
        "what they chose, and nothing twice: {care:?}"
    );
    let ledger = world.ledger("U1").await;
    for (path, end) in [
        ("care/1/3", "SKIPPED no-content"),
        ("care/1/4", "SKIPPED no-content"),
        ("onboarding/1/day-4/left-", "SKIPPED no-longer-applies"),
    ] {
        let said = |line: &String| line.starts_with(path) && line.ends_with(end);
        assert!(ledger.iter().any(said), "{path}: {ledger:?}");
    }
}

#[tokio::test]
async fn a_leaver_who_wants_the_digest_gets_that_on_mondays_and_nothing_else() {
    let world = a_leaver(None).await;
    world
        .presses("U1", "win-back.survey", "too_much_info")
        .await;
    world.minutes(1).await;
    world
        .presses(
            "U1",
            "win-back.follow-up.too_much_info",
            "preference:digest",
        )
        .await;
    assert_eq!(world.sent("U1").last().unwrap(), "digest.chosen");
    // Whoever left gets no digest and, having asked for quiet, no gift.
    world.until("2026-01-13T04:00:00Z").await;
    assert_eq!(world.sent("U1").last().unwrap(), "digest.chosen");
    let ledger = world.ledger("U1").await;
    assert!(
        ledger.contains(&"win-back/1/gift SKIPPED digest-only".to_owned()),
        "{ledger:?}"
    );
    world.joins("U1").await;
    world.days(28).await;
    let after: Vec<String> = world
        .timeline("U1")
        .into_iter()
        .skip_while(|line| !line.ends_with("digest.chosen"))
        .collect();
    assert_eq!(
        after[1..],
        [
            "2026-01-13T04:00:00Z win-back.welcome-back",
            "2026-01-19T02:00:00Z digest.weekly",
            "2026-01-26T02:00:00Z digest.weekly",
            "2026-02-02T02:00:00Z digest.weekly",
            "2026-02-09T02:00:00Z digest.weekly",
        ]
    );
    assert_eq!(case(&world).await["state"], "won");
}

#[tokio::test]
async fn who_says_no_thank_you_is_asked_nothing_more() {
    let world = a_leaver(None).await;
    world
        .presses("U1", "win-back.survey", "too_much_info")
        .await;
    world.minutes(1).await;
    world
        .presses("U1", "win-back.follow-up.too_much_info", "preference:none")
        .await;
    assert_eq!(case(&world).await["state"], "declined");
    let before = world.sent("U1").len();
    world.days(40).await;
    assert_eq!(world.sent("U1").len(), before);
    assert_eq!(case(&world).await["state"], "declined", "and not lost");
}

#[tokio::test]
async fn bad_answers_bring_no_second_follow_up_and_are_counted() {
    let world = a_leaver(None).await;
    let survey = world.received("U1").pop().unwrap();
    let press = async |user: &str, message_id: &str, value: &str| {
        world.minutes(1).await;
        let ts = slack_ts(survey.at);
        let delivery = world.slack.press(user, &ts, message_id, value, world.now());
        assert_eq!(world.deliver(&delivery).await.status, 200);
        world.stack.run_until_idle().await;
    };
    // One that was never sent; somebody else's hands; then the answer, twice.
    press("U1", "acme/U1/win-back/7/survey", "few_benefits").await;
    assert!((ignored(&world) - 1.0).abs() < 0.5);
    press("U2", &survey.message_id, "few_benefits").await;
    assert!((ignored(&world) - 2.0).abs() < 0.5);
    assert!(since_the_survey(&world).is_empty());
    press("U1", &survey.message_id, "few_benefits").await;
    press("U1", &survey.message_id, "other").await;
    press("U1", &survey.message_id, "few_benefits").await;
    assert!((ignored(&world) - 4.0).abs() < 0.5);
    assert_eq!(
        kinds(&since_the_survey(&world)),
        ["win-back.follow-up.few_benefits"]
    );
    assert!(world.posted_in("C0OPS").is_empty());
    assert_eq!(case(&world).await["reason"], "few_benefits");
}
