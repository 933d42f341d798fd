//! Groups by a unit of time as a chart: places and sizes for the SVG that the template writes.

use serde::Serialize;

use super::groups::{GroupLayout, GroupRow};
use crate::grouping::{Step, Unit, ordinal};

/// The picture, in its own units: what is drawn stands right of and above the labels.
const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 84.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 232.0;

/// Series of a chart at most: more colours cannot be told apart.
const MOST_SERIES: usize = 8;

/// Labels below the chart at most.
const MOST_LABELS: usize = 8;

/// Lines across the chart, about.
const STEPS: f64 = 4.0;

/// A chart.
#[derive(Debug, Serialize)]
pub struct Chart {
    /// What it shows: `Sum of Amount by Booked, month`.
    pub title: String,
    /// The picture's width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Where the lines across begin.
    pub left: f64,
    /// Where the zero is, from above.
    pub zero: f64,
    /// Lines across, with their values.
    pub lines: Vec<Mark>,
    /// Labels below.
    pub labels: Vec<Mark>,
    /// What is drawn: one series as bars, several as lines.
    pub series: Vec<Series>,
    /// Series that are left out: those with the least values.
    pub left_out: usize,
}

/// A label at a place.
#[derive(Debug, Serialize)]
pub struct Mark {
    /// Its place, from the left or from above.
    pub at: f64,
    /// What it says.
    pub label: String,
}

/// Values that belong together.
#[derive(Debug, Serialize)]
pub struct Series {
    /// What they have in common; empty where there is one series.
    pub name: String,
    /// The corners of the line, as SVG has them.
    pub points: String,
    /// The bars of a single series.
    pub bars: Vec<Block>,
}

/// A bar.
#[derive(Debug, Serialize)]
pub struct Block {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// What it is of: `2024-07: 12`.
    pub title: String,
}

/// A value at a time.
struct Point {
    series: String,
    time: i64,
    label: String,
    value: f64,
    shown: String,
}

/// The chart of groups that are grouped by one unit of time and by one other value at most; `None`
/// for others, and for fewer than two points.
pub fn chart(layout: &GroupLayout, groups: &[GroupRow], title: String) -> Option<Chart> {
    let units = layout.query.by.iter().enumerate().filter_map(|(index, by)| match by.step {
        Step::Unit(unit) => Some((index, unit)),
        Step::Value | Step::Width(_) => None,
    });
    let [(index, unit)] = units.collect::<Vec<_>>()[..] else { return None };
    if layout.query.by.len() > 2 {
        return None;
    }
    let measure = layout
        .query
        .measures
        .iter()
        .position(|measure| layout.table.columns[measure.column].kind.is_numeric());
    let points: Vec<Point> =
        groups.iter().filter_map(|group| point(group, index, unit, measure)).collect();
    let (first, last) = ends(points.iter().map(|point| point.time as f64))?;
    if first == last {
        return None;
    }
    let (lowest, highest) = ends(points.iter().map(|point| point.value))?;
    // There is no half row.
    let is_whole = points.iter().all(|point| point.value.fract() == 0.0);
    let scale = Scale::new((first, last), (lowest, highest), is_whole);
    let (names, left_out) = names(&points);
    let is_single = names.len() == 1;
    let series = names.iter().map(|name| series(name, &points, &scale, is_single)).collect();
    let labels = labels(&points, &scale);
    let lines = scale.lines();
    Some(Chart {
        title,
        width: WIDTH,
        height: HEIGHT,
        left: LEFT,
        zero: scale.y(0.0),
        lines,
        labels,
        series,
        left_out,
    })
}

fn point(group: &GroupRow, index: usize, unit: Unit, measure: Option<usize>) -> Option<Point> {
    let label = group.by[index].text()?.into_owned();
    let shown = match measure {
        Some(measure) => group.measures[measure].text()?.into_owned(),
        None => group.rows.to_string(),
    };
    let others = group.by.iter().enumerate().filter(|(other, _)| *other != index);
    let series = others.map(|(_, value)| super::text_of(value)).collect::<Vec<_>>().join(", ");
    let value = shown.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some(Point { series, time: ordinal(unit, &label)?, label, value, shown })
}

fn ends(numbers: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    numbers.fold(None, |ends, number| match ends {
        None => Some((number, number)),
        Some((least, most)) => Some((least.min(number), most.max(number))),
    })
}

