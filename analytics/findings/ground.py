"""The statistical ground of an alarm: intervals, and how far beyond a threshold they must lie when many are looked at at once.

Some forty findings, each over many teams or products, are read together every Monday. So two intervals are kept of every
value: the plain 95 % one, which people see and which `watch` needs, and a wider one that holds for all findings at once, 95 %
together (Bonferroni over FAMILY findings, and over the groups of a finding), which `act` needs. Where nothing at all is wrong,
at most one report in twenty then has a false "act".

Rejected: false discovery rates (Benjamini-Hochberg): under them the verdict of one finding hangs on all the others, so that a
new outage could turn an unrelated "watch" into "act"; and a wider interval can be shown and explained in a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from analytics.warehouse.intervals import wilson

LEVEL = 0.05
FAMILY = 40
"""How many findings are read together: fixed, so that the verdict of one does not hang on which others there are."""


@dataclass(frozen=True)
class Measured:
    """A value with its 95 % interval, the wider one that holds for all findings at once, and how much it rests on."""

    value: float
    low: float
    high: float
    n: int
    sure_low: float
    sure_high: float

    def percent(self) -> str:
        """A share with its interval, as people read it: 31 % (28-34 %)."""
        from analytics.charts import numbers

        return f"{numbers.share(self.value)} ({numbers.interval(self.low, self.high)})"


def tail(groups: int = 1, family: int = 1) -> float:
    """The probability left beyond each end of an interval that holds for all of `groups` × `family` at once (Bonferroni)."""
    return LEVEL / 2 / max(1, groups) / family


def z_for(groups: int = 1, family: int = 1) -> float:
    """The normal quantile that belongs to `tail`."""
    return NormalDist().inv_cdf(1 - tail(groups, family))


def share(part: float, whole: float, groups: int = 1) -> Measured:
    """A share with its Wilson interval, widened where it is one of several groups."""
    low, high = wilson(part, whole, z_for(groups))
    sure_low, sure_high = wilson(part, whole, z_for(groups, FAMILY))
    return Measured(float(part) / float(whole), float(low), float(high), int(whole), float(sure_low), float(sure_high))


def difference(part: float, whole: float, other_part: float, other_whole: float, groups: int = 1) -> Measured:
    """The difference of two shares with Newcombe's hybrid score interval (1998, Stat. Med. 17, method 10)."""
    one, two = share(part, whole, groups), share(other_part, other_whole, groups)
    gap = one.value - two.value
    low, high = _hybrid(gap, one.value - one.low, one.high - one.value, two.value - two.low, two.high - two.value)
    sure_low, sure_high = _hybrid(
        gap, one.value - one.sure_low, one.sure_high - one.value, two.value - two.sure_low, two.sure_high - two.value
    )
    return Measured(gap, low, high, one.n, sure_low, sure_high)


def _hybrid(gap: float, down: float, up: float, other_down: float, other_up: float) -> tuple[float, float]:
    return gap - float(np.hypot(down, other_up)), gap + float(np.hypot(up, other_down))


def student(value: float, error: float, freedom: float, n: int, groups: int = 1) -> Measured:
    """A value with a standard error and degrees of freedom, with its t intervals."""
    from scipy.stats import t

    half, sure = (float(t.isf(tail(groups, family), freedom)) * error for family in (1, FAMILY))
    return Measured(value, value - half, value + half, int(n), value - sure, value + sure)


def mean(values: Sequence[float], groups: int = 1) -> Measured:
    """The mean with its t interval. Needs two values."""
    told = np.asarray(values, dtype=float)
    return student(float(told.mean()), float(told.std(ddof=1) / np.sqrt(len(told))), len(told) - 1, len(told), groups)


def ratio_of_means(logs: Sequence[float], base_logs: Sequence[float], groups: int = 1) -> Measured:
    """exp of the difference of two means of logarithms, with Welch's t interval: how many times as long. Each needs two."""
    one, two = np.asarray(logs, dtype=float), np.asarray(base_logs, dtype=float)
    a, b = one.var(ddof=1) / len(one), two.var(ddof=1) / len(two)
    gap = float(one.mean() - two.mean())
    if a + b == 0:
        return same(float(np.exp(gap)), len(one))
    freedom = (a + b) ** 2 / (a**2 / (len(one) - 1) + b**2 / (len(two) - 1))
    return raised(student(gap, float(np.sqrt(a + b)), freedom, len(one), groups))


def ratio_of_sums(parts: Sequence[float], wholes: Sequence[float], groups: int = 1) -> Measured:
    """Sum of parts over sum of wholes over clusters (weeks, agents), with the ratio estimator's t interval (Cochran 1977, 6.4).

    What goes together within a cluster is in the spread between clusters. Needs two clusters; n counts them.
    """
    y, x = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    ratio = float(y.sum() / x.sum())
    spread = float(np.sqrt(((y - ratio * x) ** 2).sum() / (len(y) - 1) / len(y))) / float(x.mean())
    return student(ratio, spread, len(y) - 1, len(y), groups)


def raised(logs: Measured) -> Measured:
    """A measured logarithm as the number itself."""
    ends = (float(np.exp(end)) for end in (logs.value, logs.low, logs.high))
    value, low, high = ends
    return Measured(value, low, high, logs.n, float(np.exp(logs.sure_low)), float(np.exp(logs.sure_high)))


def scaled(one: Measured, factor: float, shift: float = 0.0) -> Measured:
    """The number times a positive factor that is known, plus a known shift."""
    ends = (one.value, one.low, one.high, one.sure_low, one.sure_high)
    value, low, high, sure_low, sure_high = (end * factor + shift for end in ends)
    return Measured(value, low, high, one.n, sure_low, sure_high)


def same(value: float, n: int) -> Measured:
    """A number that is known without error."""
    return Measured(value, value, value, int(n), value, value)


def above(measured: Measured, watch: float, act: float | None = None) -> str:
    """How bad a number is that should be low: its interval must clear the threshold; for `act` the wider one must."""
    if act is not None and measured.sure_low > act:
        return "act"
    return "watch" if measured.low > watch else "good"


def below(measured: Measured, watch: float, act: float | None = None) -> str:
    """How bad a number is that should be high."""
    if act is not None and measured.sure_high < act:
        return "act"
    return "watch" if measured.high < watch else "good"


def worst(groups: pd.DataFrame, part: str, whole: str, least: float) -> tuple[Any, Measured] | None:
    """The group whose share is surest to be high: its row and its share, widened for the number of groups; None where none is
    large enough. Rejected: the highest share itself, which is nearly always that of a small group."""
    large = groups[groups[whole] >= least]
    if large.empty:
        return None
    low, _ = wilson(large[part], large[whole], z_for(len(large)))
    row = large.iloc[int(np.argmax(low))]
    return row, share(row[part], row[whole], len(large))
