//! The picture of a message, drawn from what its row says: the month of a check-in wall.
//!
//! No font ships in a Lambda, so a picture names nobody and says nothing in words; the message's text
//! does, and the picture's description for whoever cannot see it.

mod calendar;
mod canvas;
mod digits;
mod png;
#[cfg(test)]
mod tests;

use hearth_domain::board::WallMonth;
use hearth_domain::locale::Locale;
use hearth_domain::message::Message;
use hearth_domain::platform::Platform;
use hearth_platforms::Picture;

/// The picture that goes with a message; `None` = there is none, or the platform takes none. The same
/// row gives the same bytes, so that an attempt that is repeated repeats the message.
pub(crate) fn of(message: &Message, locale: Locale, platform: Platform) -> Option<Picture> {
    let days = message.values.get(WallMonth::VALUE)?;
    if !platform.capabilities().pictures {
        return None;
    }
    // A post without its picture is worth more than none.
    let month: WallMonth = match days.parse() {
        Ok(month) => month,
        Err(error) => {
            tracing::error!(path = message.id.path(), error = %error, "no picture of a wall");
            return None;
        }
    };
    Some(Picture {
        png: png::encode(&calendar::draw(&month))?,
        description: month.in_words(locale),
    })
}
