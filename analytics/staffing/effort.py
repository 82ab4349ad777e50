"""Minutes of work per visit, by tier: from tracked time, throughput, replay, the plan, or a stated prior.

Effort is not elapsed time: a ticket that sat a week took half an hour. Where nobody tracks time, say so, and show which
stand-in is used, with its interval; the interval moves the headcount's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.errors import InputError, NotEnoughData
from analytics.staffing._check import array, number

PRIOR_MINUTES = {"L0": 5.0, "L1": 15.0, "L2": 30.0, "L3": 100.0}
PRIOR_FACTOR = 2.0
"""The stated prior is good to a factor of two, either way, at 95 %."""
LEAST_VISITS, LEAST_PERIODS = 30, 8
SOURCES = {
    "plan": "stated in the plan",
    "tracked": "tracked time",
    "replay": "calibrated by replaying history",
    "throughput": "throughput: productive hours per closed visit",
    "prior": "a stated prior, not this team's data",
}
"""Sources in the order in which they are believed."""
_Z = 1.959964
_QUANTILES = 65


@dataclass(frozen=True)
class Effort:
    """Work per visit of one tier, in minutes."""

    minutes: float
    low: float
    high: float
    """95 % interval of the *mean*, not of single visits."""
    source: str
    """A key of SOURCES."""
    visits: int = 0
    """Visits behind it, 0 where there are none."""
    scv: float = 1.0
    """Squared coefficient of variation of single visits; 1 where it is not known."""
    quantiles: tuple[float, ...] = ()
    """Evenly spaced quantiles of single visits (0 to 1), empty where only mean and scv are known."""

    def __post_init__(self) -> None:
        number("effort minutes", self.minutes, above=True)
        number("effort low", self.low, most=self.minutes * (1 + 1e-9), above=True)
        number("effort high", self.high, least=self.minutes * (1 - 1e-9))
        number("effort scv", self.scv)
        if self.source not in SOURCES:
            raise InputError("Effort needs a known source.", found=f"Found '{self.source}'.")

    @property
    def label(self) -> str:
        """The source in words, with the interval."""
        seen = f" of {self.visits:,} visits" if self.visits else ""
        if self.low == self.high:
            return f"{SOURCES[self.source]}: {self.minutes:.3g} min"
        return f"{SOURCES[self.source]}{seen}: {self.minutes:.3g} min ({self.low:.3g}–{self.high:.3g})"

    @property
    def log_sd(self) -> float:
        """Standard error of the logarithm of the mean."""
        return math.log(self.high / self.low) / (2 * _Z)


def tracked_effort(samples: pd.DataFrame) -> dict[str, Effort]:
    """Effort of each tier with at least 30 visits of tracked time.

    `samples` has one row per visit with columns `tier`, `minutes`; rows without or with 0 minutes are left out (no time
    was tracked). The interval is that of a mean on the log scale (delta method), so that it never reaches 0.
    """
    _need(samples, "tier", "minutes")
    kept = samples.loc[samples["minutes"] > 0, ["tier", "minutes"]]
    groups = {str(tier): group["minutes"].to_numpy(float) for tier, group in kept.groupby("tier", observed=True)}
    return {tier: effort_of_samples(minutes) for tier, minutes in groups.items() if minutes.size >= LEAST_VISITS}


def effort_of_samples(minutes: np.ndarray) -> Effort:
    """Effort from the tracked minutes of single visits."""
    values = array("minutes", minutes)
    if values.size < LEAST_VISITS or not values.any():
        raise NotEnoughData(f"Tracked time needs at least {LEAST_VISITS} visits.", found=f"Found {values.size}.")
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    wide = math.exp(_Z * sd / mean / math.sqrt(values.size))
    shape = np.quantile(values, np.linspace(0, 1, _QUANTILES))
    return Effort(
        mean, mean / wide, mean * wide, "tracked", values.size, (sd / mean) ** 2, tuple(_with_mean(shape, mean))
    )


def _with_mean(quantiles: np.ndarray, mean: float) -> np.ndarray:
    """Quantiles scaled so that linear interpolation between them has this mean."""
    return quantiles * mean / float(np.mean((quantiles[1:] + quantiles[:-1]) / 2))


def throughput_effort(periods: pd.DataFrame, productive_share: float | Mapping[str, float]) -> dict[str, Effort]:
    """Effort of each tier with at least 8 periods, from rostered hours and closed visits.

    `periods` has one row per tier and period (a week, say): `tier`, `agent_hours` (paid), `closed_visits`.
    `productive_share` is the share of paid hours on tickets, (1 - shrinkage) x occupancy. Minutes per visit = productive
    minutes / closed visits, a ratio of sums, whose interval is the jackknife over periods. Where agents idle, it is an
    upper bound.
    """
    _need(periods, "tier", "agent_hours", "closed_visits")
    found = {}
    for tier, group in periods.groupby("tier", observed=True):
        share = productive_share[str(tier)] if isinstance(productive_share, Mapping) else productive_share
        hours, closed = group["agent_hours"].to_numpy(float), group["closed_visits"].to_numpy(float)
        if hours.size >= LEAST_PERIODS and closed.sum() > 0 and hours.sum() > 0:
            found[str(tier)] = _ratio_effort(hours * number("productive_share", share, most=1, above=True), closed)
    return found


def _ratio_effort(hours: np.ndarray, closed: np.ndarray) -> Effort:
    minutes = 60 * hours.sum() / closed.sum()
    without = np.log((hours.sum() - hours) / np.maximum(closed.sum() - closed, 1e-9))
    n = hours.size
    error = math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    wide = math.exp(_Z * error)
    return Effort(float(minutes), float(minutes / wide), float(minutes * wide), "throughput", int(closed.sum()))


def prior_effort(tiers: Sequence[str]) -> dict[str, Effort]:
    """The stated prior: 15, 30 and 100 minutes for L1, L2 and L3 (5 for L0, 30 for other names), to a factor of two."""
    minutes = {tier: PRIOR_MINUTES.get(tier, 30.0) for tier in tiers}
    return {tier: Effort(m, m / PRIOR_FACTOR, m * PRIOR_FACTOR, "prior") for tier, m in minutes.items()}


def stated_effort(minutes: float, like: Effort | None = None) -> Effort:
    """Effort stated in the plan, taken as exact; the spread of single visits stays that of `like`."""
    stated = number("effort_minutes", minutes, above=True)
    if like is None:
        return Effort(stated, stated, stated, "plan")
    factor = stated / like.minutes
    return replace(
        like,
        minutes=stated,
        low=stated,
        high=stated,
        source="plan",
        quantiles=tuple(q * factor for q in like.quantiles),
    )


def best_effort(tiers: Sequence[str], *candidates: Mapping[str, Effort]) -> dict[str, Effort]:
    """For every tier the most believed effort among the candidates (see SOURCES), the prior where there is none."""
    order = list(SOURCES)
    pool: dict[str, Effort] = prior_effort(tiers)
    for found in candidates:
        for tier, effort in found.items():
            if tier in pool and order.index(effort.source) < order.index(pool[tier].source):
                pool[tier] = effort
    return pool


def _need(frame: pd.DataFrame, *columns: str) -> None:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise InputError(f"The frame lacks {', '.join(missing)}.", found=f"Found {', '.join(map(str, frame.columns))}.")
