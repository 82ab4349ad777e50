"""Live work through a week: agents on seats for every open hour.

Loads are modified offered loads: the work of an hour depends on who came before (Eick, Massey & Whitt 1993); where
handling is short against an hour, that is the pointwise stationary load. Each hour then is Erlang C, or Erlang A where
the plan states a patience. Hours of a week run from Monday 0:00, (168,).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analytics.staffing import erlang
from analytics.staffing._check import round_up
from analytics.staffing.calendars import TierCalendar
from analytics.staffing.demand import TierDemand

WEEK_HOURS = 168


@dataclass(frozen=True)
class LiveWeek:
    """One week of a live tier; arrays are (168,)."""

    arrivals: np.ndarray
    """Contacts per hour."""
    load: np.ndarray
    """Erlangs at mid-hour."""
    agents: np.ndarray
    """Agents on seats that the targets and the occupancy cap ask for; at least the minimum seats while open."""
    answered: np.ndarray
    """Share of each hour's contacts that these agents answer at all; the others give up."""

    @property
    def peak_hour(self) -> int:
        """The hour that asks for most."""
        return int(self.agents.argmax())


@lru_cache(maxsize=64)
def open_hours(calendar: TierCalendar) -> np.ndarray:
    """Open share of each hour of the week, (168,)."""
    share = np.zeros((7, 24))
    for day, opening in enumerate(calendar.openings):
        if opening is not None:
            edges = np.arange(25) * 60.0
            share[day] = np.diff(np.clip(edges, *opening)) / 60.0
    share.flags.writeable = False  # one array for all who ask
    return share.ravel()


def weekly_profile(calendar: TierCalendar, hours: np.ndarray | None) -> np.ndarray:
    """Share of each open weekday's contacts by hour, (7, 24): history's, else even over the open hours.

    Live contacts outside the open hours do not exist (nobody answers), so the profile is that of the open hours.
    """
    share = open_hours(calendar).reshape(7, 24)
    weights = share if hours is None else np.asarray(hours, float) * share
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, share)
    total = weights.sum(axis=1, keepdims=True)
    return np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)


def live_weeks(tier: TierDemand, contacts: np.ndarray, hours: np.ndarray | None) -> tuple[LiveWeek, ...]:
    """Agents for every hour of weeks with so many live contacts by weekday, (weeks, 7)."""
    arrivals = (contacts[:, :, None] * weekly_profile(tier.calendar, hours)).reshape(-1, WEEK_HOURS)
    handle, scv = tier.effective_minutes / 60.0, tier.effort.scv
    load = np.array([erlang.modified_offered_load(week, 1.0, handle, scv) for week in arrivals])
    is_open = open_hours(tier.calendar) > 0
    agents = np.zeros(load.shape, dtype=int)
    agents[:, is_open] = np.maximum(agents_for(tier, load[:, is_open]), tier.plan.min_seats)
    rows = zip(arrivals, load, agents, _answered(tier, agents, load), strict=True)
    return tuple(LiveWeek(*row) for row in rows)


def _answered(tier: TierDemand, agents: np.ndarray, load: np.ndarray) -> np.ndarray:
    patience = tier.plan.patience_minutes
    return np.ones(load.shape) if patience is None else _levels(tier, agents, load, patience)[1]


def _levels(tier: TierDemand, agents: np.ndarray, load: np.ndarray, patience: float) -> tuple[np.ndarray, np.ndarray]:
    return erlang.patient_levels(agents, load, tier.plan.answer_within_minutes, tier.effective_minutes, patience)


def agents_for(tier: TierDemand, load: np.ndarray) -> np.ndarray:
    """Agents on seats for each load in erlangs, to the tier's target: Erlang C, or A where the plan states a patience."""
    plan = tier.plan
    if plan.patience_minutes is None:
        target = (plan.answer_within_minutes, tier.effective_minutes, plan.answer_share, plan.occupancy_cap)
        return erlang.required_agents_of(load, *target)
    return _with_patience(tier, load, plan.patience_minutes)


