"""From a dataset to the planning engines: the daily series that is forecast, and the inputs of the staffing model.

The engines know neither the warehouse nor each other's frames; this module asks the questions and hands their answers
over. Everything recent is read from the last half year, so that a tier's routing and effort are today's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.errors import NotEnoughData
from analytics.model import TIERS, Filters
from analytics.warehouse import questions
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

if TYPE_CHECKING:
    from analytics.forecasting.result import Forecast
    from analytics.staffing.inputs import StaffingInputs
    from analytics.staffing.plan import Plan

RECENT_DAYS = 182
"""How far back routing, effort, urgency and hours of arrival are learnt: half a year."""

PATHS = 200
"""Equally likely futures that the staffing model looks at."""

_URGENCY = (
    r"urgent|critical|highest|blocker|sev ?-?0|p0|emergency", r"^1\b|p1|sev ?-?1", r"high|^2\b|p2|sev ?-?2|major",
    r"normal|medium|moderate|^3\b|p3|sev ?-?3", r"low|minor|^4\b|p4|sev ?-?4|lowest|^5\b",
)  # fmt: skip


def daily_counts(warehouse: Warehouse, filters: Filters = NO_FILTER, tier: str | None = None) -> tuple[pd.Series, str]:
    """Counts by day, complete from the first to the last day of the data, and their unit in words.

    Without a tier: tickets created. With one: visits that the tier gets, from outside and from other tiers, by the day
    they begin. NotEnoughData where the filters leave nothing.
    """
    if tier:
        frame = questions.visits_by_day(warehouse, replace(filters, tiers=(), start=None, end=None))
        counts = frame[frame["tier"] == tier].set_index("day")["visits"]
        unit = f"visits to {tier} per day"
    else:
        counts = questions.volume_by_day(warehouse, filters).groupby("day")["tickets"].sum()
        unit = "tickets per day"
    if counts.empty:
        raise NotEnoughData("No ticket matches, so there is nothing to forecast.", todo="Widen the filters.")
    first, last = span_of(warehouse, filters)
    days = pd.date_range(max(first, counts.index.min()), last, freq="D", name="date")
    return counts.reindex(days, fill_value=0).astype(float).rename("count"), unit


def span_of(warehouse: Warehouse, filters: Filters) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the series: the period's, within the data's."""
    row = questions.period_bounds(warehouse).iloc[0]
    first, last = pd.Timestamp(row["first_day"]), pd.Timestamp(row["last_day"])
    return (
        max(first, pd.Timestamp(filters.start)) if filters.start else first,
        min(last, pd.Timestamp(filters.end)) if filters.end else last,
    )


