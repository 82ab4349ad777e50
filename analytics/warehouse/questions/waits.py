"""How long handoffs wait, told over all of them, and which wait now."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import FilterError, did_you_mean
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, US_PER_MINUTE, Filters
from analytics.warehouse import cubes
from analytics.warehouse.intervals import Z95
from analytics.warehouse.questions import curves
from analytics.warehouse.questions.base import NO_FILTER, ask, hours, on_clock
from analytics.warehouse.questions.handoffs import LATENCY_GROUPS
from analytics.warehouse.store import Warehouse

STALE_DAYS = 30
"""A ticket without any event for so many days is called untouched: it may be forgotten rather than waiting."""

LIST_REASONS = {
    "all": "TRUE",
    "pair": "{from_key} = $reason_from AND {to_key} = $reason_to",
    "to": "{to_key} = $reason_to",
    "waiting_pair": "{waiting} AND {from_key} = $reason_from AND {to_key} = $reason_to",
    "waiting": "{waiting}",
    "overdue": "{waiting} AND {wait} > $target_us",
    "late": "(NOT {acknowledged} OR {wait} > $target_us)",
    "left": "NOT {acknowledged} AND NOT {waiting}",
    "hour_of_week": "h.hour_of_week = $reason_hour",
}
"""Why a handoff can be in a list."""

_GRID_MINUTES = np.unique(np.concatenate([
    [0, 15, 30, 60, 240, 480], np.round(np.geomspace(1, 365 * 1440, 160), 2),
]))  # fmt: skip


def latency_survival(
    warehouse: Warehouse, filters: Filters = NO_FILTER, by: str = "tier_pair", clock: str = "calendar"
) -> pd.DataFrame:
    """What share is still waiting, picked up or gone after how long? One row per group of `LATENCY_GROUPS` and wait of a grid.

    Columns from_key, to_key, handoffs, wait_hours, at_risk, still_waiting with its 95 % interval (still_waiting_low, _high;
    Kaplan-Meier, Greenwood on the log-log scale), acknowledged_share and left_share (the causes competing). The grid ends
    where no handoff of any group waits any more.
    """
    grid = [int(minutes * US_PER_MINUTE) for minutes in _GRID_MINUTES]
    parts = _parts(by, clock)
    frame = curves.survival(warehouse, filters, by, clock, parts, grid)
    if frame is None:
        frame = ask(warehouse, "latency_survival", filters, {"grid_us": grid}, **parts)
    how = cubes.method(frame)
    frame["still_waiting_low"], frame["still_waiting_high"] = _log_log(frame["still_waiting"], frame.pop("greenwood"))
    last = frame.loc[frame["at_risk"] > 0, "wait_us"].max() if len(frame) else 0
    kept = [us for us in grid if us > last][:1] or grid[-1:]
    return cubes.told(hours(frame[frame["wait_us"] <= kept[0]].reset_index(drop=True)), how)


def _log_log(survival: pd.Series, greenwood: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of a Kaplan-Meier curve; the point itself at 0 and 1. Source: Kalbfleisch and Prentice (1980)."""
    s = survival.to_numpy(dtype=float)
    inside = (s > 0) & (s < 1)
    log = np.log(np.where(inside, s, 0.5))
    spread = np.exp(Z95 * np.sqrt(greenwood.to_numpy(dtype=float)) / np.abs(log))
    return np.where(inside, np.exp(log * spread), s), np.where(inside, np.exp(log / spread), s)


def _parts(by: str, clock: str) -> dict[str, str]:
    if by not in LATENCY_GROUPS:
        raise FilterError(f"Handoffs cannot be grouped by '{by}'.", todo=did_you_mean(by, list(LATENCY_GROUPS)))
    parts = LATENCY_GROUPS[by]
    return parts | {"wait": on_clock(parts["wait"], clock)}


def open_handoffs(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    by: str = "tier_pair",
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    clock: str = "calendar",
    stale_days: int = STALE_DAYS,
) -> pd.DataFrame:
    """Which handoffs wait now, against the rule? One row per group with any: waiting, overdue, stale, p50_hours, longest_hours.

    A wait now does not depend on when it began: the caller takes the period off the filters.
    """
    params = {"target_us": int(target_minutes * US_PER_MINUTE), "stale_days": stale_days}
    return hours(ask(warehouse, "open_handoffs", filters, params, **_parts(by, clock)))


def worst_handoffs(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    by: str = "tier_pair",
    reason: str = "all",
    most: int = 500,
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    clock: str = "calendar",
    **values: Any,
) -> pd.DataFrame:
    """Which handoffs are behind a number, and why? The `most` longest waits for a reason of `LIST_REASONS`.

    Tier groups list handoffs between tiers, team groups those between teams. Columns ticket_id … handed_from, handed_to,
    handed_at (UTC), wait_hours (calendar), working_hours, why.
    """
    parts = _parts(by, clock)
    raw = LATENCY_GROUPS[by]["wait"]
    condition = LIST_REASONS[reason]
    for name, sql in parts.items():
        condition = condition.replace("{" + name + "}", sql)
    params = {f"reason_{key}": value for key, value in values.items()}
    params |= {"most": most, "target_us": int(target_minutes * US_PER_MINUTE)}
    more = {"reason": condition, "calendar": raw, "business": on_clock(raw, "business")}
    return ask(warehouse, "worst_handoffs", filters, params, **more, **parts)
