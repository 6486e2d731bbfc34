//! The time machine: what it tells, that it tells the same twice, and what `playbook check` learns
//! from it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use hearth_domain::community::Community;
use hearth_domain::locale::Locale;
use hearth_domain::playbook::Playbook;
use hearth_local::simulate::{
    Act, Comparison, Figures, Plan, Side, Told, What, faults, run, samples, write,
};
use hearth_tests::chats::CHATS;
use hearth_tests::world::playbook_with;

/// A small simulation of a playbook in a community that has everything.
fn plan_of(playbook: &str, members: usize, days: u16) -> Plan {
    let parsed = Playbook::parse(playbook).unwrap();
    Plan {
        playbook: playbook.to_owned(),
        community: samples::full_community(&parsed),
        members,
        days,
        seed: 1,
    }
}

async fn simulated(plan: &Plan) -> Told {
    Box::pin(run(plan, |_| {})).await.unwrap()
}

async fn faults_of(playbook: &str) -> Vec<(String, String)> {
    let told = simulated(&plan_of(playbook, 12, 10)).await;
    let faults = faults(&told.playbook, &Figures::of(&told));
    let pairs = faults.into_iter().map(|fault| (fault.key, fault.words));
    pairs.collect()
}

fn out(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("hearth-simulate-{}-{name}", std::process::id()))
}

/// Every file of a folder.
fn files(dir: &PathBuf) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let files = entries.map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, std::fs::read(entry.path()).unwrap())
    });
    files.collect()
}

#[tokio::test]
async fn the_same_arguments_leave_the_same_bytes() {
    let mut runs = Vec::new();
    for name in ["first", "second"] {
        let told = simulated(&plan_of(Playbook::DEFAULT_TOML, 12, 12)).await;
        let figures = Figures::of(&told);
        let dir = out(name);
        write(&told, &figures, None, Locale::En, &dir).unwrap();
        runs.push(files(&dir));
        std::fs::remove_dir_all(&dir).unwrap();
    }
    let names: Vec<&str> = runs[0].keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["index.html", "members.txt", "run.json", "summary.txt"]
    );
    for name in names {
        assert!(runs[0][name] == runs[1][name], "{name} differs");
    }
}

#[tokio::test]
async fn another_seed_is_another_community() {
    let plan = plan_of(Playbook::DEFAULT_TOML, 8, 4);
    let other = Plan {
        seed: 2,
        ..plan.clone()
    };
    let (a, b) = (simulated(&plan).await, simulated(&other).await);
    let joins = |told: &Told| -> Vec<_> {
        let people = told.stories.iter().map(|story| story.person.joins);
        people.collect()
    };
    assert_ne!(joins(&a), joins(&b));
}

#[tokio::test]
async fn every_message_has_an_end_and_every_answer_a_question() {
    let told = simulated(&plan_of(Playbook::DEFAULT_TOML, 24, 14)).await;
    let figures = Figures::of(&told);
    assert_eq!(figures.dead_letters, 0);
    assert_eq!(figures.joined(), 24);
    for (kind, of) in &figures.kinds {
        let skipped: u64 = of.skipped.values().sum();
        let ends = of.sent + of.waiting + of.unknown + of.failed + skipped;
        assert_eq!(of.decided, ends, "{kind}");
        assert_eq!((of.unknown, of.failed), (0, 0), "{kind}");
    }
    let all = figures.all_kinds();
    let messages: usize = told.stories.iter().map(|story| story.messages.len()).sum();
    let decided = usize::try_from(all.decided).unwrap();
    assert_eq!(decided, messages + told.own.len());
    // Whoever presses had the message before.
    let mut presses = 0;
    for story in &told.stories {
        for (at, act) in &story.acts {
            let Act::Pressed { message, .. } = act else {
                continue;
            };
            let row = story.messages.iter().find(|row| row.id == *message);
            assert!(row.is_some_and(|row| row.created < *at), "{message}");
            presses += 1;
        }
    }
    assert!(presses > 0);
    // They did things through the webhook, and the system knows of them.
    assert!(figures.tasks.values().all(|done| *done > 0));
    assert!(figures.points > 0);
    assert!(figures.load.unasked_in_quiet.is_empty());
    assert!(figures.load.most_promo_a_day <= u64::from(figures.load.promo_cap));
    assert!(figures.win_back.left > 0 && figures.win_back.surveyed > 0);
    let first = &figures.steps[0];
    assert_eq!((first.all.reached, first.all.sent), (24, 24));
    let by: u64 = first.by.values().map(|one| one.reached).sum();
    assert_eq!(by, 24);
}

