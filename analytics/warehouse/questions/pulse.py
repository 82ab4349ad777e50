"""The numbers of the overview week by week."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, US_PER_MINUTE, Filters, tier_rank
from analytics.warehouse.questions.base import NO_FILTER, ask_tickets
from analytics.warehouse.store import Warehouse


def weekly_pulse(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    anchor: date | None = None,
    target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES,
    tier: str | None = None,
) -> pd.DataFrame:
    """How did the overview's numbers move? One row per week, the earliest first; week_no 0 are the seven days up to `anchor`.

    Columns week_no, starts, tickets, resolved, first_level, touched_l1, escalated_l1, resolve_hours, in_time, due. Without an
    anchor the weeks end on the data's last day. `tier` narrows resolve_hours to tickets resolved there. Weeks without anything
    have no row.
    """
    last = anchor or warehouse.rows("SELECT last_day FROM data_end")[0][0]
    params = {
        "anchor": last, "target_us": int(target_minutes * US_PER_MINUTE), "tier": None if tier is None else tier_rank(tier)
    }  # fmt: skip
    return ask_tickets(warehouse, "weekly_pulse", filters, params)
