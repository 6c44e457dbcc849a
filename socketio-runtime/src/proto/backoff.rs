//! How long to wait before the next attempt.
//!
//! Must not know: what is attempted, what time it is.

use std::time::Duration;

use super::Config;

/// Doubling delays, spread at random, as the reference has them (`socket.io-client`,
/// `contrib/backo2.ts`), with two differences. The delay is capped before it is spread, so that
/// clients which all wait the longest time still come back one after the other. And doubling
/// stops at the cap, where the reference's delay overflows after a thousand attempts and becomes
/// zero.
#[derive(Debug)]
pub(super) struct Backoff {
    min: Duration,
    max: Duration,
    randomization_factor: f64,
    attempts: u32,
    random: u64,
}

impl Backoff {
    pub(super) fn new(config: &Config, seed: u64) -> Self {
        Self {
            min: config.reconnection_delay,
            max: config.reconnection_delay_max.max(config.reconnection_delay),
            randomization_factor: config.randomization_factor,
            attempts: 0,
            random: seed,
        }
    }

    /// The delay before the next attempt, and one attempt more.
    pub(super) fn next_delay(&mut self) -> Duration {
        let factor = 2_u32.saturating_pow(self.attempts);
        let delay = self.min.saturating_mul(factor).min(self.max);
        self.attempts = self.attempts.saturating_add(1);
        // From 1 - factor to 1 + factor, and from 1 - factor to 1 at the cap.
        let spread = self.randomization_factor * (2.0 * self.next_random() - 1.0);
        let spread = if delay == self.max { -spread.abs() } else { spread };
        let seconds = delay.as_secs_f64() * (1.0 + spread);
        Duration::try_from_secs_f64(seconds).map_or(self.max, |delay| delay.min(self.max))
    }

    /// How many delays were given out since the last reset.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(super) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// From 0 to 1, by `SplitMix64` (Steele, Lea and Flood, 2014): jitter needs no better.
    fn next_random(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.random;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = u32::try_from((bits ^ (bits >> 31)) >> 32).unwrap_or(u32::MAX);
        f64::from(high) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_within_their_bands_and_stay_spread_at_the_cap() {
        for seed in 0..200 {
            let mut backoff = Backoff::new(&Config::default(), seed);
            let bands = [(500, 1500), (1000, 3000), (2000, 5000), (2500, 5000), (2500, 5000)];
            for (low, high) in bands {
                let delay = backoff.next_delay().as_millis();
                assert!((low..=high).contains(&delay), "seed {seed}: {delay} ms");
            }
        }
        let mut backoff = Backoff::new(&Config::default(), 1);
        let plateau: Vec<_> = (0..2000).map(|_| backoff.next_delay()).skip(1000).collect();
        assert!(plateau.iter().all(|delay| *delay >= Duration::from_millis(2500)));
        assert!(plateau.windows(2).any(|pair| pair[0] != pair[1]));
    }
}
