"""The mix by any column: attributes, the team a ticket came in to, extra columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.errors import FilterError, did_you_mean
from analytics.model import ATTRIBUTES, Filters, quoted
from analytics.warehouse.intervals import wilson
from analytics.warehouse.questions.base import NO_FILTER, ask_tickets, share, tier_names
from analytics.warehouse.questions.dataset import custom_columns
from analytics.warehouse.shrinkage import shrunk
from analytics.warehouse.store import Warehouse

ENTRY_TEAM, COLUMN = "team", "x."
"""Dimensions beside the attributes: the team of a ticket's first visit, and `x.` before the name of an extra column."""

MOST_VALUES = 200
"""An extra column with more different values than this is no group of tickets but a name or a time."""

_ENTRY_JOIN = (
    "LEFT JOIN visits v ON v.ticket_no = t.ticket_no AND v.visit_no = 1 LEFT JOIN teams m ON m.team_no = v.team_no"
)


def split_columns(warehouse: Warehouse) -> list[str]:
    """Extra columns that split the tickets into groups: with 2 to `MOST_VALUES` different values."""
    names = custom_columns(warehouse)
    if not names:
        return []
    counted = ", ".join(f"approx_count_distinct({quoted(name)})" for name in names)
    sizes = warehouse.rows(f"SELECT {counted} FROM ticket_extras")[0]
    return [name for name, size in zip(names, sizes, strict=True) if 2 <= size <= MOST_VALUES]


def mix_by(warehouse: Warehouse, filters: Filters = NO_FILTER, dimension: str = "product") -> pd.DataFrame:
    """Who resolves what, by a dimension: an attribute, "team" (the first one) or "x.COLUMN". One row per (value, tier).

    Columns value, tier, resolved, tickets, all_resolved, share, touched_l1, escalated_l1, escalation_rate with its Wilson
    95 % interval, and the same drawn to the mean of all values by as much as their size leaves open: shrunk_rate,
    shrunk_rate_low, shrunk_rate_high (NaN with under three values).
    """
    value, join = _expression(warehouse, dimension)
    frame = ask_tickets(warehouse, "mix_by", filters, None, dimension, value=value, join=join)
    frame["tier"] = tier_names(frame["tier"])
    frame["share"] = share(frame["resolved"], frame["all_resolved"])
    frame["escalation_rate"] = share(frame["escalated_l1"], frame["touched_l1"])
    low, high = wilson(frame["escalated_l1"], frame["touched_l1"])
    frame["escalation_rate_low"], frame["escalation_rate_high"] = low, high
    return _with_shrunk(frame)


def _with_shrunk(frame: pd.DataFrame) -> pd.DataFrame:
    values = frame.drop_duplicates("value").set_index("value")
    told = shrunk(values["escalated_l1"], values["touched_l1"])
    for name, numbers in (
        ("shrunk_rate", told.share), ("shrunk_rate_low", told.low), ("shrunk_rate_high", told.high)
    ):  # fmt: skip
        frame[name] = frame["value"].map(dict(zip(values.index, numbers, strict=True))).astype(np.float64)
    return frame


def _expression(warehouse: Warehouse, dimension: str) -> tuple[str, str]:
    """SQL for a dimension's value and what has to be joined for it: from closed lists, names quoted."""
    if dimension in ATTRIBUTES:
        return f"t.{dimension}", ""
    if dimension == ENTRY_TEAM:
        return "m.team", _ENTRY_JOIN
    columns = [COLUMN + name for name in custom_columns(warehouse)]
    if dimension not in columns:
        there = [*ATTRIBUTES, ENTRY_TEAM, *columns]
        raise FilterError(f"Tickets cannot be split by '{dimension}'.", todo=did_you_mean(dimension, there))
    name = quoted(dimension.removeprefix(COLUMN))
    return f"x.{name}", "LEFT JOIN ticket_extras x ON x.ticket_no = t.ticket_no"
