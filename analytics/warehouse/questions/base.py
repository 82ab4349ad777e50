"""What every question needs: its SQL with the filters put in, and columns with units and names.

`parts` of a question are identifiers from closed lists, never user text.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import FilterError, did_you_mean
from analytics.model import ATTRIBUTES, TIERS, US_PER_HOUR, Filters
from analytics.warehouse.cubes import EVERY_TICKET, FROM_COUNTS, tickets_from, told
from analytics.warehouse.questions.buckets import bucketed
from analytics.warehouse.store import Warehouse

_FOLDER = Path(__file__).parent

NO_FILTER = Filters()


CLOCKS = ("calendar", "business")

"""Every duration on two clocks: all hours, or the working hours of the tier that holds the ticket."""


@cache
def question_sql(name: str) -> str:
    """The text of a question as it stands in the repository, placeholders and header included."""
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def sql_of(
    name: str, filters: Filters = NO_FILTER, params: dict[str, Any] | None = None, **parts: str
) -> tuple[str, dict]:
    """The SQL that is run and its bound parameters: what "how is this computed" shows.

    `parts` are identifiers from the closed lists of this module, never user text. `{tickets}` is every ticket unless `parts`
    name a cube; `{bucket}` is that of `duration_us`; `{own_handoff_filter}` is the handoff filter on `handoffs h` alone, which
    has the ticket's attributes.
    """
    own = re.sub(r"\bt\.", "h.", filters.on_handoffs().sql)
    sql = question_sql(name).replace("{own_handoff_filter}", own)
    for key, value in ({"tickets": EVERY_TICKET, "bucket": bucketed("duration_us")} | parts).items():
        sql = sql.replace("{" + key + "}", value)
    return filled(sql, filters, params)


def filled(sql: str, filters: Filters, params: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """An SQL text with the filters in their places, and those of the parameters, the filters' and `params`, that it names."""
    on_tickets, on_handoffs = filters.on_tickets(), filters.on_handoffs()
    whole = sql.replace("{ticket_filter}", on_tickets.sql).replace("{handoff_filter}", on_handoffs.sql)
    bound = {**on_tickets.params, **on_handoffs.params, **(params or {})}
    named = set(re.findall(r"\$(\w+)", whole))
    return whole, {key: value for key, value in bound.items() if key in named}


def ask(
    warehouse: Warehouse, name: str, filters: Filters, params: dict[str, Any] | None = None, **parts: str
) -> pd.DataFrame:
    return warehouse.frame(*sql_of(name, filters, params, **parts))


def ask_tickets(
    warehouse: Warehouse,
    name: str,
    filters: Filters,
    params: dict[str, Any] | None = None,
    dimension: str = "",
    **parts: str,
) -> pd.DataFrame:
    """As `ask`, with `{tickets}` from a cube where that gives the very same counts. `dimension`: an attribute it groups by."""
    source, how = tickets_from(warehouse, filters, dimension)
    if how == FROM_COUNTS:
        parts["ticket_filter"] = filters.on_tickets(own_bits=True).sql
    return told(ask(warehouse, name, filters, params, tickets=source, **parts), how)


def tier_names(ranks: pd.Series) -> list[str | None]:
    return [None if pd.isna(rank) else TIERS[int(rank)] for rank in ranks]


def with_tiers(frame: pd.DataFrame) -> pd.DataFrame:
    frame["tier"] = tier_names(frame["tier"])
    return frame


def share(part: Any, whole: Any) -> Any:
    """part / whole element by element; NaN (not 0) where there is nothing to take a share of."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)


def hours(frame: pd.DataFrame) -> pd.DataFrame:
    """Every `*_us` column as `*_hours`, with its values in hours, after the others. All at once: one by one costs 1 ms each."""
    names = [name for name in frame.columns if name.endswith("_us")]
    spent = frame[names].astype(float) / US_PER_HOUR
    spent.columns = [name.removesuffix("_us") + "_hours" for name in names]
    told = pd.concat([frame.drop(columns=names), spent], axis=1)
    told.attrs.update(frame.attrs)
    return told


def on_clock(column: str, clock: str) -> str:
    """The column that holds a duration on a clock: `x_us` on the calendar, `x_open_us` in working hours."""
    if clock not in CLOCKS:
        raise FilterError(f"There is no clock '{clock}'.", todo=did_you_mean(clock, list(CLOCKS)))
    return column if clock == "calendar" else column.removesuffix("_us") + "_open_us"


def attribute(name: str) -> str:
    if name not in ATTRIBUTES:
        raise FilterError(f"Tickets cannot be split by '{name}'.", todo=did_you_mean(name, list(ATTRIBUTES)))
    return name
