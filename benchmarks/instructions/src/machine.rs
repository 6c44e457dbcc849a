//! What counts depend on besides the code.
//!
//! Must not know: what is counted.

use std::{collections::BTreeMap, env::consts::ARCH, fs, process::Command};

use serde::{Deserialize, Serialize};

/// What chooses the machine code that runs: the compiler, the C library, and the features by which
/// that library and crates such as memchr choose between versions of a function.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
pub(super) struct Machine(BTreeMap<String, String>);

impl Machine {
    /// # Errors
    /// The program that is missing, in words.
    pub(super) fn here() -> Result<Self, String> {
        let facts = [
            // It shows programs a processor of its own, made after the real one.
            ("valgrind", output("valgrind", &["--version"])?),
            ("rustc", output("rustc", &["--version"])?),
            ("libc", output("getconf", &["GNU_LIBC_VERSION"])?),
            ("cpu", cpu()),
        ];
        Ok(Self(facts.map(|(name, fact)| (name.to_owned(), fact)).into()))
    }

    /// A line for each fact in which the other machine is another one.
    pub(super) fn differences(&self, here: &Self) -> Vec<String> {
        let differing = self.0.iter().filter(|(name, fact)| here.0.get(*name) != Some(fact));
        let lines = differing.map(|(name, fact)| {
            let here = here.0.get(name).map_or("unknown", String::as_str);
            format!("  {name}: {fact} in the baseline, {here} here")
        });
        lines.collect()
    }
}

fn output(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).output();
    match output {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        _ => Err(format!("`{program}` is missing")),
    }
}

/// The architecture, with those of the features that are there.
fn cpu() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = info.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
    let is_there = |feature: &&str| flags.split_whitespace().any(|flag| flag == *feature);
    let features = FEATURES.into_iter().filter(is_there);
    [ARCH].into_iter().chain(features).collect::<Vec<_>>().join(" ")
}

/// Those that valgrind lets a program see where the processor has them (`guest_amd64_helpers.c`).
const FEATURES: [&str; 6] = ["avx", "avx2", "bmi1", "bmi2", "f16c", "rdrand"];

#[cfg(test)]
mod tests {
    use super::Machine;

    fn machine<const N: usize>(facts: [(&str, &str); N]) -> Machine {
        Machine(facts.map(|(name, fact)| (name.to_owned(), fact.to_owned())).into())
    }

    #[test]
    fn each_fact_that_differs_is_told() {
        let baseline = machine([("cpu", "x86_64 avx2"), ("libc", "glibc 2.36"), ("rustc", "1.95")]);
        let here = machine([("cpu", "x86_64"), ("libc", "glibc 2.36")]);
        let differences = [
            "  cpu: x86_64 avx2 in the baseline, x86_64 here",
            "  rustc: 1.95 in the baseline, unknown here",
        ];
        assert_eq!(baseline.differences(&here), differences);
        assert!(here.differences(&here).is_empty());
    }
}
