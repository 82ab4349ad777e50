"""What the forecast asks beyond daily counts: cells behind a spike, hours of the week, delays between tiers."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.model import Filters, tier_rank
from analytics.warehouse.questions.base import NO_FILTER, ask, tier_names
from analytics.warehouse.store import Warehouse

_TICKETS = {"rows": "tickets t", "day": "t.created_day", "which": "TRUE"}
_VISITS = {
    "rows": "tier_visits v JOIN tickets t USING (ticket_no)", "day": "v.day", "which": "v.tier = $one_tier",
}  # fmt: skip


def _parts(tier: str | None) -> tuple[dict[str, str], dict[str, int]]:
    return (_VISITS, {"one_tier": tier_rank(tier)}) if tier else (_TICKETS, {})


def cells_by_day(
    warehouse: Warehouse, filters: Filters = NO_FILTER, *, first_day: date, last_day: date, tier: str | None = None
) -> pd.DataFrame:
    """What came each day, by product, category and channel? One row per (day, cell): count of tickets, or a tier's visits."""
    parts, params = _parts(tier)
    frame = ask(warehouse, "cells_by_day", filters, {**params, "first_day": first_day, "last_day": last_day}, **parts)
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


def came_by_hour(warehouse: Warehouse, filters: Filters = NO_FILTER, tier: str | None = None) -> pd.DataFrame:
    """At which hours of the week does it come? One row per (weekday 0-6, hour 0-23): count of tickets, or a tier's visits."""
    params = {"one_tier": tier_rank(tier)} if tier else {}
    return ask(
        warehouse, "came_by_hour", filters, params, which="v.tier = $one_tier" if tier else "v.tier_visit_no = 1"
    )


def routing_by_day(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Where do visits go on to, and how many days later? One row per (day, tier, next_tier, delay_days, ended_days): visits."""
    frame = ask(warehouse, "routing_by_day", filters)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["tier"], frame["next_tier"] = tier_names(frame["tier"]), tier_names(frame["next_tier"])
    frame["delay_days"] = frame["delay_days"].astype(float)
    return frame
