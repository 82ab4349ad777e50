"""Tickets that go to another team and straight back: between whom, and what share of all delay that carries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.model import US_PER_HOUR, Filters
from analytics.warehouse import cubes
from analytics.warehouse.questions import histograms
from analytics.warehouse.questions.base import NO_FILTER, ask
from analytics.warehouse.store import Warehouse


def bounce_loops(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """Between which teams do tickets go back and forth? One row per pair of teams: loops, tickets, hours_lost."""
    return ask(warehouse, "bounce_loops", filters)


def bounce_delay(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """What share of the time until resolution do loops carry? One row per number of loops in a ticket (3 = 3 and more):
    tickets, resolve_hours, away_hours (both summed), p50_hours."""
    found = _from_histograms(warehouse, filters)
    return ask(warehouse, "bounce_delay", filters) if found is None else found


def _from_histograms(warehouse: Any, filters: Filters) -> pd.DataFrame | None:
    """The same: only tickets with a loop are read one by one, the others are what is left of all. Sums are exact, medians within
    2 %. None where the facts must be asked."""
    tickets, how = cubes.tickets_from(warehouse, filters)
    if how == cubes.FROM_FACTS:
        return None
    every = histograms.resolutions(warehouse, filters, "calendar", True, "t.resolved_us - t.created_us")
    if every is None:
        return None
    clause = filters.on_tickets(own_bits=True).sql
    found = ask(warehouse, "cube_bounce_delay", filters, tickets=tickets, cell_filter=clause)
    whole, looped = found.iloc[0], found.iloc[1:]
    if whole["placeless"]:
        return None
    without = whole[["n", "resolve_us"]] - looped[["n", "resolve_us"]].sum()
    left = _by_bucket(every) - _by_bucket(looped)
    rows = [_row(0, left, without["n"], without["resolve_us"], 0.0)] if without["n"] else []
    for loops, those in looped.groupby("loops"):
        rows.append(_row(loops, _by_bucket(those), *those[["n", "resolve_us", "away_us"]].sum()))
    return cubes.told(pd.DataFrame(rows), cubes.FROM_HISTOGRAMS)


def _by_bucket(found: pd.DataFrame) -> np.ndarray:
    """How many tickets are in each bucket."""
    return np.bincount(found["bucket"].to_numpy(int), found["n"], minlength=len(cubes.MIDDLES_US)).astype(np.int64)


def _row(loops: Any, by_bucket: np.ndarray, tickets: float, resolve_us: float, away_us: float) -> dict[str, Any]:
    (median,) = cubes.quantiles_us(np.arange(len(by_bucket)), by_bucket, [0.5])
    return {
        "loops": int(loops), "tickets": int(tickets), "resolve_hours": resolve_us / US_PER_HOUR,
        "away_hours": away_us / US_PER_HOUR, "p50_hours": median / US_PER_HOUR,
    }  # fmt: skip
