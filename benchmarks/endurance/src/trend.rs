//! Whether something grows: a straight line through what was measured, by least squares.
//!
//! Must not know: what was measured.

/// Measurements, each with the time at which it was made.
#[derive(Debug, Default)]
pub(crate) struct Trend {
    points: Vec<(f64, f64)>,
}

impl Trend {
    /// Has room, so that the measuring itself does not grow.
    pub(crate) fn with_capacity(points: usize) -> Self {
        Self { points: Vec::with_capacity(points) }
    }

    pub(crate) fn push(&mut self, time: f64, value: f64) {
        self.points.push((time, value));
    }

    /// How much the line rises from its first point to its last, the first `warm_up` of the time
    /// left out.
    pub(crate) fn growth(&self, warm_up: f64) -> f64 {
        let end = self.points.last().map_or(0.0, |(time, _)| *time);
        let points: Vec<_> =
            self.points.iter().filter(|(time, _)| *time >= end * warm_up).collect();
        let [(begin, _), .., (end, _)] = points[..] else { return 0.0 };
        let count = points.len() as f64;
        let mean_time = points.iter().map(|(time, _)| time).sum::<f64>() / count;
        let mean_value = points.iter().map(|(_, value)| value).sum::<f64>() / count;
        let (mut covariance, mut variance) = (0.0, 0.0);
        for (time, value) in points {
            covariance += (time - mean_time) * (value - mean_value);
            variance += (time - mean_time).powi(2);
        }
        covariance / variance * (end - begin)
    }
}

#[cfg(test)]
mod tests {
    use super::Trend;

    #[test]
    fn what_grows_is_told_from_what_only_wavers() {
        let (mut flat, mut rising) = (Trend::default(), Trend::default());
        for minute in 0..60 {
            let wave = f64::from(minute % 5) - 2.0;
            flat.push(f64::from(minute), 1000.0 + 10.0 * wave);
            rising.push(f64::from(minute), 1000.0 + 10.0 * wave + f64::from(minute));
        }
        assert!(flat.growth(0.2).abs() < 2.0, "{}", flat.growth(0.2));
        assert!((rising.growth(0.2) - 47.0).abs() < 2.0, "{}", rising.growth(0.2));
    }

    #[test]
    fn what_grows_while_warming_up_does_not_count() {
        let mut trend = Trend::default();
        for minute in 0..60 {
            trend.push(f64::from(minute), f64::from(minute.min(6)) * 100.0);
        }
        assert!(trend.growth(0.0) > 50.0);
        assert!(trend.growth(0.2).abs() < 1e-9);
    }
}
