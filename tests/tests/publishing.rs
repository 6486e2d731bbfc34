//! A new version of a playbook for a living community: for whom it is, what it does to those who
//! are underway, and how it is stopped; and journeys that pause.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hearth_aws::clock::Clock;
use hearth_aws::deadline::Deadline;
use hearth_aws::invocation::{Invocation, Tick};
use hearth_aws::journeys::{overview, preview};
use hearth_aws::publish::{How, PublishError, publish_playbook};
use hearth_aws::store::Kind;
use hearth_domain::ids::{MemberId, PlaybookId};
use hearth_domain::journey::JourneyName;
use hearth_domain::playbook::Playbook;
use hearth_domain::rollout::{MoveTo, Policy, Rollout, RolloutError, Stage};
use hearth_kpi_rollup::{Rollup, handle};
use hearth_local::faults::{Call, Fault, Faults};
use hearth_local::reports::LocalReports;
use hearth_local::stack::Function;
use hearth_tests::world::{MONDAY, World, playbook_with, standing_at, world, world_of};

fn default_id() -> PlaybookId {
    PlaybookId::new("default").unwrap()
}

/// The default playbook with other steps: `(id, the default's step that it is a copy of, day)`.
fn plan_of(steps: &[(&str, &str, u8)]) -> String {
    let (before, rest) = Playbook::DEFAULT_TOML
        .split_once("[[onboarding.steps]]\n")
        .unwrap();
    let (blocks, after) = rest.split_once("# ---- ").unwrap();
    let block_of = |id: &str| {
        let starts = format!("id = \"{id}\"\n");
        let mut blocks = blocks.split("[[onboarding.steps]]\n");
        blocks.find(|block| block.starts_with(&starts)).unwrap()
    };
    let step = |(id, copied, day): &(&str, &str, u8)| {
        let lines = block_of(copied).lines().skip(2);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        let what = lines.join("\n");
        format!("[[onboarding.steps]]\nid = \"{id}\"\nday = {day}\n{what}\n\n")
    };
    let steps: Vec<String> = steps.iter().map(step).collect();
    let steps = steps.concat();
    format!("{before}{steps}# ---- {after}")
}