#[tokio::test]
async fn the_page_stands_alone_in_every_language() {
    let told = simulated(&plan_of(Playbook::DEFAULT_TOML, 36, 9)).await;
    let figures = Figures::of(&told);
    let dir = out("page");
    for (locale, words) in [
        (Locale::ZhHant, ["模擬：劇本", "新人計畫：每一步"]),
        (Locale::ZhHans, ["模拟：剧本", "新人计划：每一步"]),
        (
            Locale::En,
            ["Simulation of playbook", "The plan, step by step"],
        ),
    ] {
        let summary = write(&told, &figures, None, locale, &dir).unwrap();
        let page = std::fs::read_to_string(dir.join("index.html")).unwrap();
        for word in words {
            assert!(page.contains(word) && summary.contains(word), "{word}");
        }
        for outside in ["<script", "src=", "http://", "https://", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.starts_with(&format!("<!doctype html>\n<html lang=\"{locale}\">")));
        // Every reason to skip is seen in somebody's timeline.
        for reason in figures.all_kinds().skipped.keys() {
            assert!(page.contains(&format!(": {reason} (")), "{reason}");
        }
        assert!(page.matches("<details").count() <= 30);
        let everybody = std::fs::read_to_string(dir.join("members.txt")).unwrap();
        for story in &told.stories {
            let id = story.person.id.as_str();
            assert!(page.contains(id) && everybody.contains(id), "{id}");
        }
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn two_playbooks_are_compared_with_the_same_members() {
    let tighter = playbook_with("promo_cap = 2", "promo_cap = 0");
    let default = plan_of(Playbook::DEFAULT_TOML, 16, 10);
    let (a, b) = (
        Figures::of(&simulated(&default).await),
        Figures::of(&simulated(&plan_of(&tighter, 16, 10)).await),
    );
    assert_eq!(a.members, b.members);
    let comparison = Comparison::of(("default", &a), ("tighter", &b));
    let row = |what: What| {
        let found = comparison.rows.iter().find(|row| row.what == what);
        found.unwrap().clone()
    };
    let first_step = row(What::StepSent("day-1".to_owned()));
    assert_eq!((first_step.first, first_step.p), (first_step.second, None));
    let capped = row(What::StepSent("day-5".to_owned()));
    let Side::Share { number, of } = capped.second else {
        panic!("a share")
    };
    assert_eq!((number, of), (0, 16));
    assert!(capped.is_likely(), "{capped:?}");
    let skipped = row(What::Skipped("frequency-cap".to_owned()));
    assert!(matches!(skipped.first, Side::Share { number: 0, .. }));
}

#[tokio::test]
async fn members_speak_on_the_platforms_that_we_can_sign_for() {
    for chat in CHATS {
        let plan = Plan {
            playbook: Playbook::DEFAULT_TOML.to_owned(),
            community: chat.file.to_owned(),
            members: 6,
            days: 4,
            seed: 3,
        };
        let told = Box::pin(run(&plan, |_| {})).await;
        match chat.platform.name() {
            "slack" | "telegram" | "line" | "standard" => {
                let figures = Figures::of(&told.unwrap());
                assert_eq!(figures.joined(), 6, "{}", chat.platform);
                let welcome = &figures.steps[0].all;
                assert_eq!((welcome.reached, welcome.sent), (6, 6), "{}", chat.platform);
                assert!(welcome.responded > 0, "{}", chat.platform);
            }
            name => assert_eq!(
                told.unwrap_err().to_string(),
                format!(
                    "no member can be simulated on {name}: expected a community on slack, telegram, line or standard"
                )
            ),
        }
    }
}

#[tokio::test]
async fn a_community_of_another_playbook_is_refused() {
    let other = playbook_with("id = \"default\"", "id = \"other\"");
    let mut plan = plan_of(Playbook::DEFAULT_TOML, 1, 1);
    plan.community = samples::full_community(&Playbook::parse(&other).unwrap());
    let refused = Box::pin(run(&plan, |_| {})).await.unwrap_err();
    assert!(refused.to_string().contains("other"), "{refused}");
    let community = Community::parse(&plan.community).unwrap();
    let parsed = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    plan.community = samples::following(&plan.community, &community, &parsed);
    assert_eq!(simulated(&plan).await.stories.len(), 1);
}

#[tokio::test]
async fn the_default_playbook_has_no_faults() {
    assert_eq!(faults_of(Playbook::DEFAULT_TOML).await, []);
}

#[tokio::test]
async fn a_step_nobody_gets_is_a_fault() {
    // Too late once the night is over.
    let late = playbook_with("send_at = \"10:00\"", "send_at = \"23:00\"").replacen(
        "expires_after_hours = 24",
        "expires_after_hours = 6",
        1,
    );
    let faults = faults_of(&late).await;
    let keys: Vec<&str> = faults.iter().map(|(key, _)| key.as_str()).collect();
    // The gift waits for the event that some accepted, and the invitation to it says until when.
    let expected: Vec<String> = (1..5).map(|n| format!("onboarding.steps[{n}]")).collect();
    assert_eq!(keys, expected);
    assert_eq!(
        faults[0].1,
        "nobody gets step day-2: it is skipped for all 12 members who reach it (expired 12); expected it to be sent to some"
    );
}

#[tokio::test]
async fn a_step_on_a_day_that_does_not_come_is_a_fault() {
    let playbook = playbook_with("id = \"day-7\"\nday = 7", "id = \"day-7\"\nday = 30");
    let faults = faults_of(&playbook).await;
    assert_eq!(
        faults,
        [(
            "onboarding.steps[6].day".to_owned(),
            "nobody reaches step day-7: expected it for some of 12 members within 10 days"
                .to_owned()
        )]
    );
}

#[tokio::test]
async fn a_message_in_quiet_hours_is_a_fault() {
    let playbook = playbook_with("send_at = \"10:00\"", "send_at = \"23:00\"").replacen(
        "[texts.\"onboarding.day-2\"]\nclass = \"service\"",
        "[texts.\"onboarding.day-2\"]\nclass = \"answer\"",
        1,
    );
    let faults = faults_of(&playbook).await;
    assert_eq!(
        faults,
        [(
            "texts.\"onboarding.day-2\".class".to_owned(),
            "onboarding.day-2 goes out in quiet hours (22:00 to 08:00), 12 times: expected a class that waits (service or promo), since no member asked for it, or another onboarding.send_at".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_cap_that_starves_a_step_is_a_fault() {
    let playbook = playbook_with("promo_cap = 2", "promo_cap = 1").replacen(
        "id = \"day-5\"\nday = 5",
        "id = \"day-5\"\nday = 4",
        1,
    );
    let faults = faults_of(&playbook).await;
    assert_eq!(
        faults,
        [(
            "onboarding.steps[4]".to_owned(),
            "the cap of promotional messages (sending.promo_cap = 1) starves step day-5: 12 of 12 members do not get it; expected a higher cap, another day, or fewer promotional messages on day 4".to_owned()
        )]
    );
}
