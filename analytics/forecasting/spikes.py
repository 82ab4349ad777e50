"""Is this day more than chance, is the level creeping up, and which tickets made it?

Two alarms, because each is blind where the other sees: the tail probability of a single day against its forecast
(negative binomial, so that a busy Monday is no alarm), and a CUSUM of the days' standardised surprises for slow rises.
Both share one alert budget: the threshold is the probability at which chance alone would raise that many alerts.

Sources: Page 1954 (CUSUM); Siegmund 1985 (its average run length); randomised probability integral transform for counts
(Czado, Gneiting & Held 2009), without which low volumes look calm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analytics.errors import InputError

CUSUM_DRIFT = 0.5
"""Half a standard deviation per day: tuned to a rise of one."""
LARGEST_SURPRISE = 4.0
"""One wild day alone does not fill the CUSUM: that is the tail alarm's business."""


WORTH_NAMING = 1e-4
"""Hundreds of cells are searched; a cell that chance makes more often than this is not named."""


@dataclass(frozen=True)
class Alert:
    """A day (or the end of a slow rise) beyond the budget, worst first in a list.

    `kind`: "spike" or "rise"; `since`: first day of it; `probability`: of a day like it by chance (spike), or of the
    CUSUM's height on any one day (rise); `excess`: counts above the expected from `since` on.
    """

    kind: str
    day: date
    since: date
    count: float
    expected: float
    excess: float
    probability: float


@dataclass(frozen=True)
class Contribution:
    """How many of the extra tickets one product × category × channel cell brought: `excess` = `count` − `expected`."""

    cell: tuple[tuple[str, str], ...]
    count: float
    expected: float
    excess: float
    share_of_excess: float
    probability: float


def tail_probability(counts: np.ndarray, expected: np.ndarray, dispersion: float) -> np.ndarray:
    """P(Y ≥ count) for a negative binomial of that mean and variance m + dispersion·m²; NaN counts give NaN.

    An expected count of 0 is a closed day: any ticket there is certain news (0), none is none (1).
    """
    counts, expected = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    _refuse_bad(expected, dispersion)
    mean = np.maximum(expected, 1e-9)
    tail = _survival(np.ceil(np.nan_to_num(counts)) - 1, mean, dispersion)
    tail = np.where(expected > 0, tail, np.where(counts > 0, 0.0, 1.0))
    return np.where(np.isnan(counts), np.nan, tail)


def _refuse_bad(expected: np.ndarray, dispersion: float) -> None:
    if not np.isfinite(expected).all() or (expected < 0).any() or not 0 <= dispersion < np.inf:
        raise InputError("Expected counts and dispersion must be finite and not negative.")


def _survival(counts: np.ndarray, mean: np.ndarray, dispersion: float) -> np.ndarray:
    if dispersion < 1e-9:
        return stats.poisson.sf(counts, mean)
    size = 1 / dispersion
    return stats.nbinom.sf(counts, size, size / (size + mean))


def surprise(counts: np.ndarray, expected: np.ndarray, dispersion: float, seed: int = 0) -> np.ndarray:
    """Standard normal score per day (0 as expected, 2 unusually high), exact for counts: ties are broken at random."""
    above = tail_probability(np.asarray(counts) + 1, expected, dispersion)
    at_least = tail_probability(counts, expected, dispersion)
    uniform = np.random.default_rng(seed).random(len(at_least))
    probability = above + uniform * (at_least - above)
    score = stats.norm.isf(np.clip(probability, 1e-12, 1 - 1e-12))
    return np.where(np.asarray(expected) > 0, score, 0.0)


def cusum(scores: np.ndarray, drift: float = CUSUM_DRIFT) -> np.ndarray:
    """Height per day: max(0, yesterday + score − drift); gaps leave it as it was."""
    height, heights = 0.0, []
    for score in np.clip(scores, -LARGEST_SURPRISE, LARGEST_SURPRISE):
        height = max(0.0, height + score - drift) if np.isfinite(score) else height
        heights.append(height)
    return np.array(heights)


def average_run_length(limit: float, drift: float = CUSUM_DRIFT) -> float:
    """Days between false alarms of a CUSUM with that limit on pure noise (Siegmund's approximation)."""
    reach = 2 * drift * (limit + 1.166)
    return float((np.exp(reach) - reach - 1) / (2 * drift**2))


def cusum_limit(days_between_alarms: float, drift: float = CUSUM_DRIFT) -> float:
    """Limit at which chance alone alarms once in so many days."""
    if not days_between_alarms > 1:
        raise InputError("Alarms must be more than a day apart.", found=f"{days_between_alarms:g}.")
    return float(optimize.brentq(lambda limit: average_run_length(limit, drift) - days_between_alarms, -1.0, 200.0))


def find_alerts(
    actual: pd.Series,
    expected: pd.Series,
    dispersion: float,
    *,
    false_alerts_per_year: float = 6.0,
    series_watched: int = 1,
    seed: int = 0,
) -> tuple[Alert, ...]:
    """Alerts of one series against its forecast (same days), worst first.

    Budget: over all `series_watched` series together, chance alone raises about `false_alerts_per_year`, half by each
    alarm. `dispersion` is that of the forecast's errors, not of pure counting noise. Raises where the days differ.
    """
    if not actual.index.equals(expected.index) or false_alerts_per_year <= 0 or series_watched < 1:
        raise InputError("Counts and forecast must cover the same days, and the budget must be positive.")
    if len(actual) == 0:
        return ()
    per_day = false_alerts_per_year / 2 / 365.25 / series_watched
    values, means = actual.to_numpy(dtype=float), expected.to_numpy(dtype=float)
    found = [*_spikes(actual.index, values, means, dispersion, per_day)]
    found += _rises(actual.index, values, means, surprise(values, means, dispersion, seed), per_day)
    return tuple(sorted(found, key=lambda alert: alert.probability))


