"""Last quarter through the model: what came and who was there, against the waits, backlog and deadlines that were seen.

Where a dataset cannot be replayed, the reason is kept: a recommendation without a score says why it has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.errors import InputError, NotEnoughData, TierscopeError
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.questions import NO_FILTER, history
from analytics.warehouse.store import Warehouse
from analytics.workforce import teams
from analytics.workforce.inputs import check_capable, inputs_of_period, open_backlog

if TYPE_CHECKING:
    from analytics.staffing.effort import Effort
    from analytics.staffing.inputs import StaffingInputs
    from analytics.staffing.plan import Plan
    from analytics.staffing.replay import History, Score

WEEKS, FEWEST_WEEKS = 13, 4
Week = tuple[date, int, int]
"""Monday, and the week's first and last instant in epoch microseconds."""


@dataclass(frozen=True)
class Replayed:
    """How well the model reproduces a dataset's own past."""

    score: Score | None
    """Simulated against observed; None where that was not possible."""
    reason: str = ""
    """Why there is no score, in words."""
    people_from: str = ""
    """Where the people of the past come from."""
    calibrated: Mapping[str, Effort] = field(default_factory=dict)
    """The effort at which waits and backlog agree, of the tiers for which there is one."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Why not, for the others."""
    calibrated_score: Score | None = None

    def to_json(self) -> dict[str, Any] | None:
        """What a recommendation carries, in plain values."""
        if self.score is None:
            return None
        return {
            **self.score.to_json(),
            "people_from": self.people_from,
            "calibrated_effort_minutes": {tier: effort.minutes for tier, effort in self.calibrated.items()},
        }


def replayed(warehouse: Warehouse, plan: Plan, filters: Filters = NO_FILTER, *, calibrated: bool = True) -> Replayed:
    """The last quarter's replay, with the efforts at which it would agree best. Never raises for want of data.

    The occupancy cap is a rule for planning, not for what people did, so the past is replayed without it.
    """
    from analytics.staffing.replay import calibrate, replay, score

    try:
        past, people_from = history_of(warehouse, plan, filters)
        past_plan = _as_it_was(plan, past.inputs.tiers)
        scored = score(past, replay(past, past_plan))
    except TierscopeError as problem:
        return Replayed(None, " ".join(part for part in (problem.title, problem.found) if part))
    if not calibrated:
        return Replayed(scored, people_from=people_from)
    try:
        fitted = calibrate(past, past_plan)
    except TierscopeError as problem:
        return Replayed(scored, people_from=people_from, failed={"": problem.title})
    return Replayed(scored, "", people_from, fitted.effort, fitted.failed, fitted.score)


def _as_it_was(plan: Plan, tiers: tuple[str, ...]) -> Plan:
    """The plan without what lies ahead of it (launches, hires, routes and factors) and without the occupancy cap."""
    from analytics.staffing.plan import Tier0

    past = replace(plan, launches=(), hires=(), routing={}, tier0=Tier0(), arrivals_factor=1.0, category_factors={})
    for tier in tiers:
        past = past.with_tier(tier, occupancy_cap=1.0, attrition_per_year=0.0)
    return past


def with_replay(inputs: StaffingInputs, told: Replayed) -> StaffingInputs:
    """The inputs with the score, and with calibrated effort where nothing better than a throughput or a prior is known."""
    from analytics.staffing.effort import best_effort

    effort = best_effort(inputs.tiers, inputs.effort, told.calibrated)
    return replace(inputs, replay_score=told.to_json(), replay_reason=told.reason, effort=effort)


def history_of(warehouse: Warehouse, plan: Plan, filters: Filters = NO_FILTER) -> tuple[History, str]:
    """The last whole weeks (at most 13) as the replay wants them, and where the people come from.

    NotEnoughData where the data cover fewer than four whole weeks, or nobody knows who was there.
    """
    from analytics.staffing.replay import History

    check_capable(warehouse)
    filters = replace(filters, tiers=(), teams=())
    weeks = last_weeks(warehouse)
    start, days = weeks[0][0], 7 * len(weeks)
    every = tuple(questions.tiers(warehouse)["tier"])
    who = teams.staffed(warehouse, plan, every, start, days, filters.with_period(None, None))
    tiers = who.tiers
    inputs = inputs_of_period(
        warehouse,
        plan,
        tiers,
        filters.with_period(start, start + timedelta(days=days - 1)),
        start=start,
        arrivals=_came(warehouse, filters, tiers, start, days),
        open_at_us=weeks[0][1],
        forecast="what came",
    )
    by_tier = who.hours.groupby(["day", "tier"], as_index=False)["hours"].sum().rename(columns={"day": "date"})
    pools = teams.pools_of(warehouse, plan, inputs, who, weeks[0][1], filters)
    return History(inputs, by_tier, observed(warehouse, plan, inputs, weeks, filters), pools), who.source


