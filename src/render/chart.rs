//! Curves for a terminal, drawn in braille: `ratatui`'s chart into a buffer, the buffer into lines of text.

use anstyle::{AnsiColor, Color as Ansi, Style};
use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::{Constraint, Rect};
use ratatui_core::style::Color;
use ratatui_core::symbols::Marker;
use ratatui_core::text::Line;
use ratatui_core::widgets::Widget;
use ratatui_widgets::chart::{Axis, Chart as Widgets, Dataset, GraphType, LegendPosition};

use super::number::{one_place, short_money};
use super::text::{harmless, truncate};
use super::{Kind, Phrase, Style as Look};
use crate::money::Money;

/// How many lines besides the bold one are told apart by colour and name; more are a cloud behind it.
pub const NAMED_CURVES: usize = 5;

/// How high a chart is, in lines of text.
const HEIGHT: u16 = 18;

/// The narrowest chart that can be read, in columns.
const NARROWEST: u16 = 40;

/// The widest that is of use.
const WIDEST: u16 = 120;

/// How long a name in the legend may be.
const NAME_WIDTH: usize = 24;

/// Colours that are told apart on light and dark ground.
const COLORS: [Color; NAMED_CURVES] = [Color::Cyan, Color::Yellow, Color::Magenta, Color::Green, Color::Blue];

/// A curve over whole numbers 0, 1, 2 and so on; where it has no value it is not drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Its name in the legend.
    pub name: String,
    /// Its values.
    pub values: Vec<Option<f64>>,
}

/// Curves with a bold one among them, the mean as a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: Phrase,
    /// The bold curve.
    pub bold: Curve,
    /// The others.
    pub curves: Vec<Curve>,
    /// What is under the axis, one for each whole number.
    pub ticks: Vec<String>,
    /// What the values are.
    pub kind: Kind,
}

impl Chart {
    /// The chart as lines of text; nothing where no curve has a value.
    pub fn draw(&self, look: &Look<'_>) -> String {
        let color = look.color;
        let width = look.width.and_then(|width| u16::try_from(width).ok()).unwrap_or(WIDEST);
        let area = Rect::new(0, 0, width.clamp(NARROWEST, WIDEST), HEIGHT);
        let Some([low, high]) = self.bounds() else { return String::new() };
        let named = color && self.curves.len() <= NAMED_CURVES;
        let bold = points(&self.bold);
        let points: Vec<Vec<(f64, f64)>> = self.curves.iter().map(points).collect();

        let mut sets: Vec<Dataset<'_>> = Vec::new();
        for (at, (curve, points)) in self.curves.iter().zip(&points).enumerate() {
            // Without colours the others are dots, so that the bold one stands out.
            let set = Dataset::default().marker(if color { Marker::Braille } else { Marker::Dot });
            let set = set.graph_type(if color { GraphType::Line } else { GraphType::Scatter }).data(points);
            sets.push(match named {
                true => set.name(name(&curve.name)).style(COLORS[at]),
                false => set.style(Color::DarkGray),
            });
        }
        let line = Dataset::default().name(name(&(look.heading)(&self.bold.name))).marker(Marker::Braille);
        sets.push(line.graph_type(GraphType::Line).data(&bold));
        let last = self.ticks.len().saturating_sub(1).max(1) as f64;
        let ticks = [self.ticks.first(), self.ticks.last()].map(|tick| tick.cloned().unwrap_or_default());
        let labels = [low, (low + high) / 2.0, high].map(|value| self.label(value, look));
        let chart = Widgets::new(sets)
            .x_axis(Axis::default().bounds([0.0, last]).labels(ticks.map(Line::from)))
            .y_axis(Axis::default().bounds([low, high]).labels(labels.map(Line::from)))
            // By default a legend of three names is left out.
            .hidden_legend_constraints((Constraint::Percentage(75), Constraint::Percentage(60)))
            .legend_position(Some(LegendPosition::TopLeft));
        let mut buffer = Buffer::empty(area);
        chart.render(area, &mut buffer);
        format!("{}\n{}", self.title.translated(look.heading), lines(&buffer, color))
    }

    /// A value as the axis shows it.
    fn label(&self, value: f64, look: &Look<'_>) -> String {
        match self.kind {
            // The axis of a chart needs no hundredths.
            Kind::Money => short_money(Money::from_hundredths((value * 100.0) as i64), &look.currency),
            Kind::Percent => format!("{}%", one_place(value)),
            _ => one_place(value),
        }
    }

