"""What a replay of history needs: who was there each day, what lay open when, how long each week's visits waited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from analytics.errors import FilterError, did_you_mean
from analytics.model import ATTRIBUTES, Filters, tier_rank
from analytics.warehouse.questions.base import NO_FILTER, ask, ask_tickets, share, with_tiers
from analytics.warehouse.store import Warehouse


def weekly_flow(
    warehouse: Warehouse,
    weeks: Sequence[tuple[date, int, int]],
    targets: Mapping[tuple[str, str], float],
    filters: Filters = NO_FILTER,
) -> pd.DataFrame:
    """How did each tier do each week? One row per (week, tier): acknowledged, wait_p50_, wait_p90_hours, ended, sla_share.

    `weeks` are Monday, first and last instant (epoch microseconds, UTC); `targets` working hours by tier and priority.
    """
    params = {
        "weeks": [week for week, _, _ in weeks],
        "starts_us": [start for _, start, _ in weeks],
        "ends_us": [end for _, _, end in weeks],
        "tiers": [tier_rank(tier) for tier, _ in targets],
        "priorities": [priority for _, priority in targets],
        "hours": [float(hours) for hours in targets.values()],
    }
    frame = with_tiers(ask(warehouse, "weekly_flow", filters, params))
    frame["week"] = pd.to_datetime(frame["week"])
    frame["sla_share"] = share(frame.pop("in_time"), frame["ended"])
    return frame


def open_visits_at(
    warehouse: Warehouse,
    at_us: Sequence[int],
    day_hours: Mapping[str, float],
    filters: Filters = NO_FILTER,
    stale_days: int = 60,
) -> pd.DataFrame:
    """What lay open at moments (epoch microseconds)? One row per (at_us, tier, priority, age_days): visits, pending.

    `day_hours` are working hours per working day of each tier; tiers without are left out, and so are stale tickets.
    """
    params = {
        "at_us": list(at_us),
        "tiers": [tier_rank(tier) for tier in day_hours],
        "day_hours": [float(hours) for hours in day_hours.values()],
        "stale_days": stale_days,
    }
    return with_tiers(ask(warehouse, "open_visits_at", filters, params))


def roster_by_day(warehouse: Warehouse) -> pd.DataFrame:
    """How many hours were rostered at each tier each day? One row per (day, tier): hours. Empty without a roster."""
    return _dated(ask(warehouse, "roster_by_day", NO_FILTER))


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    frame["day"] = pd.to_datetime(frame["day"])
    return with_tiers(frame)


def visits_by_value(warehouse: Warehouse, dimension: str, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """What are each tier's visits about? One row per (tier, value of an attribute): visits. FilterError for no attribute."""
    _check_attribute(dimension)
    return with_tiers(ask(warehouse, "visits_by_value", filters, dimension=dimension))


def ways_by_value(warehouse: Warehouse, dimension: str, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Which ways do tickets take, by value of an attribute? One row per (value, path, ended): tickets. A path is "L1>L2>L1".

    FilterError for no attribute.
    """
    _check_attribute(dimension)
    return ask_tickets(warehouse, "ways_by_value", filters, None, dimension, attribute=dimension)


def _check_attribute(dimension: str) -> None:
    if dimension not in ATTRIBUTES:
        raise FilterError(f"There is no attribute '{dimension}'.", todo=did_you_mean(dimension, list(ATTRIBUTES)))