/// Each step on its day, under its own name.
fn plain_plan(steps: &[&'static str]) -> String {
    let day = |id: &str| id.strip_prefix("day-").unwrap().parse().unwrap();
    let steps: Vec<_> = steps.iter().map(|id| (*id, *id, day(id))).collect();
    plan_of(&steps)
}

async fn publish(world: &World, toml: &str, policy: Policy) {
    Box::pin(world.stack.publish_journey(toml, policy, false, true))
        .await
        .unwrap();
}

async fn publish_pilot(world: &World, toml: &str, policy: Policy, members: u64) -> u32 {
    let how = How {
        policy,
        pilot_of: Some(members),
    };
    let version = publish_playbook(&world.stack.store, &default_id(), toml, how, world.now())
        .await
        .unwrap();
    world.stack.forget_published();
    version
}

async fn rollout(world: &World) -> Rollout {
    let stored = world.stack.store.rollout(&default_id()).await.unwrap();
    stored.unwrap().rollout
}

/// The day of January and the path of everything that a member got from the plan.
fn steps_of(world: &World, user: &str) -> Vec<String> {
    let mut steps: Vec<_> = world
        .received(user)
        .into_iter()
        .filter_map(|message| {
            let step = message
                .message_id
                .split("/onboarding/1/")
                .nth(1)?
                .to_owned();
            let day = world.community.zone.local(message.at).day();
            Some(format!("{day} {step}"))
        })
        .collect();
    steps.sort_by_key(|step| step.split(' ').next().unwrap().parse::<u8>().unwrap());
    steps
}

/// No step was lost: whatever is in the ledger was sent.
async fn nothing_lost(world: &World, user: &str) {
    let ledger = world.ledger(user).await;
    let lost: Vec<_> = ledger.iter().filter(|row| !row.ends_with("SENT")).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(world.stack.queues.dead_letters().is_empty());
}

#[tokio::test]
async fn pinned_members_finish_with_the_version_they_began_with() {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    let next = plain_plan(&["day-1", "day-2", "day-7"]).replace("大家正在聊", "新版正在聊");
    publish(&world, &next, Policy::Pin).await;
    world.joins("U2").await;
    world.days(8).await;
    assert_eq!(
        steps_of(&world, "U1"),
        [
            "5 day-1",
            "5 day-1.guide",
            "6 day-2",
            "7 day-3",
            "8 day-4",
            "9 day-5",
            "10 day-6",
            "11 day-7"
        ]
    );
    assert_eq!(
        steps_of(&world, "U2"),
        ["6 day-1", "6 day-1.guide", "7 day-2", "12 day-7"]
    );
    let old = world.received("U1");
    assert!(
        old.iter()
            .any(|message| message.text.contains("大家正在聊"))
    );
}

#[tokio::test]
async fn followers_keep_their_steps_and_read_the_new_texts() {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    let next = plain_plan(&["day-1", "day-2", "day-3", "day-7"])
        .replace("day = 3", "day = 6")
        .replace("大家正在聊", "新版正在聊");
    publish(&world, &next, Policy::Follow).await;
    world.days(8).await;
    let steps = steps_of(&world, "U1");
    assert_eq!(steps.len(), 8, "{steps:?}");
    assert!(steps.contains(&"7 day-3".to_owned()), "{steps:?}");
    let texts = world.received("U1");
    assert!(
        texts
            .iter()
            .any(|message| message.text.contains("新版正在聊"))
    );
    let row = world.messages("U1").await;
    let row = row.iter().find(|row| row.id.path() == "onboarding/1/day-3");
    assert_eq!(row.unwrap().playbook, 2, "the text's version");
    assert_eq!(world.view("U1").await["onboarding"]["playbook_version"], 1);
}

#[tokio::test]
async fn a_followed_text_of_something_else_is_not_read() {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    // The kind that was a task's is a gift's now, which asks for a code that no task has.
    let next = plan_of(&[("day-1", "day-1", 1), ("day-3", "day-7", 3)]).replace(
        "messages = [\"onboarding.day-7\"]",
        "messages = [\"onboarding.day-3\"]",
    );
    publish(&world, &next, Policy::Follow).await;
    world.days(2).await;
    let rows = world.messages("U1").await;
    let row = rows
        .iter()
        .find(|row| row.id.path() == "onboarding/1/day-3");
    assert_eq!(row.unwrap().playbook, 1);
    nothing_lost(&world, "U1").await;
}

#[tokio::test]
async fn moved_members_go_on_where_the_new_plan_comes_after_what_they_had() {
    // On Wednesday, with days 1 to 3 had.
    for (steps, expected) in [
        // Day 4 removed.
        (
            vec![
                ("day-1", "day-1", 1),
                ("day-2", "day-2", 2),
                ("day-3", "day-3", 3),
                ("day-5", "day-5", 5),
                ("day-7", "day-7", 7),
            ],
            vec!["9 day-5", "11 day-7"],
        ),
        // Reordered: what they had comes again later, and is passed over.
        (
            vec![
                ("day-1", "day-1", 1),
                ("day-3", "day-3", 2),
                ("day-4", "day-4", 4),
                ("day-2", "day-2", 5),
                ("day-5", "day-5", 6),
            ],
            vec!["8 day-4", "10 day-5"],
        ),
        // One step added where they have been, one where they are going.
        (
            vec![
                ("day-1", "day-1", 1),
                ("early", "day-4", 2),
                ("day-2", "day-2", 2),
                ("day-3", "day-3", 3),
                ("late", "day-5", 5),
            ],
            vec!["9 late"],
        ),
        // One added right after the last they had, on a day that is over: it comes, and the rest
        // a day later.
        (
            vec![
                ("day-1", "day-1", 1),
                ("day-2", "day-2", 2),
                ("day-3", "day-3", 3),
                ("more", "day-4", 3),
                ("day-5", "day-5", 4),
            ],
            vec!["8 more", "9 day-5"],
        ),
        // The last they had is gone.
        (
            vec![
                ("day-1", "day-1", 1),
                ("other", "day-4", 3),
                ("day-6", "day-6", 6),
            ],
            vec!["10 day-6"],
        ),
        // Nothing is left.
        (
            vec![
                ("day-1", "day-1", 1),
                ("day-2", "day-2", 2),
                ("day-3", "day-3", 3),
            ],
            vec![],
        ),
    ] {
        let world = world().await;
        world.joins("U1").await;
        world.days(2).await;
        world.hours(3).await;
        publish(&world, &plan_of(&steps), Policy::Migrate).await;
        world.days(8).await;
        let had = ["5 day-1", "5 day-1.guide", "6 day-2", "7 day-3"];
        let all: Vec<&str> = had.into_iter().chain(expected).collect();
        assert_eq!(steps_of(&world, "U1"), all, "{steps:?}");
        nothing_lost(&world, "U1").await;
        let view = world.view("U1").await;
        assert_eq!(view["onboarding"]["playbook_version"], 2);
        assert_eq!(view["onboarding"]["state"], "finished");
    }
}

#[tokio::test]
async fn an_opt_out_after_a_move_ends_the_plan_though_its_next_step_was_had() {
    let world = world().await;
    world.joins("U1").await;
    world.days(2).await;
    world.hours(3).await;
    let steps = [
        ("day-1", "day-1", 1),
        ("day-3", "day-3", 3),
        ("day-4", "day-4", 4),
        ("day-2", "day-2", 6),
    ];
    publish(&world, &plan_of(&steps), Policy::Migrate).await;
    world.days(2).await;
    world.whispers("U1", "退訂").await;
    world.days(2).await;
    assert_eq!(
        world.view("U1").await["onboarding"]["state"],
        "stopped-opted-out"
    );
    assert!(world.stack.queues.dead_letters().is_empty());
}

#[tokio::test]
async fn an_operator_sees_whom_it_affects_before_anything_is_written() {
    let world = world().await;
    for user in ["U1", "U2", "U3"] {
        world.joins(user).await;
    }
    world.minutes(1).await;
    world.leaves("U3").await;
    let next = playbook_with("大家正在聊", "新版正在聊");
    let stack = &world.stack;
    let looked = stack
        .publish_journey(&next, Policy::Migrate, false, false)
        .await
        .unwrap();
    assert_eq!(
        (looked.version, looked.unchanged, looked.members()),
        (2, false, 2)
    );
    let census = &looked.communities[&world.community.id];
    assert_eq!((census.plans[&1].active, census.plans[&1].left), (2, 1));
    assert_eq!(rollout(&world).await.newest, 1, "nothing was published");
    let published = stack
        .publish_journey(&next, Policy::Migrate, false, true)
        .await
        .unwrap();
    assert_eq!(published, looked);
    let again = stack
        .publish_journey(&next, Policy::Migrate, false, true)
        .await
        .unwrap();
    assert!(again.unchanged);
    assert_eq!(rollout(&world).await.newest, 2);
}

#[tokio::test]
async fn a_pilot_goes_from_fifty_to_a_tenth_to_all() {
    let world = world().await;
    let next = playbook_with("大家正在聊", "新版正在聊");
    assert_eq!(publish_pilot(&world, &next, Policy::Pin, 1_000).await, 2);
    let first = rollout(&world).await;
    let tenth = first.move_to(MoveTo::Tenth).unwrap();
    // One of each: in from the first, in from the tenth, in from all.
    let users: Vec<MemberId> = (0..1_000)
        .map(|n| MemberId::new(format!("U{n}")).unwrap())
        .collect();
    let one = |fits: &dyn Fn(&MemberId) -> bool| users.iter().find(|user| fits(user)).unwrap();
    let few = one(&|user| first.is_pilot(user));
    let more = one(&|user| tenth.is_pilot(user) && !first.is_pilot(user));
    let rest = one(&|user| !tenth.is_pilot(user));
    // The same three come again, so much later that they begin anew.
    let version = async |user: &MemberId| {
        world.joins(user.as_str()).await;
        let version = world
            .member(user.as_str())
            .await
            .journey
            .onboarding
            .unwrap()
            .version;
        // A leave of the same instant might as well have come before the join.
        world.minutes(1).await;
        world.leaves(user.as_str()).await;
        world.days(31).await;
        version
    };
    for (to, expected) in [
        (None, [2, 1, 1]),
        (Some(MoveTo::Tenth), [2, 2, 1]),
        (Some(MoveTo::All), [2, 2, 2]),
    ] {
        if let Some(to) = to {
            world.stack.move_rollout(&default_id(), to).await.unwrap();
        }
        let found = [version(few).await, version(more).await, version(rest).await];
        assert_eq!(found, expected, "{to:?}");
    }
    let done = world.stack.move_rollout(&default_id(), MoveTo::All).await;
    assert!(matches!(
        done,
        Err(PublishError::Rollout(RolloutError::NoPilot))
    ));
}

#[tokio::test]
async fn a_pilot_that_too_many_leave_is_stopped_by_itself_and_the_operators_hear_of_it() {
    let told = plain_plan(&["day-1", "day-2"]);
    let world = world_of(&told).await;
    let worse = told.replace("大家正在聊", "新版正在聊");
    let tried = publish_pilot(&world, &worse, Policy::Pin, 100).await;
    let who_is_in = rollout(&world).await;
    let users: Vec<String> = (0..76).map(|n| format!("U{n}")).collect();
    let is_in = |user: &String| who_is_in.is_pilot(&MemberId::new(user).unwrap());
    assert!(users.iter().filter(|user| is_in(user)).count() >= 30);
    for user in &users {
        world.joins(user).await;
    }
    world.hours(2).await;
    for user in users.iter().filter(|user| is_in(user)) {
        world.leaves(user).await;
    }
    // Half a day on: nobody of the others has finished, so there is nothing to compare with.
    assert_eq!(rollout(&world).await.pilot.unwrap().stage, Stage::First);
    world.days(3).await;
    let stopped = rollout(&world).await;
    let pilot = stopped.pilot.clone().unwrap();
    assert_eq!((pilot.stage, pilot.told), (Stage::Stopped, true));
    let verdict = pilot.verdict.unwrap();
    assert_eq!(verdict.exits, verdict.sample);
    let notices = || {
        let posted = world.posted_in("C0OPS");
        posted
            .iter()
            .filter(|message| message.kind == "ops.pilot-stopped")
            .count()
    };
    assert_eq!(notices(), 1);
    assert!((world.metrics.sum("pilots_stopped") - 1.0).abs() < f64::EPSILON);
    let newcomer = users.iter().find(|user| is_in(user)).unwrap();
    assert_eq!(
        stopped.for_newcomer(&MemberId::new(newcomer).unwrap()),
        tried - 1
    );
    world.days(3).await;
    assert_eq!(notices(), 1, "told once");
    let seen = overview(&world.stack.store, &default_id(), world.now(), &|_| {})
        .await
        .unwrap();
    let edition = seen
        .versions
        .iter()
        .find(|edition| edition.version == tried);
    let edition = edition.unwrap();
    assert_eq!(
        (edition.stage.as_str(), edition.plans.left),
        ("stopped", u64::from(verdict.exits))
    );
}

#[tokio::test]
async fn a_pilot_is_read_for_once_a_day_and_never_without_one() {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    let next = playbook_with("大家正在聊", "新版正在聊");
    publish_pilot(&world, &next, Policy::Pin, 1_000).await;
    let begun = rollout(&world).await.pilot.unwrap().since;
    let mut looks = Vec::new();
    for _ in 0..9 {
        world.hours(8).await;
        looks.extend(rollout(&world).await.pilot.unwrap().looked);
    }
    looks.dedup();
    let hours: Vec<i64> = looks
        .iter()
        .map(|at| at.duration_since(begun).as_hours())
        .collect();
    assert_eq!(hours, [24, 48, 72]);
}

#[tokio::test]
async fn a_pilot_is_not_judged_by_half_of_its_members() {
    let world = world().await;
    world.joins("U1").await;
    publish_pilot(
        &world,
        &playbook_with("大家正在聊", "新版正在聊"),
        Policy::Pin,
        1_000,
    )
    .await;
    let deps = world.deps("kpi-rollup").deps;
    let reports = LocalReports {
        store: world.stack.store.clone(),
        base: None,
    };
    let rollup = Rollup::new(deps, Arc::new(reports));
    let tomorrow = world.now() + jiff::SignedDuration::from_hours(24);
    let tick = || Invocation::Tick(Tick { time: None });
    let short = Deadline::when(|| true);
    handle(&rollup, tick(), tomorrow, short).await.unwrap();
    assert_eq!(rollout(&world).await.pilot.unwrap().looked, None);
    rollup.deps.metrics.flush(tomorrow);
    assert!((world.metrics.sum("pilot_looks_failed") - 1.0).abs() < f64::EPSILON);
    handle(&rollup, tick(), tomorrow, Deadline::none())
        .await
        .unwrap();
    let pilot = rollout(&world).await.pilot.unwrap();
    assert_eq!(pilot.looked, Some(tomorrow));
}

#[tokio::test]
async fn in_a_pause_nothing_goes_out_and_after_it_every_step_comes() {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    world.hours(5).await;
    let (community, all) = (&world.community.id, JourneyName::ALL.into());
    let stack = &world.stack;
    assert_eq!(
        stack.pause(community, &all, true).await.unwrap(),
        JourneyName::ALL
    );
    assert!(stack.pause(community, &all, true).await.unwrap().is_empty());
    let before = world.sent("U1");
    let writes = stack.work_units(Function::Onboarding).write;
    world.days(3).await;
    assert_eq!(world.sent("U1"), before);
    // A write of the member and its entry in the index, a day.
    let writes = stack.work_units(Function::Onboarding).write - writes;
    assert!(writes <= 3.0 * 3.0, "{writes}");
    // Answers still go.
    world.renames("U1", "設計-小美").await;
    assert!(
        world
            .sent("U1")
            .contains(&"onboarding.task-done".to_owned())
    );
    assert_eq!(
        stack.pause(community, &all, false).await.unwrap(),
        JourneyName::ALL
    );
    assert!(
        stack
            .pause(community, &all, false)
            .await
            .unwrap()
            .is_empty()
    );
    world.days(9).await;
    assert_eq!(
        steps_of(&world, "U1"),
        [
            "5 day-1",
            "5 day-1.guide",
            "6 day-2",
            "10 day-3",
            "11 day-4",
            "12 day-5",
            "13 day-6",
            "14 day-7"
        ]
    );
    nothing_lost(&world, "U1").await;
    assert!(world.metrics.sum("due_lag_seconds") < 60.0);
}

#[tokio::test]
async fn what_waits_when_a_journey_is_paused_is_held_and_goes_after_it() {
    let early = playbook_with("send_at = \"10:00\"", "send_at = \"07:00\"");
    let world = world_of(&early).await;
    world.joins("U1").await;
    world.until("2026-01-05T23:30:00Z").await;
    let state = async || {
        let rows = world.messages("U1").await;
        let row = rows
            .into_iter()
            .find(|row| row.id.path() == "onboarding/1/day-2");
        format!("{:?}", row.unwrap().state)
    };
    assert!(state().await.contains("QuietHours"));
    let onboarding = [JourneyName::Onboarding].into();
    let community = &world.community.id;
    world
        .stack
        .pause(community, &onboarding, true)
        .await
        .unwrap();
    world.days(3).await;
    assert!(state().await.contains("Pause"), "{}", state().await);
    world
        .stack
        .pause(community, &onboarding, false)
        .await
        .unwrap();
    world.days(1).await;
    assert!(state().await.contains("Sent"), "{}", state().await);
}

#[tokio::test]
async fn a_survey_that_a_pause_put_off_comes_after_it_and_the_case_has_its_whole_time() {
    let world = world().await;
    world.joins("U1").await;
    world.days(1).await;
    let win_back = [JourneyName::WinBack].into();
    let community = &world.community.id;
    world.stack.pause(community, &win_back, true).await.unwrap();
    world.leaves("U1").await;
    world.days(3).await;
    assert!(!world.sent("U1").contains(&"win-back.survey".to_owned()));
    world
        .stack
        .pause(community, &win_back, false)
        .await
        .unwrap();
    world.days(1).await;
    assert!(world.sent("U1").contains(&"win-back.survey".to_owned()));
    assert_eq!(world.view("U1").await["win_back"]["state"], "surveyed");
}

/// Fails one write of a table, in one way.
struct FailWrite {
    fault: Fault,
    left: AtomicUsize,
}

impl Faults for FailWrite {
    fn fate(&self, call: Call<'_>) -> Option<Fault> {
        let is_write = matches!(call, Call::Table("TransactWriteItems" | "PutItem"));
        let now = is_write
            && self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    left.checked_sub(1)
                })
                .is_ok();
        now.then_some(self.fault)
    }
}

