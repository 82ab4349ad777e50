"""Which seats a tier has to fill through the week: what a shift plan covers.

Live contacts want an agent in the hour in which they come: Erlang for each hour of the week that asks for most. Tickets want
hours of work a day, at whatever open hour; only those that are due within an open day are worked on as they come, by the
hours of the week at which they do. Rejected: all tickets spread evenly over the open hours. Each hour is then rounded up to
whole people, and a desk open for twelve hours was given half as many people again as its work needs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.charts.numbers import decimal
from analytics.staffing import live
from analytics.staffing.demand import TierDemand, demand_of, target_hours, tier_demand
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.need import Need, hours_needed, need_of
from analytics.staffing.plan import Plan


@dataclass(frozen=True)
class SeatNeed:
    """What a shift plan has to cover, before shrinkage is divided out."""

    by_hour: np.ndarray
    """People on seat in each hour of the week, (168,), Monday 0:00 first; at least the minimum seats while open."""
    by_day: np.ndarray
    """Hours on seat on each weekday, (7,), at any open hour, those of `by_hour` among them."""
    words: str
    """Where they come from."""


def seats_needed(inputs: StaffingInputs, plan: Plan, tier: str) -> SeatNeed:
    """Seats of one tier by hour and by day under the plan's rule and occupancy cap."""
    k = inputs.tiers.index(tier)
    profile = None if inputs.hour_profile is None else inputs.hour_profile[k]
    work = tier_demand(inputs, plan, demand_of(inputs, plan), k)
    asked = need_of(work, plan, profile)
    opened = live.open_hours(work.calendar) > 0
    calls, spare = _calls(asked)
    tickets = float(hours_needed(asked, plan, plan.rules.rule)[0]) if asked.has_tickets else 0.0
    prompt = tickets * _prompt_share(inputs, plan, work, k)
    at_once = prompt * live.weekly_profile(work.calendar, profile).ravel() / work.plan.occupancy_cap
    by_hour = np.where(opened, np.maximum(calls + at_once, work.plan.min_seats), 0.0)
    days = opened.reshape(7, 24).any(axis=1)
    left = np.where(days, np.maximum(tickets - spare, 0.0), 0.0) / work.plan.occupancy_cap
    by_day = calls.reshape(7, 24).sum(axis=1) + left
    return SeatNeed(by_hour, np.maximum(by_day, by_hour.reshape(7, 24).sum(axis=1)), _words(asked, tickets, prompt))


def _calls(asked: Need) -> tuple[np.ndarray, np.ndarray]:
    """Agents for live contacts by hour of the hardest week, (168,), and their idle hours under the cap by weekday, (7,)."""
    if not asked.live:
        return np.zeros(live.WEEK_HOURS), np.zeros(7)
    hardest = max(asked.live, key=lambda week: int(week.agents.max()))
    agents = hardest.agents.astype(float)
    idle = np.maximum(agents * asked.work.plan.occupancy_cap - hardest.load, 0.0)
    return agents, idle.reshape(7, 24).sum(axis=1)


def _prompt_share(inputs: StaffingInputs, plan: Plan, work: TierDemand, k: int) -> float:
    """Share of a tier's visits that are due in less than an open day: they cannot wait for the people of another hour."""
    due = np.array(target_hours(inputs, plan, work.name))
    return float(inputs.shares()[k][due < work.calendar.hours_per_day - 1e-9].sum())


def _words(asked: Need, tickets: float, prompt: float) -> str:
    parts = ["live contacts by Erlang in every hour of the busiest week"] if asked.live else []
    if tickets > 0:
        parts.append(f"{decimal(tickets)} hours of tickets a day at any open hour")
    if prompt > 0:
        parts.append(f"{decimal(prompt)} of them, due within the day, at the hours at which they come")
    return ", ".join(parts) or "no work is expected"
