//! Pictures, read back: pixels of squares and digits, and the bytes of the file.

use std::io::Read as _;

use flate2::Crc;
use flate2::read::ZlibDecoder;

use super::canvas::{Canvas, Colour, PALETTE};
use super::*;

const SQUARE: usize = 64;
const STEP: usize = 74;
const LEFT: usize = 28;
const TOP: usize = 126;

fn month(days: &str) -> WallMonth {
    days.parse().unwrap()
}

/// A file taken apart: its chunks by name, each checksum held against its content.
fn chunks(png: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let (name, content) = (&rest[4..8], &rest[8..8 + length]);
        let mut checksum = Crc::new();
        checksum.update(&rest[4..8 + length]);
        assert_eq!(rest[8 + length..12 + length], checksum.sum().to_be_bytes());
        let name = String::from_utf8(name.to_vec()).unwrap();
        chunks.push((name, content.to_vec()));
        rest = &rest[12 + length..];
    }
    chunks
}

/// A file as a viewer reads it: its rows of colours.
fn seen(png: &[u8]) -> Vec<Vec<[u8; 3]>> {
    let chunks = chunks(png);
    let names: Vec<&str> = chunks.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["IHDR", "PLTE", "IDAT", "IEND"]);
    let header = &chunks[0].1;
    let number = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap()) as usize;
    let (width, height) = (number(0), number(4));
    assert_eq!(header[8..], [8, 3, 0, 0, 0]);
    let palette: Vec<[u8; 3]> = chunks[1]
        .1
        .chunks(3)
        .map(|c| c.try_into().unwrap())
        .collect();
    let mut pixels = Vec::new();
    ZlibDecoder::new(chunks[2].1.as_slice())
        .read_to_end(&mut pixels)
        .unwrap();
    let rows: Vec<Vec<[u8; 3]>> = pixels
        .chunks(width + 1)
        .map(|row| {
            assert_eq!(row[0], 0, "no filter");
            row[1..].iter().map(|n| palette[usize::from(*n)]).collect()
        })
        .collect();
    assert_eq!(rows.len(), height);
    rows
}

/// The colour near the corner of a square, where no digit stands.
fn corner(canvas: &Canvas, column: usize, row: usize) -> u8 {
    at(canvas, LEFT + column * STEP + 2, TOP + row * STEP + 2)
}

fn at(canvas: &Canvas, x: usize, y: usize) -> u8 {
    canvas.rows().nth(y).unwrap()[x]
}

#[test]
fn a_square_is_darker_the_more_checked_in() {
    // January 2026 begins on a Thursday.
    let canvas = calendar::draw(&month("2026-01-08 1:1 2:25 3:26 4:50 5:75 6:76 8:100"));
    assert_eq!(
        (canvas.width(), canvas.height()),
        (564, 126 + 5 * STEP - 10 + 28)
    );
    for (column, row, colour) in [
        (2, 0, Colour::Paper), // 31 December
        (3, 0, Colour::Light), // 1 of 100
        (4, 0, Colour::Light), // a quarter
        (5, 0, Colour::Middle),
        (6, 0, Colour::Middle),
        (0, 1, Colour::Strong),
        (1, 1, Colour::Dark),
        (2, 1, Colour::Faint), // nobody
        (3, 1, Colour::Dark),  // the most
        (4, 1, Colour::Faint), // tomorrow
        (5, 4, Colour::Faint), // the 31st
        (6, 4, Colour::Paper), // 1 February
    ] {
        let found = corner(&canvas, column, row);
        assert_eq!(found, colour as u8, "column {column} of row {row}");
    }
}

#[test]
fn the_closed_day_and_no_other_is_outlined() {
    let canvas = calendar::draw(&month("2026-01-08 1:1 8:100"));
    // Left of its square: first the paper, then the line.
    let line = |column: usize, row: usize| {
        let (x, y) = (LEFT + column * STEP, TOP + row * STEP + SQUARE / 2);
        (at(&canvas, x - 2, y), at(&canvas, x - 6, y))
    };
    let (paper, ink) = (Colour::Paper as u8, Colour::Ink as u8);
    assert_eq!(line(3, 1), (paper, ink));
    assert_eq!(line(3, 0), (paper, paper));
    // It leaves the squares beside it whole.
    let beside = at(
        &canvas,
        LEFT + 2 * STEP + SQUARE - 1,
        TOP + STEP + SQUARE / 2,
    );
    assert_eq!(beside, Colour::Faint as u8);
}

#[test]
fn numbers_stand_in_the_squares_and_the_count_above_them() {
    let canvas = calendar::draw(&month("2026-01-08 1:1 8:100"));
    // A 1 of three pixels a dot, in the middle of its square: 15 by 21.
    let (x, y) = (LEFT + 3 * STEP + 24, TOP + 21);
    let light = Colour::Light as u8;
    let column: Vec<u8> = (0..5).map(|n| at(&canvas, x + 3 * n + 1, y + 1)).collect();
    assert_eq!(column, [light, light, Colour::Ink as u8, light, light]);
    // On a dark square they are light.
    let dark: Vec<u8> = (0..5)
        .map(|n| at(&canvas, x + 3 * n + 1, y + STEP + 1))
        .collect();
    let (dark_square, white) = (Colour::Dark as u8, Colour::Paper as u8);
    assert_eq!(dark, [dark_square, white, white, white, dark_square]);
    // 100, at ten pixels a dot, and larger numbers as large as there is room for.
    let strong = Colour::Strong as u8;
    assert_eq!(at(&canvas, LEFT + 25, LEFT + 5), strong);
    for (count, room) in [("7", 1), ("1234", 4), ("123456", 6), ("4294967295", 10)] {
        let canvas = calendar::draw(&month(&format!("2026-01-08 8:{count}")));
        let ink = |row: &[u8]| row.iter().rposition(|pixel| *pixel == strong);
        let right = canvas.rows().take(TOP - 10).filter_map(ink).max().unwrap();
        assert!(right < 564 - 28 - 236, "{count}: {right}");
        assert!(right > LEFT + room * 20, "{count}: {right}");
    }
}

#[test]
fn a_month_has_four_to_six_rows() {
    for (day, rows) in [
        ("2027-02-01", 4), // 28 days from a Monday on
        ("2026-01-31", 5),
        ("2026-08-31", 6), // 31 days from a Saturday on
    ] {
        let canvas = calendar::draw(&month(&format!("{day} 1:3")));
        assert_eq!(canvas.height(), 126 + rows * STEP - 10 + 28, "{day}");
    }
}

#[test]
fn the_file_shows_the_canvas_is_small_and_always_the_same() {
    let days: Vec<String> = (1..=31).map(|day| format!("{day}:{}", day * 37)).collect();
    let canvas = calendar::draw(&month(&format!("2026-08-31 {}", days.join(" "))));
    let png = png::encode(&canvas).unwrap();
    let expected: Vec<Vec<[u8; 3]>> = canvas
        .rows()
        .map(|row| row.iter().map(|n| PALETTE[usize::from(*n)]).collect())
        .collect();
    assert_eq!(seen(&png), expected);
    assert_eq!(png::encode(&canvas).unwrap(), png);
    assert!(png.len() < 10_000, "{} bytes", png.len());
}
