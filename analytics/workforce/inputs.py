"""From a dataset to the staffing model: its inputs, the plan that holds where nobody gave one, and who is there now.

The engine knows neither the warehouse nor the forecast's frames; this module asks the questions and hands their answers
over. Routing, effort, urgency and hours of arrival are learnt from the last half year, so that they are today's.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics import daily, outlook
from analytics.calendars import Calendar, from_json
from analytics.errors import NotEnoughData
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.questions import NO_FILTER, history
from analytics.warehouse.store import Warehouse

if TYPE_CHECKING:
    from analytics.forecasting.result import Forecast
    from analytics.staffing.inputs import CategoryFlow, StaffingInputs
    from analytics.staffing.plan import CalendarPlan, Plan, SlaTarget

PATHS = 200
"""Equally likely futures that the staffing model looks at."""

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


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
    check_capable(warehouse)
    filters = replace(filters, tiers=(), teams=())
    lately = daily.recent(warehouse, filters)
    tiers = tuple(questions.tiers(warehouse)["tier"])
    whole = filters.with_period(None, None)
    forecast = forecast or outlook.forecast_dataset(warehouse, horizon_days, whole, quick=True)
    end_us = int(warehouse.rows("SELECT last_us FROM data_end")[0][0])
    return inputs_of_period(
        warehouse,
        plan,
        tiers,
        lately,
        start=(forecast.data_end + pd.Timedelta(days=1)).date(),
        arrivals=_split(forecast.sample_paths(PATHS, seed=1), entry_shares(warehouse, lately, tiers)),
        open_at_us=end_us,
        forecast=forecast.model.replace("_", " "),
    )


def inputs_of_period(
    warehouse: Warehouse, plan: Plan, tiers: tuple[str, ...], lately: Filters, *, open_at_us: int, **given: Any
) -> StaffingInputs:
    """Inputs whose habits are those of the period `lately`, and whose backlog is what lay open at a moment."""
    from analytics.staffing import inputs as made

    urgency = questions.visits_by_priority(warehouse, lately)
    priorities = daily.by_urgency(sorted(urgency["priority"].unique())) or ("default",)
    heads, source = headcount_now(warehouse, plan)
    left = open_backlog(warehouse, plan, tiers, priorities, [open_at_us], lately)
    return made.StaffingInputs(
        tiers=tiers,
        routing_counts=_routing(warehouse, lately, tiers),
        effort=efforts(warehouse, lately, plan),
        priorities=priorities,
        priority_shares=made.priority_shares(urgency, tiers, priorities),
        backlog=left[left["visits"] > 0].drop(columns=["at_us", "pending"]),
        pending_visits=int(left["pending"].sum()),
        hour_profile=made.hour_profile(questions.arrivals_by_hour(warehouse, lately), tiers),
        headcount=heads,
        headcount_source=source,
        **_categories(warehouse, lately, tiers),
        **given,
    )


def check_capable(warehouse: Warehouse) -> None:
    """NotEnoughData where the dataset cannot say which tier had a ticket when."""
    missing = questions.capabilities(warehouse)
    for name in ("tiers", "paths"):
        if name in missing:
            raise NotEnoughData(
                "Staffing needs to know which tier had a ticket when.",
                found=missing[name],
                todo="Import a history with tiers; a list of tickets or daily counts can be forecast, not staffed.",
            )


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
    frame = frame[frame["from_tier"].isin(tiers)]
    known = frame.assign(
        to_tier=frame["to_tier"].where(frame["to_tier"].isin(tiers))
    )  # a tier left out: it ended there
    return routing_counts(known[["from_tier", "to_tier", "visits"]], tiers)


MOST_CATEGORIES, FEWEST_TICKETS = 5, 100
"""Categories that are told apart, and how many recent tickets each must have."""


def _categories(warehouse: Warehouse, lately: Filters, tiers: Sequence[str]) -> dict[str, Any]:
    """What the tickets of the largest categories (or products, where there are none) do, for `StaffingInputs`."""
    for column in ("category", "product"):
        frame = history.ways_by_value(warehouse, column, lately)
        ways = list(zip(*(frame[name] for name in ("value", "path", "ended", "tickets")), strict=True))
        sizes: Counter[str] = Counter()
        for value, _, _, tickets in ways:
            sizes[value] += int(tickets)
        told = Counter({value: size for value, size in sizes.items() if value != "(not given)"})
        large = [value for value, size in told.most_common(MOST_CATEGORIES) if size >= FEWEST_TICKETS]
        if len(told) > 1 and large:
            groups = {name: [way for way in ways if way[0] == name] for name in large}
            groups[""] = [way for way in ways if way[0] not in large]
            flows = tuple(_flow(name, rows, tiers) for name, rows in groups.items() if rows)
            return {"category_column": column, "categories": flows}
    return {}


def _flow(name: str, ways: Sequence[tuple[Any, ...]], tiers: Sequence[str]) -> CategoryFlow:
    from analytics.staffing.inputs import CategoryFlow

    place = {tier: i for i, tier in enumerate(tiers)}
    entering, counts = np.zeros(len(tiers)), np.zeros((len(tiers), len(tiers) + 1))
    for _, path, ended, tickets in ways:
        steps = path.split(">")
        if steps[0] in place:
            entering[place[steps[0]]] += tickets
        for tier, after in zip(steps, [*steps[1:], None], strict=True):
            if tier in place and (after is not None or ended):
                counts[place[tier], place.get(after, len(tiers))] += tickets
    return CategoryFlow(name, entering, counts)


def open_backlog(
    warehouse: Warehouse,
    plan: Plan,
    tiers: Sequence[str],
    priorities: Sequence[str],
    at_us: Sequence[int],
    filters: Filters = NO_FILTER,
) -> pd.DataFrame:
    """What lay open at moments, ages in working days of each tier's own length: at_us, tier, priority, age_days, visits that
    can be worked on, and pending ones.

    Whatever the period of the filters: a ticket that lies open today may have come long ago.
    """
    hours = {tier: plan.calendar_of(tier).hours_per_day for tier in tiers}
    frame = history.open_visits_at(warehouse, at_us, hours, filters.with_period(None, None))
    return frame[frame["priority"].isin(priorities)].astype({"visits": float, "age_days": float})


def efforts(warehouse: Warehouse, filters: Filters, plan: Plan) -> dict[str, Any]:
    """Effort per visit by tier: tracked, else by throughput where there is a roster, else the stated prior."""
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
    """People per tier now, and where that comes from: the roster's last eight weeks, else active agents."""
    roster = history.roster_by_day(warehouse)
    if not roster.empty:
        weekly = _hours_a_week(roster)
        return {str(tier): round(hours / _paid_week(plan, str(tier)), 1) for tier, hours in weekly.items()}, (
            "roster of the last eight weeks, as full-time people"
        )
    agents = questions.active_agents(warehouse)
    if agents.empty:
        return {}, "not known: no roster and no agents in the data"
    last = agents[agents["week"] > agents["week"].max() - pd.Timedelta(weeks=9)]
    last = last[last["week"] < agents["week"].max()]
    counted = last.groupby("tier")["agents"].mean().round(1)
    return {str(t): float(n) for t, n in counted.items()}, "distinct active agents per week: an estimate, not a roster"


