//! Members that lived through anything are read as they were written, fit their kilobyte, and a
//! garbled item is refused by the name of its attribute.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use hearth_domain::community::Community;
use hearth_domain::decide;
use hearth_domain::event::{Event, Facts, FeedbackScale, Happened, LeaveCause, LeaveReason};
use hearth_domain::ids::{EventId, GatheringId};
use hearth_domain::invitation::{Came, Inviter, JoinSource};
use hearth_domain::journey::{
    Answer, Book, Case, CaseState, Context, Known, Person, Plan, PlanEnd, PlanState, Seat, Wake,
};
use hearth_domain::member::{
    Accepted, Before, Challenges, DayPoints, Different, Earned, Enrolled, Hours, Invitations,
    MovedOut, Orders, Tallies, Voided, Wait, Watch, hash64,
};
use hearth_domain::playbook::{Freezes, Playbook};
use hearth_domain::segment::Segment;
use jiff::SignedDuration;

use super::*;
use crate::store::{Item, StoreError};

/// The item's size as DynamoDB counts it: names and values in bytes; numbers at two digits a byte
/// and one more; 3 bytes for a list or map and 1 for each of its elements.
/// Source: "DynamoDB item sizes and formats", developer guide.
pub(crate) fn size_of(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + size_of_value(value))
        .sum()
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "we store no sets in these items"
)]
fn size_of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => {
            let digits = number.trim_start_matches('-').trim_end_matches('0').len();
            digits.div_ceil(2) + 1 + usize::from(number.starts_with('-'))
        }
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        AttributeValue::L(list) => {
            3 + list
                .iter()
                .map(|value| 1 + size_of_value(value))
                .sum::<usize>()
        }
        AttributeValue::M(map) => {
            3 + map
                .iter()
                .map(|(name, value)| 1 + name.len() + size_of_value(value))
                .sum::<usize>()
        }
        other => panic!("we store no {other:?}"),
    }
}

fn acme() -> CommunityId {
    CommunityId::new("acme").unwrap()
}

fn item_of(member: &Member) -> Item {
    serde_dynamo::to_item(MemberItem::of(&acme(), 16, member)).unwrap()
}

fn read(item: Item) -> Result<Member, StoreError> {
    Ok(Member::try_from(serde_dynamo::from_item::<_, MemberItem>(
        item,
    )?)?)
}

fn community() -> Community {
    let source = "id = \"acme\"\nplatform = \"slack\"\nname = \"Acme\"\nzone = \"Asia/Taipei\"\nlocale = \"en\"\nplaybook = \"default\"\ncurrency = \"TWD\"\n[secrets]\nsigning_secret = \"literal:a\"\nbot_token = \"literal:b\"\n";
    Community::parse(source).unwrap()
}

/// A stream of numbers that is the same in every run.
struct Dice {
    seed: u64,
    rolls: u64,
}

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.rolls += 1;
        // FNV's low bits follow its input's: the high ones are shuffled better.
        (hash64(&format!("{}:{}", self.seed, self.rolls)) >> 20) % sides
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }

    fn happened(&mut self) -> Happened {
        match self.roll(16) {
            14 => Happened::OrderPaid {
                order: self.pick(&["1001", "#1002", "1003"]).parse().unwrap(),
                amount: self.roll(1_000_000_000_001),
                currency: self.pick(&["TWD", "EUR"]).parse().unwrap(),
            },
            15 => Happened::FeedbackScored {
                scale: FeedbackScale::Nps,
                score: self.pick(&[0, 7, 10]),
            },
            0 => Happened::Joined {
                came: self
                    .pick(&[None, Some(JoinSource::Qr), Some(JoinSource::Invited)])
                    .map(|source| Came {
                        source,
                        by: (source == JoinSource::Invited)
                            .then(|| Inviter::Member("U7".parse().unwrap())),
                    }),
            },
            1 => Happened::Left {
                cause: self.pick(&[
                    LeaveCause::Voluntary,
                    LeaveCause::Removed,
                    LeaveCause::Unknown,
                ]),
            },
            2 => Happened::Renamed,
            3 | 4 => Happened::MessagePosted {
                length: Some(9),
                topic: self.roll(9) == 0,
                interest: Some(InterestId::new(self.pick(&["tools", "cases"])).unwrap()),
                print: None,
            },
            5 | 6 => Happened::ReactionAdded { interest: None },
            7 => Happened::ReactionRemoved,
            8 | 9 => Happened::CheckedIn { channel: None },
            10 => Happened::InterestChosen {
                interest: self
                    .pick(&[None, Some("tools"), Some("a-16-byte-interes")])
                    .map(|id| InterestId::new(&id[..id.len().min(16)]).unwrap()),
            },
            11 => Happened::SurveyAnswered {
                message: None,
                reason: self.pick(&LeaveReason::ALL),
                text: None,
            },
            12 => match self.roll(4) {
                0 => Happened::OptedOut,
                1 => Happened::DigestOnly { message: None },
                2 => Happened::Consented {
                    given: self.roll(2) == 0,
                },
                _ => Happened::OptedIn,
            },
            13 => Happened::InvitationStayed {
                invited: self.pick(&["U8", "U9", "U10"]).parse().unwrap(),
            },
            _ => Happened::TaskClaimed { message: None },
        }
    }

    fn facts(&mut self) -> Facts {
        Facts {
            name: self
                .pick(&[None, None, Some("設計-小美"), Some("")])
                .map(str::to_owned),
            zone: self
                .pick(&[
                    None,
                    None,
                    None,
                    Some("Europe/Berlin"),
                    Some("America/Argentina/ComodRivadavia"),
                ])
                .map(|name| Zone::new(name).unwrap()),
            locale: self.pick(&[None, None, Some(Locale::ZhHans)]),
            staff: self.pick(&[
                None,
                None,
                None,
                None,
                None,
                None,
                Some(true),
                Some(false),
                Some(false),
            ]),
            elsewhere: false,
            reply: None,
            regards: None,
            thread: None,
        }
    }
}