def last_weeks(warehouse: Warehouse) -> list[Week]:
    """The last whole weeks of the data, Monday to Sunday, at most 13. NotEnoughData for fewer than four."""
    bounds, zone = questions.period_bounds(warehouse).iloc[0], questions.timezone(warehouse)
    if pd.isna(bounds["last_day"]):
        raise NotEnoughData("The dataset holds no tickets, so there is nothing to replay.")
    end = pd.Timestamp(bounds["last_day"]).normalize() + pd.Timedelta(days=1)
    end -= pd.Timedelta(days=end.weekday())
    first = pd.Timestamp(bounds["first_day"])
    mondays = [end - pd.Timedelta(weeks=back) for back in range(WEEKS, 0, -1)]
    mondays = [monday for monday in mondays if monday >= first]
    if len(mondays) < FEWEST_WEEKS:
        raise NotEnoughData(
            f"A replay needs at least {FEWEST_WEEKS} whole weeks of history.", found=f"Found {len(mondays)}."
        )
    edges = [_instant(monday, zone) for monday in [*mondays, end]]
    return [(m.date(), a, b) for m, a, b in zip(mondays, edges[:-1], edges[1:], strict=True)]


def _instant(midnight: pd.Timestamp, zone: str) -> int:
    aware = midnight.tz_localize(zone, nonexistent="shift_forward", ambiguous=False)
    return int(aware.timestamp() * 1_000_000)


def _came(warehouse: Warehouse, filters: Filters, tiers: tuple[str, ...], start: date, days: int) -> np.ndarray:
    """Tickets by day and tier of entry, (1, days, tiers)."""
    frame = questions.visits_by_day(warehouse, filters.with_period(None, None))
    table = frame.pivot_table(index="day", columns="tier", values="entries", aggfunc="sum")
    every = pd.date_range(start, periods=days, freq="D")
    return table.reindex(index=every, columns=list(tiers)).fillna(0.0).to_numpy(float)[None]


def observed(
    warehouse: Warehouse, plan: Plan, inputs: StaffingInputs, weeks: list[Week], filters: Filters = NO_FILTER
) -> pd.DataFrame:
    """What was seen, `tier`, `week` and the replay's measures; waits only where the data know when work started."""
    from analytics.staffing.demand import target_hours

    whole = filters.with_period(None, None)
    hours = {tier: target_hours(inputs, plan, tier) for tier in inputs.tiers}
    targets = {(t, p): h for t in inputs.tiers for p, h in zip(inputs.priorities, hours[t], strict=True)}
    flow = history.weekly_flow(warehouse, weeks, targets, whole)
    if "acknowledgement" in questions.capabilities(warehouse):
        flow = flow.drop(columns=["wait_p50_hours", "wait_p90_hours"])
    left = _backlog_at_ends(warehouse, plan, inputs, weeks, whole)
    if flow.empty and left.empty:
        raise InputError("Nothing was observed in these weeks.")
    return left.merge(flow, on=["tier", "week"], how="outer")


def _backlog_at_ends(
    warehouse: Warehouse, plan: Plan, inputs: StaffingInputs, weeks: list[Week], filters: Filters
) -> pd.DataFrame:
    """Open visits at the end of each week, 0 where nothing was open."""
    last = int(warehouse.rows("SELECT last_us FROM data_end")[0][0])
    ends = {min(end, last): pd.Timestamp(monday) for monday, _, end in weeks}
    frame = open_backlog(warehouse, plan, inputs.tiers, inputs.priorities, list(ends), filters)
    counted = frame.assign(week=frame["at_us"].map(ends)).groupby(["tier", "week"])["visits"].sum()
    every = pd.MultiIndex.from_product([list(inputs.tiers), list(ends.values())], names=["tier", "week"])
    return counted.reindex(every, fill_value=0.0).rename("backlog").reset_index()
