"""Questions about the dataset itself: how much there is, what it cannot tell, what can be filtered by."""

from __future__ import annotations

import json

import pandas as pd

from analytics.model import Filters
from analytics.warehouse.questions.base import NO_FILTER, ask, ask_tickets
from analytics.warehouse.store import Warehouse


def meta(warehouse: Warehouse) -> dict[str, str]:
    """What the import noted about the dataset: time zone, shape, mapping."""
    return dict(warehouse.rows("SELECT key, value FROM meta"))


def timezone(warehouse: Warehouse) -> str:
    """The dataset's time zone, in which days and hours are counted."""
    return meta(warehouse).get("timezone", "UTC")


def capabilities(warehouse: Warehouse) -> dict[str, str]:
    """What the dataset cannot give, with the reason in a sentence: {"tiers": "…"}. What is not named can be asked."""
    told = json.loads(meta(warehouse).get("missing_capabilities", "{}"))
    seen = ask_tickets(warehouse, "quality", NO_FILTER).iloc[0]
    if seen.with_tier == 0:
        told.setdefault("tiers", "No tier is known: name a tier column, rules or a team table in the mapping.")
    if seen.replies == 0:
        told.setdefault("replies", "The data holds no public replies, so first contacts cannot be told.")
    return told


def dataset_summary(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How much history is there? One row: events, tickets, first_at, last_at (UTC), teams, excluded_tickets, rejected_rows."""
    frame = ask(warehouse, "dataset_summary", filters)
    for edge in ("first", "last"):
        frame[f"{edge}_at"] = pd.to_datetime(frame.pop(f"{edge}_us"), unit="us", utc=True)
    frame["rejected_rows"] = rejected_rows(warehouse)
    return frame


def rejected_rows(warehouse: Warehouse) -> int:
    """Rows of all imports that were rejected and never taken since."""
    there = warehouse.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'rejects'")
    return warehouse.rows("SELECT count(*) FROM rejects")[0][0] if there else 0


def filter_values(warehouse: Warehouse) -> pd.DataFrame:
    """What can be filtered by? One row per (attribute, value) with tickets, the most frequent first."""
    return ask(warehouse, "filter_values", NO_FILTER)


def custom_columns(warehouse: Warehouse) -> list[str]:
    """Names of the extra columns that a dataset can be filtered by."""
    found = warehouse.rows(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'ticket_extras' ORDER BY column_index"
    )
    return [name for (name,) in found if name != "ticket_no"]


def has_agents(warehouse: Warehouse) -> bool:
    """Whether any event names an agent."""
    return bool(warehouse.rows("SELECT 1 FROM events WHERE agent IS NOT NULL LIMIT 1"))


def period_bounds(warehouse: Warehouse) -> pd.DataFrame:
    """Which days does the data cover? One row: first_day, last_day, tickets."""
    return ask(warehouse, "period_bounds", NO_FILTER)
