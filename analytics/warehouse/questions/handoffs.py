"""Handoffs: how many, how long they wait, and which they are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.errors import FilterError, did_you_mean
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, US_PER_MINUTE, Filters
from analytics.warehouse.questions import histograms
from analytics.warehouse.questions.base import NO_FILTER, ask, hours, on_clock, share, tier_names
from analytics.warehouse.store import Warehouse

_TIER_LEVEL = {
    "level": "h.changes_tier", "wait": "h.tier_wait_us", "acknowledged": "h.tier_acknowledged", "waiting": "h.tier_waiting",
}  # fmt: skip

_TEAM_LEVEL = {"level": "TRUE", "wait": "h.wait_us", "acknowledged": "h.acknowledged", "waiting": "h.waiting"}


_FROM_TEAM, _TO_TEAM = "coalesce(f.team, '(no team)')", "coalesce(m.team, '(no team)')"

LATENCY_GROUPS = {
    "all": {**_TIER_LEVEL, "from_key": "'all'", "to_key": "'all'"},
    "tier_pair": {**_TIER_LEVEL, "from_key": "'L' || h.from_tier", "to_key": "'L' || h.to_tier"},
    "receiving_tier": {**_TIER_LEVEL, "from_key": "'any'", "to_key": "'L' || h.to_tier"},
    "team_pair": {**_TEAM_LEVEL, "from_key": _FROM_TEAM, "to_key": _TO_TEAM},
    "receiving_team": {**_TEAM_LEVEL, "from_key": "'any'", "to_key": _TO_TEAM},
}

"""How handoff latency can be grouped. Tier groups use tier visits, team groups use visits (the contract's distinction)."""


HANDOFF_REASONS = {
    "all": "TRUE",
    "tier_pair": "h.from_tier = $reason_from AND h.to_tier = $reason_to",
    "waiting": "h.tier_waiting",
    "late": "(NOT h.tier_acknowledged OR h.tier_wait_us > $target_us)",
    "hour_of_week": "h.hour_of_week = $reason_hour",
    "to_team": "m.team = $reason_team",
}


def handoff_counts(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many handoffs, in which direction? One row of counts, tier handoffs and team handoffs apart."""
    found = histograms.handoff_counts(warehouse, filters)
    return ask(warehouse, "handoff_counts", filters) if found is None else found


def handoff_latency(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    by: str = "tier_pair",
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    clock: str = "calendar",
) -> pd.DataFrame:
    """How long do handoffs wait? One row per group of `LATENCY_GROUPS`: counts, p50 … p95_hours over the acknowledged,
    km_p50_hours and km_p90_hours over all (NaN where the curve does not fall that far), share_within_target."""
    target_us, parts = int(target_minutes * US_PER_MINUTE), _group(by, clock)
    frame = histograms.latency(warehouse, filters, by, target_us, clock, parts)
    if frame is None:
        frame = ask(warehouse, "handoff_latency", filters, {"target_us": target_us}, **parts)
    frame["share_within_target"] = share(frame.pop("within_target"), frame.pop("due"))
    return hours(frame)


def latency_curve(
    warehouse: Warehouse, filters: Filters = NO_FILTER, by: str = "tier_pair", clock: str = "calendar"
) -> pd.DataFrame:
    """After how long has what share been acknowledged? 201 points per group: wait_hours, acknowledged_share."""
    parts = _group(by, clock)
    found = histograms.curve(warehouse, filters, by, clock, parts)
    return hours(ask(warehouse, "latency_curve", filters, **parts) if found is None else found)


def _group(by: str, clock: str) -> dict[str, str]:
    if by not in LATENCY_GROUPS:
        raise FilterError(f"Handoffs cannot be grouped by '{by}'.", todo=did_you_mean(by, list(LATENCY_GROUPS)))
    parts = LATENCY_GROUPS[by]
    return parts | {"wait": on_clock(parts["wait"], clock)}


def latency_heatmap(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    clock: str = "calendar",
) -> pd.DataFrame:
    """When do handoffs wait longest? One row per hour of the week: weekday 0-6, hour 0-23, handoffs, p50_hours, share."""
    params, wait = {"target_us": int(target_minutes * US_PER_MINUTE)}, on_clock("h.tier_wait_us", clock)
    frame = histograms.heatmap(warehouse, filters, params["target_us"], clock)
    if frame is None:
        frame = ask(warehouse, "latency_heatmap", filters, params, wait=wait)
    frame["weekday"], frame["hour"] = frame["hour_of_week"] // 24, frame["hour_of_week"] % 24
    frame["share_within_target"] = share(frame.pop("within_target"), frame.pop("due"))
    return hours(frame)


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
    frame = ask(warehouse, "handoff_list", filters, params, reason=HANDOFF_REASONS[reason])
    for side in ("from_tier", "to_tier"):
        frame[side] = tier_names(frame[side])
    return frame
