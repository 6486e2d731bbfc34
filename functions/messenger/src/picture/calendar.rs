//! A month as a calendar: a square a day, darker the more checked in, a row a week from Monday to
//! Sunday. Above it the count of the day that was closed, large, and its date; its square is outlined.

use hearth_domain::board::WallMonth;
use hearth_domain::days::LocalDay;
use hearth_domain::period::Month;

use super::canvas::{Area, Canvas, Colour};
use super::digits;

/// All lengths in pixels: of a square, between two, around everything.
const SQUARE: usize = 64;
const GAP: usize = 10;
const MARGIN: usize = 28;
const DAYS: usize = 7;
const WIDTH: usize = 2 * MARGIN + DAYS * SQUARE + (DAYS - 1) * GAP;
/// How large digits are: of a date, of a day's number, of the count if it has few digits.
const DATE: usize = 4;
const NUMBER: usize = 3;
const COUNT: usize = 10;
/// Where the first week begins.
const WEEKS: usize = MARGIN + digits::height(COUNT) + MARGIN;
/// Around the square of the closed day; it ends before the next square begins.
const OUTLINE: usize = 4;

/// The picture of a month.
pub(super) fn draw(month: &WallMonth) -> Canvas {
    let of = Month::of(month.day());
    let weeks = row_of(of, of.last_day()) + 1;
    let height = WEEKS + weeks * SQUARE + (weeks - 1) * GAP + MARGIN;
    let mut canvas = Canvas::new(WIDTH, height);
    head(&mut canvas, month);
    let length = of.last_day().since(of.first_day());
    for day in (0..=length).map(|n| of.first_day().plus(n)) {
        square(&mut canvas, month, day, square_of(of, day));
    }
    canvas
}

/// The date to the right, and the count in what room it leaves.
fn head(canvas: &mut Canvas, month: &WallMonth) {
    let bottom = MARGIN + digits::height(COUNT);
    let date = month.day().to_string();
    let left = (WIDTH - MARGIN).saturating_sub(digits::width(&date, DATE));
    let top = bottom - digits::height(DATE);
    digits::draw(canvas, &date, (left, top), DATE, Colour::Ink);
    let count = month.count_of(month.day()).unwrap_or(0).to_string();
    let room = left.saturating_sub(2 * MARGIN);
    let scale = (room / digits::width(&count, 1).max(1)).clamp(DATE, COUNT);
    let top = bottom - digits::height(scale);
    digits::draw(canvas, &count, (MARGIN, top), scale, Colour::Strong);
}

fn square(canvas: &mut Canvas, month: &WallMonth, day: LocalDay, area: Area) {
    if day == month.day() {
        canvas.fill(grown(area, 2 * OUTLINE), Colour::Ink);
        canvas.fill(grown(area, OUTLINE), Colour::Paper);
    }
    let shade = shade(month.count_of(day).unwrap_or(0), month.most());
    canvas.fill(area, shade);
    let number = day.date().day().to_string();
    let colour = match shade {
        Colour::Strong | Colour::Dark => Colour::Paper,
        Colour::Paper | Colour::Ink | Colour::Faint | Colour::Light | Colour::Middle => Colour::Ink,
    };
    let middle = |from: usize, all: usize, part: usize| from + all.saturating_sub(part) / 2;
    let left = middle(area.x, SQUARE, digits::width(&number, NUMBER));
    let top = middle(area.y, SQUARE, digits::height(NUMBER));
    digits::draw(canvas, &number, (left, top), NUMBER, colour);
}

/// Of four shades by the share of the month's most; a day without a wall, or to come, has none.
fn shade(count: u32, most: u32) -> Colour {
    // A quarter of the most, rounded up, is still the first.
    match (u64::from(count) * 4).div_ceil(u64::from(most.max(1))) {
        0 => Colour::Faint,
        1 => Colour::Light,
        2 => Colour::Middle,
        3 => Colour::Strong,
        4.. => Colour::Dark,
    }
}

/// Which row of a month a day stands in, from 0.
fn row_of(month: Month, day: LocalDay) -> usize {
    let first = month.first_day();
    let since_monday = day.since(first) + i32::from(first.weekday());
    usize::try_from(since_monday).unwrap_or(0) / DAYS
}

/// Where the square of a day stands.
fn square_of(month: Month, day: LocalDay) -> Area {
    let step = SQUARE + GAP;
    Area {
        x: MARGIN + usize::from(day.weekday()) * step,
        y: WEEKS + row_of(month, day) * step,
        width: SQUARE,
        height: SQUARE,
    }
}

/// An area with so much around it on every side.
fn grown(area: Area, by: usize) -> Area {
    Area {
        x: area.x.saturating_sub(by),
        y: area.y.saturating_sub(by),
        width: area.width + 2 * by,
        height: area.height + 2 * by,
    }
}