/// The series with the greatest values, and how many others there are.
fn names(points: &[Point]) -> (Vec<String>, usize) {
    let mut totals: Vec<(String, f64)> = Vec::new();
    for point in points {
        match totals.iter_mut().find(|(name, _)| *name == point.series) {
            Some((_, total)) => *total += point.value.abs(),
            None => totals.push((point.series.clone(), point.value.abs())),
        }
    }
    totals.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let left_out = totals.len().saturating_sub(MOST_SERIES);
    (totals.into_iter().take(MOST_SERIES).map(|(name, _)| name).collect(), left_out)
}

fn series(name: &str, points: &[Point], scale: &Scale, is_single: bool) -> Series {
    let mut own: Vec<&Point> = points.iter().filter(|point| point.series == name).collect();
    own.sort_by_key(|point| point.time);
    let corners = own
        .iter()
        .map(|point| format!("{:.1},{:.1}", scale.x(point.time as f64), scale.y(point.value)));
    let width = (scale.step * 0.75).max(0.5);
    let bars = own.iter().map(|point| {
        let (zero, end) = (scale.y(0.0), scale.y(point.value));
        Block {
            x: rounded(scale.x(point.time as f64) - width / 2.0),
            y: rounded(zero.min(end)),
            width: rounded(width),
            height: rounded((zero - end).abs()),
            title: format!("{}: {}", point.label, point.shown),
        }
    });
    Series {
        name: name.to_owned(),
        points: corners.collect::<Vec<_>>().join(" "),
        bars: if is_single { bars.collect() } else { Vec::new() },
    }
}

fn labels(points: &[Point], scale: &Scale) -> Vec<Mark> {
    let mut times: Vec<(i64, &str)> =
        points.iter().map(|point| (point.time, point.label.as_str())).collect();
    times.sort_unstable();
    times.dedup();
    let every = times.len().div_ceil(MOST_LABELS).max(1);
    // Where groups are missing between others, labels would lie over each other.
    let room = (WIDTH - LEFT) / MOST_LABELS as f64;
    let mut marks: Vec<Mark> = Vec::new();
    for (time, label) in times.into_iter().step_by(every) {
        let at = rounded(scale.x(time as f64));
        if marks.last().is_none_or(|last| at - last.at >= room * 0.8) {
            marks.push(Mark { at, label: label.to_owned() });
        }
    }
    marks
}

/// From values to places.
struct Scale {
    first: f64,
    /// Between two units of time.
    step: f64,
    lowest: f64,
    highest: f64,
    /// Between two lines across.
    line: f64,
}

impl Scale {
    fn new((first, last): (f64, f64), (lowest, highest): (f64, f64), is_whole: bool) -> Self {
        let (lowest, highest) = (lowest.min(0.0), highest.max(0.0));
        let span = if highest > lowest { highest - lowest } else { 1.0 };
        let power = 10_f64.powf((span / STEPS).log10().floor());
        let line = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power);
        let line = line.into_iter().find(|line| span / line <= STEPS + 1.0).unwrap_or(power);
        let line = if is_whole { line.max(1.0) } else { line };
        Self {
            first,
            step: (WIDTH - LEFT) / (last - first + 1.0),
            lowest: (lowest / line).floor() * line,
            highest: (highest / line).ceil() * line,
            line,
        }
    }

    fn x(&self, time: f64) -> f64 {
        LEFT + (time - self.first + 0.5) * self.step
    }

    fn y(&self, value: f64) -> f64 {
        let span = (self.highest - self.lowest).max(f64::MIN_POSITIVE);
        BOTTOM - (value - self.lowest) / span * (BOTTOM - TOP)
    }

    fn lines(&self) -> Vec<Mark> {
        let count = ((self.highest - self.lowest) / self.line).round().min(20.0) as usize;
        let decimals = (-self.line.log10().floor()).clamp(0.0, 12.0) as usize;
        let mark = |index: usize| {
            let value = self.lowest + index as f64 * self.line;
            // Not -0.
            let value = if value.abs() < self.line / 2.0 { 0.0 } else { value };
            Mark { at: rounded(self.y(value)), label: format!("{value:.decimals$}") }
        };
        (0..=count).map(mark).collect()
    }
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
