"""Who resolves what, how long it takes, and how satisfied the customers are."""

from __future__ import annotations

import pandas as pd

from analytics.model import Filters
from analytics.warehouse.intervals import wilson
from analytics.warehouse.questions import histograms
from analytics.warehouse.questions.base import (
    NO_FILTER,
    ask,
    ask_tickets,
    attribute,
    hours,
    on_clock,
    share,
    tier_names,
)
from analytics.warehouse.questions.dataset import capabilities
from analytics.warehouse.store import Warehouse


def tiers(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Who resolves what? One row per tier: counts of tickets, share_resolved, escalation_rate with its Wilson 95 % interval."""
    frame = ask_tickets(warehouse, "tiers", filters)
    frame["tier"] = tier_names(frame["tier"])
    frame["share_resolved"] = share(frame["resolved"], frame.pop("all_resolved"))
    frame["escalation_rate"] = share(frame["escalated"], frame["tickets_touched"])
    low, high = wilson(frame["escalated"], frame["tickets_touched"])
    frame["escalation_rate_low"], frame["escalation_rate_high"] = low, high
    frame["return_rate"] = share(frame["returned"], frame["tickets_touched"])
    return frame


def tier_mix_over_time(warehouse: Warehouse, filters: Filters = NO_FILTER, grain: str = "week") -> pd.DataFrame:
    """How does the resolved mix move? One row per (period, tier): resolved, share, created, open_share. grain: week, month."""
    frame = ask_tickets(warehouse, "tier_mix_over_time", filters, {"grain": grain})
    frame["tier"] = tier_names(frame["tier"])
    frame["share"] = share(frame["resolved"], frame["all_resolved"])
    frame["open_share"] = 1 - share(frame["all_resolved"], frame["created"])
    return frame


def tier_mix_by(warehouse: Warehouse, filters: Filters = NO_FILTER, dimension: str = "product") -> pd.DataFrame:
    """Which products are resolved where? One row per (value, tier): resolved, share, tickets, escalation_rate of L1."""
    frame = ask_tickets(warehouse, "tier_mix_by", filters, None, attribute(dimension), value=dimension)
    frame["tier"] = tier_names(frame["tier"])
    frame["share"] = share(frame["resolved"], frame["all_resolved"])
    frame["escalation_rate"] = share(frame["escalated_l1"], frame["touched_l1"])
    low, high = wilson(frame["escalated_l1"], frame["touched_l1"])
    frame["escalation_rate_low"], frame["escalation_rate_high"] = low, high
    return frame


def quality(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Solved at the first level, at the first contact, for good? One row of counts and shares (NaN = cannot be told)."""
    frame = ask_tickets(warehouse, "quality", filters)
    missing = capabilities(warehouse)
    by_level = 0 if missing.keys() & {"tiers", "paths"} else frame["resolved"]
    by_contact = 0 if missing.keys() & {"tiers", "paths", "replies"} else frame["resolved"]
    frame["first_level_resolution"] = share(frame["first_level"], by_level)
    frame["first_contact_resolution"] = share(frame["first_contact"], by_contact)
    frame["reopen_rate"] = share(frame["reopened"], frame["resolved"])
    frame["never_resolved_share"] = share(frame["never_resolved"], frame["tickets"])
    return frame


def resolution_times(
    warehouse: Warehouse, filters: Filters = NO_FILTER, clock: str = "calendar", pending: bool = True
) -> pd.DataFrame:
    """How long until a ticket is resolved, with or without pending time? One row per resolving tier: resolved, p50_hours,
    p90_hours."""
    elapsed = "t.resolved_us - t.created_us" if clock == "calendar" else on_clock("t.resolve_us", clock)
    less = "" if pending else " - " + on_clock("t.pending_us", clock)
    frame = histograms.resolution_times(warehouse, filters, clock, pending, elapsed + less)
    if frame is None:
        frame = ask(warehouse, "resolution_times", filters, elapsed=elapsed + less)
    frame["tier"] = tier_names(frame["tier"])
    return hours(frame)


def satisfaction(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How satisfied are customers, by path and handoffs? One row per (path, handoffs): tickets, rated, good, csat, interval."""
    frame = ask_tickets(warehouse, "satisfaction", filters)
    frame["csat"] = share(frame["good"], frame["rated"])
    frame["response_rate"] = share(frame["rated"], frame["tickets"])
    frame["csat_low"], frame["csat_high"] = wilson(frame["good"], frame["rated"])
    return frame