#[tokio::test]
async fn a_crash_in_publishing_leaves_the_old_version_or_the_new() {
    let next = playbook_with("大家正在聊", "新版正在聊");
    for (fault, published) in [
        (Fault::CrashBefore, 1),
        // The SDK asks again.
        (Fault::Refuse, 2),
        (Fault::Conflict, 1),
        (Fault::CrashAfter, 2),
        (Fault::LoseAnswer, 2),
    ] {
        let world = world().await;
        let failing = FailWrite {
            fault,
            left: AtomicUsize::new(1),
        };
        let process = world
            .stack
            .process(Function::KpiRollup, Arc::new(failing))
            .unwrap();
        let how = How {
            policy: Policy::Migrate,
            pilot_of: None,
        };
        let (store, id) = (&process.deps.store, default_id());
        let try_once = publish_playbook(store, &id, &next, how, world.now());
        // A process that dies gives no answer.
        let answer = tokio::time::timeout(std::time::Duration::from_secs(30), try_once);
        let died = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
        if died {
            tokio::select! {
                _ = answer => {}
                () = tokio::time::sleep(std::time::Duration::from_millis(300)) => {}
            }
        } else {
            let answer = answer.await.unwrap();
            assert!(answer.is_err() || published == 2, "{fault:?}: {answer:?}");
        }
        let found = rollout(&world).await;
        assert_eq!(
            (found.newest, found.released),
            (published, published),
            "{fault:?}"
        );
        let files = world
            .stack
            .store
            .published_versions(Kind::Playbook, "default")
            .await;
        assert_eq!(
            files.unwrap().len(),
            usize::try_from(published).unwrap(),
            "{fault:?}"
        );
        // Said again, it is there once.
        let again = publish_playbook(&world.stack.store, &id, &next, how, world.now()).await;
        assert_eq!(again.unwrap(), 2, "{fault:?}");
        assert_eq!(rollout(&world).await.migrated, 2);
    }
}

