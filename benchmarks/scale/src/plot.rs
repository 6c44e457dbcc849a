//! A plot of one axis.

use std::path::Path;

use plotters::{coord::combinators::IntoLogRange as _, prelude::*};

use crate::{
    Result,
    axes::{Axis, Panel},
};

/// The medians of all lines at one point.
pub type Row = (usize, Vec<f64>);

/// Draws an axis; both scales are logarithmic, so that what is flat looks flat.
pub fn draw(axis: &Axis, rows: &[Row], path: &Path) -> Result<()> {
    let width = WIDTH * axis.panels.len() as u32;
    let root = SVGBackend::new(path, (width, HEIGHT)).into_drawing_area();
    root.fill(&WHITE)?;
    let titled = root.titled(axis.title, ("sans-serif", 20))?;
    let mut first = 0;
    for (panel, area) in axis.panels.iter().zip(titled.split_evenly((1, axis.panels.len()))) {
        draw_panel(axis, panel, first, rows, &area)?;
        first += panel.lines.len();
    }
    Ok(root.present()?)
}

fn draw_panel<'a>(
    axis: &Axis,
    panel: &Panel,
    first: usize,
    rows: &[Row],
    area: &DrawingArea<SVGBackend<'a>, plotters::coord::Shift>,
) -> Result<()> {
    let columns = first..first + panel.lines.len();
    let values = rows.iter().flat_map(|(_, values)| &values[columns.clone()]);
    let values = values.copied().filter(|value| *value > 0.0);
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
    // Whole decades, and at least two of them: a factor of two is not to look like a cliff.
    let low = 10_f64.powf(least.log10().floor());
    let high = 10_f64.powf(most.log10().ceil()).max(low * 100.0);
    let x = |point: usize| point as f64;
    let (start, end) = (x(axis.points[0]), x(axis.points[axis.points.len() - 1]));
    let mut chart = ChartBuilder::on(area)
        .margin(15)
        .x_label_area_size(45)
        .y_label_area_size(70)
        .build_cartesian_2d((start..end).log_scale(), (low..high).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(BLACK.mix(0.05))
        .bold_line_style(BLACK.mix(0.15))
        .x_desc(axis.of)
        .y_desc(panel.unit)
        .x_label_formatter(&|value| label(*value))
        .y_label_formatter(&|value| label(*value))
        .draw()?;
    for (index, line) in panel.lines.iter().enumerate() {
        let color = COLORS[index % COLORS.len()];
        let points: Vec<_> =
            rows.iter().map(|(point, values)| (x(*point), values[first + index])).collect();
        chart
            .draw_series(LineSeries::new(points.clone(), color.stroke_width(2)).point_size(3))?
            .label(*line)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(())
}

/// A number as short as it can be.
pub fn label(value: f64) -> String {
    match value {
        _ if value >= 1e6 => format!("{}M", value / 1e6),
        _ if value >= 1e3 => format!("{}k", value / 1e3),
        _ => format!("{value}"),
    }
}

const WIDTH: u32 = 560;
const HEIGHT: u32 = 420;
const COLORS: [RGBColor; 4] =
    [RGBColor(0, 92, 175), RGBColor(200, 80, 0), RGBColor(0, 130, 90), RGBColor(150, 60, 150)];