/// Every member that a random life goes through, event by event and due by due.
fn lives(seed: u64) -> Vec<Member> {
    let (community, playbook) = (
        community(),
        Playbook::parse(Playbook::DEFAULT_TOML).unwrap(),
    );
    let mut dice = Dice { seed, rolls: 0 };
    let mut now: Timestamp = "2026-01-05T02:00:00Z".parse().unwrap();
    let id = MemberId::new(dice.pick(&[
        "U1",
        "小明",
        "a-member-with-a-very-long-id-of-exactly-sixty-four-bytes-in-all!",
    ]))
    .unwrap();
    let mut known: Option<Member> = None;
    let mut all = Vec::new();
    for n in 0..60 {
        now = now
            .saturating_add(SignedDuration::from_secs(
                i64::try_from(dice.roll(200_000)).unwrap(),
            ))
            .unwrap();
        let context = Context::new(&community, Book::new(&playbook, 7), now);
        if let Some(member) = known.take() {
            known = Some(decide::on_due(member, context).member);
        }
        let mut events = Vec::new();
        for part in 0..=dice.roll(12) {
            let at = now
                .saturating_sub(SignedDuration::from_millis(
                    i64::try_from(dice.roll(400_000_000) / 1_000 * 1_000).unwrap(),
                ))
                .unwrap();
            events.push(Event {
                id: EventId::new(format!("ev{n}-{part}")).unwrap(),
                at,
                seq: dice.pick(&[0, 0, 7, u64::MAX]),
                member: id.clone(),
                facts: dice.facts(),
                what: dice.happened(),
            });
        }
        let mut member = decide::on_events(known.take(), &id, &events, context, &MovedOut::new())
            .unwrap()
            .member;
        member.version = n;
        all.push(member.clone());
        known = Some(member);
    }
    all
}

#[test]
fn a_member_is_read_as_it_was_written() {
    for member in (0..25).flat_map(lives) {
        let stored = Member {
            version: member.version + 1,
            ..member.clone()
        };
        assert_eq!(read(item_of(&member)), Ok(stored));
    }
}

/// Beside the orders of facts, instants are kept to the second; what is due is rounded up, so
/// that nothing is found before its time. Written again it stays what it is.
#[test]
fn fractions_of_a_second_are_dropped_once_and_for_all() {
    let mut member = lives(1).pop().unwrap();
    let at: Timestamp = "2026-01-05T02:00:00.25Z".parse().unwrap();
    member.journey.onboarding = Some(Plan {
        answered: 0,
        enrolment: 1,
        version: 1,
        day_one: LocalDay::from_epoch_days(20_000),
        next: 2,
        state: PlanState::Active,
        due: Some(at),
        started: at,
    });
    let read_once = read(item_of(&member)).unwrap();
    let plan = read_once.journey.onboarding.clone().unwrap();
    assert_eq!(
        (plan.due.unwrap().to_string(), plan.started.to_string()),
        (
            "2026-01-05T02:00:01Z".to_owned(),
            "2026-01-05T02:00:00Z".to_owned()
        )
    );
    let read_twice = read(item_of(&read_once)).unwrap();
    assert_eq!(
        Member {
            version: read_once.version,
            ..read_twice
        },
        read_once
    );
}

