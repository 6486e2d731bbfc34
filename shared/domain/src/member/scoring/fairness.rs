//! What shows that messages are different ones: the same text again, or many in one breath, earn
//! nothing, in whatever order they arrive.

/// Points of a day come from at most so many messages.
pub const MOST_PAID: u16 = 5;

/// So many marks are kept: the last of [`MOST_PAID`] fills the set, and a full set needs none.
const KEPT: usize = 4;

/// How many different marks were seen on a day, up to as many as earn points. The marks are
/// remembered until there are enough of them: what comes then changes nothing any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Different {
    /// The first `count` of them are marks, ascending, unless the set is full.
    kept: [u16; KEPT],
    count: u8,
    full: bool,
}

impl Different {
    /// Notes a mark; `enough` of them fill the set, for the rest of the day. From 1 to
    /// [`MOST_PAID`].
    pub(super) fn note(&mut self, mark: u16, enough: u16) {
        if self.full || self.marks().contains(&mark) {
            return;
        }
        self.count += 1;
        if u16::from(self.count) >= enough.min(MOST_PAID) {
            *self = Self {
                full: true,
                count: self.count,
                kept: [0; KEPT],
            };
        } else if let Some(free) = self.kept.get_mut(usize::from(self.count) - 1) {
            *free = mark;
            let end = usize::from(self.count);
            if let Some(marks) = self.kept.get_mut(..end) {
                marks.sort_unstable();
            }
        }
    }

    /// How many were seen.
    pub fn count(&self) -> u16 {
        self.count.into()
    }

    /// Whether more of them change nothing.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Those that are remembered, ascending; none once the set is full.
    pub fn marks(&self) -> &[u16] {
        let end = if self.full { 0 } else { self.count.into() };
        self.kept.get(..end).unwrap_or_default()
    }

    /// A set of these marks; `None` if they are more than a set that is not full has.
    pub fn of(marks: &[u16]) -> Option<Self> {
        let mut set = Self::default();
        if marks.len() > KEPT {
            return None;
        }
        for mark in marks {
            set.note(*mark, MOST_PAID);
        }
        Some(set)
    }

    /// A full set of so many; `None` if no set is full with that.
    pub fn full(count: u8) -> Option<Self> {
        (1..=MOST_PAID).contains(&count.into()).then_some(Self {
            kept: [0; KEPT],
            count,
            full: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(marks: &[u16], enough: u16) -> Different {
        let mut set = Different::default();
        for mark in marks {
            set.note(*mark, enough);
        }
        set
    }

    #[test]
    fn the_same_marks_in_any_order_are_the_same_set() {
        for (marks, enough, count) in [
            (&[7, 7, 7][..], 5, 1),
            (&[3, 1, 2, 1], 5, 3),
            (&[5, 4, 3, 2], 5, 4),
            (&[5, 4, 3, 2, 1], 5, 5),
            (&[5, 4, 3, 2, 1, 9, 9, 8], 5, 5),
            (&[5, 4, 3], 2, 2),
            (&[1, 2], 1, 1),
            (&[0, 0], 5, 1),
        ] {
            let set = noted(marks, enough);
            assert_eq!(set.count(), count, "{marks:?}");
            assert_eq!(set.is_full(), count >= enough, "{marks:?}");
            let mut reversed = marks.to_vec();
            for _ in 0..marks.len() {
                reversed.rotate_left(1);
                assert_eq!(noted(&reversed, enough), set, "{reversed:?}");
            }
            let again = if set.is_full() {
                Different::full(u8::try_from(count).unwrap())
            } else {
                Different::of(set.marks())
            };
            assert_eq!(again, Some(set), "as it is stored");
        }
        assert_eq!(Different::of(&[1, 2, 3, 4, 5]), None);
        assert_eq!((Different::full(0), Different::full(6)), (None, None));
    }

    /// A cap that rises in the middle of a day holds from the next day on.
    #[test]
    fn a_full_set_stays_full() {
        let mut set = noted(&[1, 2], 2);
        set.note(3, 5);
        assert_eq!((set.count(), set.is_full()), (2, true));
    }
}