def _hours_a_week(roster: pd.DataFrame) -> pd.Series:
    """Rostered hours by tier and week over the last eight weeks, or as many as the roster holds. Weeks are counted back from
    its last day: a calendar week that has only begun would pass for one in which few were there. Monday to Friday is a week."""
    last = roster["day"].max()
    weeks = min(8, max(1, ((last - roster["day"].min()).days + 3) // 7))
    return roster[roster["day"] > last - pd.Timedelta(weeks=weeks)].groupby("tier")["hours"].sum() / weeks


def _paid_week(plan: Plan, tier: str) -> float:
    own = plan.tier(tier)
    return own.paid_hours_per_day * own.work_days_per_week


def plan_for(warehouse: Warehouse, text: str | None = None) -> Plan:
    """The plan of a TOML text, else the default one; in both the dataset's own working hours and targets, and the shrinkage that
    its roster tells, stand in for what the text does not say (30 % shrinkage, 85 % occupancy; 9 to 17 and 48 hours where the
    dataset has none either)."""
    from analytics.staffing.plan import Plan, read_plan

    plan, said = (read_plan(text), tomllib.loads(text)) if text else (Plan(), {})
    if not {"calendar", "calendars"} & said.keys():
        plan = replace(plan, calendars=_dataset_calendars(warehouse))
    if "sla" not in said:
        plan = replace(plan, sla=_targets(warehouse))
    for tier, share in ticket_shares(warehouse).items():
        if "shrinkage" not in said.get("tiers", {}).get(tier, {}):
            plan = plan.with_tier(tier, shrinkage=round(1.0 - share, 4))
    return plan


def ticket_shares(warehouse: Warehouse) -> dict[str, float]:
    """Share of paid time that goes into tickets, of the dataset's tiers whose roster tells both; else none."""
    from analytics.roster import TICKET_SHARES

    told = json.loads(questions.meta(warehouse).get(TICKET_SHARES, "{}"))
    return {tier: float(told[tier]) for tier in questions.tiers(warehouse)["tier"] if tier in told}


def _dataset_calendars(warehouse: Warehouse) -> dict[str, CalendarPlan]:
    """Of the tiers that the dataset has, with the closed days from half a year before its end to a year after."""
    told = from_json(questions.meta(warehouse).get("calendars", ""))
    last = questions.period_bounds(warehouse).iloc[0]["last_day"]
    tiers = set(questions.tiers(warehouse)["tier"])
    days = [] if pd.isna(last) else [(pd.Timestamp(last) + pd.Timedelta(days=d)).date() for d in range(-200, 367)]
    found = {tier: calendar_plan(calendar, days) for tier, calendar in told.items() if tier in tiers}
    return {tier: plan for tier, plan in found.items() if plan is not None}


def calendar_plan(calendar: Calendar, days: Sequence[date] = ()) -> CalendarPlan | None:
    """Working hours as a plan has them: each weekday's first opening to its last closing, with those of `days` on which the
    tier is closed though the weekday is open. None for a tier that never opens."""
    from analytics.staffing.plan import CalendarPlan

    week = zip(_WEEKDAYS, calendar.week, strict=True)
    hours = {day: f"{_clock(opened[0][0])}-{_clock(opened[-1][1])}" for day, opened in week if opened}
    closed = tuple(day for day in days if calendar.week[day.weekday()] and not calendar.openings(day))
    return CalendarPlan(", ".join(hours), _one_or_each(hours), closed) if hours else None


def _one_or_each(hours: Mapping[str, str]) -> Any:
    return next(iter(hours.values())) if len(set(hours.values())) == 1 else dict(hours)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _targets(warehouse: Warehouse) -> dict[str, SlaTarget]:
    from analytics.staffing.plan import SlaTarget
    from analytics.targets import targets_of

    return {name: SlaTarget(*hours) for name, hours in targets_of(warehouse).items()}


MOST_POOLS = 6
"""Pools that are told apart; what is smaller is one pool together."""


def pool_shares(warehouse: Warehouse, tier: str, column: str, filters: Filters = NO_FILTER) -> dict[str, float]:
    """Shares of a tier's recent visits by team, product, channel, category or priority; the smallest together as "other".

    NotEnoughData where the tier had no visit, or its tickets have only one value.
    """
    lately = daily.recent(warehouse, replace(filters, tiers=(), teams=()))
    own = _visits_by(warehouse, tier, column, lately)
    if len(own) < 2:
        raise NotEnoughData(f"The tickets of {tier} have only one {column}, so there is nothing to split.")
    total, ranked = sum(own.values()), sorted(own, key=lambda name: (-own[name], name))
    kept = {name: own[name] / total for name in ranked[:MOST_POOLS]}
    other = 1.0 - sum(kept.values())
    return kept | ({"other": other} if other > 1e-9 else {})


def _visits_by(warehouse: Warehouse, tier: str, column: str, lately: Filters) -> dict[str, float]:
    """A tier's visits by value of an attribute, or by the team that each came to first."""
    from analytics.workforce import teams

    if column == "team":
        frame = teams.routing(warehouse, lately).rename(columns={"team": "value"})
    else:
        frame = history.visits_by_value(warehouse, column, lately)
    found: dict[str, float] = {}
    for at, value, visits in zip(frame["tier"], frame["value"], frame["visits"], strict=True):
        if at == tier:
            name = "(not given)" if pd.isna(value) else str(value)
            found[name] = found.get(name, 0.0) + float(visits)
    return found
