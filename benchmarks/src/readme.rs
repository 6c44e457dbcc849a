//! Puts a report where readers look for it.
//!
//! Must not know: what a report says.

use std::{fs, path::Path};

use socketio_benchmarks::Error;

const BEGIN: &str = "<!-- results: written by `bash benchmarks/run --write` -->\n";
const END: &str = "<!-- end of the results -->\n";

/// # Errors
/// When `benchmarks/README.md` has no place for it, or cannot be written.
pub(crate) fn write(report: &str) -> Result<(), Error> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path)?;
    let readme = replaced(&readme, report).ok_or("README.md has no place for the results")?;
    Ok(fs::write(path, readme)?)
}

fn replaced(readme: &str, report: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{report}\n\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_replace_the_ones_before_and_nothing_else() {
        let readme = format!("before\n{BEGIN}old\n{END}after\n");
        let readme = replaced(&readme, "new").expect("it has the markers");
        assert_eq!(readme, format!("before\n{BEGIN}\nnew\n\n{END}after\n"));
        assert_eq!(replaced("no place", "new"), None);
    }
}
