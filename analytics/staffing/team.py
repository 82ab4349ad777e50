"""A team over the horizon: attrition, hires and their ramp-up, and the work it gets done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from analytics.staffing import erlang
from analytics.staffing.deferred import work_off_teams
from analytics.staffing.demand import TierDemand
from analytics.staffing.live import weekly_profile
from analytics.staffing.need import Need, live_hours_per_day
from analytics.staffing.plan import Plan, TierPlan

_POINTS = np.array([0.1, 0.5, 0.9])
"""Places within a day's work at which the wait is looked at."""
_PARTS = np.array([5.0, 8.0, 5.0]) / 18.0
"""What each place stands for in a mean: Gauss's weights, whose places (0.113, 0.5, 0.887) these nearly are."""
_WAIT_PATHS = 2
"""Waits are looked at on every second path: the quantile of a thousand values does not need two."""


def productive_heads(plan: Plan, tier: str, heads: float, start: date, dates: tuple[date, ...]) -> np.ndarray:
    """Full-productivity people on each date, (days,): `heads` less attrition since `start`, plus hires as they ramp up."""
    own = plan.tier(tier)
    elapsed = np.array([(day - start).days for day in dates], dtype=float)
    staying = (1.0 - own.attrition_per_year) ** (np.maximum(elapsed, 0.0) / 365.25)
    total = heads * staying
    for hire in plan.hires:
        if hire.tier == tier:
            since = elapsed - (hire.date - start).days
            total = total + hire.people * (ramp(own, since) if hire.people > 0 else (since >= 0))
    return np.maximum(total, 0.0)


def employed_heads(plan: Plan, tier: str, heads: float, start: date, dates: tuple[date, ...]) -> np.ndarray:
    """People on the payroll on each date, (days,): as `productive_heads`, but hires count in full from their first day."""
    at_once = replace(plan.tier(tier), ramp_weeks=0.0, ramp_start=1.0)
    return productive_heads(replace(plan, tiers={**plan.tiers, tier: at_once}), tier, heads, start, dates)


def ramp(plan: TierPlan, days_since_start: np.ndarray) -> np.ndarray:
    """Productivity of a new hire (0-1) by days since the first: `ramp_start`, rising evenly to 1 over `ramp_weeks`."""
    done = days_since_start / (7.0 * plan.ramp_weeks) if plan.ramp_weeks > 0 else np.ones_like(days_since_start)
    return np.where(days_since_start < 0, 0.0, np.minimum(1.0, plan.ramp_start + (1.0 - plan.ramp_start) * done))


_MOST_BUSY = 0.9
"""Utilisation up to which chance is added to the wait; in a busier week the fluid queue itself is the wait."""


@dataclass(frozen=True)
class Outlook:
    """What a team makes of a tier's work, week by week; arrays are (weeks,)."""

    heads: np.ndarray
    """Full-productivity people, mean over the week."""
    capacity_hours: np.ndarray
    """Hours of work it can do in the week, under the occupancy cap."""
    backlog_hours: np.ndarray
    """Expected hours of work left at the end of the week (0 for live work)."""
    late_share: np.ndarray
    """Expected share of the hours due in the week that are late."""
    p_sla: np.ndarray
    """Share of paths in which no deadline of the week is missed."""
    wait_p90_hours: np.ndarray
    """Business hours that nine of ten visits of the week wait at most."""
    wait_mean_hours: np.ndarray
    """Business hours that a visit of the week waits in the mean."""


def outlooks(need: Need, teams: Sequence[np.ndarray], hours: np.ndarray | None) -> list[Outlook]:
    """The deferred work of a tier with several teams of productive people per business day, (days,) each.

    All teams run side by side, in one run.
    """
    work = need.work
    total = [heads * work.hours_per_head for heads in teams]
    capacity = [np.maximum(hours_ - live_hours_per_day(need)[need.week], 0.0) for hours_ in total]
    done = work_off_teams(list(work.classes), list(work.due_days), np.stack(capacity), work.backlog)
    return [
        _outlook(need, heads, total[i], capacity[i], (seen.backlog, seen.late, seen.due), hours)
        for i, (heads, seen) in enumerate(zip(teams, done, strict=True))
    ]


