//! How good the talk was: a week's threads, and how long a question waits for an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::numbers::{Numbers, median, ratio};
use crate::days::{IsoWeek, LocalDay, Zone};
use crate::ids::InterestId;
use crate::thread::Answered;

/// The threads that began in a week, counted one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    week: IsoWeek,
    as_of: LocalDay,
    threads: u64,
    quality: u64,
    /// Threads by whole minutes until somebody else answered.
    waited: BTreeMap<u16, u64>,
    topics: BTreeMap<InterestId, TopicTalk>,
}

/// The threads of a week that were about one of the playbook's interests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicTalk {
    /// Threads that began in the week in a place that is about it.
    pub threads: u64,
    /// Those of them that were a talk, as in [`TalkNumbers::quality`].
    pub quality: u64,
}

/// A week's threads in its numbers. A message that nobody answered is no thread, and one that is told
/// without when it began, began with its first answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TalkNumbers {
    /// Threads that began in the week.
    pub threads: u64,
    /// Those of three members or more with five answers or a first one within 30 minutes.
    pub quality: u64,
    /// Threads that somebody else answered and of which it is known when they began.
    pub with_first_reply: u64,
    /// `quality` / `threads`.
    pub quality_rate: Option<f64>,
    /// Median of the whole minutes until somebody else answered, over `with_first_reply`.
    pub median_first_reply_minutes: Option<f64>,
    /// Threads by what their place is about. Those of other places are in none; empty where no place is
    /// about anything, and in records from before that was counted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub topics: BTreeMap<InterestId, TopicTalk>,
}

impl Talk {
    /// No thread yet. `as_of` is the last day that counts, in the community's zone.
    pub fn new(week: IsoWeek, as_of: LocalDay) -> Self {
        Self {
            week,
            as_of,
            threads: 0,
            quality: 0,
            waited: BTreeMap::new(),
            topics: BTreeMap::new(),
        }
    }

    /// Counts a thread, if it began on a day that counts. Answers count whenever they came.
    pub fn add(&mut self, thread: &Answered, zone: &Zone) {
        let day = thread.began().map(|began| zone.day(began));
        if day.is_none_or(|day| day.week() != self.week || day > self.as_of) {
            return;
        }
        let quality = u64::from(thread.is_quality());
        self.threads += 1;
        self.quality += quality;
        for topic in &thread.topics {
            self.add_to(topic, 1, quality);
        }
        if let Some(waited) = thread.first_reply() {
            let minutes = u16::try_from(waited.as_mins()).unwrap_or(u16::MAX);
            *self.waited.entry(minutes).or_default() += 1;
        }
    }

    fn add_to(&mut self, topic: &InterestId, threads: u64, quality: u64) {
        let talk = self.topics.entry(topic.clone()).or_default();
        talk.threads += threads;
        talk.quality += quality;
    }

    /// Adds what was counted elsewhere, of the same week and day.
    pub fn merge(&mut self, other: Self) {
        self.threads += other.threads;
        self.quality += other.quality;
        for (minutes, threads) in other.waited {
            *self.waited.entry(minutes).or_default() += threads;
        }
        for (topic, talk) in other.topics {
            self.add_to(&topic, talk.threads, talk.quality);
        }
    }

    fn numbers(&self) -> TalkNumbers {
        TalkNumbers {
            threads: self.threads,
            quality: self.quality,
            with_first_reply: self.waited.values().sum(),
            quality_rate: ratio(self.quality, self.threads),
            median_first_reply_minutes: median(&self.waited),
            topics: self.topics.clone(),
        }
    }
}

