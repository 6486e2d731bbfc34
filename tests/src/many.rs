//! Stories that many members live through at once: each by their number, so that every way
//! through a journey is gone by some of them.

use crate::crowd::Crowd;
use crate::story::{CLUB, LOUNGE, SHOP, Story, at};

/// So many at once: more share the clock's looks, but are in each other's way when a process dies.
const SIZE: usize = 60;

fn crowd(tell: fn(Story, usize, &str) -> Story, frame: fn() -> Story) -> Crowd {
    Crowd {
        tell,
        frame,
        size: SIZE,
    }
}

/// A join; one does both tasks and is busy, one chooses an interest and then wants no messages.
pub fn join() -> Crowd {
    crowd(
        |story, number, user| {
            let story = story.joins(at(0, 0, 30), user);
            if number.is_multiple_of(2) {
                story
                    .renames(at(0, 1, 0), user, "design-May")
                    .says(at(0, 1, 0), user, "CTOPIC", "I would start small")
                    .reacts(at(0, 1, 30), user, "tada")
            } else {
                story
                    .presses(at(0, 1, 0), user, "onboarding/1/day-1", "interest:tools")
                    .whispers(at(0, 2, 0), user, "stop")
            }
        },
        || Story::new("join", CLUB, at(0, 0, 20), at(0, 2, 30)),
    )
}

/// The second day's step; one does the task, one had done it before.
pub fn step() -> Crowd {
    crowd(
        |story, number, user| {
            let story = story.joins(at(0, 0, 30), user);
            if number.is_multiple_of(2) {
                story.presses(at(1, 1, 30), user, "onboarding/1/day-2", "task:done")
            } else {
                story.renames(at(0, 1, 0), user, "design-May")
            }
        },
        || Story::new("step", CLUB, at(1, 0, 50), at(1, 2, 0)),
    )
}

/// Three days in a row, which is a milestone, and a fourth.
pub fn check_in() -> Crowd {
    crowd(
        |story, _, user| (0..4).fold(story, |story, day| story.checks_in(at(day, 1, 0), user)),
        || Story::new("check-in", CLUB, at(0, 0, 20), at(3, 2, 0)),
    )
}

/// A leave late in the evening: quiet hours hold the survey until the morning.
pub fn held() -> Crowd {
    crowd(
        |story, _, user| story.joins(at(0, 0, 30), user).leaves(at(0, 12, 55), user),
        || Story::new("held", CLUB, at(0, 12, 40), at(0, 23, 30)),
    )
}

/// Behind a gateway that takes each message id once.
pub fn shop() -> Crowd {
    crowd(
        |story, _, user| {
            story
                .joins(at(0, 0, 30), user)
                .renames(at(0, 1, 0), user, "design-May")
                .checks_in(at(0, 1, 0), user)
                .leaves(at(0, 1, 30), user)
        },
        || Story::new("shop", SHOP, at(0, 0, 20), at(0, 2, 30)),
    )
}

/// Some are held out of the plan, the others invited: they come and are asked how it was and get
/// their gift, or say that they come and do not, or do not want to.
pub fn event() -> Crowd {
    crowd(
        |story, number, user| {
            let tea = at(2, 3, 0).as_second();
            let story = story.joins(at(0, 0, 30), user);
            match number % 4 {
                0 | 1 => story
                    .presses(at(1, 1, 10), user, "onboarding/1/day-2", "event:join")
                    .presses(
                        at(2, 3, 5),
                        user,
                        &format!("event/tea/{tea}/soon"),
                        "event:here",
                    )
                    .presses(
                        at(2, 4, 20),
                        user,
                        &format!("event/tea/{tea}/question"),
                        "score:4",
                    ),
                2 => story.presses(at(1, 1, 10), user, "onboarding/1/day-2", "event:join"),
                _ => story.presses(at(1, 1, 10), user, "onboarding/1/day-2", "event:later"),
            }
        },
        || Story::new("event", LOUNGE, at(1, 0, 50), at(2, 6, 0)),
    )
}

/// Why they leave, by number.
const REASONS: [&str; 4] = ["boring_content", "few_benefits", "too_much_info", "other"];

/// A leave, the survey, a reason each, the answer to it, for "other" an operator, a day later the
/// gift with a code of a pool, for some the return, the greeting and the care.
pub fn win_back() -> Crowd {
    crowd(
        |story, number, user| {
            let story = story
                .joins(at(0, 0, 30), user)
                .presses(at(0, 0, 35), user, "onboarding/1/day-1", "interest:tools")
                .leaves(at(0, 0, 40), user);
            let reason = REASONS.get(number % 4).copied().unwrap_or("other");
            let story = story.presses(at(0, 1, 20), user, "win-back/1/survey", reason);
            let story = if reason == "other" {
                // Half of them are claimed after the operators were reminded.
                let claimed = if number.is_multiple_of(8) { 40 } else { 100 };
                let notice = format!("club/{user}/case/1/opened");
                story
                    .presses_under(at(0, 1, 20 + claimed), "USTAFF", &notice, "case:claim")
                    .presses_under(at(0, 3, 30), "USTAFF", &notice, "case:done")
            } else {
                story
            };
            if number.is_multiple_of(3) {
                story.joins(at(1, 2, 0), user)
            } else {
                story
            }
        },
        || Story::new("win-back", LOUNGE, at(0, 0, 38), at(3, 3, 0)),
    )
}

/// A week of silence, the wake-up, the vote, the wish for the digest alone, the digest, and all
/// messages again.
pub fn wake_up() -> Crowd {
    crowd(
        |story, number, user| {
            let story = story.says(at(0, 0, 40), user, "CHOME", "nobody saw me join");
            let vote = if number.is_multiple_of(3) {
                "vote:quiet"
            } else {
                "vote:tools"
            };
            let story = story.presses(at(7, 1, 20), user, "wake-up/2026-01-12", vote);
            let story = story.presses(
                at(7, 1, 50),
                user,
                "wake-up/2026-01-12",
                "preference:digest",
            );
            if number.is_multiple_of(2) {
                story.whispers(at(9, 2, 0), user, "start")
            } else {
                story
            }
        },
        || Story::new("wake-up", LOUNGE, at(7, 0, 50), at(9, 3, 0)),
    )
}
