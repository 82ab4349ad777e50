"""A rule replayed: before and after by tier and week, the time it takes off, what it costs; with intervals by bootstrap over
tickets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.model import TIERS
from analytics.rules.base import MANAGER, RANKS, VISITS, WORK, History, Rule

DRAWS = 200
LEAST_TOUCHED = 30
"""Below this many tickets that a rule touches its effect is an anecdote, and said to be one."""


@dataclass(frozen=True)
class Spread:
    """A number with its 95 % interval (2.5 and 97.5 % of the bootstrap)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class TierEffect:
    """A tier per week: visits and hours of work as they were, and what the rule would have added (or taken off, below 0)."""

    tier: str
    visits: float
    work_hours: float
    added_visits: Spread
    added_hours: Spread


@dataclass(frozen=True)
class Replay:
    """A rule's effect. `cases` are the tickets or handoffs it is about, `touched` those for which something changes.

    Hours are working hours: mean and P90 over all cases before and after, and what is saved with its interval. `cost_per_week`
    is None without a rate for an hour of work.
    """

    rule: str
    weeks: float
    cases: int
    touched: int
    tiers: tuple[TierEffect, ...]
    manager_hours: Spread
    mean_before: float
    mean_after: float
    p90_before: float
    p90_after: float
    saved_mean: Spread
    saved_p90: Spread
    cost_per_week: Spread | None

    @property
    def is_anecdote(self) -> bool:
        return self.touched < LEAST_TOUCHED

    @property
    def touched_per_week(self) -> float:
        return self.touched / self.weeks

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def replayed(
    rule: Rule, history: History, effects: pd.DataFrame, rates: Mapping[str, float] | None = None, seed: int = 1
) -> Replay:
    """The effect of a rule, from its replay's frame. `rates`: what an hour of work costs by tier ("L1", …, "manager")."""
    codes, tickets = pd.factorize(effects["ticket_no"])
    weights = _weights(len(tickets), seed)
    before, after = effects["hours_before"].to_numpy(), effects["hours_after"].to_numpy()
    sums = _sums(effects.assign(saved=before - after, cases=1.0), codes, weights)
    added = {name: tuple(part / history.weeks for part in sums[name]) for name in (*VISITS, *WORK, MANAGER)}
    hours = {name: tuple(part / 60 for part in added[name]) for name in (*WORK, MANAGER)}
    there = set(history.visits["tier"].tolist())
    p90 = float(np.quantile(before, 0.9)), float(np.quantile(after, 0.9))
    return Replay(
        rule=rule.id,
        weeks=history.weeks,
        cases=len(effects),
        touched=int(effects["touched"].sum()),
        tiers=tuple(_tier(rank, history, added, hours) for rank in RANKS if rank in there),
        manager_hours=_spread(*hours[MANAGER]),
        mean_before=float(before.mean()),
        mean_after=float(after.mean()),
        p90_before=p90[0],
        p90_after=p90[1],
        saved_mean=_spread(float((before - after).mean()), sums["saved"][1] / np.maximum(sums["cases"][1], 1)),
        saved_p90=_spread(p90[0] - p90[1], _quantiles(before, codes, weights) - _quantiles(after, codes, weights)),
        cost_per_week=_cost(hours, rates or {}),
    )


def _weights(tickets: int, seed: int) -> np.ndarray:
    """How often each ticket is in each draw: Poisson(1), the bootstrap's weights for many tickets, by a table of 65,536
    quantiles.

    Rejected: `rng.poisson`, ten times as slow for the same weights to four digits; a slider would lag.
    """
    tops, chance, n = [], math.exp(-1.0), 0
    while not tops or tops[-1] < 65_535.5:
        tops.append(65_536 * chance + (tops[-1] if tops else 0.0))
        n += 1
        chance /= n
    table = np.searchsorted(np.array(tops), np.arange(65_536) + 0.5).astype(np.uint8)
    return table[np.random.default_rng(seed).integers(0, 65_536, (DRAWS, tickets), dtype=np.uint16)]


def _sums(effects: pd.DataFrame, codes: np.ndarray, weights: np.ndarray) -> dict[str, tuple[float, np.ndarray]]:
    """Every column's sum, and its sum in each of the bootstrap's draws."""
    names = [*VISITS, *WORK, MANAGER, "saved", "cases"]
    by_ticket = np.column_stack([np.bincount(codes, effects[name].to_numpy(), weights.shape[1]) for name in names])
    drawn = weights.astype(float) @ by_ticket
    return {name: (float(by_ticket[:, n].sum()), drawn[:, n]) for n, name in enumerate(names)}


def _quantiles(values: np.ndarray, codes: np.ndarray, weights: np.ndarray, q: float = 0.9) -> np.ndarray:
    """The q-quantile in each draw: the first value at which the weights passed reach the share q."""
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[:, codes[order]], axis=1, dtype=np.int32)
    places = (passed < q * passed[:, -1:]).sum(axis=1)
    return values[order][np.minimum(places, len(values) - 1)]


def _spread(value: float, draws: np.ndarray) -> Spread:
    low, high = np.quantile(draws, [0.025, 0.975])
    return Spread(value, float(low), float(high))


def _tier(rank: int, history: History, added: Mapping, hours: Mapping) -> TierEffect:
    there = history.visits[history.visits["tier"] == rank]
    return TierEffect(
        TIERS[rank],
        len(there) / history.weeks,
        float(there["work_minutes"].sum()) / 60 / history.weeks,
        _spread(*added[f"visits_{rank}"]),
        _spread(*hours[f"work_{rank}"]),
    )


def _cost(hours: Mapping[str, tuple[float, np.ndarray]], rates: Mapping[str, float]) -> Spread | None:
    """Added hours times their rates; None where no rate is given, since hours without a price are no money."""
    known = {
        f"work_{TIERS.index(name)}" if name in TIERS else MANAGER: rate for name, rate in rates.items() if rate > 0
    }
    if not known:
        return None
    value = sum(hours[name][0] * rate for name, rate in known.items())
    return _spread(value, np.sum([hours[name][1] * rate for name, rate in known.items()], axis=0))


def changed(history: History, effects: pd.DataFrame, most: int = 500) -> pd.DataFrame:
    """The tickets that a rule touches, those first whose time changes most: one row per ticket or handoff."""
    some = effects[effects["touched"]].assign(hours_saved=lambda rows: rows["hours_before"] - rows["hours_after"])
    order = some["hours_saved"].abs().sort_values(ascending=False, kind="stable").index[:most]
    named = history.first_visits().set_index("ticket_no")[["ticket_id", "priority", "product", "category"]]
    told = some.loc[order].join(named, on="ticket_no")
    return told[
        ["ticket_id", "priority", "product", "category", "hours_before", "hours_after", "hours_saved"]
    ].reset_index(drop=True)