#[test]
fn the_item_carries_the_earliest_due_and_the_communitys_key() {
    let mut member = Member::new(
        MemberId::new("U1").unwrap(),
        "2026-01-05T02:00:00Z".parse().unwrap(),
    );
    let item = item_of(&member);
    assert!(item["pk"].as_s().unwrap().starts_with("acme#"));
    assert_eq!(
        (item["sk"].as_s().unwrap().as_str(), item.get("due_pk")),
        ("U1", None)
    );
    let due = |second| Some(Timestamp::from_second(second).unwrap());
    member.journey.win_back = Some(Case {
        number: 1,
        opened: member.first_seen,
        state: CaseState::Open,
        reason: None,
        answered: None,
        person: None,
        care: 0,
        due: due(1_767_600_600),
    });
    member.journey.onboarding = Some(Plan {
        enrolment: 1,
        version: 1,
        day_one: LocalDay::from_epoch_days(20_000),
        next: 2,
        state: PlanState::Active,
        answered: 0,
        due: due(1_767_600_000),
        started: member.first_seen,
    });
    let item = item_of(&member);
    assert!(
        item["due_pk"]
            .as_s()
            .unwrap()
            .starts_with("DUE#onboarding#")
    );
    assert_eq!(item["due_sk"].as_s().unwrap(), "1767600000");
}

/// Three open days with as many marks as are ever kept, and four days that wait for their row.
fn largest_scoring(day: LocalDay) -> Scoring {
    let earned = Earned {
        points: 99_999,
        check_ins: 31,
    };
    let tallies = |latest| Tallies {
        latest,
        current: earned,
        before: earned,
    };
    let marks = Different::of(&[u16::MAX, 1, 2, 3]).unwrap();
    Scoring {
        total: 999_999,
        owed: 0,
        spent: 999_999,
        level: 4,
        open: (0..7)
            .map(|n| DayPoints {
                checked_in: true,
                voided: Voided::Open,
                check_in: 99,
                message: 99,
                reaction: 99,
                review: 99,
                share: 99,
                texts: if n < 4 { Different::default() } else { marks },
                times: if n < 4 { Different::default() } else { marks },
                ..DayPoints::empty(day.plus(n))
            })
            .collect(),
        closed_through: Some(day),
        closed_streak: 1_999,
        closed_freezes: 2,
        freezing: Some(Freezes { most: 2, every: 7 }),
        longest: 1_999,
        check_ins: 9_999,
        celebrated: 1_001,
        weeks: tallies(2_969),
        months: tallies(683),
        ranking: Some(Consent {
            told: "2026-12-31T22:59:59Z".parse().unwrap(),
            given: false,
        }),
    }
}

fn every_hour() -> Hours {
    let mut hours = Hours::default();
    for weekday in 0..7 {
        for hour in 0..24 {
            hours.mark(weekday, hour);
        }
    }
    hours
}

/// A member with every attribute at its largest, on a platform that has no order of its own.
fn largest() -> Member {
    largest_with_seq(0)
}

