"""How good a forecast was, and how good any forecast could be.

All scores are over days that have a count: gaps are left out. A score that the data cannot give (nothing came at all)
is None, never 0: a 0 would read as a perfect forecast.

Sources: WAPE and MASE as in Hyndman & Koehler 2006; the mean absolute deviation of the Poisson (Crow 1958) and of the
negative binomial follow from their recursions, see `mean_absolute_deviation`.
"""

from __future__ import annotations

import numpy as np

from analytics.errors import InputError

LARGE_MEAN = 1e7
"""Above it the normal's deviation is right to six digits, and the difference of log-gammas no longer is."""
LARGEST_DISPERSION = 10.0
TRIM_SIGMAS = 3.5


def wape(actual: np.ndarray, forecast: np.ndarray) -> float | None:
    """Σ|y−f| / Σy over the days with a count; None where nothing came."""
    actual, forecast = _paired(actual, forecast)
    total = float(actual.sum())
    return float(np.abs(actual - forecast).sum()) / total if total > 0 else None


def bias(actual: np.ndarray, forecast: np.ndarray) -> float | None:
    """Σ(f−y) / Σy: positive where the forecast was too high; None where nothing came."""
    actual, forecast = _paired(actual, forecast)
    total = float(actual.sum())
    return float((forecast - actual).sum()) / total if total > 0 else None


def mase(actual: np.ndarray, forecast: np.ndarray, history: np.ndarray) -> float | None:
    """Mean absolute error over that of the in-sample naive of `naive_lag`; None where the naive never errs."""
    scale = naive_scale(history)
    actual, forecast = _paired(actual, forecast)
    return float(np.abs(actual - forecast).mean()) / scale if scale and actual.size else None


def naive_lag(length: int) -> int:
    """Lag of the naive that MASE is scaled by: 7 for daily series over 14 days, else 1."""
    return 7 if length > 14 else 1


def naive_scale(history: np.ndarray) -> float | None:
    """Mean |y_t − y_(t−lag)| over the history, gaps left out; None where there is no such pair or it never moves."""
    history = np.asarray(history, dtype=float)
    lag = naive_lag(len(history))
    steps = np.abs(history[lag:] - history[:-lag])
    steps = steps[np.isfinite(steps)]
    return float(steps.mean()) if steps.size and steps.mean() > 0 else None


def coverage(actual: np.ndarray, low: np.ndarray, high: np.ndarray) -> float | None:
    """Share of counts within [low, high], ends included; None where there is no count."""
    known = np.isfinite(actual)
    return float(((actual >= low) & (actual <= high))[known].mean()) if known.any() else None