impl Numbers {
    /// With the week's threads.
    #[must_use]
    pub fn with_talk(self, talk: &Talk) -> Self {
        Self {
            talk: talk.numbers(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::SignedDuration;

    use super::super::testing::{day, numbers_of};
    use super::*;
    use crate::thread::{Reply, testing::reply};

    /// A thread of the day at noon in UTC, of so many members, answered after so many minutes.
    fn thread(at: LocalDay, is_told: bool, members: u8, minutes: &[i64]) -> Answered {
        let noon = Zone::utc().start_of(at) + SignedDuration::from_hours(12);
        let answered = |minutes: &i64| noon + SignedDuration::from_mins(*minutes);
        let replies: BTreeSet<Reply> = minutes.iter().map(answered).map(reply).collect();
        Answered {
            started: is_told.then_some(noon),
            members: (0..members).map(|n| [n; 4]).collect(),
            replies,
            topics: BTreeSet::new(),
        }
    }

    fn told(threads: &[Answered], as_of: LocalDay) -> TalkNumbers {
        let mut talk = Talk::new(as_of.week(), as_of);
        for thread in threads {
            talk.add(thread, &Zone::utc());
        }
        numbers_of(&[]).with_talk(&talk).talk
    }

    #[test]
    fn a_talk_is_three_members_and_five_answers_or_one_soon() {
        let quality = |told, members, minutes: &[i64]| {
            told_one(&thread(day(0), told, members, minutes)).quality == 1
        };
        assert!(quality(true, 3, &[30]), "within half an hour");
        assert!(!quality(true, 3, &[31]));
        assert!(!quality(true, 2, &[1, 2, 3, 4, 5]), "two members");
        assert!(quality(true, 3, &[60, 61, 62, 63, 64]), "five answers");
        assert!(!quality(true, 4, &[60, 61, 62, 63]));
        // Nobody knows whether the first answer came soon.
        assert!(!quality(false, 4, &[1, 2, 3, 4]));
        assert!(quality(false, 3, &[1, 2, 3, 4, 5]));
    }

    fn told_one(thread: &Answered) -> TalkNumbers {
        told(std::slice::from_ref(thread), day(6))
    }

    #[test]
    fn a_thread_counts_with_what_its_place_is_about() {
        let about = |ids: &[&str], minutes: i64| Answered {
            topics: ids.iter().map(|id| id.parse().unwrap()).collect(),
            ..thread(day(1), true, 3, &[minutes])
        };
        let threads = [
            about(&["tools"], 5),
            about(&["tools"], 45),
            about(&["cases"], 5),
            about(&["cases", "tools"], 45),
            about(&[], 5),
        ];
        let mut parts = [
            Talk::new(day(6).week(), day(6)),
            Talk::new(day(6).week(), day(6)),
        ];
        for (n, thread) in threads.iter().enumerate() {
            parts[n % 2].add(thread, &Zone::utc());
        }
        let [mut all, other] = parts;
        all.merge(other);
        let talk = numbers_of(&[]).with_talk(&all).talk;
        let of = |id: &str| talk.topics[&id.parse::<InterestId>().unwrap()];
        assert_eq!(
            of("tools"),
            TopicTalk {
                threads: 3,
                quality: 1
            }
        );
        assert_eq!(
            of("cases"),
            TopicTalk {
                threads: 2,
                quality: 1
            }
        );
        assert_eq!((talk.threads, talk.quality), (5, 3));
        assert_eq!(talk, told(&threads, day(6)));
    }

    #[test]
    fn a_thread_counts_in_the_week_in_which_it_began() {
        let threads = [
            thread(day(-1), true, 3, &[5]),
            thread(day(0), true, 3, &[5]),
            // Answered when the week was over.
            thread(day(6), true, 3, &[2_000]),
            thread(day(7), true, 3, &[5]),
            // Told without its beginning: it began with its first answer.
            thread(day(6), false, 3, &[2_000]),
            thread(day(6), false, 3, &[1]),
        ];
        let all = told(&threads, day(6));
        assert_eq!((all.threads, all.quality), (3, 1));
        assert_eq!(all.quality_rate, Some(0.333_333_333));
        assert_eq!(all.with_first_reply, 2);
        assert_eq!(all.median_first_reply_minutes, Some(1_002.5));
        let until_saturday = told(&threads, day(5));
        assert_eq!(until_saturday.threads, 1);
        let nothing = told(&[], day(6));
        assert_eq!(nothing, TalkNumbers::default());
    }
}
