"""Tiers that add up: arrivals at the entry tier are forecast, the other tiers follow through routing and delay.

Assumptions: every visit to tier i goes on to tier j with probability P[i, j], independently, after a delay of whole days;
P is known as well as the visits that taught it allow (a Dirichlet per row: each sample path draws its own matrix), and
does not change over the horizon. Visits that began before the forecast still send tickets on during its first days.
A loop (L2 returns to L1, L1 escalates again) is followed to its end, within the day where the delay is 0.

Where a tier forecast by itself was closer in the backtest, the tier leans that way (`leaning`): its paths are scaled, so that
tiers still add up in every path. Routing explains a tier and lets a launch reach it; by itself a tier knows its own level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import InputError, UnstableError
from analytics.forecasting.combine import POWER
from analytics.forecasting.result import Forecast
from analytics.forecasting.scores import wape

POOLED_VISITS = 5.0
"""A weekday's own delays are leant towards those of all weekdays by five visits."""
PRIOR_VISITS = 0.5
"""Jeffreys prior per way out: a way never taken among a thousand visits is rare, not impossible."""


@dataclass(frozen=True)
class Routing:
    """How visits go on. `tiers`: names in order; `moves`: tiers × (tiers + 1) counts of visits that ended, the last
    column being those that ended here; `delays`: tiers × tiers × days, each [i, j] the shares of delays of 0, 1, … days
    between the start of the visit to i and that of the visit to j, summing to 1. With seven of these on top of each other
    (4 axes) the delay depends on the weekday (Monday first) on which the visit to i starts: what comes on a Friday
    evening goes on on Monday, and a forecast without that sends a closed tier visits on Sundays.
    """

    tiers: tuple[str, ...]
    moves: np.ndarray
    delays: np.ndarray

    def __post_init__(self) -> None:
        size = len(self.tiers)
        fits = self.delays.ndim == 3 or (self.delays.ndim == 4 and self.delays.shape[0] == 7)
        if self.moves.shape != (size, size + 1) or not fits or self.delays.shape[-3:-1] != (size, size):
            raise InputError("Routing counts and delays do not fit the tiers.", found=f"{self.moves.shape}.")
        if (self.moves < 0).any() or (self.delays < 0).any():
            raise InputError("Routing counts and delays cannot be negative.")
        if not np.allclose(self.delays.sum(axis=-1), 1):
            raise InputError("The delays of each pair of tiers must sum to 1.")
        if np.diag(self.moves).any():
            raise InputError("A visit cannot be followed by a visit to the same tier: visits are maximal runs.")

    @property
    def by_weekday(self) -> np.ndarray:
        """7 × tiers × tiers × days: the delays by the weekday of the start, the same on all where that is not known."""
        return self.delays if self.delays.ndim == 4 else np.broadcast_to(self.delays, (7, *self.delays.shape))


@dataclass(frozen=True)
class CoherentForecast:
    """Visits per tier and day. `points`: tier, at, mean, low80, high80, low95, high95; `total`: the same without tier;
    `samples`: paths × days × tiers, whole numbers whose sum over tiers is what `total` is made of.
    """

    points: pd.DataFrame
    total: pd.DataFrame
    samples: np.ndarray


def routing_from_visits(visits: pd.DataFrame, tiers: tuple[str, ...], *, longest_delay_days: int = 28) -> Routing:
    """Routing of a frame with one row per ended tier visit: `tier`, `next_tier` (missing where it ended here),
    `started_at`, `next_started_at`; or one row per group of equal ones with their number in `visits`. A pair never seen
    gets the delays of all pairs together, or no delay at all.
    """
    size, names = len(tiers), {name: at for at, name in enumerate(tiers)}
    moves, delays = np.zeros((size, size + 1)), np.zeros((7, size, size, longest_delay_days + 1))
    source = visits["tier"].map(names).to_numpy(dtype=float)
    target = visits["next_tier"].map(names).fillna(size).to_numpy(dtype=int)
    if np.isnan(source).any():
        raise InputError("A visit is in a tier that is not listed.", found=f"Tiers: {', '.join(tiers)}.")
    many = visits["visits"].to_numpy(dtype=float) if "visits" in visits else np.ones(len(visits))
    np.add.at(moves, (source.astype(int), target), many)
    days = (visits["next_started_at"].dt.normalize() - visits["started_at"].dt.normalize()).dt.days
    moved = (target < size) & days.notna().to_numpy()
    late = np.clip(days[moved].to_numpy(dtype=int), 0, longest_delay_days)
    weekday = visits["started_at"].dt.day_of_week.to_numpy(dtype=int)
    np.add.at(delays, (weekday[moved], source[moved].astype(int), target[moved], late), many[moved])
    return Routing(tiers, moves, _normalised(delays))