def _spikes(days: pd.Index, values: np.ndarray, means: np.ndarray, dispersion: float, per_day: float) -> list[Alert]:
    tails = tail_probability(values, means, dispersion)
    found = []
    for at in np.flatnonzero(tails < per_day):
        day, count, mean = _date(days[at]), float(values[at]), float(means[at])
        found.append(Alert("spike", day, day, count, mean, count - mean, float(tails[at])))
    return found


def _rises(days: pd.Index, values: np.ndarray, means: np.ndarray, scores: np.ndarray, per_day: float) -> list[Alert]:
    """One alert per excursion of the CUSUM above its limit, on its highest day."""
    heights = cusum(scores)
    over = np.concatenate(([False], heights > cusum_limit(1 / per_day), [False]))
    edges = np.flatnonzero(np.diff(over.astype(int)))
    return [
        _rise(days, values, means, heights, int(start + np.argmax(heights[start:stop])))
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
    ]


def _rise(days: pd.Index, values: np.ndarray, means: np.ndarray, heights: np.ndarray, top: int) -> Alert:
    since = int(np.max(np.flatnonzero(heights[: top + 1] == 0), initial=-1)) + 1
    span = slice(since, top + 1)
    excess = float(np.nansum(values[span] - means[span]))
    chance = 1 / max(average_run_length(float(heights[top])), 1.0)
    return Alert("rise", _date(days[top]), _date(days[since]), float(values[top]), float(means[top]), excess, chance)


def _date(day: pd.Timestamp) -> date:
    return day.to_pydatetime().date()


def explain(
    spike: pd.DataFrame,
    usual: pd.DataFrame,
    usual_days: float,
    spike_days: float,
    *,
    dimensions: tuple[str, ...] = ("product", "category", "channel"),
    dispersion: float = 0.0,
    limit: int = 5,
) -> tuple[Contribution, ...]:
    """Which cells made the spike, the most telling first; empty where chance explains it all.

    `spike` and `usual`: one row per cell with the `dimensions` and a `count`; summed over `spike_days` spike days and
    over `usual_days` comparable days before. Of every combination of one, two or three dimensions the cell with the
    largest likelihood ratio is named (Poisson scan statistic, Kulldorff 1997: neither the coarsest cell, which always
    has the most, nor the finest wins by size), its tickets are set back to the usual, and the rest is searched again.
    """
    missing = [name for name in (*dimensions, "count") if name not in spike or name not in usual]
    if missing or usual_days <= 0 or spike_days <= 0:
        raise InputError("Both frames need the dimensions and a count.", found=f"Missing: {', '.join(missing)}.")
    cells = _cells(spike, usual, dimensions, spike_days / usual_days)
    total = float((cells["count"] - cells["expected"]).sum())
    chosen: list[Contribution] = []
    while len(chosen) < limit and (best := _best_cell(cells, dimensions, total, dispersion)) is not None:
        chosen.append(best)
        inside = np.all([cells[name] == value for name, value in best.cell], axis=0)
        cells["count"] = np.where(inside, cells["expected"], cells["count"])
    return tuple(chosen)


def _cells(spike: pd.DataFrame, usual: pd.DataFrame, dimensions: tuple[str, ...], scale: float) -> pd.DataFrame:
    """One row per finest cell: the dimensions as text, `count`, `expected`."""
    both = pd.concat([spike.assign(expected=0.0), usual.assign(expected=usual["count"] * scale, count=0.0)])
    keys = {name: both[name].astype(str) for name in dimensions}
    return pd.DataFrame(both.assign(**keys).groupby(list(dimensions), as_index=False)[["count", "expected"]].sum())


def _best_cell(
    cells: pd.DataFrame, dimensions: tuple[str, ...], total: float, dispersion: float
) -> Contribution | None:
    candidates = [
        _contribution(names, row, total, dispersion)
        for names in _subsets(dimensions)
        for row in cells.groupby(list(names), as_index=False)[["count", "expected"]].sum().to_dict("records")
        if row["count"] > row["expected"]
    ]
    believable = [cell for cell in candidates if cell.probability < WORTH_NAMING]
    return max(believable, key=lambda cell: _log_likelihood_ratio(cell.count, cell.expected), default=None)


def _log_likelihood_ratio(count: float, expected: float) -> float:
    # Half a ticket: a cell never seen before is news, but one ticket in it is not certain news.
    return count * np.log(count / (expected + 0.5)) - (count - expected - 0.5)


def _subsets(dimensions: tuple[str, ...]) -> list[tuple[str, ...]]:
    masks = range(1, 2 ** len(dimensions))
    return [tuple(name for at, name in enumerate(dimensions) if mask >> at & 1) for mask in masks]


def _contribution(names: tuple[str, ...], row: dict, total: float, dispersion: float) -> Contribution:
    count, expected = float(row["count"]), float(row["expected"])
    tail = float(tail_probability(np.array([count]), np.array([expected + 0.5]), dispersion)[0])
    share = (count - expected) / total if total > 0 else 0.0
    return Contribution(tuple((name, row[name]) for name in names), count, expected, count - expected, share, tail)
