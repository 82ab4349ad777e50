"""A past period by team, for the replay: teams of a tier do not help each other, and a tier as one pool waits too little.

Tickets, people and backlog of each team; teams too small to tell apart, or seen at work on few days, are one pool of their
tier. Headcount is not recommended by team: what separate teams cost is a question of its own (`scenarios.pooling`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.errors import NotEnoughData
from analytics.model import Filters, tier_rank
from analytics.warehouse import questions
from analytics.warehouse.questions.base import NO_FILTER, filled, tier_names
from analytics.warehouse.store import Warehouse

if TYPE_CHECKING:
    from analytics.staffing.inputs import StaffingInputs
    from analytics.staffing.plan import Plan
    from analytics.staffing.replay import Pools

ROSTERED = "the roster"
ESTIMATED = "people with an entry in the log that day, an estimate and not a roster"
MOST_POOLS = 24
"""Pools over all tiers, those of what is left of a tier included."""
STALE_DAYS = 60
_FOLDER = Path(__file__).parent / "sql"
_LEAST_DAYS_A_WEEK = 2.0
"""A team seen at work on fewer days is no pool of its own: nobody knows when it would have answered."""
_LEAST_TRACKED = 30
_NEXT_TO_NOTHING = 0.02
"""Of all visits: a tier with fewer of them can be left out of a replay."""
Team = tuple[str, str]
"""Tier and team, "" for no team."""


@cache
def team_sql(name: str) -> str:
    """The text of a question as it stands in the repository."""
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def _ask(warehouse: Warehouse, name: str, filters: Filters, params: dict[str, Any]) -> pd.DataFrame:
    frame = warehouse.frame(*filled(team_sql(name), filters, params))
    for column in [c for c in frame if str(c).endswith("tier")]:
        frame[column] = tier_names(frame[column])
    return frame


def entries(warehouse: Warehouse, start: date, days: int, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many tickets came in at each team each day? One row per (day, tier, team): entries."""
    return _ask(warehouse, "team_entries", filters, _span(start, days))