#[tokio::test]
async fn what_is_being_tried_stands_against_another_version() {
    let world = world().await;
    let next = playbook_with("大家正在聊", "新版正在聊");
    publish_pilot(&world, &next, Policy::Pin, 1_000).await;
    let refused = world.stack.publish(Kind::Playbook, &next).await;
    assert!(matches!(
        refused,
        Err(PublishError::Rollout(RolloutError::PilotRuns(2)))
    ));
    let looked = preview(
        &world.stack.store,
        &next,
        Policy::Pin,
        true,
        world.stack.clock.now(),
        &|_| {},
    )
    .await;
    assert!(looked.unwrap().unchanged);
    let nobody = PlaybookId::new("nobody").unwrap();
    let missing = world.stack.move_rollout(&nobody, MoveTo::All).await;
    assert!(matches!(missing, Err(PublishError::NotPublished(_))));
    let empty =
        hearth_tests::world::world_with(standing_at(MONDAY), hearth_tests::world::ACME).await;
    let other = playbook_with("id = \"default\"", "id = \"other\"");
    let first = empty
        .stack
        .publish_journey(&other, Policy::Pin, true, true)
        .await;
    assert!(matches!(
        first,
        Err(PublishError::Rollout(RolloutError::NothingReleased))
    ));
}