#[expect(clippy::too_many_lines, reason = "every attribute, once")]
fn largest_with_seq(seq: u64) -> Member {
    let at: Timestamp = "2026-12-31T22:59:59.999999Z".parse().unwrap();
    let second: Timestamp = "2026-12-31T22:59:59Z".parse().unwrap();
    let order = Order {
        at: at.as_microsecond(),
        seq,
        tie: u16::MAX,
    };
    let week = |n| Week {
        week: IsoWeek::from_index(2_900 + n),
        last: Some(Transition {
            order,
            to: Status::Left,
        }),
        messages: 99_999,
        reactions: 99_999,
        posted: 127,
        interacted: 127,
        checked_in: 127,
        hours: every_hour(),
    };
    let zone = |name| Zone::new(name).unwrap();
    let day = LocalDay::from_epoch_days(20_817);
    Member {
        version: 999_999,
        join_told: true,
        name: Some(Latest {
            order,
            value: "長".repeat(16),
        }),
        locale: Some(Latest {
            order,
            value: Locale::ZhHant,
        }),
        staff: Some(Latest {
            order,
            value: false,
        }),
        zones: vec![
            (second, zone("America/Argentina/ComodRivadavia")),
            (second, zone("America/North_Dakota/New_Salem")),
        ],
        interest: Some(Latest {
            order,
            value: Some(InterestId::new("x".repeat(16)).unwrap()),
        }),
        leanings: Leanings::from_entries((0..8).map(|n| (u16::MAX - n, 200))),
        wants: Some(Latest {
            order,
            value: Preference::DigestOnly,
        }),
        consent: Some(Consent {
            told: second,
            given: true,
        }),
        last_post: Some(day),
        activity: Activity {
            first_days: u128::MAX,
            last: Some(day),
            recent_days: (1 << 96) - 1,
            organic_days: u16::MAX,
        },
        weeks: Weeks {
            current: Some(week(1)),
            previous: Some(week(0)),
            before: Some(Transition {
                order,
                to: Status::Left,
            }),
        },
        recent: Recent {
            entries: (0..u32::try_from(Recent::MAX).unwrap())
                .map(|n| Counted {
                    second: u32::MAX - n,
                    id: u32::MAX,
                })
                .collect(),
            floor: u32::MAX,
        },
        scoring: largest_scoring(day),
        challenges: Challenges {
            current: Some(Enrolled {
                key: u16::MAX,
                from: day,
                closed: 0,
                done: true,
                missed: true,
                watch: Watch::Joined(second),
            }),
            before: Some(Before {
                key: u16::MAX,
                closed: u8::MAX,
                done: true,
            }),
        },
        tasks_done: 3,
        tasks_paid: 3,
        orders: Some(Orders {
            first: LocalDay::from_epoch_days(0),
            last: LocalDay::from_epoch_days(65_535),
            count: u16::MAX,
            sum: Orders::MAX_SUM,
        }),
        invitations: Invitations {
            source: Some(JoinSource::Unknown),
            accepted: Some(Accepted {
                at: second,
                tie: u16::MAX,
                stay_days: 90,
            }),
            wait: Wait::Settled,
            stayed: u16::MAX,
            paid: Some((day, 200)),
        },
        journey: Journey {
            onboarding: Some(Plan {
                enrolment: 12,
                version: 999,
                day_one: day,
                next: 13,
                state: PlanState::Stopped {
                    at: second,
                    why: PlanEnd::OptedOut,
                },
                answered: u16::MAX,
                due: None,
                started: second,
            }),
            seat: Some(Seat {
                gathering: GatheringId::new("g".repeat(16)).unwrap(),
                starts: second,
                answer: Answer::Comes,
                attended: true,
                reminded_day: true,
                reminded_soon: true,
                asked: true,
                score: 5,
                due: Some(second),
            }),
            wake: Wake {
                sent: 12,
                last: Some(day),
                skipped: true,
                due: Some(second),
            },
            digest: Some(second),
            segment: Known {
                segment: Some(Segment::Dormant),
                due: Some(second),
            },
            win_back: Some(Case {
                number: 12,
                opened: second,
                state: CaseState::Won { at: second },
                reason: Some(LeaveReason::BoringContent),
                answered: Some(second),
                person: Some(Person::Claimed),
                care: 4,
                due: Some(second),
            }),
            promo: Some((day, 12)),
            by_staff: Some((day, 4)),
        },
        ..Member::new(MemberId::new("m".repeat(33)).unwrap(), second)
    }
}

/// The size, and what it is made of.
fn weighed(community: &str, member: &Member) -> (usize, String) {
    let item: Item = serde_dynamo::to_item(MemberItem::of(
        &CommunityId::new(community).unwrap(),
        256,
        member,
    ))
    .unwrap();
    let mut parts: Vec<(usize, &str)> = item
        .iter()
        .map(|(name, value)| (name.len() + size_of_value(value), name.as_str()))
        .collect();
    parts.sort_unstable_by(|a, b| b.cmp(a));
    (size_of(&item), format!("{parts:?}"))
}

