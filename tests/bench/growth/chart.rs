//! Lines over two logarithmic axes, as SVG: what grows in proportion rises at 45 degrees.

use std::fmt::Write as _;

/// A chart.
pub struct Chart {
    /// What stands under the horizontal axis.
    pub x: &'static str,
    /// What stands beside the other.
    pub y: &'static str,
    /// The lines.
    pub series: Vec<Series>,
}

/// A line.
pub struct Series {
    /// What it is of.
    pub name: &'static str,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
/// What the axes' labels take, and at the right the names of the lines.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 48.0;

/// Of Okabe and Ito, which people tell apart who see few colours.
const COLOURS: [&str; 4] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

impl Chart {
    /// As a table in Markdown.
    pub fn table(&self) -> String {
        let names: Vec<&str> = self.series.iter().map(|series| series.name).collect();
        let mut text = format!(
            "| {} | {} |\n|--:{}|\n",
            self.x,
            names.join(" | "),
            "|--:".repeat(names.len())
        );
        for x in self.marks() {
            let at = |series: &Series| {
                let point = series.points.iter().find(|point| point.0 == x);
                point.map_or(String::new(), |(_, y)| format!("{} {}", number(*y), unit(self.y)))
            };
            let cells: Vec<String> = self.series.iter().map(at).collect();
            writeln!(text, "| {} | {} |", number(x), cells.join(" | ")).unwrap();
        }
        text
    }

    /// All the points' places on the horizontal axis.
    fn marks(&self) -> Vec<f64> {
        let mut marks: Vec<f64> = self.points().map(|point| point.0).collect();
        marks.sort_by(f64::total_cmp);
        marks.dedup();
        marks
    }

    fn points(&self) -> impl Iterator<Item = &(f64, f64)> {
        self.series.iter().flat_map(|series| &series.points)
    }

    /// As a picture.
    pub fn svg(&self) -> String {
        let range = |of: fn(&(f64, f64)) -> f64| {
            let values = || self.points().map(of).filter(|value| *value > 0.0);
            let (least, most) = (values().fold(f64::MAX, f64::min), values().fold(0.0, f64::max));
            (least.log10().floor(), most.log10().ceil())
        };
        let (xs, ys) = (range(|point| point.0), range(|point| point.1));
        let place =
            |value: f64, (from, to): (f64, f64)| (value.log10() - from) / (to - from).max(1.0);
        let x = |value: f64| LEFT + place(value, xs) * (WIDTH - LEFT - RIGHT);
        let y = |value: f64| HEIGHT - BOTTOM - place(value, ys) * (HEIGHT - TOP - BOTTOM);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
        );
        let mut line = |x1: f64, y1: f64, x2: f64, y2: f64| {
            writeln!(svg, "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"#ddd\"/>")
                .unwrap();
        };
        let powers =
            |(from, to): (f64, f64)| (from as i32..=to as i32).map(|power| 10_f64.powi(power));
        for value in powers(xs) {
            line(x(value), TOP, x(value), HEIGHT - BOTTOM);
        }
        for value in powers(ys) {
            line(LEFT, y(value), WIDTH - RIGHT, y(value));
        }
        let mut text = |x: f64, y: f64, anchor: &str, colour: &str, words: &str| {
            writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>").unwrap();
        };
        for value in powers(xs) {
            text(x(value), HEIGHT - BOTTOM + 18.0, "middle", "#333", &number(value));
        }
        for value in powers(ys) {
            text(LEFT - 8.0, y(value) + 4.0, "end", "#333", &number(value));
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8.0, "middle", "#333", self.x);
        text(8.0, TOP + 4.0, "start", "#333", unit(self.y));
        // Names stand at the ends of their lines, but never on each other.
        let mut names: Vec<(f64, usize)> =
            self.series.iter().enumerate().map(|(index, series)| (y(end(series)), index)).collect();
        names.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut above = f64::MIN;
        for (place, index) in names {
            above = place.max(above + 15.0);
            text(
                WIDTH - RIGHT + 10.0,
                above + 4.0,
                "start",
                COLOURS[index % COLOURS.len()],
                self.series[index].name,
            );
        }
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            let points: Vec<String> = series
                .points
                .iter()
                .map(|point| format!("{:.1},{:.1}", x(point.0), y(point.1.max(1e-9))))
                .collect();
            writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                points.join(" ")
            )
            .unwrap();
            for point in &series.points {
                writeln!(
                    svg,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>",
                    x(point.0),
                    y(point.1.max(1e-9))
                )
                .unwrap();
            }
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn end(series: &Series) -> f64 {
    series.points.last().map_or(1.0, |point| point.1)
}

/// The first word of what is measured: its unit.
fn unit(words: &str) -> &str {
    words.split(' ').next().unwrap_or_default()
}

/// Three digits that count, and whole numbers with commas.
fn number(value: f64) -> String {
    if value >= 100.0 || value.fract() == 0.0 {
        let digits = format!("{value:.0}");
        let parts: Vec<&str> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|part| std::str::from_utf8(part).unwrap())
            .collect();
        return parts.join(",");
    }
    let digits = (2 - value.log10().floor() as i32).clamp(0, 4) as usize;
    format!("{value:.digits$}")
}
