//! Colours that people who see colours differently can tell apart (Okabe and Ito, 2008), dark enough on
//! white to be seen, and as the library takes them.

use plotters::style::RGBColor;

pub(crate) const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);
pub(crate) const FAINT: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);
pub(crate) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(crate) const MAIN: RGBColor = RGBColor(0x00, 0x72, 0xb2);
pub(crate) const SECOND: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
pub(crate) const THIRD: RGBColor = RGBColor(0x00, 0x9e, 0x73);
pub(crate) const TARGET: RGBColor = RGBColor(0x77, 0x77, 0x77);

/// The parts of a mix, in their order: red, green and blue of each.
pub const MIX: [[u8; 3]; 7] = [
    [0x56, 0xb4, 0xe9],
    [0x00, 0x72, 0xb2],
    [0x00, 0x9e, 0x73],
    [0xf0, 0xe4, 0x42],
    [0xe6, 0x9f, 0x00],
    [0xd5, 0x5e, 0x00],
    [0x99, 0x99, 0x99],
];

/// As a stylesheet writes it: `#0072b2`.
pub fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

pub(crate) fn colour([red, green, blue]: [u8; 3]) -> RGBColor {
    RGBColor(red, green, blue)
}

/// From white to the main colour; `share` is held to 0 to 1.
pub(crate) fn shade(share: f64) -> RGBColor {
    let share = share.clamp(0.0, 1.0);
    let between = |light: u8, dark: u8| {
        let mixed = f64::from(light) + (f64::from(dark) - f64::from(light)) * share;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between two bytes"
        )]
        let byte = mixed.round() as u8;
        byte
    };
    RGBColor(
        between(PAPER.0, MAIN.0),
        between(PAPER.1, MAIN.1),
        between(PAPER.2, MAIN.2),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shade_is_white_at_nothing_and_the_colour_itself_at_all_and_never_beyond() {
        for (share, expected) in [(-1.0, PAPER), (0.0, PAPER), (1.0, MAIN), (7.0, MAIN)] {
            assert_eq!(shade(share), expected, "{share}");
        }
        assert_eq!(hex([0, 0x72, 0xb2]), "#0072b2");
    }
}
