//! How much code macros write, as the compiler counts it: `-Zmacro-stats`.
//!
//! Must not know: which macros are whose.

/// The uses of one macro in one crate.
#[derive(Debug, PartialEq)]
pub struct Macro {
    pub name: String,
    pub lines: usize,
    pub bytes: usize,
}

/// Reads the compiler's report, which stands between its other messages.
pub fn parse(report: &str) -> Vec<Macro> {
    let mut macros = Vec::new();
    let mut name = "";
    for line in report.lines().filter_map(|line| line.strip_prefix("macro-stats ")) {
        let Some((start, numbers)) = columns(line) else {
            // A long name stands alone, and its numbers on the next line.
            name = line.trim();
            continue;
        };
        if !start.is_empty() {
            name = start;
        }
        let [lines, bytes] = numbers;
        macros.push(Macro { name: name.to_owned(), lines, bytes });
    }
    macros
}

/// The name, the lines and the bytes. Columns have a fixed width, and may touch each other: they
/// are the name and the uses, the lines, their average, the bytes and theirs.
fn columns(line: &str) -> Option<(&str, [usize; 2])> {
    const WIDTH: usize = 11;
    let column = |from_right: usize| {
        let end = line.len().checked_sub(from_right * WIDTH)?;
        line.get(end.checked_sub(WIDTH)?..end)?.trim().replace('_', "").parse().ok()
    };
    let numbers = [column(3)?, column(1)?];
    let start = line[..line.len() - 4 * WIDTH].trim_end();
    let (name, _uses) = start.rsplit_once(' ')?;
    Some((name.trim(), numbers))
}

#[cfg(test)]
mod tests {
    use super::{Macro, parse};

    #[test]
    fn a_report_is_read() {
        let report = "\
    Checking tarpc-service v0.0.0
macro-stats ===================================================================================
macro-stats MACRO EXPANSION STATS: tarpc_service
macro-stats Macro Name                         Uses      Lines  Avg Lines      Bytes  Avg Bytes
macro-stats -----------------------------------------------------------------------------------
macro-stats #[derive(::tarpc::serde::Deserialize)]
macro-stats                                       2     29_520   14_760.0  2_126_6341_063_317.0
macro-stats #[tarpc::service]                     1      6_212    6_212.0    235_670  235_670.0
macro-stats ===================================================================================
";
        let expected = [
            ("#[derive(::tarpc::serde::Deserialize)]", 29_520, 2_126_634),
            ("#[tarpc::service]", 6_212, 235_670),
        ];
        let expected =
            expected.map(|(name, lines, bytes)| Macro { name: name.to_owned(), lines, bytes });
        assert_eq!(parse(report), expected);
    }
}
