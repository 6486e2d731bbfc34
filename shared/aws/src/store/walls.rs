//! How many checked in on each day of a month: one small row a month and community, written where
//! walls have a picture. An attribute for each day, named by its number; nobody's name.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use hearth_domain::board::WallMonth;
use hearth_domain::days::LocalDay;
use hearth_domain::ids::CommunityId;
use hearth_domain::period::Month;

use super::{Item, Store, StoreError, keys};

/// Days from the end of the month until its row goes: longer than any closing of it may come late.
const KEPT: i32 = 40;

impl Store {
    /// Notes how many are on the wall of a day, and gives back its month so far. One write unit; a day
    /// that is noted so already is left alone (its unit is spent all the same) and read, for one more.
    pub async fn note_wall(
        &self,
        community: &CommunityId,
        day: LocalDay,
        count: u32,
    ) -> Result<WallMonth, StoreError> {
        let month = Month::of(day);
        let drop_at = i64::from(month.last_day().plus(KEPT).epoch_days()) * 86_400;
        let number = |n: i64| AttributeValue::N(n.to_string());
        let update = self
            .update(keys::walls(community, month))
            .update_expression("SET #day = :count, drop_at = :drop_at")
            .condition_expression("attribute_not_exists(#day) OR #day <> :count")
            .expression_attribute_names("#day", day.date().day().to_string())
            .expression_attribute_values(":count", number(count.into()))
            .expression_attribute_values(":drop_at", number(drop_at))
            .return_values(ReturnValue::AllNew);
        let row = if let Ok(row) = self.try_update(update).await? {
            row
        } else {
            let key = keys::walls(community, month);
            let row = self.get(&self.tables.journal, key, true).await?;
            row.unwrap_or_default()
        };
        Ok(WallMonth::new(day, counts(&row)?))
    }
}

/// The attributes that are days.
fn counts(row: &Item) -> Result<BTreeMap<u8, u32>, StoreError> {
    let days = row
        .iter()
        .filter_map(|(name, count)| Some((name.parse().ok()?, count)));
    let count = |(day, count): (u8, &AttributeValue)| {
        let count = count.as_n().ok().and_then(|count| count.parse().ok());
        count.map(|count| (day, count))
    };
    let counts: Option<_> = days.map(count).collect();
    counts.ok_or_else(|| StoreError::Corrupt("walls of a month: a day's count".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(attributes: &[(&str, AttributeValue)]) -> Item {
        let owned = attributes.iter().cloned();
        owned
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    #[test]
    fn the_days_of_a_row_are_told_from_the_rest_of_it() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let number = |n: &str| AttributeValue::N(n.to_owned());
        let all = row(&[
            ("pk", text("acme#@community")),
            ("sk", text("wall#2026-01")),
            ("drop_at", number("1772323200")),
            ("5", number("3")),
            ("31", number("4294967295")),
        ]);
        assert_eq!(counts(&all).unwrap(), [(5, 3), (31, u32::MAX)].into());
        for wrong in [text("3"), number("-1"), number("4294967296")] {
            let garbled = counts(&row(&[("5", wrong)]));
            assert!(
                matches!(garbled, Err(StoreError::Corrupt(_))),
                "{garbled:?}"
            );
        }
    }
}
