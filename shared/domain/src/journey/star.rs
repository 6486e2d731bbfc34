//! What a star of the community reads.

use super::{Draft, Planner};
use crate::period::Month;
use crate::text::month_name;

impl Planner<'_> {
    /// One to one, when quiet hours end: the month was closed at night.
    pub(super) fn tell_star(&mut self, month: Month, place: u8, points: u16) {
        let book = self.context.current;
        let star = book.playbook.star();
        let Some((rules, kind)) = star.and_then(|rules| Some((rules, rules.mine.clone()?))) else {
            return;
        };
        let locale = self.member.locale_or(self.context.community.locale);
        let mut values = vec![
            ("award.points", points.to_string()),
            ("badge.name", rules.badge.get(locale).to_owned()),
            ("star.month", month_name(month, locale)),
            ("star.place", place.to_string()),
        ];
        if let Some(perks) = &rules.perks {
            values.push(("star.perks", perks.get(locale).to_owned()));
        }
        let draft = Draft::new(format!("star/{month}"), kind).with(values);
        self.write(book, draft);
    }
}
