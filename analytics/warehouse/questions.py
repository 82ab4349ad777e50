"""The questions: one typed function and one `.sql` file each.

Every function takes an open warehouse and the filters and returns a frame with units in its column names. Shares are 0-1,
durations are hours (`*_hours`) or minutes (`*_minutes`) on the calendar clock with pending time included. A number that the
data cannot give is NaN or None, never 0; `capabilities` says why.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import FilterError, did_you_mean
from analytics.model import (
    ACKNOWLEDGE_TARGET_MINUTES,
    ATTRIBUTES,
    TIERS,
    US_PER_DAY,
    US_PER_HOUR,
    US_PER_MINUTE,
    Filters,
)
from analytics.warehouse.intervals import wilson
from analytics.warehouse.store import Warehouse

_FOLDER = Path(__file__).parent / "questions"
NO_FILTER = Filters()

_TIER_LEVEL = {
    "level": "h.changes_tier", "wait": "h.tier_wait_us", "acknowledged": "h.tier_acknowledged", "waiting": "h.tier_waiting",
}  # fmt: skip
_TEAM_LEVEL = {"level": "TRUE", "wait": "h.wait_us", "acknowledged": "h.acknowledged", "waiting": "h.waiting"}
_FROM_TEAM, _TO_TEAM = "coalesce(f.team, '(no team)')", "coalesce(m.team, '(no team)')"

CLOCKS = ("calendar", "business")
"""Every duration on two clocks: all hours, or the working hours of the tier that holds the ticket."""

LATENCY_GROUPS = {
    "all": {**_TIER_LEVEL, "from_key": "'all'", "to_key": "'all'"},
    "tier_pair": {**_TIER_LEVEL, "from_key": "'L' || h.from_tier", "to_key": "'L' || h.to_tier"},
    "receiving_tier": {**_TIER_LEVEL, "from_key": "'any'", "to_key": "'L' || h.to_tier"},
    "team_pair": {**_TEAM_LEVEL, "from_key": _FROM_TEAM, "to_key": _TO_TEAM},
    "receiving_team": {**_TEAM_LEVEL, "from_key": "'any'", "to_key": _TO_TEAM},
}
"""How handoff latency can be grouped. Tier groups use tier visits, team groups use visits (the contract's distinction)."""

TICKET_REASONS = {
    "all": "TRUE",
    "resolved": "t.resolved_us IS NOT NULL",
    "resolved_in": "t.resolved_us IS NOT NULL AND t.resolved_tier = $reason_tier",
    "escalated_from": "(t.escalated_mask & (1 << $reason_tier)) <> 0",
    "reached": "t.highest_tier >= $reason_tier",
    "bounced": "t.team_returns > 0",
    "path": "t.path = $reason_path",
    "created_on": "t.created_day = $reason_day",
    "open": "t.state < 2",
    "value": "t.{dimension} = $reason_value",
}
"""Why a ticket can be in a list: the way down from a mark on a chart."""

HANDOFF_REASONS = {
    "all": "TRUE",
    "tier_pair": "h.from_tier = $reason_from AND h.to_tier = $reason_to",
    "waiting": "h.tier_waiting",
    "late": "(NOT h.tier_acknowledged OR h.tier_wait_us > $target_us)",
    "hour_of_week": "h.hour_of_week = $reason_hour",
    "to_team": "m.team = $reason_team",
}


@cache
def question_sql(name: str) -> str:
    """The text of a question as it stands in the repository, placeholders and header included."""
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def sql_of(
    name: str, filters: Filters = NO_FILTER, params: dict[str, Any] | None = None, **parts: str
) -> tuple[str, dict]:
    """The SQL that is run and its bound parameters: what "how is this computed" shows.

    `parts` are identifiers from the closed lists of this module, never user text.
    """
    on_tickets, on_handoffs = filters.on_tickets(), filters.on_handoffs()
    sql = question_sql(name)
    for key, value in parts.items():
        sql = sql.replace("{" + key + "}", value)
    sql = sql.replace("{ticket_filter}", on_tickets.sql).replace("{handoff_filter}", on_handoffs.sql)
    bound = {**on_tickets.params, **on_handoffs.params, **(params or {})}
    named = set(re.findall(r"\$(\w+)", sql))
    return sql, {key: value for key, value in bound.items() if key in named}


def _ask(
    warehouse: Warehouse, name: str, filters: Filters, params: dict[str, Any] | None = None, **parts: str
) -> pd.DataFrame:
    return warehouse.frame(*sql_of(name, filters, params, **parts))


def _tier_names(ranks: pd.Series) -> list[str | None]:
    return [None if pd.isna(rank) else TIERS[int(rank)] for rank in ranks]


def _share(part: Any, whole: Any) -> Any:
    """part / whole element by element; NaN (not 0) where there is nothing to take a share of."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)


def _hours(frame: pd.DataFrame) -> pd.DataFrame:
    """Renames every `*_us` column to `*_hours`, with its values in hours."""
    for column in [name for name in frame.columns if name.endswith("_us")]:
        frame[column.removesuffix("_us") + "_hours"] = frame.pop(column).astype(float) / US_PER_HOUR
    return frame


def meta(warehouse: Warehouse) -> dict[str, str]:
    """What the import noted about the dataset: time zone, shape, mapping."""
    return dict(warehouse.rows("SELECT key, value FROM meta"))


def timezone(warehouse: Warehouse) -> str:
    """The dataset's time zone, in which days and hours are counted."""
    return meta(warehouse).get("timezone", "UTC")


def capabilities(warehouse: Warehouse) -> dict[str, str]:
    """What the dataset cannot give, with the reason in a sentence: {"tiers": "…"}. What is not named can be asked."""
    told = json.loads(meta(warehouse).get("missing_capabilities", "{}"))
    seen = _ask(warehouse, "quality", NO_FILTER).iloc[0]
    if seen.with_tier == 0:
        told.setdefault("tiers", "No tier is known: name a tier column, rules or a team table in the mapping.")
    if seen.replies == 0:
        told.setdefault("replies", "The data holds no public replies, so first contacts cannot be told.")
    return told


def dataset_summary(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How much history is there? One row: events, tickets, first_at, last_at (UTC), teams, excluded_tickets, rejected_rows."""
    frame = _ask(warehouse, "dataset_summary", filters)
    for edge in ("first", "last"):
        frame[f"{edge}_at"] = pd.to_datetime(frame.pop(f"{edge}_us"), unit="us", utc=True)
    frame["rejected_rows"] = rejected_rows(warehouse)
    return frame


def rejected_rows(warehouse: Warehouse) -> int:
    """Rows of all imports that were rejected and never taken since."""
    there = warehouse.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'rejects'")
    return warehouse.rows("SELECT count(*) FROM rejects")[0][0] if there else 0


def tiers(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Who resolves what? One row per tier: counts of tickets, share_resolved, escalation_rate with its Wilson 95 % interval."""
    frame = _ask(warehouse, "tiers", filters)
    frame["tier"] = _tier_names(frame["tier"])
    frame["share_resolved"] = _share(frame["resolved"], frame.pop("all_resolved"))
    frame["escalation_rate"] = _share(frame["escalated"], frame["tickets_touched"])
    low, high = wilson(frame["escalated"], frame["tickets_touched"])
    frame["escalation_rate_low"], frame["escalation_rate_high"] = low, high
    frame["return_rate"] = _share(frame["returned"], frame["tickets_touched"])
    return frame


def matured_escalation(warehouse: Warehouse, filters: Filters = NO_FILTER, horizon_days: float = 14) -> pd.DataFrame:
    """Escalation within `horizon_days` of reaching a tier, by cumulative incidence. Columns tier, matured_rate, tickets."""
    frame = _ask(warehouse, "matured_escalation", filters, {"horizon_us": int(horizon_days * US_PER_DAY)})
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def handoff_counts(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many handoffs, in which direction? One row of counts, tier handoffs and team handoffs apart."""
    return _ask(warehouse, "handoff_counts", filters)


def handoff_latency(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    by: str = "tier_pair",
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    clock: str = "calendar",
) -> pd.DataFrame:
    """How long do handoffs wait? One row per group of `LATENCY_GROUPS`: counts, p50 … p95_hours over the acknowledged,
    km_p50_hours and km_p90_hours over all (NaN where the curve does not fall that far), share_within_target."""
    frame = _ask(
        warehouse, "handoff_latency", filters, {"target_us": int(target_minutes * US_PER_MINUTE)}, **_group(by, clock)
    )
    frame["share_within_target"] = _share(frame.pop("within_target"), frame.pop("due"))
    return _hours(frame)


def latency_curve(
    warehouse: Warehouse, filters: Filters = NO_FILTER, by: str = "tier_pair", clock: str = "calendar"
) -> pd.DataFrame:
    """After how long has what share been acknowledged? 201 points per group: wait_hours, acknowledged_share."""
    return _hours(_ask(warehouse, "latency_curve", filters, **_group(by, clock)))


def _group(by: str, clock: str) -> dict[str, str]:
    if by not in LATENCY_GROUPS:
        raise FilterError(f"Handoffs cannot be grouped by '{by}'.", todo=did_you_mean(by, list(LATENCY_GROUPS)))
    parts = LATENCY_GROUPS[by]
    return parts | {"wait": _on_clock(parts["wait"], clock)}


def _on_clock(column: str, clock: str) -> str:
    """The column that holds a duration on a clock: `x_us` on the calendar, `x_open_us` in working hours."""
    if clock not in CLOCKS:
        raise FilterError(f"There is no clock '{clock}'.", todo=did_you_mean(clock, list(CLOCKS)))
    return column if clock == "calendar" else column.removesuffix("_us") + "_open_us"


def latency_heatmap(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    clock: str = "calendar",
) -> pd.DataFrame:
    """When do handoffs wait longest? One row per hour of the week: weekday 0-6, hour 0-23, handoffs, p50_hours, share."""
    params = {"target_us": int(target_minutes * US_PER_MINUTE)}
    frame = _ask(warehouse, "latency_heatmap", filters, params, wait=_on_clock("h.tier_wait_us", clock))
    frame["weekday"], frame["hour"] = frame["hour_of_week"] // 24, frame["hour_of_week"] % 24
    frame["share_within_target"] = _share(frame.pop("within_target"), frame.pop("due"))
    return _hours(frame)


def bounces(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How often do tickets come back to where they have been? One row of visits and tickets."""
    return _ask(warehouse, "bounces", filters)


def paths(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Which ways do tickets take? One row per tier path, the most frequent first: path, tickets, tier_visits."""
    return _ask(warehouse, "paths", filters)


def pending(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How much waiting is on others? One row: events, tickets, days (of ended runs)."""
    frame = _ask(warehouse, "pending", filters)
    frame["days"] = frame.pop("pending_us").astype(float) / US_PER_DAY
    return frame


def quality(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Solved at the first level, at the first contact, for good? One row of counts and shares (NaN = cannot be told)."""
    frame = _ask(warehouse, "quality", filters)
    missing = capabilities(warehouse)
    by_level = 0 if missing.keys() & {"tiers", "paths"} else frame["resolved"]
    by_contact = 0 if missing.keys() & {"tiers", "paths", "replies"} else frame["resolved"]
    frame["first_level_resolution"] = _share(frame["first_level"], by_level)
    frame["first_contact_resolution"] = _share(frame["first_contact"], by_contact)
    frame["reopen_rate"] = _share(frame["reopened"], frame["resolved"])
    frame["never_resolved_share"] = _share(frame["never_resolved"], frame["tickets"])
    return frame


def routing(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Where do visits to a tier end? One row per (tier, next): next is a tier or "resolved"; visits, share of the tier's."""
    frame = _ask(warehouse, "routing", filters)
    frame["tier"] = _tier_names(frame["tier"])
    frame["next"] = [name or "resolved" for name in _tier_names(frame.pop("next_tier"))]
    frame["share"] = _share(frame["visits"], frame.groupby("tier")["visits"].transform("sum"))
    return frame


def tier_mix_over_time(warehouse: Warehouse, filters: Filters = NO_FILTER, grain: str = "week") -> pd.DataFrame:
    """How does the resolved mix move? One row per (period, tier): resolved, share, created, open_share. grain: week, month."""
    frame = _ask(warehouse, "tier_mix_over_time", filters, {"grain": grain})
    frame["tier"] = _tier_names(frame["tier"])
    frame["share"] = _share(frame["resolved"], frame["all_resolved"])
    frame["open_share"] = 1 - _share(frame["all_resolved"], frame["created"])
    return frame


def tier_mix_by(warehouse: Warehouse, filters: Filters = NO_FILTER, dimension: str = "product") -> pd.DataFrame:
    """Which products are resolved where? One row per (value, tier): resolved, share, tickets, escalation_rate of L1."""
    frame = _ask(warehouse, "tier_mix_by", filters, dimension=_attribute(dimension))
    frame["tier"] = _tier_names(frame["tier"])
    frame["share"] = _share(frame["resolved"], frame["all_resolved"])
    frame["escalation_rate"] = _share(frame["escalated_l1"], frame["touched_l1"])
    low, high = wilson(frame["escalated_l1"], frame["touched_l1"])
    frame["escalation_rate_low"], frame["escalation_rate_high"] = low, high
    return frame


def _attribute(name: str) -> str:
    if name not in ATTRIBUTES:
        raise FilterError(f"Tickets cannot be split by '{name}'.", todo=did_you_mean(name, list(ATTRIBUTES)))
    return name


def funnel(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How far do tickets climb? One row per tier, nested counts: tickets, share_of_start, share_of_previous, stopped_here."""
    frame = _ask(warehouse, "funnel", filters)
    frame["tier"] = _tier_names(frame["tier"])
    start = frame["tickets"].iloc[0] if len(frame) else 0
    frame["share_of_start"] = _share(frame["tickets"], start)
    frame["share_of_previous"] = _share(frame["tickets"], frame["tickets"].shift(fill_value=start))
    return frame


def hops(warehouse: Warehouse, filters: Filters = NO_FILTER, last_hop: int = 5) -> pd.DataFrame:
    """Which way do tickets go, step by step? One row per (hop, tier, next): next is a tier, resolved, cancelled or open."""
    frame = _ask(warehouse, "hops", filters, {"last_hop": last_hop})
    frame["tier"] = _tier_names(frame["tier"])
    frame["next"] = [TIERS[int(value)] if value.isdigit() else value for value in frame["next"]]
    return frame


def volume_by_day(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many tickets come in each day, and where? One row per (day, tier of entry) with tickets."""
    frame = _ask(warehouse, "volume_by_day", filters)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def resolution_times(
    warehouse: Warehouse, filters: Filters = NO_FILTER, clock: str = "calendar", pending: bool = True
) -> pd.DataFrame:
    """How long until a ticket is resolved, with or without pending time? One row per resolving tier: resolved, p50_hours,
    p90_hours."""
    elapsed = "t.resolved_us - t.created_us" if clock == "calendar" else _on_clock("t.resolve_us", clock)
    less = "" if pending else " - " + _on_clock("t.pending_us", clock)
    frame = _ask(warehouse, "resolution_times", filters, elapsed=elapsed + less)
    frame["tier"] = _tier_names(frame["tier"])
    return _hours(frame)


def ticket_list(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    reason: str = "all",
    most: int = 500,
    dimension: str = "product",
    **values: Any,
) -> pd.DataFrame:
    """Which tickets are behind a number? The latest `most` tickets for a reason of `TICKET_REASONS`; values: tier, path, day."""
    condition = TICKET_REASONS[reason].replace("{dimension}", _attribute(dimension))
    params = {f"reason_{key}": value for key, value in values.items()} | {"most": most}
    return _ask(warehouse, "ticket_list", filters, params, reason=condition)


def handoff_list(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    reason: str = "all",
    most: int = 500,
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    **values: Any,
) -> pd.DataFrame:
    """Which handoffs are behind a number? The `most` longest waits for a reason of `HANDOFF_REASONS`."""
    params = {f"reason_{key}": value for key, value in values.items()}
    params |= {"most": most, "target_us": int(target_minutes * US_PER_MINUTE)}
    frame = _ask(warehouse, "handoff_list", filters, params, reason=HANDOFF_REASONS[reason])
    for side in ("from_tier", "to_tier"):
        frame[side] = _tier_names(frame[side])
    return frame


def backlog_by_day(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many tickets did each tier hold open at the end of each day? One row per (day, tier): open_tickets.

    The period does not select tickets by creation (a backlog is by instant): it only cuts the days that are shown.
    """
    whole = filters.with_period(None, None)
    frame = _ask(warehouse, "backlog_by_day", whole, selection=whole.on_tickets().sql)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["tier"] = _tier_names(frame["tier"])
    shown = pd.Series(True, index=frame.index)
    if filters.start:
        shown &= frame["day"] >= pd.Timestamp(filters.start)
    if filters.end:
        shown &= frame["day"] <= pd.Timestamp(filters.end)
    return frame[shown].reset_index(drop=True)


def backlog_now(warehouse: Warehouse, filters: Filters = NO_FILTER, hours_per_day: float = 8) -> pd.DataFrame:
    """What is open at the data's last event? One row per (tier, age_days in whole working days of `hours_per_day`): tickets."""
    frame = _ask(warehouse, "backlog_now", filters, {"hours_per_day": hours_per_day})
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def sla(
    warehouse: Warehouse, filters: Filters = NO_FILTER, targets: dict[str, tuple[float, float]] | None = None
) -> pd.DataFrame:
    """How many tickets kept their targets? `targets`: priority -> (first answer, resolution) in working hours.

    One row per priority: tickets, answered_late, answer_due, share_answered_in_time, and the same for the resolution. A target
    counts by the priority in force at the time, not the ticket's last.
    """
    wanted = targets or {}
    params = {
        "priorities": list(wanted),
        "answer_hours": [float(hours) for hours, _ in wanted.values()],
        "resolve_hours": [float(hours) for _, hours in wanted.values()],
    }
    answered = "first_acknowledged_us" if "replies" in capabilities(warehouse) else "first_reply_us"
    frame = _ask(warehouse, "sla", filters, params, answered=answered)
    frame["share_answered_in_time"] = 1 - _share(frame["answered_late"], frame["answer_due"])
    frame["share_resolved_in_time"] = 1 - _share(frame["resolved_late"], frame["resolve_due"])
    return frame


def effort_by_visit(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How much work does a visit take? One row per tier with tracked time: visits, tracked, mean_, sd_, p50_, p90_minutes."""
    frame = _ask(warehouse, "effort_by_visit", filters)
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def effort_samples(warehouse: Warehouse, filters: Filters = NO_FILTER, most: int = 5000) -> pd.DataFrame:
    """How is tracked work per visit spread? One row per visit, at most `most` per tier: tier, minutes."""
    return _with_tiers(_ask(warehouse, "effort_samples", filters, {"most": most}))


def arrivals_by_hour(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """At which hours do tickets come in? One row per (tier of entry, weekday 0-6, hour 0-23): arrivals."""
    return _with_tiers(_ask(warehouse, "arrivals_by_hour", filters))


def visits_by_priority(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How urgent is what each tier gets? One row per (tier, priority): visits; "default" where a ticket has none."""
    return _with_tiers(_ask(warehouse, "visits_by_priority", filters))


def open_visits(
    warehouse: Warehouse, filters: Filters = NO_FILTER, hours_per_day: float = 8, stale_days: int = 60
) -> pd.DataFrame:
    """What lies open at each tier? One row per (tier, priority, age_days): visits. Stale tickets are left out."""
    params = {"hours_per_day": hours_per_day, "stale_days": stale_days}
    return _with_tiers(_ask(warehouse, "open_visits", filters, params))


def _with_tiers(frame: pd.DataFrame) -> pd.DataFrame:
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def active_agents(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many different people worked at each tier each week? One row per (week, tier): agents."""
    frame = _ask(warehouse, "active_agents", filters)
    frame["week"] = pd.to_datetime(frame["week"])
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def visits_by_day(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many visits does each tier get each day? One row per (day, tier): visits, entries (the ticket's first)."""
    frame = _ask(warehouse, "visits_by_day", filters)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def weekly_service(warehouse: Warehouse, filters: Filters = NO_FILTER, target_hours: float = 8) -> pd.DataFrame:
    """How did each tier do each week? One row per (week, tier): visits, p50_open_hours, p90_open_hours, share_in_time."""
    frame = _ask(warehouse, "weekly_service", filters, {"target_hours": target_hours})
    frame["week"] = pd.to_datetime(frame["week"])
    frame["tier"] = _tier_names(frame["tier"])
    frame["share_in_time"] = _share(frame.pop("in_time"), frame.pop("due"))
    return frame


def roster_by_week(warehouse: Warehouse) -> pd.DataFrame:
    """How many hours were rostered at each tier each week? One row per (week, tier): hours, days. Empty without a roster."""
    frame = _ask(warehouse, "roster_by_week", NO_FILTER)
    frame["week"] = pd.to_datetime(frame["week"])
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def ticket_events(warehouse: Warehouse, ticket_id: str) -> pd.DataFrame:
    """What happened to this ticket? One row per event, in order; empty where there is no such ticket."""
    frame = _ask(warehouse, "ticket_events", NO_FILTER, {"ticket_id": ticket_id})
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def ticket_visits(warehouse: Warehouse, ticket_id: str) -> pd.DataFrame:
    """Where was this ticket, and how long did it wait there? One row per visit, in order."""
    frame = _ask(warehouse, "ticket_visits", NO_FILTER, {"ticket_id": ticket_id})
    frame["tier"] = _tier_names(frame["tier"])
    return frame


def bounce_loops(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Between which teams do tickets go back and forth? One row per pair of teams: loops, tickets, hours_lost."""
    return _ask(warehouse, "bounce_loops", filters)


def satisfaction(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How satisfied are customers, by path and handoffs? One row per (path, handoffs): tickets, rated, good, csat, interval."""
    frame = _ask(warehouse, "satisfaction", filters)
    frame["csat"] = _share(frame["good"], frame["rated"])
    frame["response_rate"] = _share(frame["rated"], frame["tickets"])
    frame["csat_low"], frame["csat_high"] = wilson(frame["good"], frame["rated"])
    return frame


def teams(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Which teams are there, and how do they behave? By team: tier, visits, from_outside, escalated_in, solved_here."""
    return _with_tiers(_ask(warehouse, "teams", filters))


def filter_values(warehouse: Warehouse) -> pd.DataFrame:
    """What can be filtered by? One row per (attribute, value) with tickets, the most frequent first."""
    return _ask(warehouse, "filter_values", NO_FILTER)


def custom_columns(warehouse: Warehouse) -> list[str]:
    """Names of the extra columns that a dataset can be filtered by."""
    found = warehouse.rows(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'ticket_extras' ORDER BY column_index"
    )
    return [name for (name,) in found if name != "ticket_no"]


def period_bounds(warehouse: Warehouse) -> pd.DataFrame:
    """Which days does the data cover? One row: first_day, last_day, tickets."""
    return _ask(warehouse, "period_bounds", NO_FILTER)
