"""What was open at any moment."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.errors import FilterError, did_you_mean
from analytics.model import TIERS, Filters
from analytics.warehouse.questions.base import NO_FILTER, ask, tier_names
from analytics.warehouse.questions.dataset import timezone
from analytics.warehouse.store import Warehouse


def backlog_at(
    warehouse: Warehouse, filters: Filters = NO_FILTER, moment: datetime | None = None, hours_per_day: float = 8
) -> pd.DataFrame:
    """What was open at a moment? One row per (tier, age_days in whole working days of `hours_per_day`): tickets.

    `moment` without a zone is in the dataset's; None is the data's last event, where the answer is `backlog_now`. The period
    of the filters does not select (a backlog is by instant). A moment outside the data is an empty frame.
    """
    at_us = _microseconds(warehouse, moment)
    whole = filters.with_period(None, None)
    is_now = at_us == _microseconds(warehouse, None)  # the same, from what is kept of every ticket, and sooner
    name, params = ("backlog_now", {}) if is_now else ("backlog_at", {"at_us": at_us})
    frame = ask(warehouse, name, whole, {"hours_per_day": hours_per_day, **params})
    frame["tier"] = tier_names(frame["tier"])
    return frame


def backlog_list(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    moment: datetime | None = None,
    tier: str | None = None,
    most: int = 500,
) -> pd.DataFrame:
    """Which tickets were open at a moment? Ticket, tier, in_tier_since and created_at (UTC), hours_in_tier; the oldest first."""
    if tier is not None and tier not in TIERS:
        raise FilterError(f"There is no tier '{tier}'.", todo=did_you_mean(tier, list(TIERS)))
    params = {
        "at_us": _microseconds(warehouse, moment), "tier": None if tier is None else TIERS.index(tier), "most": most
    }  # fmt: skip
    frame = ask(warehouse, "backlog_list", filters.with_period(None, None), params)
    frame["tier"] = tier_names(frame["tier"])
    return frame


def last_event(warehouse: Warehouse) -> datetime | None:
    """When does the data end, in the dataset's time zone (without saying so)? None where it holds no events."""
    last = warehouse.rows("SELECT last_us FROM data_end")
    if not last or last[0][0] is None:
        return None
    moment = pd.Timestamp(int(last[0][0]) * 1000, tz="UTC").tz_convert(timezone(warehouse))
    return moment.tz_localize(None).to_pydatetime(warn=False)


def _microseconds(warehouse: Warehouse, moment: datetime | None) -> int:
    """A moment as microseconds since 1970 UTC. Local times that the clock change skips or repeats take the earlier offset."""
    if moment is None:
        return int(warehouse.rows("SELECT last_us FROM data_end")[0][0])
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone(warehouse)))
    return int(pd.Timestamp(aware).value // 1000)