def forecast_dataset(
    warehouse: Warehouse,
    horizon_days: int,
    filters: Filters = NO_FILTER,
    *,
    quick: bool = False,
    events: Sequence[Any] | None = None,
    progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Forecast:
    """The forecast of what the filters select; of one tier's visits where they name exactly one tier.

    With the dataset's own calendar events, unless others are given. The race's result is kept with the dataset and taken
    from there while nothing has changed; one with other events is not.
    """
    from analytics.ahead import kept
    from analytics.ahead.events import events_for
    from analytics.forecasting.race import forecast, quick_forecast

    series, unit = daily_counts(warehouse, filters, one_tier(filters))
    own = events is None
    if own and not quick and (found := kept.find(warehouse.dataset, filters, horizon_days, series)) and found.fresh:
        return found.forecast
    known = events_for(warehouse, filters) if events is None else events
    if quick:
        return quick_forecast(series, horizon_days, events=known, unit=unit)
    made = forecast(series, horizon_days, events=known, unit=unit, progress=progress, cancelled=cancelled)
    if own:
        kept.keep(warehouse.dataset, filters, horizon_days, series, made)
    return made


def one_tier(filters: Filters) -> str | None:
    """The tier whose visits are counted instead of tickets: the only one that the filters name."""
    return filters.tiers[0] if len(filters.tiers) == 1 else None


def recent(warehouse: Warehouse, filters: Filters = NO_FILTER) -> Filters:
    """The filters with their period cut to the last half year of the data, less the last week: its visits have not ended."""
    last = questions.period_bounds(warehouse).iloc[0]["last_day"]
    if pd.isna(last):
        raise NotEnoughData("The dataset holds no tickets.", todo="Import a history first.")
    end = pd.Timestamp(last).date()
    return filters.with_period(end - timedelta(days=RECENT_DAYS), end)


def staffing_inputs(
    warehouse: Warehouse,
    plan: Plan,
    horizon_days: int = 91,
    filters: Filters = NO_FILTER,
    forecast: Forecast | None = None,
) -> StaffingInputs:
    """Everything that the staffing model needs to know about a dataset.

    Arrivals are the forecast's sample paths (the quick one where none is given), split by the recent share of each entry
    tier. NotEnoughData where the dataset has no tiers or no history of visits.
    """
    from analytics.staffing import inputs as made

    _check_capable(warehouse)
    filters = replace(filters, tiers=(), teams=())
    lately = recent(warehouse, filters)
    tiers = tuple(questions.tiers(warehouse)["tier"])
    forecast = forecast or forecast_dataset(warehouse, horizon_days, filters.with_period(None, None), quick=True)
    urgency = questions.visits_by_priority(warehouse, lately)
    priorities = by_urgency(sorted(urgency["priority"].unique())) or ("default",)
    heads, source = headcount_now(warehouse, plan)
    return made.StaffingInputs(
        tiers=tiers,
        start=(forecast.data_end + pd.Timedelta(days=1)).date(),
        arrivals=_split(forecast.sample_paths(PATHS, seed=1), entry_shares(warehouse, lately, tiers)),
        routing_counts=_routing(warehouse, lately, tiers),
        effort=efforts(warehouse, lately, plan),
        priorities=priorities,
        priority_shares=made.priority_shares(urgency, tiers, priorities),
        backlog=_backlog(questions.open_visits(warehouse, filters), priorities),
        hour_profile=made.hour_profile(questions.arrivals_by_hour(warehouse, lately), tiers),
        headcount=heads,
        headcount_source=source,
        forecast=forecast.model,
    )


def _check_capable(warehouse: Warehouse) -> None:
    missing = questions.capabilities(warehouse)
    for name in ("tiers", "paths"):
        if name in missing:
            raise NotEnoughData(
                "Staffing needs to know which tier had a ticket when.", found=missing[name],
                todo="Import a history with tiers; a list of tickets or daily counts can be forecast, not staffed.",
            )  # fmt: skip


def by_urgency(priorities: Sequence[str]) -> tuple[str, ...]:
    """Priorities by their usual meaning, the most urgent first; unknown names between normal and low."""

    def rank(name: str) -> tuple[float, str]:
        found = next((n for n, pattern in enumerate(_URGENCY) if re.search(pattern, name.casefold())), 3.5)
        return float(found), name

    return tuple(sorted(priorities, key=rank))


def entry_shares(warehouse: Warehouse, filters: Filters, tiers: Sequence[str]) -> np.ndarray:
    """Share of new tickets that come in at each tier."""
    entry = questions.tiers(warehouse, filters).set_index("tier")["entry"].reindex(tiers, fill_value=0).to_numpy(float)
    if not entry.sum():
        raise NotEnoughData("No ticket of the last half year has a tier.", todo="Widen the filters.")
    return entry / entry.sum()


def _split(paths: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Whole tickets (paths, days) by entry tier (paths, days, tiers): a multinomial draw, seeded."""
    return np.random.default_rng(2).multinomial(paths, shares).astype(float)


def _routing(warehouse: Warehouse, filters: Filters, tiers: Sequence[str]) -> np.ndarray:
    from analytics.staffing.inputs import routing_counts

    frame = questions.routing(warehouse, filters).rename(columns={"tier": "from_tier", "next": "to_tier"})
    return routing_counts(frame[["from_tier", "to_tier", "visits"]], tiers)


def _backlog(open_visits: pd.DataFrame, priorities: Sequence[str]) -> pd.DataFrame:
    return open_visits[open_visits["priority"].isin(priorities)].astype({"visits": float, "age_days": float})


def efforts(warehouse: Warehouse, filters: Filters, plan: Plan) -> dict[str, Any]:
    """Effort per visit by tier: stated in the plan, else tracked, else by throughput where there is a roster."""
    from analytics.staffing.effort import best_effort, throughput_effort, tracked_effort

    tiers = tuple(questions.tiers(warehouse)["tier"])
    tracked = tracked_effort(questions.effort_samples(warehouse, filters))
    share = {tier: (1 - plan.tier(tier).shrinkage) * plan.tier(tier).occupancy_cap for tier in tiers}
    by_throughput = throughput_effort(_throughput(warehouse, filters), share)
    return best_effort(tiers, tracked, by_throughput)


def _throughput(warehouse: Warehouse, filters: Filters) -> pd.DataFrame:
    """Rostered hours and visits per week and tier, weeks that are whole in both."""
    roster = questions.roster_by_week(warehouse)
    if roster.empty:
        return pd.DataFrame(columns=["tier", "agent_hours", "closed_visits"])
    visits = questions.weekly_service(warehouse, filters)[["week", "tier", "visits"]]
    both = roster.merge(visits, on=["week", "tier"]).rename(columns={"hours": "agent_hours", "visits": "closed_visits"})
    return both[["tier", "agent_hours", "closed_visits"]]


def headcount_now(warehouse: Warehouse, plan: Plan) -> tuple[dict[str, float], str]:
    """People per tier now, and where that comes from: the plan, the roster's last eight weeks, or active agents."""
    roster = questions.roster_by_week(warehouse)
    if not roster.empty:
        last = roster[roster["week"] > roster["week"].max() - pd.Timedelta(weeks=8)]
        weekly = last.groupby("tier")["hours"].sum() / last["week"].nunique()
        heads = {
            str(tier): round(hours / (5 * plan.tier(str(tier)).paid_hours_per_day), 1) for tier, hours in weekly.items()
        }
        return heads, "roster of the last eight weeks"
    agents = questions.active_agents(warehouse)
    if agents.empty:
        return {}, "not known: no roster and no agents in the data"
    last = agents[agents["week"] > agents["week"].max() - pd.Timedelta(weeks=9)]
    last = last[last["week"] < agents["week"].max()]
    counted = last.groupby("tier")["agents"].mean().round(1)
    return {str(t): float(n) for t, n in counted.items()}, "distinct active agents per week: an estimate, not a roster"


def plan_for(warehouse: Warehouse, text: str | None = None) -> Plan:
    """The plan of a TOML text, else the default one: Monday to Friday 9 to 17, 30 % shrinkage, 85 % occupancy."""
    from analytics.staffing.plan import Plan, read_plan

    return read_plan(text) if text else Plan()


def first_day(warehouse: Warehouse) -> date:
    """The day after the data's last one."""
    return pd.Timestamp(questions.period_bounds(warehouse).iloc[0]["last_day"]).date() + timedelta(days=1)


__all__ = ["TIERS", "daily_counts", "forecast_dataset", "headcount_now", "plan_for", "recent", "staffing_inputs"]
