//! Buttons pressed on LINE: what a postback carries, and reading it.

use hearth_domain::event::Seen;
use hearth_domain::ids::MessageId;

use super::delivery::{Delivery, Told};
use crate::ParseError;

/// The longest `postback.data`, in UTF-16 units.
const DATA: usize = 300;
/// What our data begin with, so that they are told from those of somebody's rich menu.
const OURS: &str = "hearth";

/// The data of a button: `hearth acme/U1/onboarding/1/day-1 interest:ai`. Neither id has a space
/// in it. Where both do not fit the value goes alone; `None` if even that is too long.
pub fn data(message: &MessageId, value: &str) -> Option<String> {
    let fits = |data: &String| data.encode_utf16().count() <= DATA;
    Some(format!("{OURS} {message} {value}"))
        .filter(fits)
        .or_else(|| Some(value.to_owned()).filter(fits))
}

/// Our message and the button's value; other data are a value of no message.
pub fn read_data(data: &str) -> (Option<MessageId>, &str) {
    let ours = data
        .strip_prefix(OURS)
        .and_then(|rest| rest.strip_prefix(' '))
        .and_then(|rest| rest.split_once(' '));
    match ours.and_then(|(id, value)| Some((id.parse().ok()?, value))) {
        Some((id, value)) => (Some(id), value),
        None => (None, data),
    }
}

pub(super) fn pressed(delivery: Delivery<'_>) -> Result<Told, ParseError> {
    let (user, _) = match delivery.somebody()? {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let (message, value) = read_data(delivery.fields.needed_text("postback.data")?);
    if value.is_empty() {
        return Ok(Err("no-value"));
    }
    let seen = Seen::Pressed {
        // Another community's button is no message of ours.
        message: message.filter(|id| *id.community() == delivery.community.id),
        value: value.to_owned(),
    };
    let millis = delivery.at()?.as_millisecond();
    let what = format!("press:{user}:{millis}");
    Ok(Ok(vec![delivery.event(&what, &user, seen)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_read_back_as_written() {
        let id: MessageId = "acme/U1/onboarding/1/day-1".parse().unwrap();
        let written = data(&id, "interest:ai").unwrap();
        assert_eq!(written, "hearth acme/U1/onboarding/1/day-1 interest:ai");
        assert_eq!(read_data(&written), (Some(id.clone()), "interest:ai"));
        let spaced = data(&id, "two words").unwrap();
        assert_eq!(read_data(&spaced), (Some(id.clone()), "two words"));

        let long = "字".repeat(280);
        assert_eq!(data(&id, &long).as_deref(), Some(long.as_str()));
        assert_eq!(data(&id, &"😄".repeat(151)), None, "302 units");
    }

    #[test]
    fn the_longest_id_leaves_room_for_a_value() {
        let id = format!("{}/{}/{}", "c".repeat(32), "U".repeat(64), "p".repeat(96));
        let id: MessageId = id.parse().unwrap();
        let written = data(&id, &"v".repeat(98)).unwrap();
        assert_eq!(written.len(), 300);
        assert_eq!(read_data(&written).0, Some(id));
    }

    #[test]
    fn what_is_not_ours_is_a_value() {
        for data in [
            "action=buyItem&itemId=1",
            "hearth",
            "hearth ",
            "hearth acme/U1 x",
            "hearthacme/U1/x y",
            "interest:ai",
        ] {
            assert_eq!(read_data(data), (None, data));
        }
    }
}
