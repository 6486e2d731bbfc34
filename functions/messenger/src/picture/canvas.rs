//! A small area of coloured pixels, and rectangles on it.

/// A colour, by its place in the [palette](PALETTE).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Colour {
    Paper,
    Ink,
    Faint,
    /// The fewest of a month …
    Light,
    Middle,
    Strong,
    /// … and the most.
    Dark,
}

/// Red, green and blue of each colour. The shades differ in lightness, so that people who see colours
/// differently can tell them apart; the third is the blue of the reports.
pub(super) const PALETTE: [[u8; 3]; 7] = [
    [0xff, 0xff, 0xff],
    [0x33, 0x33, 0x33],
    [0xee, 0xee, 0xee],
    [0xb3, 0xd9, 0xf0],
    [0x56, 0xb4, 0xe9],
    [0x00, 0x72, 0xb2],
    [0x00, 0x3a, 0x5d],
];

/// A rectangle, in pixels from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// What is drawn on. Whatever lies outside is not drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Canvas {
    width: usize,
    /// Row by row, a byte each: the colour's place in the palette.
    pixels: Vec<u8>,
}

impl Canvas {
    /// An empty sheet. At least a pixel wide.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let width = width.max(1);
        Self {
            width,
            pixels: vec![Colour::Paper as u8; width * height],
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    /// The rows, from the top.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks(self.width)
    }

    /// Fills a rectangle.
    pub(super) fn fill(&mut self, area: Area, colour: Colour) {
        let rows = self.pixels.chunks_mut(self.width);
        for row in rows.skip(area.y).take(area.height) {
            let across = row.iter_mut().skip(area.x).take(area.width);
            across.for_each(|pixel| *pixel = colour as u8);
        }
    }
}
