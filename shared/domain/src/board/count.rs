//! Everything that is made of one pass over the members.

use super::closing::{Making, Wanted};
use super::tally::Tally;
use super::wall::WallTally;
use super::{Board, By, Wall};
use crate::days::LocalDay;
use crate::ids::MemberId;
use crate::member::{Member, Preference, Status};
use crate::period::Period;

/// Whether a member may be on a board or a wall: no staff, nobody who left, nobody who asked to be
/// left out, and nobody who wants nothing from us, for a post that names them is something from us.
pub(crate) fn is_ranked(member: &Member) -> bool {
    let wants = member.wants.as_ref().map(|wants| wants.value);
    !member.is_staff()
        && member.status() == Status::Member
        && !member.scoring.is_hidden()
        && wants != Some(Preference::Nothing)
}

/// One pass. What it holds depends on how many places are shown and how many distinct totals there
/// are, and not on how many members.
#[derive(Debug, Clone)]
pub struct Count {
    day: LocalDay,
    boards: Vec<(Wanted, [Tally; 2])>,
    wall: Option<WallTally>,
}

/// What a pass has made. Boards with nobody on them are not among it, nor is an empty wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The boards.
    pub boards: Vec<Board>,
    /// The wall of the day.
    pub wall: Option<Wall>,
}

impl Closed {
    /// Whoever is named in it.
    pub fn members(&self) -> impl Iterator<Item = &MemberId> {
        let placed = self.boards.iter().flat_map(|board| &board.places);
        let placed = placed.filter_map(|place| place.member.as_ref());
        let walls = self.wall.iter().flat_map(|wall| &wall.members);
        placed.chain(walls.map(|(member, _)| member))
    }

    /// Names only those for whom `there` holds: their places and the numbers stay.
    pub fn keep(&mut self, there: impl Fn(&MemberId) -> bool) {
        let places = self.boards.iter_mut().flat_map(|board| &mut board.places);
        for place in places {
            place.member.take_if(|member| !there(member));
        }
        if let Some(wall) = &mut self.wall {
            wall.members.retain(|(member, _)| there(member));
        }
    }
}

impl Count {
    /// Of nobody yet; boards show `top` places.
    pub fn new(making: &Making, top: u8) -> Self {
        let tallies = || By::ALL.map(|by| Tally::new(by, usize::from(top)));
        Self {
            day: making.day,
            boards: making
                .boards
                .iter()
                .map(|wanted| (*wanted, tallies()))
                .collect(),
            wall: making.wall.then(|| WallTally::new(making.day)),
        }
    }

    /// Counts a member, if they may be counted.
    pub fn add(&mut self, member: &Member) {
        if !is_ranked(member) {
            return;
        }
        let scoring = &member.scoring;
        for (wanted, tallies) in &mut self.boards {
            let points = scoring.points_in(wanted.period);
            let check_ins = scoring.check_ins_in(wanted.period);
            for tally in tallies {
                tally.add(&member.id, points, check_ins);
            }
        }
        if let Some(wall) = &mut self.wall
            && scoring.check_ins_in(Period::Day(self.day)) > 0
        {
            wall.add(&member.id, scoring.streak(self.day));
        }
    }

    /// What came of it.
    pub fn finish(self) -> Closed {
        let made = |(wanted, tallies): (Wanted, [Tally; 2])| {
            By::ALL.into_iter().zip(tallies).map(move |(by, tally)| {
                let counted = tally.finish();
                Board {
                    period: wanted.period,
                    by,
                    through: wanted.through,
                    is_final: wanted.is_final,
                    people: counted.people,
                    places: counted.places,
                    standing: counted.standing,
                }
            })
        };
        let boards = self.boards.into_iter().flat_map(made);
        let wall = self.wall.map(WallTally::finish);
        Closed {
            boards: boards.filter(|board| board.people > 0).collect(),
            wall: wall.filter(|wall| wall.count > 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::Time;

    use super::super::{ClosingRules, Span};
    use super::*;
    use crate::ids::MessageKind;
    use crate::member::{Consent, Latest, Order, Said, Transition};
    use crate::playbook::Playbook;

    fn now() -> Timestamp {
        "2026-01-05T12:00:00Z".parse().unwrap()
    }

    fn monday() -> LocalDay {
        "2026-01-05".parse().unwrap()
    }

    fn order(seq: u64) -> Order {
        Order {
            at: now().as_microsecond(),
            seq,
            tie: 0,
        }
    }

    /// Checked in on Monday, and wrote so many messages.
    fn member(id: &str, messages: u16) -> Member {
        let rules = Playbook::parse(Playbook::DEFAULT_TOML).unwrap().points;
        let mut member = Member::new(MemberId::new(id).unwrap(), now());
        member.scoring.close(monday());
        member.scoring.check_in(monday(), &rules);
        for n in 0..messages {
            let said = Said {
                length: None,
                print: n,
                slot: 100 * n,
            };
            member.scoring.message(monday(), said, &rules);
        }
        member
    }

    fn told<T>(value: T) -> Latest<T> {
        Latest {
            order: order(1),
            value,
        }
    }

    fn closed(members: &[Member]) -> Closed {
        let rules = ClosingRules {
            at: Time::midnight(),
            boards: Span::ALL.into(),
            top: 10,
            wall: MessageKind::new("closing.wall").ok(),
            wall_image: false,
            board: None,
            star: None,
        };
        let mut count = Count::new(&rules.making(monday(), None, true), rules.top);
        for member in members {
            count.add(member);
        }
        count.finish()
    }

    #[test]
    fn staff_who_left_who_hides_and_who_wants_nothing_are_on_no_board_and_no_wall() {
        let mut staff = member("U1", 3);
        staff.staff = Some(told(true));
        let mut left = member("U2", 3);
        let leave = Transition {
            order: order(1),
            to: Status::Left,
        };
        left.weeks.change(monday(), leave);
        let mut quiet = member("U3", 3);
        quiet.wants = Some(told(Preference::Nothing));
        let mut digest = member("U4", 2);
        digest.wants = Some(told(Preference::DigestOnly));
        let silent = Member::new(MemberId::new("U5").unwrap(), now());
        let mut hidden = member("U7", 3);
        hidden.scoring.ranking = Some(Consent {
            told: now(),
            given: false,
        });
        let closed = closed(&[staff, left, quiet, digest, silent, hidden, member("U6", 0)]);
        assert_eq!(
            closed.boards.len(),
            8,
            "four spans, by points and by check-ins"
        );
        for board in &closed.boards {
            let places: Vec<(u32, &str)> = board
                .places
                .iter()
                .map(|place| (place.rank, place.member.as_ref().unwrap().as_str()))
                .collect();
            let expected = match board.by {
                By::Points => [(1, "U4"), (2, "U6")],
                By::CheckIns => [(1, "U4"), (1, "U6")],
            };
            assert_eq!(
                (board.people, &*places),
                (2, &expected[..]),
                "{:?}",
                board.period
            );
        }
        assert_eq!(closed.wall.unwrap().count, 2);
    }

    #[test]
    fn a_day_on_which_nobody_did_anything_leaves_nothing() {
        let silent = Member::new(MemberId::new("U5").unwrap(), now());
        let closed = closed(&[silent]);
        assert_eq!((closed.boards, closed.wall), (Vec::new(), None));
    }
}