/// Every shape that the challenge of a member has, and their wish to be on no board.
#[test]
fn challenges_and_rankings_are_read_as_they_were_written() {
    let second = |second| Timestamp::from_second(second).unwrap();
    let watches = [
        Watch::Over,
        Watch::Look(second(1_770_000_000)),
        Watch::Joined(second(1_770_000_001)),
    ];
    let before = Before {
        key: 1,
        closed: 9,
        done: true,
    };
    let mut member = lives(1).pop().unwrap();
    for watch in watches {
        for (closed, before) in [
            (7, None),
            (0, Some(before)),
            (
                0,
                Some(Before {
                    done: false,
                    ..before
                }),
            ),
        ] {
            let current = Enrolled {
                key: 300,
                from: LocalDay::from_epoch_days(20_000),
                closed,
                done: closed > 0,
                missed: closed == 0,
                watch,
            };
            member.challenges = Challenges {
                current: Some(current),
                before,
            };
            let read = read(item_of(&member)).unwrap();
            assert_eq!(read.challenges, member.challenges);
        }
    }
    for given in [true, false] {
        let told = second(1_770_000_000);
        member.scoring.ranking = Some(Consent { told, given });
        let read = read(item_of(&member)).unwrap();
        assert_eq!(read.scoring, member.scoring);
    }
    let mut item = item_of(&member);
    let size = item["ch"].as_b().unwrap().as_ref().len() + "ch".len();
    assert_eq!(size, 14);
    item.insert("ch".to_owned(), AttributeValue::B(Blob::new([255; 12])));
    let error = read(item).unwrap_err().to_string();
    assert!(error.contains("ch"), "{error}");
}

#[test]
fn the_largest_member_stays_under_960_bytes() {
    // LINE's ids are the longest of any platform: 33 bytes.
    let (size, parts) = weighed("a-community-of-24-bytes!".trim_end_matches('!'), &largest());
    assert!(size <= 960, "{size} bytes: {parts}");
}

/// An order of the platform's own in every fact: still one unit a write, which is a kilobyte. Only who
/// tells ids of their own of more than 33 bytes, and everything else at its largest, pays a second one.
#[test]
fn the_largest_member_that_could_be_costs_one_unit_a_write() {
    let member = largest_with_seq(u64::from(u32::MAX));
    let (size, parts) = weighed(&"c".repeat(32), &member);
    assert!(size <= 1_024, "{size} bytes: {parts}");
    let stored = Member {
        version: 1_000_000,
        ..member.clone()
    };
    assert_eq!(read(item_of(&member)), Ok(stored));
}

#[test]
fn points_of_any_size_are_read_as_they_were_written() {
    let mut member = largest();
    let day = member.scoring.open[0];
    member.scoring.open = [0, 1, 127, 128, 16_383, 16_384, u16::MAX]
        .map(|points| DayPoints {
            check_in: points,
            message: points,
            reaction: points,
            review: points,
            share: points,
            texts: Different::full(5).unwrap(),
            ..day
        })
        .into();
    for sum in [0, 127, 128, u32::MAX] {
        (member.scoring.owed, member.scoring.spent) = (sum, sum);
        member.scoring.weeks.before.points = sum;
        assert_eq!(
            read(item_of(&member)).map(|read| read.scoring),
            Ok(member.scoring.clone())
        );
    }
    member.scoring.freezing = None;
    member.scoring.closed_freezes = 0;
    assert_eq!(
        read(item_of(&member)).map(|read| read.scoring),
        Ok(member.scoring)
    );
}

#[test]
fn an_ordinary_member_is_about_half_of_that() {
    let sizes: Vec<usize> = (0..10)
        .flat_map(lives)
        .map(|member| size_of(&item_of(&member)))
        .collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    assert!(mean < 490, "{mean} bytes");
}

#[test]
fn a_garbled_item_is_refused_by_the_name_of_its_attribute() {
    let packed = [
        "n", "lo", "st", "i", "oo", "zo", "wc", "wp", "wb", "sc", "ob", "ca", "ev", "wk", "co",
        "le", "hc", "hp", "ch", "iv",
    ];
    let bytes = |item: &Item, name: &str| item[name].as_b().unwrap().as_ref().to_vec();
    for name in packed {
        let good = item_of(&largest());
        let whole = bytes(&good, name);
        // A name or an interest that was cut is one; nothing else is.
        let least = match name {
            "n" => whole.len() - 48,
            "i" => whole.len() - 16,
            _ => whole.len(),
        };
        // Without any, there are no hours.
        let from = usize::from(matches!(name, "hc" | "hp"));
        for cut in from..least {
            // Whole zones of a list, and a week without a join or leave, are whole.
            let whole_part = match name {
                "zo" => cut == 0 || cut == 37,
                "wc" | "wp" => cut == 15,
                // What joined later may be missing, and so may a wake-up that never was.
                "ob" => cut + 2 == whole.len(),
                "wk" => cut + 4 == whole.len(),
                // Pairs of three bytes, and the id of an event that was cut is one.
                "le" => cut % 3 == 0,
                // Most have never said whether they want to be ranked.
                "sc" => cut + 5 == whole.len(),
                "ev" => cut > whole.len() - 16,
                _ => false,
            };
            let mut item = good.clone();
            item.insert(name.to_owned(), AttributeValue::B(Blob::new(&whole[..cut])));
            let expected = if whole_part {
                None
            } else {
                Some(MemberItemError(name).into())
            };
            assert_eq!(read(item).err(), expected, "{name} cut after {cut} bytes");
        }
        let mut item = good.clone();
        item.insert(
            name.to_owned(),
            AttributeValue::B(Blob::new([whole.as_slice(), &[255]].concat())),
        );
        assert_eq!(
            read(item),
            Err(MemberItemError(name).into()),
            "{name} with a byte too many"
        );
    }
    let bytes = |bytes: &[u8]| AttributeValue::B(Blob::new(bytes));
    for (name, value) in [
        ("sk", AttributeValue::S("@community".to_owned())),
        ("fs", AttributeValue::N(i64::MAX.to_string())),
        ("fd", bytes(&[1; 17])),
        ("rd", bytes(&[1; 17])),
        ("re", bytes(&[1; 9])),
    ] {
        let mut item = item_of(&largest());
        item.insert(name.to_owned(), value);
        assert_eq!(read(item), Err(MemberItemError(name).into()), "{name}");
    }
}

