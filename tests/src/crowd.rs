//! One story told to many members of one community at once, each with faults and repetitions of
//! their own. One told schedule is one member's: what it costs to look at the clock is shared.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a story that can't be told fails its test"
)]

use std::fmt::Write as _;
use std::sync::Arc;

use hearth_local::clock::StackClock;
use hearth_local::stack::Options;
use jiff::Timestamp;

use crate::chaos::{Each, Fate, SplitMix};
use crate::story::{Beat, LOUNGE, Outcome, Stage, Story, monday};

/// A story for many.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// The story of the member of a number, told on from what the others do.
    pub tell: fn(Story, usize, &str) -> Story,
    /// Its name, its community and its instants: a story without beats.
    pub frame: fn() -> Story,
    /// How many hear it at once.
    pub size: usize,
}

/// What is delivered to whom: the first time when it happened, and again later.
struct Arrival<'a> {
    at: Timestamp,
    beat: &'a Beat,
}

/// A crowd for which nothing failed.
pub struct Calm {
    crowd: Crowd,
    outcome: Outcome,
    /// Of each member how many calls were made for them while they could have failed.
    calls: Vec<usize>,
}

/// The member of a number. Their ids occur in every call that is made for them.
pub fn user(number: usize) -> String {
    format!("{}{number:03}", Each::MARK)
}

impl Crowd {
    fn beats(&self) -> Vec<Vec<Beat>> {
        let mut story = (self.frame)();
        let mut beats = Vec::new();
        for number in 0..self.size {
            story = (self.tell)(story, number, &user(number));
            beats.push(std::mem::take(&mut story.beats));
        }
        beats
    }

    /// Each beat once, in order.
    fn once(beats: &[Vec<Beat>]) -> Vec<Arrival<'_>> {
        let mut arrivals: Vec<Arrival<'_>> = beats
            .iter()
            .flatten()
            .map(|beat| Arrival { at: beat.at, beat })
            .collect();
        arrivals.sort_by_key(|arrival| arrival.at);
        arrivals
    }

    /// Some of them up to five times: at once, or together with what happened later. What arrives
    /// at one instant comes in any order.
    fn repeated<'a>(beats: &'a [Vec<Beat>], random: &mut SplitMix) -> Vec<Arrival<'a>> {
        let mut arrivals = Vec::new();
        for beats in beats {
            for (n, beat) in beats.iter().enumerate() {
                arrivals.push(Arrival { at: beat.at, beat });
                if random.below(4) > 0 {
                    continue;
                }
                for _ in 0..=random.below(4) {
                    let later = beats.get(n + random.below(beats.len() - n));
                    let at = later.map_or(beat.at, |later| later.at);
                    arrivals.push(Arrival { at, beat });
                }
            }
        }
        random.shuffle(&mut arrivals);
        arrivals.sort_by_key(|arrival| arrival.at);
        arrivals
    }

    async fn told(&self, arrivals: Vec<Arrival<'_>>, fates: Vec<Fate>) -> (Outcome, Arc<Each>) {
        let frame = (self.frame)();
        let clock = StackClock::standing_at(monday());
        let chaos = Arc::new(Each::new(clock.clone(), fates));
        // A record alone is a batch: who dies over it takes nobody's else with them.
        let options = Options {
            faults: chaos.clone(),
            batch: 1,
            ..Options::in_memory(clock)
        };
        let playbook = frame.playbook();
        let stage = Box::pin(Stage::of(frame.community, playbook, options)).await;
        if frame.community == LOUNGE {
            let codes: Vec<String> = (0..2 * self.size).map(|n| format!("CODE-{n:04}")).collect();
            for pool in ["welcome", "back"] {
                let pool = pool.parse().unwrap();
                let store = &stage.stack.store;
                store
                    .import_codes(&stage.community.id, &pool, &codes)
                    .await
                    .unwrap();
            }
        }
        let mut calm = true;
        let mut arrivals = arrivals.into_iter().peekable();
        while let Some(Arrival { at, beat }) = arrivals.next() {
            if calm && at >= frame.from {
                stage.stack.advance_to(frame.from).await.unwrap();
                chaos.begin();
                calm = false;
            }
            if stage.now() < at {
                stage.stack.advance_to(at).await.unwrap();
            }
            let answer = stage.deliver_at_once(beat).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            if arrivals.peek().is_none_or(|next| next.at != at) {
                stage.stack.run_until_idle().await;
            }
        }
        if calm {
            stage.stack.advance_to(frame.from).await.unwrap();
            chaos.begin();
        }
        let until = frame.until.max(stage.now());
        stage.stack.advance_to(until).await.unwrap();
        chaos.calm();
        stage.stack.advance_to(frame.end).await.unwrap();
        (stage.outcome().await, chaos)
    }

    /// Tells it where nothing fails.
    pub async fn calmly(self) -> Calm {
        let beats = self.beats();
        let fates = (0..self.size).map(|_| Fate::none()).collect();
        let (outcome, chaos) = Box::pin(self.told(Self::once(&beats), fates)).await;
        assert_eq!(outcome.flaws(), Vec::<String>::new());
        Calm {
            crowd: self,
            outcome,
            calls: chaos.calls(),
        }
    }
}

impl Calm {
    /// What came of it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// How many calls were made for the members.
    pub fn calls(&self) -> &[usize] {
        &self.calls
    }

    /// Tells it under faults that follow from a seed; what went wrong with each member. The first
    /// fault of each goes over all calls and all kinds from seed to seed.
    pub async fn under(&self, seed: usize) -> Vec<String> {
        let crowd = self.crowd;
        let beats = crowd.beats();
        let mut random = SplitMix::new(u64::try_from(seed).unwrap());
        let arrivals = Crowd::repeated(&beats, &mut random);
        let fates = self.calls.iter().enumerate().map(|(number, calls)| {
            let turn = seed * crowd.size + number;
            Fate::drawn(turn, *calls, &mut random)
        });
        let fates = fates.collect();
        let (outcome, chaos) = Box::pin(crowd.told(arrivals, fates)).await;
        let frame = (crowd.frame)();
        let mut reports: Vec<String> = outcome
            .left
            .iter()
            .map(|left| format!("story {:?}, seed {seed}: {left}\n", frame.name))
            .collect();
        for number in 0..crowd.size {
            let user = user(number);
            let mine = outcome.of(&user);
            let injected = chaos.injected(number);
            let mut flaws = mine.flaws();
            let plain = self.outcome.of(&user);
            flaws.extend(mine.differences(&plain, &injected, frame.is_on_slack()));
            if flaws.is_empty() {
                continue;
            }
            let mut report = format!("story {:?}, seed {seed}, {user}\n", frame.name);
            for fault in &injected {
                let _ = writeln!(
                    report,
                    "  {} call {} {}: {:?}",
                    fault.at, fault.call.0, fault.call.1, fault.fault
                );
            }
            for flaw in flaws {
                let _ = writeln!(report, "  - {flaw}");
            }
            reports.push(report);
        }
        reports
    }

    /// How many schedules one seed is.
    pub fn size(&self) -> usize {
        self.crowd.size
    }
}
