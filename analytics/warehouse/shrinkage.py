"""Shares of small groups, drawn towards the mean of all groups by as much as their size leaves open.

A group of three tickets with two escalated is not known to escalate 67 %. Empirical Bayes (Efron and Morris 1975) takes the
groups' true shares as draws from one Beta distribution, estimates that from all groups, and gives each group the mean and the
95 % interval of what is then known about it. Rejected: leaving small groups out, which hides where a problem may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

LEAST_GROUPS = 3
"""Fewer groups than this cannot tell how much groups differ: their shares are not shrunk."""

_ALIKE = 1e6
"""Weight of the mean (in tickets) where the groups differ no more than chance would have it."""


@dataclass(frozen=True)
class Shrunk:
    """Per group the shrunk share and its 95 % interval (0-1, NaN where the group has no trials); `weight` is how many trials
    the common mean counts for (NaN where there are too few groups to tell)."""

    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: float
    weight: float


def shrunk(successes: Any, trials: Any) -> Shrunk:
    """Shares of groups shrunk to their common mean. With under `LEAST_GROUPS` groups all is NaN but the mean.

    Source: moments of the beta-binomial with weights by size, Kleinman (1973), J. Am. Stat. Assoc. 68; the interval is that of
    the Beta posterior, the estimated mean and weight taken as known (so it is a little too short with few groups).
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    seen = n > 0
    nothing = np.full(n.shape, np.nan)
    mean = float(k[seen].sum() / n[seen].sum()) if seen.any() else float("nan")
    if seen.sum() < LEAST_GROUPS:
        return Shrunk(nothing, nothing.copy(), nothing.copy(), mean, float("nan"))
    weight = prior_weight(k[seen], n[seen])
    share = np.where(seen, (k + weight * mean) / (n + weight), np.nan)
    low, high = _interval(k, n, mean, weight)
    return Shrunk(share, np.where(seen, low, np.nan), np.where(seen, high, np.nan), mean, weight)


def prior_weight(k: np.ndarray, n: np.ndarray) -> float:
    """How many trials the common mean counts for: large where groups are alike, small where they differ much."""
    total, groups = n.sum(), len(n)
    p = k.sum() / total
    spread, chance = float((n * (k / n - p) ** 2).sum()), p * (1 - p)
    room = total - (n**2).sum() / total - (groups - 1)
    if chance == 0 or room <= 0:
        return _ALIKE
    correlation = (spread - chance * (groups - 1)) / (chance * room)
    return float(np.clip(1 / correlation - 1, 0.1, _ALIKE)) if correlation > 0 else _ALIKE


def _interval(k: np.ndarray, n: np.ndarray, mean: float, weight: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.stats import beta

    a, b = k + weight * mean, n - k + weight * (1 - mean)
    if mean in (0.0, 1.0):  # nothing, or all, of every group: a Beta with a zero has no interval
        return np.full(n.shape, mean), np.full(n.shape, mean)
    return beta.ppf(0.025, a, b), beta.ppf(0.975, a, b)


def difference(k1: float, n1: float, k0: float, n0: float) -> tuple[float, float, float]:
    """The difference of two independent shares, k1/n1 - k0/n0, with its 95 % interval; NaN where either has no trials.

    Source: Newcombe (1998), Stat. Med. 17, method 10 (from the two Wilson intervals).
    """
    from analytics.warehouse.intervals import wilson

    if not (n1 > 0 and n0 > 0):
        return float("nan"), float("nan"), float("nan")
    low, high = wilson([k1, k0], [n1, n0])
    p1, p0 = k1 / n1, k0 / n0
    down = np.hypot(p1 - low[0], high[1] - p0)
    up = np.hypot(high[0] - p1, p0 - low[1])
    return p1 - p0, float(p1 - p0 - down), float(p1 - p0 + up)


def relative_change(now: Any, before: Any) -> tuple[float, float, float]:
    """The relative change of a mean (0.1 = a tenth more) with its 95 % interval; NaN with under three values or a mean of zero.

    `now` and `before` are values of equal periods, such as tickets per week. The interval is Welch's on the values, over the
    earlier mean: weekly counts swing more than chance alone would make them, so that a Poisson interval is too short.
    """
    from scipy.stats import t

    a, b = np.asarray(now, dtype=float), np.asarray(before, dtype=float)
    if min(len(a), len(b)) < LEAST_GROUPS or b.mean() <= 0:
        return float("nan"), float("nan"), float("nan")
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    change = float(a.mean() / b.mean() - 1)
    if va + vb == 0:
        return change, change, change
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = float(t.ppf(0.975, freedom) * np.sqrt(va + vb) / b.mean())
    return change, change - half, change + half
