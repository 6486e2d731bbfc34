//! In which hours of a week somebody was there: for the week's heat map.

/// Hours in a week.
pub const HOURS: usize = 168;
const BYTES: usize = HOURS / 8;

/// Hours of one week on the community's clock, as a set. The hour that a clock goes back through is one
/// hour; the one that it leaps over stays empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hours([u8; BYTES]);

impl Hours {
    /// Marks an hour: weekday 0 (Monday) to 6, hour 0 to 23.
    pub fn mark(&mut self, weekday: u8, hour: u8) {
        let at = usize::from(weekday) * 24 + usize::from(hour);
        if let Some(byte) = self.0.get_mut(at / 8) {
            *byte |= 1 << (at % 8);
        }
    }

    /// The marked hours, 0 = Monday's first, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let marked = |(at, byte): (usize, &u8)| {
            let byte = *byte;
            (0..8)
                .filter(move |bit| byte >> bit & 1 == 1)
                .map(move |bit| at * 8 + bit)
        };
        self.0.iter().enumerate().flat_map(marked)
    }

    /// Eight hours a byte, and which of these bytes are not nothing: most people are there in few.
    pub fn packed(&self) -> (u32, impl Iterator<Item = u8> + '_) {
        let some = self.0.iter().enumerate().filter(|(_, byte)| **byte != 0);
        let which = some.clone().fold(0, |which, (at, _)| which | 1 << at);
        (which, some.map(|(_, byte)| *byte))
    }

    /// Reads what [`Hours::packed`] gave; `None` if bytes are missing or too many.
    pub fn unpacked(which: u32, bytes: &[u8]) -> Option<Self> {
        let mut hours = Self::default();
        let mut bytes = bytes.iter();
        for (at, byte) in hours.0.iter_mut().enumerate() {
            if which >> at & 1 == 1 {
                *byte = *bytes.next()?;
            }
        }
        (bytes.next().is_none() && which >> BYTES == 0).then_some(hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_packed_without_those_in_which_nobody_was_there() {
        let mut hours = Hours::default();
        for (weekday, hour) in [(0, 0), (0, 7), (0, 8), (3, 21), (6, 23), (6, 23)] {
            hours.mark(weekday, hour);
        }
        assert_eq!(hours.iter().collect::<Vec<_>>(), [0, 7, 8, 93, 167]);
        let (which, bytes) = hours.packed();
        let bytes: Vec<u8> = bytes.collect();
        assert_eq!((which, bytes.len()), (1 << 20 | 1 << 11 | 0b11, 4));
        assert_eq!(Hours::unpacked(which, &bytes), Some(hours));
        for (which, bytes) in [(1, vec![]), (1, vec![1, 2]), (1 << 21, vec![1])] {
            assert_eq!(Hours::unpacked(which, &bytes), None, "{which} {bytes:?}");
        }
        assert_eq!(Hours::unpacked(0, &[]), Some(Hours::default()));
    }

    #[test]
    fn what_is_no_hour_of_a_week_is_not_marked() {
        let mut hours = Hours::default();
        hours.mark(7, 0);
        assert_eq!(hours, Hours::default());
    }
}
