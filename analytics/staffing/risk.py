"""Staffing against a forecast that is a distribution: quantiles, least cost, decision rules, and which risk binds.

Forecast counts are negative binomial (or samples), never a Gaussian around the mean: a Gaussian of 3 +- 4 tickets
staffs for negative days. Loads and capacities share one unit, whatever it is (hours per day, erlangs, tickets).

Sources: Bassamboo, Randhawa & Zeevi 2010 and Borst, Mandelbaum & Reiman 2004 (square-root staffing against newsvendor);
Ibrahim, Ye, L'Ecuyer & Shen 2016 (forecast errors larger than Poisson).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from analytics.charts.numbers import share as percent
from analytics.errors import InputError, NotEnoughData
from analytics.staffing._check import array, count, number, share
from analytics.staffing.erlang import halfin_whitt

RULES = {
    "probability": "P(SLA met) is at least the wanted one",
    "expected": "the expected share of work on time is at least the wanted one",
    "least_cost": "staff and shortage together cost least",
}
"""The decision rules by name, each with its meaning in words."""


@dataclass(frozen=True)
class NegativeBinomial:
    """Counts with variance mean + mean^2 / size; `size` infinite is Poisson."""

    mean: float
    size: float

    def __post_init__(self) -> None:
        number("mean", self.mean)
        if not self.size > 0:
            raise InputError("size must be above 0.", found=f"Found {self.size!r}.")

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return math.sqrt(self.mean + self.mean**2 / self.size)

    def cdf(self, counts: Any) -> np.ndarray:
        """P(N <= counts)."""
        from scipy.special import betainc, pdtr  # not at the top: scipy costs a page start

        k = np.floor(np.asarray(counts, dtype=float))
        if math.isinf(self.size):
            below = pdtr(np.maximum(k, 0), self.mean)
        else:
            below = betainc(self.size, np.maximum(k, 0) + 1.0, self.size / (self.size + self.mean))
        return np.where(k < 0, 0.0, below)

    def ppf(self, probabilities: Any) -> np.ndarray:
        """The smallest count k with P(N <= k) >= p, elementwise."""
        wanted = np.asarray(probabilities, dtype=float)
        most = self.mean + 10.0 * self.sd + 10.0
        while self.cdf(most) < wanted.max(initial=0.0) and most < 1e12:
            most *= 2.0
        return np.searchsorted(self.cdf(np.arange(math.ceil(most) + 1)), wanted, side="left").astype(float)


def negative_binomial_of_interval(mean: float, low: float, high: float, level: float) -> NegativeBinomial:
    """The negative binomial with this mean and the spread of a central interval that covers `level` (such as 0.8).

    An interval narrower than Poisson noise is widened to it: counts cannot be known better than that.
    """
    centre, width = number("mean", mean), number("high", high) - number("low", low)
    z = NormalDist().inv_cdf(0.5 + share("level", level, below_one=True) / 2.0)
    if width < 0 or z <= 0:
        raise InputError("An interval needs low <= high and a level above 0.", found=f"{low}..{high} at {level}.")
    return _with_variance(centre, (width / 2.0 / z) ** 2)


def negative_binomial_of_errors(actual: Any, forecast: Any, mean: float) -> NegativeBinomial:
    """The negative binomial around `mean` whose dispersion is that of a backtest, by the method of moments.

    alpha = sum((y - f)^2 - f) / sum(f^2), never below 0 (Poisson). Errors: NotEnoughData below 8 pairs.
    """
    seen, said = array("actual", actual), array("forecast", forecast)
    if seen.size != said.size:
        raise InputError("actual and forecast must pair up.", found=f"{seen.size} and {said.size} values.")
    if seen.size < 8 or not said.any():
        raise NotEnoughData("A forecast's spread needs a backtest of at least 8 days.", found=f"Found {seen.size}.")
    alpha = float(((seen - said) ** 2 - said).sum() / (said**2).sum())
    return NegativeBinomial(number("mean", mean), 1.0 / alpha if alpha > 0 else math.inf)


def _with_variance(mean: float, variance: float) -> NegativeBinomial:
    extra = variance - mean
    return NegativeBinomial(mean, mean**2 / extra if extra > 1e-9 * max(mean, 1.0) and mean > 0 else math.inf)


def capacity_quantile(load: Any, probability: float) -> float:
    """The least capacity that covers the load with at least this probability: F_load^-1(p).

    `load` is an array of equally likely samples, or anything with `.ppf` (a NegativeBinomial, a frozen scipy
    distribution). Samples are not interpolated: the answer is one of them, and at least p of them are not above it.
    """
    wanted = share("probability", probability)
    if hasattr(load, "ppf"):
        return number("load", load.ppf(wanted))
    samples = array("load", load)
    if samples.size == 0:
        raise InputError("A quantile needs at least one sample of the load.", found="Found none.")
    return float(np.quantile(samples, wanted, method="inverted_cdf"))


def capacity_quantiles(loads: np.ndarray, probability: float) -> np.ndarray:
    """`capacity_quantile` of every column of samples (samples, columns), at once."""
    samples, wanted = array("loads", loads, dims=(2,)), share("probability", probability)
    return np.sort(samples, axis=0)[max(0, math.ceil(wanted * samples.shape[0] - 1e-9) - 1)]


def newsvendor(mean: float, sd: float, ratio: float) -> float:
    """Capacity of least expected cost for a Gaussian load: mean + sd z(ratio); `ratio` = 1 - c_staff / c_short."""
    centre, spread = number("mean", mean), number("sd", sd)
    critical = share("ratio", ratio, below_one=True)
    if critical == 0.0:
        raise InputError("A critical ratio of 0 staffs nobody.", found="Found 0.", todo="Give one above 0.")
    return centre + spread * NormalDist().inv_cdf(critical)


def critical_ratio(staff_cost: float, shortage_cost: float) -> float:
    """1 - c_staff / c_short, per hour of capacity. Errors: InputError where being short costs no more than staffing."""
    paid, missed = number("staff_cost", staff_cost), number("shortage_cost", shortage_cost, above=True)
    if paid >= missed:
        raise InputError(
            "An hour short costs no more than an hour of staff, so the cheapest team is nobody.",
            found=f"Staff {paid:g}, short {missed:g} per hour.",
            todo="Give a shortage cost above the staff cost.",
        )
    return 1.0 - paid / missed


def least_cost_capacity(load: Any, staff_cost: float, shortage_cost: float) -> float:
    """Capacity of least expected cost against samples or a distribution: F_load^-1(1 - c_staff / c_short)."""
    return capacity_quantile(load, critical_ratio(staff_cost, shortage_cost))


def smallest_enough(level_at: Callable[[int], float], wanted: float, low: int, high: int) -> int:
    """The smallest whole capacity in [low, high] with level_at(capacity) >= wanted, for a level that rises with it.

    `high` if even that is not enough: the caller says so. Costs log2(high - low) evaluations.
    """
    first, last = count("low", low), count("high", high, least=low)
    while first < last:
        middle = (first + last) // 2
        if level_at(middle) >= wanted:
            last = middle
        else:
            first = middle + 1
    return first


def square_root_agents(offered_load: float, probability_wait: float) -> float:
    """A + beta sqrt(A) with P(wait) -> `probability_wait` in large teams (Halfin & Whitt 1981); not rounded."""
    load, wanted = number("offered_load", offered_load), share("probability_wait", probability_wait, below_one=True)
    if wanted == 0.0:
        raise InputError("Nobody ever waiting needs infinitely many agents.", found="Found 0.")
    low, high = 1e-12, 40.0
    for _ in range(100):
        middle = (low + high) / 2.0
        low, high = (middle, high) if halfin_whitt(middle) > wanted else (low, middle)
    return load + low * math.sqrt(load)


@dataclass(frozen=True)
class Regime:
    """Which uncertainty binds: of the forecast, or of the moment."""

    name: str
    """`noise` (square-root staffing), `forecast` (newsvendor) or `both`."""
    forecast_cv: float
    noise_cv: float
    """1 / sqrt(A): the relative size of Poisson noise at this load."""
    sentence: str


def regime(forecast_cv: float, offered_load: float) -> Regime:
    """Compare the forecast's coefficient of variation with 1 / sqrt(A), the relative size of Poisson noise.

    Below half of it the noise of the moment binds, above twice of it the forecast does (the usual case for tickets).
    """
    spread = number("forecast_cv", forecast_cv)
    noise = 1.0 / math.sqrt(number("offered_load", offered_load, above=True))
    name = "noise" if spread < noise / 2.0 else "forecast" if spread > noise * 2.0 else "both"
    words = {
        "noise": "chance binds: staff by the square root of the load",
        "forecast": "the forecast's error binds: staff for a quantile of the load",
        "both": "the two are of one size: allow for both",
    }[name]
    return Regime(name, spread, noise, f"Forecast error {percent(spread)} against chance {percent(noise)}: {words}.")


def arrival_paths(
    mean: Any, low: Any, high: Any, *, level: float = 0.8, paths: int = 200, persistence: float = 0.5, seed: int = 0
) -> np.ndarray:
    """Sample paths of daily counts from a forecast's mean and central interval, shape (paths, days).

    Each day is negative binomial with that mean and spread. `persistence` (0-1) is the correlation of the days' ranks:
    a forecast that is low is low for weeks, and independent days would average the risk away. Ranks are stratified, so
    that 200 paths hold the quantiles well. Only the *dependence* is Gaussian, not the counts.
    """
    centre, lower, upper = (array(n, v) for n, v in (("mean", mean), ("low", low), ("high", high)))
    if not centre.size == lower.size == upper.size:
        raise InputError("mean, low and high must pair up.", found=f"{centre.size}, {lower.size}, {upper.size} days.")
    ranks = _ranks(count("paths", paths, least=1), centre.size, share("persistence", persistence), seed)
    columns = [
        negative_binomial_of_interval(m, min(a, b), max(a, b), level).ppf(u)
        for m, a, b, u in zip(centre, lower, upper, ranks.T, strict=True)
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((paths, 0))


def _ranks(paths: int, days: int, persistence: float, seed: int) -> np.ndarray:
    from scipy.special import ndtr, ndtri  # not at the top: scipy costs a page start

    random = np.random.default_rng(seed)
    level = ndtri((random.permutation(paths) + random.random(paths)) / paths)
    daily = random.standard_normal((paths, days))
    return ndtr(math.sqrt(persistence) * level[:, None] + math.sqrt(1.0 - persistence) * daily)