def _outlook(
    need: Need,
    heads: np.ndarray,
    total: np.ndarray,
    capacity: np.ndarray,
    seen: tuple[np.ndarray, np.ndarray, np.ndarray],
    hours: np.ndarray | None,
) -> Outlook:
    backlog, late, due = seen[0], need.sum_by_week(seen[1]), need.sum_by_week(seen[2])
    last = np.flatnonzero(np.diff(need.week, append=need.weeks))
    longest, mean = _waits(need, backlog, capacity, hours)
    return Outlook(
        heads=need.mean_by_week(heads),
        capacity_hours=need.sum_by_week(total),
        backlog_hours=backlog.mean(axis=0)[last],
        late_share=late.sum(axis=0) / np.maximum(due.sum(axis=0), 1e-12),
        p_sla=((late <= 1e-6 * np.maximum(due, 1.0)) & _answered(need, capacity)).mean(axis=0),
        wait_p90_hours=longest,
        wait_mean_hours=mean,
    )


def _answered(need: Need, capacity: np.ndarray) -> np.ndarray:
    """Paths and weeks in which the mean capacity of the week gives every first answer in time, (paths, weeks)."""
    asked = 0.0 if need.answers is None else need.answers.capacity
    return asked <= need.mean_by_week(capacity) * (1.0 + 1e-9) + 1e-9


def _waits(
    need: Need, backlog: np.ndarray, capacity: np.ndarray, hours: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Nine of ten waits and the mean wait per week in business hours: first come first served through the day, plus chance.

    A visit at place x of its day's work starts when what was there before it is done; a share of the day's work is there
    at opening (nights, weekends), the rest comes evenly. Chance adds Erlang C's wait at the tier's load.
    """
    work, day = need.work, need.work.calendar.hours_per_day
    backlog, come = backlog[::_WAIT_PATHS], work.deferred_hours[::_WAIT_PATHS]
    before = np.concatenate([np.full((backlog.shape[0], 1), work.backlog.sum()), backlog[:, :-1]], axis=1)
    early = _share_at_opening(work, hours)
    came = np.maximum(_POINTS - early, 0.0) / max(1.0 - early, 1e-9) * day
    ahead = before + _POINTS[:, None, None] * come
    wait = ahead * (day / np.maximum(capacity, 1e-9)) - came[:, None, None]
    np.clip(wait, 0.0, 1e6, out=wait)
    by_week = [wait[..., need.week == w].ravel() for w in range(need.weeks)]
    places = [int(0.9 * (w.size - 1)) for w in by_week]
    longest = np.array([np.partition(w, at)[at] for w, at in zip(by_week, places, strict=True)])
    waited = need.sum_by_week(np.einsum("x,xpd,pd->d", _PARTS, wait, come))
    total = need.sum_by_week(come.sum(axis=0))
    mean = np.divide(waited, total, out=np.zeros(need.weeks), where=total > 0)
    chance, chance_mean = _chance(need, capacity)
    return longest + chance, mean + chance_mean


def _share_at_opening(work: TierDemand, hours: np.ndarray | None) -> float:
    """Share of a business day's visits that came while the tier was closed; other tiers hand on while it is open."""
    if hours is None or not np.any(hours):
        return 0.0
    inside = weekly_profile(work.calendar, None) > 0
    return (1.0 - work.handed_on) * (1.0 - float(np.asarray(hours)[inside].sum() / np.sum(hours)))


def _chance(need: Need, capacity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Erlang C's nine-of-ten and mean wait in hours for each week's mean load on the whole people at work."""
    work = need.work
    per_agent = work.calendar.hours_per_day  # an agent's open hours; the load counts absences as longer work
    agents = np.floor(need.mean_by_week(capacity) / work.plan.productive_hours_per_day + 1e-9)
    busy = need.mean_by_week(work.deferred_hours.mean(axis=0)) / np.maximum(need.mean_by_week(capacity), 1e-9)
    handle = work.effort.minutes * per_agent / work.plan.productive_hours_per_day
    waits = np.zeros((2, need.weeks))
    for week, (a, b) in enumerate(zip(agents, busy, strict=True)):
        if a > 0 and b > 0:
            team = int(a), float(min(b, _MOST_BUSY) * a), handle
            waits[:, week] = erlang.wait_quantile_minutes(*team, 0.9), erlang.mean_wait_minutes(*team)
    longest, mean = waits / 60.0
    return longest, mean


def hire_by(plan: Plan, tier: str, needed_on: date) -> date:
    """The last day to decide on a hire who is fully productive on `needed_on`: lead time and ramp-up before it."""
    own = plan.tier(tier)
    return needed_on - timedelta(weeks=own.hiring_lead_weeks + own.ramp_weeks)