def _normalised(delays: np.ndarray) -> np.ndarray:
    """Shares by weekday and pair, leaning on the pair's own over all weekdays, and that on all pairs where it is empty."""
    everything = delays.sum(axis=(0, 1, 2))
    fallback = everything / everything.sum() if everything.sum() else np.eye(1, delays.shape[-1])[0]
    pair = delays.sum(axis=0)
    totals = pair.sum(axis=-1, keepdims=True)
    pooled = np.where(totals > 0, pair / np.maximum(totals, 1e-12), fallback)
    return (delays + POOLED_VISITS * pooled) / (delays.sum(axis=-1, keepdims=True) + POOLED_VISITS)


def follow_through(
    external: np.ndarray, history: np.ndarray, routing: Routing, days: pd.DatetimeIndex, *, seed: int = 0
) -> CoherentForecast:
    """Visits per tier from sample paths of the external arrivals (tickets that enter there).

    `external`: paths × days × tiers, counts; `history`: past days × tiers, visits per day up to the day before `days`.
    Raises `UnstableError` where tickets would circulate for ever.
    """
    size = len(routing.tiers)
    if external.ndim != 3 or external.shape[1:] != (len(days), size) or history.shape[1:] != (size,):
        raise InputError("Arrivals and history do not fit the days and tiers.", found=f"{external.shape}.")
    rng = np.random.default_rng(seed)
    shares = _drawn_shares(routing, external.shape[0], rng)
    samples = _walked(external, history, shares, routing.by_weekday, int(days[0].day_of_week), rng)
    return _summed_up(samples, routing.tiers, days)


def _summed_up(samples: np.ndarray, tiers: tuple[str, ...], days: pd.DatetimeIndex) -> CoherentForecast:
    points = [_summary(samples[:, :, at], days).assign(tier=name) for at, name in enumerate(tiers)]
    columns = ["tier", "at", "mean", "low80", "high80", "low95", "high95"]
    return CoherentForecast(pd.concat(points, ignore_index=True)[columns], _summary(samples.sum(axis=2), days), samples)


def _drawn_shares(routing: Routing, paths: int, rng: np.random.Generator) -> np.ndarray:
    """paths × tiers × tiers: one routing matrix per path, each row a Dirichlet draw without its ended-here share."""
    size = len(routing.tiers)
    allowed = 1 - np.eye(size, size + 1)
    shape = (routing.moves + PRIOR_VISITS) * allowed
    drawn = rng.gamma(np.where(allowed > 0, shape, 1.0), size=(paths, size, size + 1)) * allowed
    shares = (drawn / drawn.sum(axis=2, keepdims=True))[:, :, :size]
    radius = np.abs(np.linalg.eigvals(shares)).max()
    if radius >= 0.999:
        raise UnstableError("Tickets would circulate between the tiers for ever.", found=f"Spectral radius {radius:g}.")
    return shares


