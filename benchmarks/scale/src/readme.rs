//! The tables of the README, between two markers.

use std::{fmt::Write as _, fs, path::Path};

use crate::{
    Result,
    axes::Axis,
    plot::{Row, label},
};

pub fn table(axis: &Axis, rows: &[Row]) -> Result<String> {
    let mut table = format!("### {}\n\n![{}](plots/{}.svg)\n\n", axis.title, axis.title, axis.name);
    write!(table, "| {} |", axis.of)?;
    for (panel, line) in axis.lines() {
        write!(table, " {line}, {} |", panel.unit)?;
    }
    table.push_str("\n| ---: |");
    table.push_str(&" ---: |".repeat(axis.lines().count()));
    for (point, values) in rows {
        write!(table, "\n| {} |", label(*point as f64))?;
        for value in values {
            write!(table, " {} |", three_digits(*value))?;
        }
    }
    table.push('\n');
    Ok(table)
}

/// Puts the tables into the README.
pub fn write(path: &Path, tables: &str) -> Result<()> {
    let text = fs::read_to_string(path)?;
    let (before, rest) = text.split_once(BEGIN).ok_or("no begin marker")?;
    let (_, after) = rest.split_once(END).ok_or("no end marker")?;
    Ok(fs::write(path, format!("{before}{BEGIN}\n{tables}{END}{after}"))?)
}

fn three_digits(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ if value >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

const BEGIN: &str = "<!-- begin: written by the program -->";
const END: &str = "<!-- end -->";
