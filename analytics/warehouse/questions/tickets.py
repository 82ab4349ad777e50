"""The tickets behind a number, one ticket's records, and how many come in."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.errors import FilterError, did_you_mean
from analytics.model import Filters, quoted
from analytics.warehouse.questions.base import NO_FILTER, ask, ask_tickets, attribute, tier_names
from analytics.warehouse.questions.dataset import custom_columns
from analytics.warehouse.store import Warehouse

_GOOD = "(lower(t.csat) IN ('good', 'good_with_comment', 'satisfied', 'positive', 'true', '4', '5'))"
"""A good rating, as in satisfaction.sql."""

TICKET_REASONS = {
    "all": "TRUE",
    "resolved": "t.resolved_us IS NOT NULL",
    "resolved_in": "t.resolved_us IS NOT NULL AND t.resolved_tier = $reason_tier",
    "escalated_from": "(t.escalated_mask & (1 << $reason_tier)) <> 0",
    "reached": "t.highest_tier >= $reason_tier",
    "bounced": "t.team_returns > 0",
    "path": "t.path = $reason_path",
    "path_start": "(t.path = $reason_path OR starts_with(t.path, $reason_path || '>'))",
    "created_on": "t.created_day = $reason_day",
    "open": "t.state < 2",
    "value": "t.{dimension} = $reason_value",
    "rated_bad": "t.resolved_us IS NOT NULL AND t.csat IS NOT NULL AND NOT " + _GOOD,
    "rated_handoffs": "t.resolved_us IS NOT NULL AND t.csat IS NOT NULL AND least(t.visits - 1, 4) = $reason_handoffs",
    "extra": "t.ticket_no IN (SELECT x.ticket_no FROM ticket_extras x WHERE x.{dimension} = $reason_value)",
    "loop": "t.ticket_no IN (SELECT a.ticket_no FROM visits a JOIN visits b ON b.ticket_no = a.ticket_no AND b.visit_no = "
    "a.visit_no - 1 JOIN teams m ON m.team_no = a.team_no JOIN teams o ON o.team_no = b.team_no WHERE a.is_immediate_return AND "
    "((m.team = $reason_team AND o.team = $reason_other) OR (m.team = $reason_other AND o.team = $reason_team)))",
    "team": "t.ticket_no IN (SELECT v.ticket_no FROM visits v JOIN teams m USING (team_no) WHERE m.team = $reason_team)",
    "entry_team": "t.ticket_no IN (SELECT v.ticket_no FROM visits v JOIN teams m USING (team_no) WHERE v.visit_no = 1 "
    "AND m.team = $reason_team)",
}

"""Why a ticket can be in a list: the way down from a mark on a chart."""


def ticket_list(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    reason: str = "all",
    most: int = 500,
    dimension: str = "product",
    **values: Any,
) -> pd.DataFrame:
    """Which tickets are behind a number? The latest `most` tickets for a reason of `TICKET_REASONS`; values: tier, path, day."""
    column = _extra(warehouse, dimension) if reason == "extra" else attribute(dimension)
    condition = TICKET_REASONS[reason].replace("{dimension}", column)
    params = {f"reason_{key}": value for key, value in values.items()} | {"most": most}
    return ask(warehouse, "ticket_list", filters, params, reason=condition)


def _extra(warehouse: Warehouse, name: str) -> str:
    """An extra column as SQL, quoted. FilterError where there is none of that name."""
    there = custom_columns(warehouse)
    if name not in there:
        raise FilterError(f"The dataset has no extra column '{name}'.", todo=did_you_mean(name, there))
    return quoted(name)


def ticket_events(warehouse: Warehouse, ticket_id: str) -> pd.DataFrame:
    """What happened to this ticket? One row per event, in order; empty where there is no such ticket."""
    frame = ask(warehouse, "ticket_events", NO_FILTER, {"ticket_id": ticket_id})
    frame["tier"] = tier_names(frame["tier"])
    return frame


def ticket_visits(warehouse: Warehouse, ticket_id: str) -> pd.DataFrame:
    """Where was this ticket, and how long did it wait there? One row per visit, in order."""
    frame = ask(warehouse, "ticket_visits", NO_FILTER, {"ticket_id": ticket_id})
    frame["tier"] = tier_names(frame["tier"])
    return frame


def volume_by_day(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many tickets come in each day, and where? One row per (day, tier of entry) with tickets."""
    frame = ask_tickets(warehouse, "volume_by_day", filters)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["tier"] = tier_names(frame["tier"])
    return frame