def _with_patience(tier: TierDemand, load: np.ndarray, patience: float) -> np.ndarray:
    """Bisection for all hours at once: more agents answer more and are less busy."""
    plan = tier.plan
    low = np.zeros(load.shape, dtype=int)
    high = np.ceil(load / plan.occupancy_cap + 8.0 * np.sqrt(load) + 10.0).astype(int)
    while (high - low > 1).any():
        middle = np.maximum((low + high) // 2, 1)
        in_time, answered = _levels(tier, middle, load, patience)
        enough = (in_time >= plan.answer_share) & (load * answered <= plan.occupancy_cap * middle * (1 + 1e-12))
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(load > 0, high, 0)


def waiting_chances(agents: np.ndarray, load: np.ndarray) -> np.ndarray:
    """Erlang C of many hours at once: `erlang.erlang_c` elementwise."""
    agents, blocking = np.broadcast_to(agents, load.shape), erlang.blockings(agents, load)
    stable = load < agents
    below = np.where(stable, agents - load * (1.0 - blocking), 1.0)
    return np.where(stable, np.minimum(1.0, agents * blocking / below), (load > 0).astype(float))


def answers(
    tier: TierDemand, weeks: Sequence[LiveWeek], seats: np.ndarray, scales: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of paths whose contacts are answered to target, the wait of nine of ten contacts and the mean wait in hours, all
    (weeks,).

    `seats` are those of each week, (weeks, 168); `scales` the contacts of each path over the week's, (paths, weeks). The level
    falls as contacts rise, so it is looked up on a grid of scales and the paths are counted up to where it crosses the target.
    The waits are those of the week's contacts, were nobody to give up; infinite where seats fall short of the load in hours with
    so many of them, the mean as soon as they do in any hour.
    """
    arrivals = np.stack([week.arrivals for week in weeks])
    busy = (arrivals > 0).any(axis=0)
    if not busy.any():
        return np.ones(len(weeks)), np.zeros(len(weeks)), np.zeros(len(weeks))
    load = np.stack([week.load for week in weeks])[:, busy]
    total = arrivals.sum(axis=1, keepdims=True)
    weights = np.divide(arrivals[:, busy], total, out=np.zeros(load.shape), where=total > 0)
    chance = _chances(tier, seats[:, busy], load, weights, scales)
    quiet = total[:, 0] == 0
    longest, mean = _waits(tier, seats[:, busy], load, weights, 0.9)
    return np.where(quiet, 1.0, chance), np.where(quiet, 0.0, longest), np.where(quiet, 0.0, mean)


def _chances(
    tier: TierDemand, seats: np.ndarray, load: np.ndarray, weights: np.ndarray, scales: np.ndarray
) -> np.ndarray:
    grid = np.sort(np.vstack([np.ones(scales.shape[1]), np.quantile(scales, np.linspace(0, 1, 11), axis=0)]), axis=0).T
    scaled, teams = load[:, None] * grid[:, :, None], seats[:, None]
    within, handle = tier.plan.answer_within_minutes, tier.effective_minutes
    if tier.plan.patience_minutes is None:
        spare = np.maximum(teams - scaled, 0.0)
        answered = 1.0 - waiting_chances(teams, scaled) * np.exp(-spare * within / handle)
    else:
        answered = _levels(tier, np.broadcast_to(teams, scaled.shape), scaled, tier.plan.patience_minutes)[0]
    level = (answered * weights[:, None]).sum(axis=2)
    most = np.where(level >= tier.plan.answer_share - 1e-9, grid, -np.inf).max(axis=1)
    return (scales <= most + 1e-12).mean(axis=0)


def _waits(
    tier: TierDemand, seats: np.ndarray, load: np.ndarray, weights: np.ndarray, probability: float
) -> tuple[np.ndarray, np.ndarray]:
    """The quantile by bisection for all weeks at once, from 10,000 hours to a thousandth of a second; and the mean."""
    waiting, spare = waiting_chances(seats, load), np.maximum(seats - load, 0.0) * 60.0 / tier.effective_minutes
    low, high = np.zeros(load.shape[0]), np.full(load.shape[0], 1e4)
    for _ in range(34):
        middle = (low + high) / 2.0
        reached = (weights * (1.0 - waiting * np.exp(-spare * middle[:, None]))).sum(axis=1) >= probability
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    each = np.divide(waiting, spare, out=np.full(load.shape, np.inf), where=spare > 0)
    mean = np.where(weights > 0, each, 0.0) * weights
    return np.where(high < 9e3, high, np.inf), mean.sum(axis=1)


def heads_for(tier: TierDemand, week: LiveWeek) -> int:
    """People to employ: for the busiest hour, and for all hours of the week together (each works their paid hours)."""
    kept = 1.0 - tier.plan.shrinkage
    peak = round_up(week.agents.max() / (kept * tier.presence))
    covered = float((week.agents * open_hours(tier.calendar)).sum())
    weekly = tier.plan.paid_hours_per_day * min(tier.plan.work_days_per_week, tier.calendar.days_per_week)
    return max(peak, round_up(covered / (weekly * kept)))


def seats_of(week: LiveWeek, share: float) -> np.ndarray:
    """Seats per hour with a share of the people that the week asks for: its shape, rounded down (nobody sits half)."""
    return np.floor(week.agents * share + 1e-9).astype(int)