def _walked(
    external: np.ndarray,
    history: np.ndarray,
    shares: np.ndarray,
    delays: np.ndarray,
    first_weekday: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Day by day: visits = external arrivals + Poisson(what earlier and same-day visits send on)."""
    paths, horizon, size = external.shape
    longest = delays.shape[-1] - 1
    recent = np.nan_to_num(history[max(len(history) - longest, 0) :])
    past = np.broadcast_to(recent, (paths, *recent.shape))
    visits = np.concatenate((past, np.zeros((paths, horizon, size))), axis=1)
    for day in range(horizon):
        at, weekday = past.shape[1] + day, first_weekday + day
        carried = _carried(visits[:, max(at - longest, 0) : at], shares, delays, weekday)
        same_day = np.eye(size) - np.swapaxes(shares * delays[weekday % 7, :, :, 0], 1, 2)
        mean = np.linalg.solve(same_day, (external[:, day] + carried)[:, :, None])[:, :, 0] - external[:, day]
        visits[:, at] = external[:, day] + rng.poisson(np.maximum(mean, 0.0))
    return visits[:, past.shape[1] :]


def _carried(recent: np.ndarray, shares: np.ndarray, delays: np.ndarray, weekday: int) -> np.ndarray:
    """paths × tiers: visits that the recent days (oldest first) send on to today, a day of that weekday."""
    lags = np.arange(recent.shape[1], 0, -1)
    lagged = delays[(weekday - lags) % 7, :, :, lags]
    return np.einsum("pdi,pij,dij->pj", recent, shares, lagged)


def _summary(samples: np.ndarray, days: pd.DatetimeIndex) -> pd.DataFrame:
    low95, low80, high80, high95 = np.quantile(samples, [0.025, 0.1, 0.9, 0.975], axis=0)
    columns = {"low80": low80, "high80": high80, "low95": low95, "high95": high95}
    return pd.DataFrame({"at": days, "mean": samples.mean(axis=0), **columns})


def expected_visits(external: np.ndarray, history: np.ndarray, routing: Routing, first_weekday: int = 0) -> np.ndarray:
    """days × tiers mean visits with the mean routing matrix, without any draw: the check on the sample paths.

    `first_weekday`: of the first day ahead, Monday is 0; without meaning where the routing's delays know no weekdays.
    """
    shares, delays = _mean_shares(routing)[None], routing.by_weekday
    longest, size = delays.shape[-1] - 1, len(routing.tiers)
    past = np.nan_to_num(history[max(len(history) - longest, 0) :])
    visits = np.concatenate((past, np.zeros_like(external, dtype=float)))[None]
    for day in range(len(external)):
        at, weekday = len(past) + day, first_weekday + day
        carried = _carried(visits[:, max(at - longest, 0) : at], shares, delays, weekday)[0]
        same_day = np.eye(size) - (shares[0] * delays[weekday % 7, :, :, 0]).T
        visits[0, at] = np.linalg.solve(same_day, external[day] + carried)
    return visits[0, len(past) :]


def _mean_shares(routing: Routing) -> np.ndarray:
    size = len(routing.tiers)
    shape = (routing.moves + PRIOR_VISITS) * (1 - np.eye(size, size + 1))
    return (shape / shape.sum(axis=1, keepdims=True))[:, :size]


def entering_for_mix(routing: Routing, mix: np.ndarray) -> np.ndarray:
    """Tickets that must enter at each tier so that their visits in the end are one ticket's usual number, split by `mix`.

    Visits v of arrivals e are v = e + Pᵀv, so e = (I − Pᵀ)·v. A mix that routing cannot give (fewer visits above than L1
    sends up) is met as nearly as arrivals that are not negative can. Scaled to one entering ticket.
    """
    shares = _mean_shares(routing)
    entering = np.maximum(mix - shares.T @ mix, 0.0)
    return entering / entering.sum() if entering.sum() > 0 else mix


def compare_with_direct(
    actual: dict[str, np.ndarray], coherent: dict[str, np.ndarray], direct: dict[str, np.ndarray]
) -> pd.DataFrame:
    """One row per tier: WAPE of the coherent and of the direct forecast over the same days, and which was better."""
    rows = [
        {
            "tier": tier,
            "coherent_wape": wape(actual[tier], coherent[tier]),
            "direct_wape": wape(actual[tier], direct[tier]),
        }
        for tier in actual
    ]
    frame = pd.DataFrame(rows)
    better = frame["coherent_wape"] <= frame["direct_wape"]
    known = frame[["coherent_wape", "direct_wape"]].notna().all(axis=1)
    return frame.assign(better=np.where(known, np.where(better, "coherent", "direct"), None))


def backtest_against_direct(
    external: pd.DataFrame,
    visits: pd.DataFrame,
    routing_until: Callable[[pd.Timestamp], Routing],
    horizon: int = 28,
    *,
    origins: int = 3,
    forecaster: Callable[..., Forecast] | None = None,
) -> pd.DataFrame:
    """Both ways over the last `origins` horizons, scored as in compare_with_direct, with `together_wape` of what leans on the
    closer one (at each origin by the older ones) and `direct_part`, what forecasting the tier by itself has to say now.

    `external`, `visits`: one row per day, one column per tier, the same days: tickets that enter there, and visits that
    begin there. `routing_until(day)`: the routing as known before that day. `forecaster`: `quick_forecast` by default.
    Coherent: each entry tier is forecast and followed through; direct: each tier's visits are forecast by themselves.
    """
    made = forecaster or _quick
    tiers, cuts = list(visits.columns), [len(visits) - horizon * number for number in range(origins, 0, -1)]
    if cuts[0] < horizon or not external.index.equals(visits.index):
        raise InputError("The history is too short for that many origins, or the days differ.", found=f"{len(visits)}.")
    actual = np.array([visits.to_numpy(dtype=float)[cut : cut + horizon] for cut in cuts])
    coherent = np.array([_followed(external, visits, cut, horizon, routing_until, made) for cut in cuts])
    direct = np.array(
        [np.column_stack([_mean_path(made, visits[tier].iloc[:cut], horizon) for tier in tiers]) for cut in cuts]
    )
    together, parts = _together(actual, coherent, direct)
    by_tier = [{tier: one[:, :, at].ravel() for at, tier in enumerate(tiers)} for one in (actual, coherent, direct)]
    mixed = [wape(actual[:, :, at], together[:, :, at]) for at in range(len(tiers))]
    return compare_with_direct(*by_tier).assign(together_wape=mixed, direct_part=parts)


def _followed(
    external: pd.DataFrame,
    visits: pd.DataFrame,
    cut: int,
    horizon: int,
    routing_until: Callable[[pd.Timestamp], Routing],
    made: Callable[..., Forecast],
) -> np.ndarray:
    """days × tiers: what enters after the cut is forecast and followed through the routing known by then."""
    entering = np.column_stack([_mean_path(made, external[tier].iloc[:cut], horizon) for tier in external.columns])
    day = pd.Timestamp(visits.index[cut])
    return expected_visits(entering, visits.to_numpy(dtype=float)[:cut], routing_until(day), day.day_of_week)


def _together(actual: np.ndarray, coherent: np.ndarray, direct: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(origins × days × tiers of both ways mixed, each origin by the older ones; each tier's direct part from all origins)."""
    errors = [np.abs(actual - path).sum(axis=1) for path in (coherent, direct)]
    parts = np.array([direct_parts(errors[0][:origin], errors[1][:origin]) for origin in range(len(actual) + 1)])
    now = parts[:-1, None, :]
    return (1 - now) * coherent + now * direct, parts[-1]


def direct_parts(coherent: np.ndarray, direct: np.ndarray) -> np.ndarray:
    """0–1 per tier, how much forecasting it by itself has to say, from the errors of both ways (origins × tiers, Σ|y−f|).

    As models are weighed: the inverse sixth power of the error, each error leant towards the mean of both as if by one more
    origin. Without any origin the routing alone speaks.
    """
    if not len(coherent):
        return np.zeros(coherent.shape[1])
    usual = (coherent + direct).mean(axis=0) / 2
    through, alone = coherent.sum(axis=0) + usual, direct.sum(axis=0) + usual
    ratio = np.divide(alone, through, out=np.ones_like(through), where=through > 0)
    return np.where(usual > 0, 1 / (1 + ratio**POWER), 0.0)


def leaning(
    found: CoherentForecast, tiers: tuple[str, ...], direct: np.ndarray, parts: np.ndarray, *, seed: int = 0
) -> CoherentForecast:
    """The forecast with each tier's mean moved by its part towards the tier forecast by itself (`direct`: days × tiers).

    Every path is scaled day by day and rounded up or down at random; the total is the sum of the scaled tiers.
    """
    rng, mean = np.random.default_rng(seed), found.samples.mean(axis=0)
    wanted = (1 - parts) * mean + parts * direct
    moved = found.samples * np.where(mean > 0, wanted / np.maximum(mean, 1e-12), 0.0)
    moved = np.where(mean > 0, moved, rng.poisson(wanted, found.samples.shape))
    samples = np.floor(moved + rng.random(moved.shape))
    return _summed_up(samples, tiers, pd.DatetimeIndex(found.total["at"]))


def _quick(counts: pd.Series, horizon: int) -> Forecast:
    from analytics.forecasting.race import quick_forecast

    return quick_forecast(counts, horizon)


def _mean_path(made: Callable[..., Forecast], counts: pd.Series, horizon: int) -> np.ndarray:
    """The forecaster's mean; zero where nobody ever enters, which is no series to forecast."""
    if counts.sum() == 0:
        return np.zeros(horizon)
    return made(counts, horizon).points["mean"].to_numpy(dtype=float)