def routing(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Where do each team's visits go on to? A row per (tier, team, next_tier, next_team, priority): visits, tracked, minutes."""
    return _ask(warehouse, "team_routing", filters, {})


def backlog(
    warehouse: Warehouse, at_us: int, day_hours: Mapping[str, float], filters: Filters = NO_FILTER
) -> pd.DataFrame:
    """What lay open at each team at a moment? One row per (tier, team, priority, age_days): visits that can be worked on."""
    params = {
        "at_us": at_us,
        "tiers": [tier_rank(tier) for tier in day_hours],
        "day_hours": [float(hours) for hours in day_hours.values()],
        "stale_days": STALE_DAYS,
    }
    return _ask(warehouse, "team_backlog", filters, params)


def people(warehouse: Warehouse, start: date, days: int, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many people worked in each team each day? One row per (day, tier, team): people, in parts of a day."""
    return _ask(warehouse, "team_people", filters, _span(start, days))


def roster(warehouse: Warehouse, start: date, days: int) -> pd.DataFrame:
    """How many hours was each team rostered each day? One row per (day, tier, team): hours. Empty without a roster."""
    return _ask(warehouse, "team_roster", NO_FILTER, _span(start, days))


def _span(start: date, days: int) -> dict[str, Any]:
    return {"first_day": start, "past_day": start + timedelta(days=days)}


@dataclass(frozen=True)
class Staffed:
    """Who was there in a period."""

    hours: pd.DataFrame
    """Paid hours, one row per (day, tier, team); team is missing where the source knows none."""
    seen: pd.DataFrame
    """As `people`: who left a trace in the log. Empty where the data name no agents."""
    source: str
    tiers: tuple[str, ...]
    """The tiers of which this is known; one with next to no visits and nobody at work is left out."""


def staffed(
    warehouse: Warehouse, plan: Plan, tiers: Sequence[str], start: date, days: int, filters: Filters = NO_FILTER
) -> Staffed:
    """The roster's hours, else a day's pay for everybody seen that day, spread over the open days of the week: whoever left no
    trace on a Tuesday was not necessarily away. NotEnoughData where nobody knows."""
    seen, planned = people(warehouse, start, days, filters), roster(warehouse, start, days)
    rostered = set(tiers) <= set(planned["tier"])
    there = set((planned if rostered else seen)["tier"])
    known = tuple(tier for tier in tiers if tier in there)
    _refuse_unknown(warehouse, tiers, known, filters.with_period(start, start + timedelta(days=days - 1)))
    if rostered:
        return Staffed(planned, seen, ROSTERED, known)
    by_tier = dict(list(seen.groupby("tier", sort=False)))
    weeks = [_spread(by_tier[tier], plan, tier, start, days) for tier in known]
    return Staffed(pd.concat(weeks, ignore_index=True), seen, ESTIMATED, known)


def _refuse_unknown(warehouse: Warehouse, tiers: Sequence[str], known: Sequence[str], period: Filters) -> None:
    """A tier in which nobody is known to have worked may have had next to nothing to do; otherwise nothing can be replayed."""
    missing = [tier for tier in tiers if tier not in known]
    if not missing:
        return
    visits = questions.visits_by_day(warehouse, period).groupby("tier")["visits"].sum()
    share = float(visits.reindex(missing).fillna(0).sum()) / max(float(visits.sum()), 1.0)
    if not known or share > _NEXT_TO_NOTHING:
        raise NotEnoughData(
            f"Nobody knows who worked in {', '.join(missing)} in these weeks: there is no roster, and the log names no agents.",
            todo="Upload a roster with date, tier and hours.",
        )


def _spread(seen: pd.DataFrame, plan: Plan, tier: str, start: date, days: int) -> pd.DataFrame:
    """Paid hours by day, tier and team: each week's person-days spread evenly over its open days."""
    every = pd.date_range(start, periods=days, freq="D")
    opened = pd.DataFrame({"day": every[plan.calendar_of(tier).open_days(start, days)]})
    opened["week"] = opened["day"].dt.to_period("W")
    known = seen.assign(week=pd.to_datetime(seen["day"]).dt.to_period("W"), team=seen["team"].fillna(""))
    weekly = known.groupby(["week", "team"], as_index=False)["people"].sum()
    spread = weekly.merge(opened.assign(open_days=opened.groupby("week")["day"].transform("size")), on="week")
    paid = plan.tier(tier).paid_hours_per_day
    spread = spread.assign(tier=tier, hours=spread["people"] / spread["open_days"] * paid)
    return spread.assign(team=spread["team"].replace("", None))[["day", "tier", "team", "hours"]]


def pools_of(
    warehouse: Warehouse, plan: Plan, inputs: StaffingInputs, who: Staffed, at_us: int, filters: Filters = NO_FILTER
) -> Pools:
    """The period of `inputs` (a tier's own, from its first day) by pool; `at_us` is the instant at which it starts."""
    from analytics.staffing import inputs as made
    from analytics.staffing.replay import Pools

    whole = filters.with_period(None, None)
    lately = filters.with_period(inputs.start, inputs.start + timedelta(days=inputs.days - 1))
    moved = routing(warehouse, lately)
    moved = moved[moved["tier"].isin(inputs.tiers)]
    pool_of, tier_of = _pools(moved, who.hours, inputs)
    names = tuple(tier_of)
    flows = moved.assign(tier=_named(moved, pool_of), next=_named(moved, pool_of, "next_tier", "next_team"))
    ends = flows.rename(columns={"tier": "from_tier", "next": "to_tier"})
    came = entries(warehouse, inputs.start, inputs.days, whole)
    came = came[came["tier"].isin(inputs.tiers)]
    hours = {tier: plan.calendar_of(tier).hours_per_day for tier in inputs.tiers}
    left = backlog(warehouse, at_us, hours, whole)
    left = left[left["priority"].isin(inputs.priorities)].astype({"visits": float, "age_days": float})
    own = made.StaffingInputs(
        tiers=names,
        start=inputs.start,
        arrivals=_by_day(came.assign(tier=_named(came, pool_of)), names, inputs),
        routing_counts=made.routing_counts(ends[["from_tier", "to_tier", "visits"]], names),
        priorities=inputs.priorities,
        priority_shares=made.priority_shares(flows, names, inputs.priorities),
        backlog=left.assign(tier=_named(left, pool_of))[["tier", "priority", "age_days", "visits"]],
        hour_profile=_of_tiers(inputs.hour_profile, names, tier_of, inputs.tiers),
    )
    worked = who.hours[who.hours["tier"].isin(inputs.tiers)]
    worked = worked.assign(tier=_named(worked, pool_of), date=worked["day"])
    paid = _paid_per_head(who, inputs.tiers, plan)
    return Pools(own, tier_of, _effort_ratio(flows, tier_of), worked[["date", "tier", "hours"]], paid)


def _pools(moved: pd.DataFrame, hours: pd.DataFrame, inputs: StaffingInputs) -> tuple[dict[Team, str], dict[str, str]]:
    """The pool of every team, and the tier of every pool in the tiers' order; a tier of one pool keeps its name."""
    visits = _by_team(moved, "visits")
    days = _by_team(hours[hours["hours"] > 0].drop_duplicates(["day", "tier", "team"]).assign(days=1), "days")
    able = [team for team in visits if days.get(team, 0) >= _LEAST_DAYS_A_WEEK * inputs.days / 7.0]
    kept = sorted(able, key=lambda team: -visits[team])[: MOST_POOLS - len(inputs.tiers)]
    pool_of: dict[Team, str] = {}
    for tier in inputs.tiers:
        teams = sorted(team for team in {*visits, *days} if team[0] == tier)
        own = [team for team in kept if team[0] == tier]  # the largest first
        rest_works = any(team in days for team in teams if team not in own)
        pool_of |= _names(tier, teams, own, rest_works)
    return pool_of, {pool: tier for (tier, _), pool in pool_of.items()}


def _by_team(frame: pd.DataFrame, column: str) -> dict[Team, float]:
    """Sums by (tier, team); "" is no team."""
    found: dict[Team, float] = {}
    for tier, team, value in zip(frame["tier"], frame["team"].fillna(""), frame[column], strict=True):
        found[(str(tier), str(team))] = found.get((str(tier), str(team)), 0.0) + float(value)
    return found


def _names(tier: str, teams: list[Team], own: list[Team], rest_works: bool) -> dict[Team, str]:
    """The pool of each team: its own, or that of the others; where nobody works in those, the tier's largest."""
    if len(own) + rest_works < 2 or (tier, "") in own:
        return dict.fromkeys(teams, tier)
    others = f"{tier} · others" if rest_works else f"{tier} · {own[0][1]}"
    return {team: f"{tier} · {team[1]}" if team in own else others for team in teams}


def _named(
    frame: pd.DataFrame, pool_of: Mapping[Team, str], tier: str = "tier", team: str = "team"
) -> list[str | None]:
    """The pool of each row; of a team that is not known, any pool of the tier; None where there is no tier."""
    first = {name: pool for (name, _), pool in reversed(list(pool_of.items()))}
    pairs = zip(frame[tier], frame[team].fillna(""), strict=True)
    return [None if pd.isna(t) else pool_of.get((t, m), first.get(t)) for t, m in pairs]


def _by_day(came: pd.DataFrame, names: tuple[str, ...], inputs: StaffingInputs) -> np.ndarray:
    """Tickets by day and pool of entry, (1, days, pools)."""
    table = came.pivot_table(index="day", columns="tier", values="entries", aggfunc="sum")
    table.index = pd.DatetimeIndex(table.index)
    every = pd.date_range(inputs.start, periods=inputs.days, freq="D")
    return table.reindex(index=every, columns=list(names)).fillna(0.0).to_numpy(float)[None]


def _of_tiers(
    rows: np.ndarray | None, names: tuple[str, ...], tier_of: Mapping[str, str], tiers: tuple[str, ...]
) -> np.ndarray | None:
    return None if rows is None else rows[[tiers.index(tier_of[name]) for name in names]]


def _effort_ratio(flows: pd.DataFrame, tier_of: Mapping[str, str]) -> dict[str, float]:
    """Tracked work per visit of each pool over that of its tier; 1 where too few visits have any."""
    pool, minutes, tracked = (flows[name].to_numpy() for name in ("tier", "minutes", "tracked"))
    tier = np.array([tier_of[name] for name in pool], dtype=object)
    found = {}
    for name, own in tier_of.items():
        mine, whole = pool == name, tier == own
        known = tracked[mine].sum() >= _LEAST_TRACKED
        mean = minutes[whole].sum() / max(float(tracked[whole].sum()), 1.0)
        found[name] = float(minutes[mine].sum() / tracked[mine].sum() / mean) if known else 1.0
    return found


def _paid_per_head(who: Staffed, tiers: Sequence[str], plan: Plan) -> dict[str, float]:
    """Hours that a person at work was paid for in the tier on a day: where a roster's hours are spread over more people than
    full days would take, those work side by side, each for a part of the day. Never more than the plan's day."""
    found = {}
    for tier in tiers:
        whole = plan.tier(tier).paid_hours_per_day
        hours = float(who.hours.loc[(who.hours["tier"] == tier).to_numpy(), "hours"].sum())
        heads = float(who.seen.loc[(who.seen["tier"] == tier).to_numpy(), "people"].sum())
        found[tier] = min(whole, hours / heads) if heads > 0 and hours > 0 else whole
    return found
