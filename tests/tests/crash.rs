//! The process dies, is refused, loses an answer or a race at every call it makes: each message
//! still ends as one effect or UNKNOWN, and the members as if nothing had happened.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what goes wrong here fails a test"
)]

use std::ops::Range;

use hearth_domain::platform::Platform;
use hearth_local::faults::Fault;
use hearth_tests::chaos::{Border, Planned, SplitMix};
use hearth_tests::crowd::Crowd;
use hearth_tests::many;
use hearth_tests::story::{self, Outcome, Story, at};

/// A runtime whose sleeps take no time: backoffs and timeouts pass as soon as all else waits.
fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(test)
}

/// Runs schedules and tells what went wrong.
fn sweep(name: &str, story: &Story, plain: &Outcome, schedules: &[Vec<Planned>]) {
    #[expect(clippy::disallowed_methods, reason = "a stopwatch")]
    let begun = std::time::Instant::now();
    let reports = schedules
        .iter()
        .map(|schedule| run(story.check(plain, schedule)));
    let wrong: Vec<String> = reports.filter(|report| !report.is_empty()).collect();
    println!(
        "{name}: {} schedules of {:?} in {:.1} s",
        schedules.len(),
        story.name,
        begun.elapsed().as_secs_f64()
    );
    assert!(
        wrong.is_empty(),
        "{} of {} schedules went wrong:\n{}",
        wrong.len(),
        schedules.len(),
        wrong.iter().take(4).cloned().collect::<String>()
    );
}

/// The story where nothing fails, and the calls it makes.
fn plain(story: &Story) -> (Outcome, Vec<Border>) {
    let told = run(story.tell(&[]));
    assert_eq!(told.outcome.flaws(), Vec::<String>::new());
    let trace = told.chaos.trace();
    assert_eq!(
        trace,
        run(story.tell(&[])).chaos.trace(),
        "the same story makes the same calls"
    );
    (told.outcome, trace)
}

/// The calls that are nobody's: crowds are struck only where a member is named. The faults
/// take turns.
#[test]
fn a_tick_that_fails_anywhere_is_made_good_by_the_next() {
    let story = story::leave();
    let (outcome, trace) = plain(&story);
    let looks = trace.iter().enumerate();
    let looks = looks.filter(|(_, border)| **border == Border::Look);
    let schedules: Vec<Vec<Planned>> = looks
        .enumerate()
        .filter_map(|(turn, (call, border))| {
            let faults = border.faults();
            let (fault, times) = faults.get(turn % faults.len()).copied()?;
            Some(vec![Planned { call, fault, times }])
        })
        .collect();
    assert!(schedules.len() > 16);
    sweep("every look", &story, &outcome, &schedules);
}

/// How many seeds of each story; a seed is a schedule for each of the crowd's members.
const SWEEP: [(fn() -> Crowd, usize); 8] = [
    (many::join, 52),
    (many::win_back, 12),
    (many::event, 12),
    (many::wake_up, 12),
    (many::check_in, 38),
    (many::step, 16),
    (many::shop, 14),
    (many::held, 12),
];

/// Runs every `of`th seed of every story from `part` on; how many schedules that were.
fn sweep_part(part: usize, of: usize) -> (usize, Vec<String>) {
    let (mut schedules, mut wrong) = (0, Vec::new());
    for (crowd, seeds) in SWEEP {
        #[expect(clippy::disallowed_methods, reason = "a stopwatch")]
        let begun = std::time::Instant::now();
        let calm = run(crowd().calmly());
        let before = schedules;
        for seed in (part..seeds).step_by(of) {
            wrong.extend(run(calm.under(seed)));
            schedules += calm.size();
        }
        println!(
            "{} schedules of {:?} in {:.1} s, {} calls each",
            schedules - before,
            (crowd().frame)().name,
            begun.elapsed().as_secs_f64(),
            calm.calls().iter().sum::<usize>() / calm.size(),
        );
    }
    (schedules, wrong)
}

