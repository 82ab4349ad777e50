"""What forecasting and staffing are fed with: visits, effort, arrivals, people, weekly service."""

from __future__ import annotations

import pandas as pd

from analytics.model import Filters
from analytics.warehouse.questions.base import NO_FILTER, ask, share, tier_names, with_tiers
from analytics.warehouse.store import Warehouse


def effort_by_visit(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How much work does a visit take? One row per tier with tracked time: visits, tracked, mean_, sd_, p50_, p90_minutes."""
    frame = ask(warehouse, "effort_by_visit", filters)
    frame["tier"] = tier_names(frame["tier"])
    return frame


def effort_samples(warehouse: Warehouse, filters: Filters = NO_FILTER, most: int = 5000) -> pd.DataFrame:
    """How is tracked work per visit spread? One row per visit, at most `most` per tier: tier, minutes."""
    return with_tiers(ask(warehouse, "effort_samples", filters, {"most": most}))


def arrivals_by_hour(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """At which hours do tickets come in? One row per (tier of entry, weekday 0-6, hour 0-23): arrivals."""
    return with_tiers(ask(warehouse, "arrivals_by_hour", filters))


def visits_by_priority(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How urgent is what each tier gets? One row per (tier, priority): visits; "default" where a ticket has none."""
    return with_tiers(ask(warehouse, "visits_by_priority", filters))


def open_visits(
    warehouse: Warehouse, filters: Filters = NO_FILTER, hours_per_day: float = 8, stale_days: int = 60
) -> pd.DataFrame:
    """What lies open at each tier? One row per (tier, priority, age_days): visits. Stale tickets are left out."""
    params = {"hours_per_day": hours_per_day, "stale_days": stale_days}
    return with_tiers(ask(warehouse, "open_visits", filters, params))


def active_agents(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many different people worked at each tier each week? One row per (week, tier): agents."""
    frame = ask(warehouse, "active_agents", filters)
    frame["week"] = pd.to_datetime(frame["week"])
    frame["tier"] = tier_names(frame["tier"])
    return frame


def visits_by_day(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many visits does each tier get each day? One row per (day, tier): visits, entries (the ticket's first)."""
    frame = ask(warehouse, "visits_by_day", filters)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["tier"] = tier_names(frame["tier"])
    return frame


def weekly_service(warehouse: Warehouse, filters: Filters = NO_FILTER, target_hours: float = 8) -> pd.DataFrame:
    """How did each tier do each week? One row per (week, tier): visits, p50_open_hours, p90_open_hours, share_in_time."""
    frame = ask(warehouse, "weekly_service", filters, {"target_hours": target_hours})
    frame["week"] = pd.to_datetime(frame["week"])
    frame["tier"] = tier_names(frame["tier"])
    frame["share_in_time"] = share(frame.pop("in_time"), frame.pop("due"))
    return frame


def roster_by_week(warehouse: Warehouse) -> pd.DataFrame:
    """How many hours were rostered at each tier each week? One row per (week, tier): hours, days. Empty without a roster."""
    frame = ask(warehouse, "roster_by_week", NO_FILTER)
    frame["week"] = pd.to_datetime(frame["week"])
    frame["tier"] = tier_names(frame["tier"])
    return frame


def teams(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Which teams are there, and how do they behave? By team: tier, visits, from_outside, escalated_in, solved_here."""
    return with_tiers(ask(warehouse, "teams", filters))
