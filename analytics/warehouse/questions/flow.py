"""Which ways tickets take between the tiers: funnel, paths, routing, returns, escalation with time."""

from __future__ import annotations

import pandas as pd

from analytics.model import TIERS, US_PER_DAY, Filters
from analytics.warehouse.intervals import wilson
from analytics.warehouse.questions import histograms
from analytics.warehouse.questions.base import NO_FILTER, ask, ask_tickets, share, tier_names
from analytics.warehouse.store import Warehouse


def matured_escalation(warehouse: Warehouse, filters: Filters = NO_FILTER, horizon_days: float = 14) -> pd.DataFrame:
    """Escalation within `horizon_days` of reaching a tier, by cumulative incidence. Columns tier, matured_rate, tickets."""
    frame = histograms.matured_escalation(warehouse, filters, horizon_days)
    if frame is None:
        frame = ask(warehouse, "matured_escalation", filters, {"horizon_us": int(horizon_days * US_PER_DAY)})
    frame["tier"] = tier_names(frame["tier"])
    return frame


def routing(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Where do visits to a tier end? One row per (tier, next): next is a tier or "resolved".

    Columns visits, and their share of the tier's ended visits with its Wilson 95 % interval (share_low, share_high).
    """
    frame = ask_tickets(warehouse, "routing", filters)
    frame["tier"] = tier_names(frame["tier"])
    frame["next"] = [name or "resolved" for name in tier_names(frame.pop("next_tier"))]
    total = frame.groupby("tier")["visits"].transform("sum")
    frame["share"] = share(frame["visits"], total)
    frame["share_low"], frame["share_high"] = wilson(frame["visits"], total)
    return frame


def funnel(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How far do tickets climb? One row per tier, nested counts: tickets, share_of_start, share_of_previous, stopped_here."""
    frame = ask_tickets(warehouse, "funnel", filters)
    frame["tier"] = tier_names(frame["tier"])
    start = frame["tickets"].iloc[0] if len(frame) else 0
    frame["share_of_start"] = share(frame["tickets"], start)
    frame["share_of_previous"] = share(frame["tickets"], frame["tickets"].shift(fill_value=start))
    return frame


def hops(warehouse: Warehouse, filters: Filters = NO_FILTER, last_hop: int = 5) -> pd.DataFrame:
    """Which way do tickets go, step by step? One row per (hop, tier, next): next is a tier, resolved, cancelled or open."""
    frame = ask_tickets(warehouse, "hops", filters, {"last_hop": last_hop})
    frame["tier"] = tier_names(frame["tier"])
    frame["next"] = [TIERS[int(value)] if value.isdigit() else value for value in frame["next"]]
    return frame


def paths(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Which ways do tickets take? One row per tier path, the most frequent first: path, tickets, tier_visits."""
    return ask_tickets(warehouse, "paths", filters)


def bounces(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How often do tickets come back to where they have been? One row of visits and tickets."""
    return ask_tickets(warehouse, "bounces", filters)