/// Any byte of any attribute may be any other: an error or a member, never a panic.
#[test]
fn no_byte_ends_the_process() {
    let good = item_of(&largest());
    for (name, value) in &good {
        let AttributeValue::B(bytes) = value else {
            continue;
        };
        for at in 0..bytes.as_ref().len() {
            for other in [0, 1, b'A', 127, 128, 255] {
                let mut garbled = bytes.as_ref().to_vec();
                garbled[at] = other;
                let mut item = good.clone();
                item.insert(name.clone(), AttributeValue::B(Blob::new(garbled)));
                if let Err(error) = read(item) {
                    assert_eq!(
                        error,
                        match name.as_str() {
                            "n" => MemberItemError("n"),
                            "lo" => MemberItemError("lo"),
                            "st" => MemberItemError("st"),
                            "i" => MemberItemError("i"),
                            "oo" => MemberItemError("oo"),
                            "zo" => MemberItemError("zo"),
                            "wc" => MemberItemError("wc"),
                            "wp" => MemberItemError("wp"),
                            "wb" => MemberItemError("wb"),
                            "ob" => MemberItemError("ob"),
                            "ca" => MemberItemError("ca"),
                            "ev" => MemberItemError("ev"),
                            "wk" => MemberItemError("wk"),
                            "sc" => MemberItemError("sc"),
                            "sg" => MemberItemError("sg"),
                            "hc" => MemberItemError("hc"),
                            "hp" => MemberItemError("hp"),
                            "mo" => MemberItemError("mo"),
                            "ch" => MemberItemError("ch"),
                            "iv" => MemberItemError("iv"),
                            other => panic!("{other} takes any bytes"),
                        }
                        .into()
                    );
                }
            }
        }
    }
}

/// Another type, or nothing, in the place of each attribute: an error or a member, never a panic.
#[test]
fn no_attribute_of_another_type_ends_the_process() {
    let others = [
        AttributeValue::S("x".to_owned()),
        AttributeValue::N("-1".to_owned()),
        AttributeValue::N("1e99".to_owned()),
        AttributeValue::B(Blob::new([255; 3])),
        AttributeValue::Bool(true),
        AttributeValue::Null(true),
        AttributeValue::L(vec![]),
        AttributeValue::M([].into()),
    ];
    for attribute in item_of(&largest()).into_keys() {
        for other in &others {
            let mut item = item_of(&largest());
            item.insert(attribute.clone(), other.clone());
            if let Err(error) = read(item) {
                assert!(
                    matches!(error, StoreError::Corrupt(_)),
                    "{attribute}: {error}"
                );
            }
        }
        let mut item = item_of(&largest());
        item.remove(&attribute);
        let needed = ["pk", "sk", "v", "fs"].contains(&attribute.as_str());
        assert_eq!(read(item).is_err(), needed, "without {attribute}");
    }
}

/// An older writer knew less, a newer one knows more: both are read.
#[test]
fn attributes_may_be_added() {
    let mut item = item_of(&largest());
    item.insert(
        "later".to_owned(),
        AttributeValue::S("than this version".to_owned()),
    );
    assert_eq!(read(item).map(|member| member.id), Ok(largest().id));
}
