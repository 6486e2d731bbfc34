//! The process dies, is refused, loses an answer or a race at every call it makes: each message
//! still ends as one effect or UNKNOWN, and the members as if nothing had happened.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what goes wrong here fails a test")]

use hearth_tests::chaos::{Border, Planned, SplitMix};
use hearth_tests::story::{self, Outcome, Story};

/// A runtime whose sleeps take no time: backoffs and timeouts pass as soon as all else waits.
fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(test)
}

/// Runs schedules and tells what went wrong.
fn sweep(name: &str, story: &Story, plain: &Outcome, schedules: &[Vec<Planned>]) {
    #[expect(clippy::disallowed_methods, reason = "a stopwatch")]
    let begun = std::time::Instant::now();
    let reports = schedules.iter().map(|schedule| run(story.check(plain, schedule)));
    let wrong: Vec<String> = reports.filter(|report| !report.is_empty()).collect();
    println!("{name}: {} schedules of {:?} in {:.1} s", schedules.len(), story.name, begun.elapsed().as_secs_f64());
    assert!(wrong.is_empty(), "{} of {} schedules went wrong:\n{}", wrong.len(), schedules.len(), wrong.iter().take(4).cloned().collect::<String>());
}

/// The story where nothing fails, and the calls it makes.
fn plain(story: &Story) -> (Outcome, Vec<Border>) {
    let told = run(story.tell(&[]));
    assert_eq!(told.outcome.flaws(), Vec::<String>::new());
    let trace = told.chaos.trace();
    assert_eq!(trace, run(story.tell(&[])).chaos.trace(), "the same story makes the same calls");
    (told.outcome, trace)
}

/// Every fault at every call.
fn every_single_fault(story: &Story) {
    let (outcome, trace) = plain(story);
    let at = |(call, border): (usize, &Border)| border.faults().iter().map(move |(fault, times)| vec![Planned { call, fault: *fault, times: *times }]).collect::<Vec<_>>();
    let schedules: Vec<_> = trace.iter().enumerate().flat_map(at).collect();
    sweep("every single fault", story, &outcome, &schedules);
}

#[test]
fn crash_points_of_a_join() {
    every_single_fault(&story::join());
}

#[test]
fn crash_points_of_a_step() {
    every_single_fault(&story::step());
}

#[test]
fn crash_points_of_check_ins() {
    every_single_fault(&story::check_in());
}

#[test]
fn crash_points_of_a_leave() {
    every_single_fault(&story::leave());
}

#[test]
fn crash_points_where_the_platform_drops_repetitions() {
    every_single_fault(&story::shop());
}

/// Up to four faults at random calls: a message comes five times before it is a dead letter.
fn drawn(seed: u64, trace: &[Border]) -> Vec<Planned> {
    let mut random = SplitMix::new(seed);
    let count = 2 + random.below(3);
    let mut planned = Vec::new();
    for _ in 0..count {
        let call = random.below(trace.len());
        if let Some((fault, times)) = random.pick(trace[call].faults()) {
            planned.push(Planned { call, fault, times });
        }
    }
    planned
}

fn several_faults(story: &Story, seeds: std::ops::Range<u64>) {
    let (outcome, trace) = plain(story);
    // Mostly where something is written or sent: most calls are ticks that look and find nothing.
    let schedules: Vec<_> = seeds.map(|seed| drawn(seed, &trace)).collect();
    sweep("several faults", story, &outcome, &schedules);
}

#[test]
fn crash_points_of_nine_days() {
    several_faults(&story::whole(), 0..60);
}
