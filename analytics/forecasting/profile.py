"""When within the week tickets come: days become hours, and a day that has begun corrects its own forecast.

Shares are of a *weekday's* tickets, not of the week's: the daily forecast already knows that Mondays are busier.
Hours are the dataset's local hours; the hour that a clock change repeats or skips is counted where it falls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.errors import InputError, NotEnoughData

HOURS = 24
POOLED_TICKETS = 24.0
"""A weekday's own hours are trusted over all weekdays' hours once it has brought some two dozen tickets."""
Z80, Z95 = stats.norm.ppf(0.9), stats.norm.ppf(0.975)


@dataclass(frozen=True)
class WeekProfile:
    """`shares`: 7 × 24, Monday first, each row sums to 1. `tickets`: per weekday, how many taught it."""

    shares: np.ndarray
    tickets: np.ndarray

    def of_days(self, days: pd.DatetimeIndex) -> np.ndarray:
        """days × 24 shares."""
        return self.shares[days.day_of_week.to_numpy()]


@dataclass(frozen=True)
class TodayForecast:
    """Today's total given what has come so far; `expected_by_now` is what the morning's forecast had expected."""

    so_far: float
    expected_by_now: float
    mean: float
    low80: float
    high80: float
    low95: float
    high95: float


def week_profile(counts: pd.DataFrame, *, half_life_weeks: float = 13.0) -> WeekProfile:
    """Hour-of-week profile of a frame with `at` (times) and `count`; older weeks count less.

    Weekdays with few tickets lean on the hours of all weekdays. Raises where there is not a single ticket.
    """
    if "at" not in counts or "count" not in counts:
        raise InputError("The profile needs the columns `at` and `count`.", found=f"{list(counts.columns)}.")
    at = pd.DatetimeIndex(counts["at"])
    number = counts["count"].to_numpy(dtype=float)
    if len(number) == 0 or number.sum() <= 0:
        raise NotEnoughData("No ticket to learn the hours of the week from.")
    if (number < 0).any() or not half_life_weeks > 0:
        raise InputError("Counts and the half-life must be positive.")
    age_weeks = (at.max() - at).days.to_numpy() / 7
    grid = np.zeros((7, HOURS))
    np.add.at(grid, (at.day_of_week, at.hour), number * 0.5 ** (age_weeks / half_life_weeks))
    tickets = np.bincount(at.day_of_week, weights=number, minlength=7)
    pooled = grid.sum(axis=0) / grid.sum()
    return WeekProfile(_leaning(grid, pooled), tickets)


def _leaning(grid: np.ndarray, pooled: np.ndarray) -> np.ndarray:
    """Dirichlet mean of each weekday's hours with the pooled hours as prior."""
    return (grid + POOLED_TICKETS * pooled) / (grid.sum(axis=1, keepdims=True) + POOLED_TICKETS)


def hourly(daily: pd.DataFrame, profile: WeekProfile) -> pd.DataFrame:
    """Hours of a daily forecast: columns at, mean, low80, high80, low95, high95; the hours' means sum to the day's.

    `daily` has those columns by day. An hour is a thinning of its day: with share p, mean p·m and variance
    p²(V−m) + p·m, where V is read off the day's 80 % interval; its quantiles are negative binomial (Poisson where V ≤ m).
    """
    days = pd.DatetimeIndex(daily["at"])
    shares = profile.of_days(days)
    mean = daily["mean"].to_numpy(dtype=float)[:, None] * shares
    spare = np.maximum(_interval_variance(daily) - daily["mean"].to_numpy(dtype=float), 0.0)[:, None] * shares**2
    at = (days.to_numpy()[:, None] + np.arange(HOURS) * np.timedelta64(1, "h")).reshape(-1)
    low80, high80, low95, high95 = (_quantile(q, mean, spare).reshape(-1) for q in (0.1, 0.9, 0.025, 0.975))
    columns = {"low80": low80, "high80": high80, "low95": low95, "high95": high95}
    return pd.DataFrame({"at": at, "mean": mean.reshape(-1), **columns})


def _interval_variance(daily: pd.DataFrame) -> np.ndarray:
    return ((daily["high80"] - daily["low80"]).to_numpy(dtype=float) / (2 * Z80)) ** 2


def _quantile(q: float, mean: np.ndarray, spare: np.ndarray) -> np.ndarray:
    """Quantile of a count with that mean and variance mean + spare; 0 where the mean is 0."""
    positive = np.maximum(mean, 1e-9)
    size = positive**2 / np.maximum(spare, 1e-9 * positive**2)
    return np.where(mean > 1e-9, stats.nbinom.ppf(q, size, size / (size + positive)), 0.0)


def reforecast_today(
    mean: float, low80: float, high80: float, hours: np.ndarray, so_far: float, elapsed_hours: float
) -> TodayForecast:
    """Today's total after `elapsed_hours` (0–24) with `so_far` tickets in, from this morning's forecast.

    `hours`: the weekday's 24 shares. Gamma–Poisson: the day is busier than forecast by a factor with mean 1 and the
    variance that the 80 % interval leaves beyond Poisson; what has come updates it, the rest is negative binomial. At 0
    hours this is the morning's forecast, at 24 what came.
    """
    if not (0 <= elapsed_hours <= HOURS and so_far >= 0 and mean >= 0 and high80 >= low80):
        raise InputError("Hours must lie within 0–24 and counts must not be negative.")
    passed = _share_passed(np.asarray(hours, dtype=float), elapsed_hours)
    spare = max(((high80 - low80) / (2 * Z80)) ** 2 - mean, 1e-6 * max(mean, 1.0))
    shape = mean**2 / spare if mean > 0 else 0.0
    factor = (shape + so_far) / (shape + passed * mean) if shape + passed * mean > 0 else 0.0
    rest = (1 - passed) * mean * factor
    rest_spare = rest**2 / max(shape + so_far, 1e-9)
    low, high, low95, high95 = (
        so_far + float(_quantile(q, np.array(rest), np.array(rest_spare))) for q in (0.1, 0.9, 0.025, 0.975)
    )
    return TodayForecast(so_far, passed * mean, so_far + rest, low, high, low95, high95)


def _share_passed(hours: np.ndarray, elapsed_hours: float) -> float:
    whole = int(elapsed_hours)
    part = hours[whole] * (elapsed_hours - whole) if whole < HOURS else 0.0
    return float(min(hours[:whole].sum() + part, 1.0))
