//! Other words for a part of the members, and a part that gets no plan: what operators see of it.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_aws::journeys::{Overview, overview};
use hearth_domain::experiment::{Arm, OWN, Trial, Verdict};
use hearth_domain::ids::PlaybookId;
use hearth_domain::playbook::Playbook;
use hearth_domain::rollout::Policy;
use hearth_tests::world::{World, playbook_with, world_of};

/// The default playbook with another body of the second day's text; ten members an arm will do.
fn other_words() -> String {
    let body = "改暱稱：{{member.name}}，{{task.example}}，{{task.points}}。";
    let variant = format!(
        "variants = [{{ id = \"b\", zh-Hant = \"{body}\", zh-Hans = \"{body}\", en = \"{body}\" }}]\n"
    );
    let table = "[texts.\"onboarding.day-2\"]\n";
    playbook_with("min_sample = 100 ", "min_sample = 10 ").replacen(
        table,
        &format!("{table}{variant}"),
        1,
    )
}

async fn seen(world: &World) -> Overview {
    let id = PlaybookId::new("default").unwrap();
    let seen = overview(&world.stack.store, &id, world.now(), &|_| {}).await;
    seen.unwrap()
}

/// The only text of version 2 that has other words.
async fn trial(world: &World) -> Trial {
    let mut trials = seen(world).await.trials.texts;
    trials.retain(|trial| trial.version == 2);
    assert_eq!(trials.len(), 1);
    trials.pop().unwrap()
}

#[tokio::test]
async fn the_words_that_members_answer_win() {
    let world = world_of(&other_words()).await;
    let users: Vec<String> = (0..30).map(|n| format!("U{n}")).collect();
    for user in &users {
        world.joins(user).await;
    }
    assert_eq!(trial(&world).await.arms, [Arm::new(OWN), Arm::new("b")]);
    world.days(1).await;
    world.hours(3).await;
    let reads_other = |user: &String| {
        let received = world.received(user);
        let message = received
            .iter()
            .find(|message| message.kind == "onboarding.day-2");
        message.unwrap().text.contains("改暱稱：")
    };
    let (others, own): (Vec<&String>, Vec<&String>) =
        users.iter().partition(|user| reads_other(user));
    assert!(others.len() >= 10 && own.len() >= 10, "{}", others.len());
    for user in &others {
        world.presses(user, "onboarding.day-2", "task:done").await;
    }
    let found = trial(&world).await;
    let arm = |name: &str, reached: usize, answered: usize| Arm {
        name: name.to_owned(),
        reached: reached.try_into().unwrap(),
        answered: answered.try_into().unwrap(),
    };
    let all = others.len();
    assert_eq!(
        found.arms,
        [arm(OWN, own.len(), 0), arm("b", all, all)],
        "as members really read it"
    );
    let verdict = found.verdict();
    assert!(
        matches!(&verdict, Verdict::Winner { arm, p } if arm == "b" && *p < 0.001),
        "{verdict:?}"
    );
    // Who follows a newer version reads its words from now on: their arms are of two texts.
    let next = other_words().replace("改暱稱：", "新暱稱：");
    Box::pin(
        world
            .stack
            .publish_journey(&next, Policy::Follow, false, true),
    )
    .await
    .unwrap();
    assert_eq!(trial(&world).await.arms, [Arm::new(OWN), Arm::new("b")]);
}

#[tokio::test]
async fn a_holdout_shows_what_the_plan_is_worth() {
    let half = Playbook::DEFAULT_TOML
        .replacen("holdout = 0.0 ", "holdout = 0.5 ", 1)
        .replacen("min_sample = 100 ", "min_sample = 10 ", 1);
    let world = world_of(&half).await;
    let users: Vec<String> = (0..30).map(|n| format!("U{n}")).collect();
    for user in &users {
        world.joins(user).await;
    }
    world.minutes(5).await;
    let (planned, held_out): (Vec<&String>, Vec<&String>) = users.iter().partition(|user| {
        world
            .sent(user)
            .iter()
            .any(|kind| kind == "onboarding.day-1")
    });
    world.days(8).await;
    for user in planned.iter().copied().chain(held_out.first().copied()) {
        world.says(user, "C0GENERAL", "回來了").await;
    }
    let found = seen(&world).await.trials.holdouts;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].with_plan.d7.eligible, 0, "their days are not over");
    world.days(6).await;
    let found = seen(&world).await.trials.holdouts;
    let number = |users: &[&String]| u64::try_from(users.len()).unwrap();
    let (with_plan, without) = (found[0].with_plan, found[0].held_out);
    assert_eq!(with_plan.members, number(&planned));
    assert_eq!(with_plan.d7.eligible, number(&planned));
    assert_eq!(with_plan.d7.retained, number(&planned));
    assert_eq!(without.members, number(&held_out));
    // The report of the week that made them fourteen days old counted them in its own pass.
    let report = world.report("2026-W03", 1).await.unwrap();
    assert_eq!(report.trials.holdouts, found);
    let before = world.report("2026-W02", 1).await.unwrap();
    assert_eq!(before.trials.holdouts[0].with_plan.d7.eligible, 0);
    assert_eq!(
        (without.d7.eligible, without.d7.retained),
        (without.members, 1)
    );
    assert!(found[0].uplift().unwrap() > 0.8, "{:?}", found[0]);
    assert!(
        matches!(found[0].verdict(), Verdict::Winner { arm, .. } if arm == "with plan"),
        "{:?}",
        found[0]
    );
}