/// Every journey: repeated and reordered deliveries, and up to three faults a member. The first
/// goes over all calls made for the members.
#[test]
fn ten_thousand_schedules_end_as_if_nothing_had_happened() {
    let parts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|part| scope.spawn(move || sweep_part(part, 2)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let schedules: usize = parts.iter().map(|(schedules, _)| schedules).sum();
    let wrong: Vec<String> = parts.into_iter().flat_map(|(_, wrong)| wrong).collect();
    println!("{schedules} schedules in all");
    assert!(
        wrong.is_empty(),
        "{} of {schedules} schedules went wrong:\n{}",
        wrong.len(),
        wrong.iter().take(6).cloned().collect::<String>()
    );
    assert!(schedules >= 10_000, "only {schedules} schedules");
}

/// Two to four faults, most of them where something is written or sent: most calls are ticks that
/// look and find nothing. Not more, because a message that comes a sixth time is a dead letter.
fn drawn(seed: u64, trace: &[Border]) -> Vec<Planned> {
    let mut random = SplitMix::new(seed);
    let acting: Vec<usize> = trace
        .iter()
        .enumerate()
        .filter(|(_, border)| !matches!(border, Border::Look | Border::Read))
        .map(|(call, _)| call)
        .collect();
    let mut planned = Vec::new();
    for _ in 0..2 + random.below(3) {
        let call = if random.below(4) == 0 {
            random.below(trace.len())
        } else {
            random.pick(&acting).unwrap()
        };
        let (fault, times) = random.pick(trace[call].faults()).unwrap();
        planned.push(Planned { call, fault, times });
    }
    planned
}

fn several_faults(story: &Story, seeds: Range<u64>) {
    let (outcome, trace) = plain(story);
    let schedules: Vec<_> = seeds.map(|seed| drawn(seed, &trace)).collect();
    sweep("several faults", story, &outcome, &schedules);
}

#[test]
fn several_crashes_in_a_row() {
    several_faults(&story::leave(), 0..20);
}

#[test]
fn several_crashes_within_nine_days() {
    several_faults(&story::whole(), 0..12);
}

/// One schedule alone, as a failure above prints it: put it here, and run
/// `cargo test -p hearth-tests --test main crash::replay -- --ignored --nocapture`.
#[test]
#[ignore = "for looking at one schedule"]
fn replay() {
    let story = story::check_in();
    let schedule = [Planned {
        call: 85,
        fault: Fault::Refuse,
        times: 1,
    }];
    let told = run(story.tell(&schedule));
    println!("{:#?}", (told.chaos.injected(), &told.outcome));
    let (plain, _) = plain(&story);
    let report = run(story.check(&plain, &schedule));
    assert!(report.is_empty(), "{report}");
}

/// What became of the messages of a newcomer to a shop or a club whose sends end like this.
fn sends_under(story: &Story, fault: Fault) -> (Vec<String>, usize) {
    let (_, trace) = plain(story);
    // The last call to the platform for the first message: the one that carries it.
    let chats: Vec<usize> = trace
        .iter()
        .enumerate()
        .filter(|(_, border)| **border == Border::Chat)
        .map(|(call, _)| call)
        .collect();
    let call = if story.platform() == Platform::Slack {
        chats[1]
    } else {
        chats[0]
    };
    let told = run(story.tell(&[Planned {
        call,
        fault,
        times: 1,
    }]));
    let times = told.outcome.times_received();
    let first: Vec<String> = told
        .outcome
        .messages
        .iter()
        .filter(|(id, _)| id.contains("/day-1"))
        .map(|(_, state)| state.name().to_owned())
        .collect();
    (
        first,
        told.outcome
            .messages
            .keys()
            .filter(|id| id.contains("/day-1"))
            .filter_map(|id| times.get(id.as_str()))
            .sum(),
    )
}

#[test]
fn a_lost_answer_is_unknown_unless_the_platform_drops_repetitions() {
    let club =
        Story::new("club", story::CLUB, at(0, 0, 20), at(0, 1, 30)).joins(at(0, 0, 30), "U1");
    let shop =
        Story::new("shop", story::SHOP, at(0, 0, 20), at(0, 1, 30)).joins(at(0, 0, 30), "U1");
    for (story, fault, states, received) in [
        // Slack has no key: it may have arrived, so it is not sent again. It did arrive …
        (&club, Fault::LoseAnswer, ["SENT", "UNKNOWN"], 2),
        (&club, Fault::CrashAfter, ["SENT", "UNKNOWN"], 2),
        // … or it did not.
        (&club, Fault::CrashBefore, ["SENT", "UNKNOWN"], 1),
        (&club, Fault::Refuse, ["SENT", "SENT"], 2),
        // Sent again with the same id, which the receiver takes once.
        (&shop, Fault::LoseAnswer, ["SENT", "SENT"], 2),
        (&shop, Fault::CrashAfter, ["SENT", "SENT"], 2),
        (&shop, Fault::CrashBefore, ["SENT", "SENT"], 2),
        (&shop, Fault::Refuse, ["SENT", "SENT"], 2),
    ] {
        let (mut ended, times) = sends_under(story, fault);
        ended.sort();
        assert_eq!(
            (ended, times),
            (states.map(str::to_owned).to_vec(), received),
            "{} {fault:?}",
            story.name
        );
    }
}

#[test]
fn a_delivery_whose_process_dies_is_delivered_again_and_counts_once() {
    let story = Story::new("ingress", story::CLUB, at(0, 0, 20), at(0, 1, 30)).says(
        at(0, 0, 30),
        "U1",
        "CHOME",
        "good morning",
    );
    let (plain, trace) = plain(&story);
    let queue = trace
        .iter()
        .position(|border| *border == Border::Queue)
        .unwrap();
    for (call, border) in trace.iter().enumerate().take(queue + 1) {
        for (fault, times) in border.faults() {
            let told = run(story.tell(&[Planned {
                call,
                fault: *fault,
                times: *times,
            }]));
            let differences = told
                .outcome
                .differences(&plain, &told.chaos.injected(), false);
            assert_eq!(differences, Vec::<String>::new(), "call {call} {fault:?}");
            assert_eq!(
                told.outcome.members["U1"].weeks.current.unwrap().messages,
                1,
                "call {call} {fault:?}"
            );
            // The queue had it before the process died or lost the answer: it came twice.
            let twice = call == queue && matches!(fault, Fault::CrashAfter | Fault::LoseAnswer);
            assert_eq!(
                told.stage.stack.queues.sent(),
                if twice { 2 } else { 1 },
                "call {call} {fault:?}"
            );
        }
    }
}