    /// From zero, or the lowest value below it, to the highest.
    fn bounds(&self) -> Option<[f64; 2]> {
        let all = self.curves.iter().chain([&self.bold]).flat_map(|curve| &curve.values);
        let known = || all.clone().flatten().copied().filter(|value| value.is_finite());
        known().next()?;
        let (low, high) = (known().fold(0.0, f64::min), known().fold(0.0, f64::max));
        Some([low, if high > low { high } else { low + 1.0 }])
    }
}

fn name(name: &str) -> String {
    truncate(&harmless(name).replace('\n', " "), NAME_WIDTH)
}

fn points(curve: &Curve) -> Vec<(f64, f64)> {
    let known =
        |(at, value): (usize, &Option<f64>)| Some((at as f64, value.filter(|value| value.is_finite())?));
    curve.values.iter().enumerate().filter_map(known).collect()
}

/// The buffer as lines of text, blanks at their ends left out.
fn lines(buffer: &Buffer, color: bool) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut text = String::new();
    for row in buffer.content.chunks(width) {
        let end = row.iter().rposition(|cell| cell.symbol() != " ").map_or(0, |last| last + 1);
        let mut at = 0;
        while at < end {
            text.push_str(&painted(&row[at], color));
            // A wide letter stands on the cell behind it, too.
            at += super::text::width(row[at].symbol()).max(1);
        }
        text.push('\n');
    }
    text
}

fn painted(cell: &Cell, color: bool) -> String {
    let ink = match cell.fg {
        _ if !color => None,
        Color::Cyan => Some(AnsiColor::Cyan),
        Color::Yellow => Some(AnsiColor::Yellow),
        Color::Magenta => Some(AnsiColor::Magenta),
        Color::Green => Some(AnsiColor::Green),
        Color::Blue => Some(AnsiColor::Blue),
        Color::DarkGray => Some(AnsiColor::BrightBlack),
        _ => None,
    };
    match ink {
        None => cell.symbol().to_owned(),
        Some(ink) => {
            let style = Style::new().fg_color(Some(Ansi::Ansi(ink)));
            format!("{style}{}{style:#}", cell.symbol())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(name: &str, values: &[f64]) -> Curve {
        Curve { name: name.to_owned(), values: values.iter().copied().map(Some).collect() }
    }

    fn chart() -> Chart {
        Chart {
            title: "LTV".into(),
            bold: curve("Mean", &[10.0, 20.0, 30.0, 40.0]),
            curves: vec![curve("search", &[5.0, 6.0]), curve("\u{1b}[31msocial", &[20.0, 60.0, 80.0])],
            ticks: ["M0", "M1", "M2", "M3"].map(str::to_owned).to_vec(),
            kind: Kind::Percent,
        }
    }

    fn drawn(chart: &Chart, width: usize, color: bool) -> String {
        chart.draw(&Look { width: Some(width), color, ..Look::default() })
    }

    #[test]
    fn a_chart_has_its_scale_its_ticks_and_its_legend_within_the_width() {
        let text = drawn(&chart(), 60, false);
        for word in ["LTV", "80.0%", "40.0%", "0.0%", "M0", "M3", "Mean"] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
        assert!(text.contains(|letter| ('\u{2801}'..='\u{28ff}').contains(&letter)), "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
        // The bold curve rises: its last column is above its first.
        let rows: Vec<&str> = text.lines().collect();
        let of = |column: usize| {
            rows.iter().position(|row| row.chars().nth(column).is_some_and(|c| c >= '\u{2801}'))
        };
        assert!(of(59) < of(6), "{text}");
    }

    #[test]
    fn colours_name_a_few_curves_and_names_cannot_colour() {
        let text = drawn(&chart(), 80, true);
        assert!(text.contains("\u{1b}[36m"), "{text:?}");
        assert!(!text.contains("\u{1b}[31m"), "{text:?}");
        let plain: String = text.replace("\u{1b}[36m", "").replace("\u{1b}[0m", "");
        assert!(plain.contains("search"), "{plain}");
        let crowd = Chart { curves: vec![curve("one", &[1.0, 2.0]); NAMED_CURVES + 1], ..chart() };
        let text = drawn(&crowd, 80, true);
        assert!(!text.contains("\u{1b}[36m") && text.contains("\u{1b}[90m"), "{text:?}");
    }

    #[test]
    fn wide_letters_stand_side_by_side() {
        let text = drawn(&Chart { bold: curve("가중 평균", &[1.0, 2.0]), ..chart() }, 60, false);
        assert!(text.contains("가중 평균"), "{text}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let empty = Curve { name: "Mean".to_owned(), values: vec![None; 4] };
        assert_eq!(drawn(&Chart { bold: empty, curves: Vec::new(), ..chart() }, 80, true), "");
    }
}