def _paired(actual: np.ndarray, forecast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    actual, forecast = np.asarray(actual, dtype=float), np.asarray(forecast, dtype=float)
    if actual.shape != forecast.shape:
        raise InputError("Counts and forecast differ in length.", found=f"{actual.shape} and {forecast.shape}.")
    known = np.isfinite(actual)
    return actual[known], forecast[known]


def mean_absolute_deviation(mean: np.ndarray, dispersion: float = 0.0) -> np.ndarray:
    """E|Y−m| of a count with mean m and variance m + dispersion·m²; dispersion 0 is Poisson.

    With size r = 1/dispersion, q = m/(m+r) and K = ⌊m⌋ the recursion (k+1)p(k+1) = (r+k)·q·p(k) telescopes to
    E|Y−m| = 2(K+1)p(K+1)/(1−q); q → 0 gives the Poisson's 2(K+1)p(K+1).
    """
    mean = np.asarray(mean, dtype=float)
    if (mean < 0).any() or dispersion < 0:
        raise InputError("Means and dispersion cannot be negative.", found=f"dispersion {dispersion:g}.")
    positive = np.clip(mean, 1e-12, LARGE_MEAN)
    count = np.floor(positive) + 1
    odds = 1 + dispersion * positive
    deviation = 2 * count * np.exp(_log_probability(count, positive, dispersion)) * odds
    normal = np.sqrt(2 / np.pi * (mean + dispersion * mean**2))
    return np.where(mean > LARGE_MEAN, normal, np.where(mean > 0, deviation, 0.0))


def _log_probability(count: np.ndarray, mean: np.ndarray, dispersion: float) -> np.ndarray:
    """Log probability of a count, Poisson or negative binomial (mean and dispersion).

    Below 1e-9 the difference of two huge log-gammas is all rounding, and the Poisson is right to nine digits.
    """
    from scipy.special import gammaln

    if dispersion < 1e-9:
        return count * np.log(mean) - mean - gammaln(count + 1)
    size = 1 / dispersion
    share = np.log(mean) - np.log(mean + size)
    return gammaln(count + size) - gammaln(size) - gammaln(count + 1) - size * np.log1p(mean / size) + count * share


def noise_floor_wape(mean: np.ndarray, dispersion: float = 0.0) -> float | None:
    """WAPE that the perfect forecast (the true mean of every day) still has; None where the mean is 0 throughout."""
    mean = np.asarray(mean, dtype=float)
    mean = mean[np.isfinite(mean)]
    total = float(mean.sum())
    return float(mean_absolute_deviation(mean, dispersion).sum()) / total if total > 0 else None


def dispersion_of(counts: np.ndarray, usable: np.ndarray) -> float:
    """Dispersion a in variance = m + a·m², from how far a day lies from the mean of the same weekdays beside it.

    d = y_t − (y_(t−7)+y_(t+7))/2 has variance 1.5·(m + a·m²) whatever straight line the level follows, so that trend
    and weekly pattern do not count as noise; residuals of a fitted model would. Days far out by a first, median-based
    estimate are left out: the day beside a burst is not the noise of a Tuesday. `usable`: one bool per day, False on
    closures, gaps and outliers. 0 where the counts are no more dispersed than Poisson or there are under three weeks.
    """
    mean, square = _day_differences(counts, usable)
    if mean.sum() <= 0:
        return 0.0
    first = _typical_dispersion(mean, square)
    # One step only: repeated, a few bursts lift the limit until nothing is left out.
    calm = square <= TRIM_SIGMAS**2 * (mean + first * mean**2 + 1)
    return _moments_dispersion(mean[calm], square[calm])


def _moments_dispersion(mean: np.ndarray, square: np.ndarray) -> float:
    if mean.sum() <= 0:
        return 0.0
    # E[mean²] = m² + variance/3: without the correction a low-volume series looks less dispersed than it is. Below one
    # ticket a day the correction eats nearly all of it; a quarter is kept, or the ratio explodes.
    squared_mean = max(float(np.sum(mean**2 - square / 3)), 0.25 * float(np.sum(mean**2)))
    return float(np.clip(np.sum(square - mean) / squared_mean, 0.0, LARGEST_DISPERSION))


def _typical_dispersion(mean: np.ndarray, square: np.ndarray) -> float:
    """Where the iteration starts: the dispersion at which the median square is that of a normal (0.455 variances)."""
    busy = mean > 0
    excess = float(np.median(square[busy] / 0.455 / mean[busy] ** 2) - np.median(1 / mean[busy]))
    return float(np.clip(excess, 0.01, LARGEST_DISPERSION))


def _day_differences(counts: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean of the day and the same weekdays beside it, squared difference as an estimate of the day's variance)."""
    if len(counts) < 21:
        return np.zeros(0), np.zeros(0)
    before, day, after = counts[:-14], counts[7:-7], counts[14:]
    known = usable[:-14] & usable[7:-7] & usable[14:] & np.isfinite(before + day + after)
    return (before + day + after)[known] / 3, (day - (before + after) / 2)[known] ** 2 / 1.5


def underdispersion_of(counts: np.ndarray, usable: np.ndarray) -> float:
    """Variance over mean where it is clearly below Poisson's 1 (constant series, averages, capacities); else 1.

    From the same differences as `dispersion_of`; clearly is below 0.7, as 0.85 happens by chance in a year of days.
    """
    mean, square = _day_differences(counts, usable)
    ratio = float(square.sum() / mean.sum()) if mean.sum() > 0 else 1.0
    return ratio if ratio < 0.7 else 1.0
