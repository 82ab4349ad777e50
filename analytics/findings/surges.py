"""Surges in daily counts of one product, told from what its own weeks before and the other products lead to expect.

Every run of 1 to 28 days is held against the same weekdays of the eight weeks before, times what all other products did
between those weeks and the run: a holiday or a busy season that everybody has is no surge of one product. The number of
tickets is taken as negative binomial, with the noise of what is expected added to its variance.

Rejected: the median of the weeks around (`forecasting.calendar_events.find_past_spikes`), which a launch of seven weeks lifts
itself, so that it looks usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

BASE_DAYS = 56
LEAST_EXPECTED = 0.5
"""Tickets that a run is taken to expect at least: eight weeks without any do not prove that none can come."""

RUNS = (1, 2, 3, 5, 7, 14, 28)
AFTER_DAYS = 42
"""How long the excess is followed from the first day, to tell how fast it fades."""


@dataclass(frozen=True)
class Run:
    """Days [first, first + days) with more tickets than expected. `log_p`: log of the chance; `half`: days to half the excess."""

    first: int
    days: int
    count: float
    expected: float
    variance: float
    log_p: float
    half: float
    peak: int


@dataclass(frozen=True)
class _Sums:
    """What every run of one length has, by its first day: its count, what was expected, and the variance of that."""

    days: int
    count: np.ndarray
    expected: np.ndarray
    variance: np.ndarray


def runs(counts: np.ndarray, others: np.ndarray | None, dispersion: float, chance: float) -> list[Run]:
    """The surges of a product, the least likely first, none within six weeks of another. `others`: counts of all other products
    by day, None where there are none; `dispersion` a in variance m + a·m²; `chance`: how unlikely a run must be."""
    found: list[Run] = []
    for log_p, sums, first in _candidates(counts, others, dispersion, np.log(chance)):
        if all(abs(first - other.first) >= AFTER_DAYS for other in found):
            found.append(_run(counts, sums, first, log_p))
    return found


def tested(days: int) -> int:
    """How many runs a product's history of `days` days has."""
    return sum(max(0, days - BASE_DAYS - length + 1) for length in RUNS)


def _candidates(counts, others, dispersion: float, log_chance: float) -> Iterator[tuple[float, _Sums, int]]:
    told = []
    for sums in (_sums(counts, others, dispersion, length) for length in RUNS if len(counts) >= BASE_DAYS + length):
        log_p = _log_chance(sums)
        told += [(float(log_p[first]), sums, int(first)) for first in np.flatnonzero(log_p < log_chance)]
    yield from sorted(told, key=lambda one: (one[0], one[2]))


def _sums(counts: np.ndarray, others: np.ndarray | None, dispersion: float, length: int) -> _Sums:
    """Runs of one length. The expected count of a day is the mean of its weekday in the eight weeks before the run."""
    first = np.arange(len(counts))
    total, expected, noise = (np.full(len(counts), np.nan) for _ in range(3))
    usable = first[BASE_DAYS : len(counts) - length + 1]
    steps = np.arange(length)
    weekday_days = np.bincount(steps % 7, minlength=7)
    back = _weekdays_before(counts, usable)
    total[usable] = counts[usable[:, None] + steps].sum(axis=1)
    expected[usable] = back @ weekday_days
    # A day's own noise, and that of the weekday's mean, which every such day of the run shares.
    own, shared = back + dispersion * back**2, (back + dispersion * back**2) / (BASE_DAYS / 7)
    noise[usable] = own @ weekday_days + shared @ (weekday_days**2)
    if others is not None:
        scale, spread = _scale(others, usable, length)
        noise[usable] = noise[usable] * scale**2 + (expected[usable] * scale) ** 2 * spread
        expected[usable] = expected[usable] * scale
    return _Sums(length, total, expected, np.maximum(noise, expected * 1.000001))


def _scale(others: np.ndarray, usable: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """What the other products did in the run against the same weekdays before, and the relative variance of that."""
    steps = np.arange(length)
    now = others[usable[:, None] + steps].sum(axis=1)
    weekday_days = np.bincount(steps % 7, minlength=7)
    usual = _weekdays_before(others, usable) @ weekday_days
    told = usual > 0
    scale = np.where(told, now / np.where(told, usual, 1.0), 1.0)
    return np.maximum(scale, 0.05), 1 / np.maximum(now, 1.0) + 1 / np.maximum(usual * 8, 1.0)


def _weekdays_before(counts: np.ndarray, first: np.ndarray) -> np.ndarray:
    """(first days, 7): mean count of the weekday of each of the first seven days of a run, in the eight weeks before it."""
    weeks = 7 * np.arange(BASE_DAYS // 7)
    return np.stack([counts[first[:, None] + day - BASE_DAYS + weeks].mean(axis=1) for day in range(7)], axis=1)


def _log_chance(sums: _Sums) -> np.ndarray:
    """Log of the chance of at least so many: negative binomial with the run's mean and variance; 0 where nothing is expected."""
    from scipy.stats import nbinom

    mean = np.where(np.isfinite(sums.expected), np.maximum(sums.expected, LEAST_EXPECTED), 1.0)
    variance = np.where(np.isfinite(sums.variance), np.maximum(sums.variance, mean * 1.0001), 2.0)
    size = mean**2 / (variance - mean)
    log_p = nbinom.logsf(np.nan_to_num(sums.count) - 1, size, mean / variance)
    return np.where(np.isfinite(sums.count) & (sums.count > sums.expected), log_p, 0.0)


def _run(counts: np.ndarray, sums: _Sums, first: int, log_p: float) -> Run:
    span = slice(first, first + sums.days)
    expected = max(LEAST_EXPECTED, float(sums.expected[first]))
    return Run(first, sums.days, float(sums.count[first]), expected, max(expected, float(sums.variance[first])),
               log_p, _half(counts, first), int(counts[span].max()))  # fmt: skip


def _half(counts: np.ndarray, first: int) -> float:
    """Days from the first one until half of the excess of the six weeks from there had come."""
    steps = np.arange(min(AFTER_DAYS, len(counts) - first))
    usual = np.array([counts[first + day % 7 - BASE_DAYS : first : 7].mean() for day in steps])
    excess = np.cumsum(counts[first + steps] - usual)
    reached = np.flatnonzero(excess >= excess.max() / 2)
    return float(reached[0] + 1) if len(reached) else float(len(steps))
