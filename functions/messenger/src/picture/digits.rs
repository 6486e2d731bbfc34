//! Digits and the hyphen, five pixels wide and seven high: all the letters a picture needs.

use super::canvas::{Area, Canvas, Colour};

const WIDTH: usize = 5;
const HEIGHT: usize = 7;
/// From one digit to the next, with the space between them.
const ADVANCE: usize = WIDTH + 1;

/// A glyph: a row each from the top, its leftmost pixel the highest of five bits.
type Glyph = [u8; HEIGHT];

const DIGITS: [Glyph; 10] = [
    [
        0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110,
    ],
    [
        0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110,
    ],
    [
        0b01110, 0b10001, 0b00001, 0b00010, 0b00100, 0b01000, 0b11111,
    ],
    [
        0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110,
    ],
    [
        0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010,
    ],
    [
        0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110,
    ],
    [
        0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110,
    ],
    [
        0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000,
    ],
    [
        0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110,
    ],
    [
        0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100,
    ],
];
const HYPHEN: Glyph = [0, 0, 0, 0b01110, 0, 0, 0];

fn glyph(letter: char) -> Option<Glyph> {
    match letter.to_digit(10) {
        Some(digit) => DIGITS.get(usize::try_from(digit).ok()?).copied(),
        None => (letter == '-').then_some(HYPHEN),
    }
}

/// How wide a text is, in pixels, each pixel of a glyph drawn `scale` wide.
pub(super) fn width(text: &str, scale: usize) -> usize {
    (text.chars().count() * ADVANCE).saturating_sub(1) * scale
}

/// How high it is.
pub(super) const fn height(scale: usize) -> usize {
    HEIGHT * scale
}

/// Draws a text with its upper left corner at a point; what is neither digit nor hyphen is a gap.
pub(super) fn draw(
    canvas: &mut Canvas,
    text: &str,
    (x, y): (usize, usize),
    scale: usize,
    colour: Colour,
) {
    for (n, letter) in text.chars().enumerate() {
        let Some(glyph) = glyph(letter) else { continue };
        let left = x + n * ADVANCE * scale;
        for (row, bits) in glyph.into_iter().enumerate() {
            let set = (0..WIDTH).filter(|column| bits >> (WIDTH - 1 - column) & 1 == 1);
            for column in set {
                let dot = Area {
                    x: left + column * scale,
                    y: y + row * scale,
                    width: scale,
                    height: scale,
                };
                canvas.fill(dot, colour);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands on a canvas: `#` for ink.
    fn shown(canvas: &Canvas) -> String {
        let line = |row: &[u8]| -> String {
            let ink = |pixel: &u8| {
                if *pixel == Colour::Ink as u8 {
                    '#'
                } else {
                    '.'
                }
            };
            row.iter().map(ink).collect()
        };
        canvas.rows().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn digits_are_what_they_look_like() {
        let text = "0123456789-";
        let mut canvas = Canvas::new(width(text, 1), height(1));
        draw(&mut canvas, text, (0, 0), 1, Colour::Ink);
        let expected = "\
.###....#....###..#####....#..#####...##..#####..###...###.......
#...#..##...#...#....#....##..#......#........#.#...#.#...#......
#...#...#.......#...#....#.#..####..#........#..#...#.#...#......
#...#...#......#.....#..#..#......#.####....#....###...####..###.
#...#...#.....#.......#.#####.....#.#...#..#....#...#.....#......
#...#...#....#....#...#....#..#...#.#...#..#....#...#....#.......
.###...###..#####..###.....#...###...###...#.....###...##........";
        assert_eq!(shown(&canvas), expected);
    }

    #[test]
    fn a_digit_is_scaled_and_stays_on_the_sheet() {
        let mut canvas = Canvas::new(width("1", 2), height(2) - 1);
        draw(&mut canvas, "1", (0, 0), 2, Colour::Ink);
        let lines: Vec<String> = shown(&canvas).lines().map(str::to_owned).collect();
        assert_eq!((lines.len(), lines[0].as_str()), (13, "....##...."));
        assert_eq!(lines[12], "..######..");
        let before = canvas.clone();
        draw(&mut canvas, "8", (100, 100), 2, Colour::Ink);
        draw(&mut canvas, "x", (0, 0), 2, Colour::Ink);
        assert_eq!(canvas, before);
    }
}
