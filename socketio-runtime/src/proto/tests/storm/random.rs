//! Chance, from a seed.
//!
//! Must not know: what is decided by it.

use std::time::Duration;

/// `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let high = self.next() >> 32;
        u32::try_from((high * u64::from(bound)) >> 32).expect("it is below a u32")
    }

    /// Whether something happens that does so once in so many times.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    pub(super) fn of<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        let bound = u32::try_from(N).expect("few choices");
        choices[usize::try_from(self.below(bound)).expect("few choices")]
    }

    pub(super) fn time_below(&mut self, bound: Duration) -> Duration {
        let micros = u32::try_from(bound.as_micros()).expect("an hour at most");
        Duration::from_micros(self.below(micros.max(1)).into())
    }
}
