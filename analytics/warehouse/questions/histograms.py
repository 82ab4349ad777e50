"""Percentiles from cubes: what the questions about durations answer where too many rows are concerned to sort them.

Every function here gives None where the facts must be asked: few rows (then they are exact and as fast), or a filter that does
not add up in the cube.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.model import US_PER_DAY, Filters
from analytics.warehouse import cubes
from analytics.warehouse.questions.base import ask, sql_of

_GRAINS = {"all": 0, "tier_pair": 0, "receiving_tier": 0, "receiving_team": 4}
_REPEATS = {"all": "tier", "tier_pair": "pair", "receiving_tier": "receiver", "receiving_team": "team"}
_SHARES = {"p50_us": 0.50, "p75_us": 0.75, "p90_us": 0.90, "p95_us": 0.95}


@dataclass(frozen=True)
class Cell:
    """Where in a cube of waits to look: its grain, the filter on its cells, and the parameters that say which months."""

    grain: int
    clause: str
    params: dict[str, Any]


def months_of(filters: Filters) -> dict[str, Any] | None:
    """Parameters for the whole months of a period and the days outside them; None where it holds no whole month."""
    first, last = cubes.whole_months(filters.start, filters.end)
    if first > last:
        return None
    return {
        "first_month": first, "last_month": last, "months_start": cubes.first_day(first),
        "months_end": date.fromordinal(cubes.first_day(last + 1).toordinal() - 1),
    }  # fmt: skip


def wait_cell(filters: Filters, by: str, clock: str) -> Cell | None:
    """The cell of `cube_waits` that a question about handoffs is answered from; None where none adds up."""
    months, named = months_of(filters), cubes.attributes_of(filters)
    by_team = by == "receiving_team"
    if by not in _GRAINS or months is None or filters.categories or filters.custom or len(named) > 1:
        return None
    if (by_team and (named or filters.tiers)) or (not by_team and filters.teams):
        return None
    if by == "all" and len(filters.tiers) > 1:
        return None  # a ticket handed to both tiers is one ticket, and its repeats are not in the cube
    clause = re.sub(r"\bt\.\w+", "h.value", filters.with_period(None, None).on_handoffs().sql)
    grain = cubes.grain_of(named) or _GRAINS[by]
    return Cell(grain, clause, months | {"grain": grain, "on_business_clock": clock == "business"})


def is_many(warehouse: Any, filters: Filters, cell: Cell, times: int = 1) -> bool:
    """Whether more handoffs are concerned than are read one by one; `times` as many where the facts cost that much less."""
    ((handoffs,),) = warehouse.rows(*sql_of("cube_wait_count", filters, cell.params, cell_filter=cell.clause))
    return handoffs > times * cubes.MOST_EXACT


def waits(warehouse: Any, filters: Filters, by: str, clock: str, parts: dict[str, str]) -> pd.DataFrame | None:
    """The histogram of handoffs' waits by group: from_key, to_key, outcome, bucket, n. None where the facts must be asked."""
    cell = None if cubes.is_exact(warehouse) else wait_cell(filters, by, clock)
    if cell is None or not is_many(warehouse, filters, cell):
        return None
    return ask(warehouse, "cube_wait_times", filters, cell.params, cell_filter=cell.clause, **parts)


def latency(
    warehouse: Any, filters: Filters, by: str, target_us: int, clock: str, parts: dict[str, str]
) -> pd.DataFrame | None:
    """As handoff_latency.sql, from histograms: the same counts, percentiles within 2 %. None where the facts must be asked.

    A handoff that has waited for exactly the target counts as younger than it.
    """
    found = waits(warehouse, filters, by, clock, parts) if cubes.is_edge(target_us) else None
    if found is None:
        return None
    rows = [
        _latency_row(keys, rows, cubes.bucket_of(target_us)) for keys, rows in found.groupby(["from_key", "to_key"])
    ]
    frame = pd.DataFrame(rows)
    repeated = _repeated(warehouse, filters, by, parts).set_index(["from_key", "to_key"])["repeated"]
    keys = pd.MultiIndex.from_frame(frame[["from_key", "to_key"]])
    frame.insert(3, "tickets", frame["handoffs"] - repeated.reindex(keys).fillna(0).astype("int64").to_numpy())
    return cubes.told(frame, cubes.FROM_HISTOGRAMS)


def _latency_row(keys: Any, rows: pd.DataFrame, target: int) -> dict[str, Any]:
    bucket, outcome, n = (rows[name].to_numpy() for name in ("bucket", "outcome", "n"))
    arrived, waiting = np.where(outcome == 0, n, 0), np.where(outcome == 2, n, 0)
    counts = {
        "handoffs": n.sum(), "acknowledged": arrived.sum(), "unacknowledged": n.sum() - arrived.sum(),
        "still_open": waiting.sum(),
    }  # fmt: skip
    percentiles = cubes.quantiles_us(bucket, arrived, list(_SHARES.values()))
    km = cubes.kaplan_meier_us(*_by_bucket(bucket, arrived, n), [0.5, 0.9])
    within = {"within_target": arrived[bucket <= target].sum(), "due": n.sum() - waiting[bucket <= target].sum()}
    return (
        {"from_key": keys[0], "to_key": keys[1]} | counts | dict(zip(_SHARES, percentiles, strict=True))
        | {"km_p50_us": km[0], "km_p90_us": km[1]} | within
    )  # fmt: skip


def _by_bucket(bucket: np.ndarray, *counts: np.ndarray) -> tuple[np.ndarray, ...]:
    """One entry per bucket, in rising order: the buckets, and each count summed up."""
    there, place = np.unique(bucket, return_inverse=True)
    return there, *(np.bincount(place, weights=count) for count in counts)


def _repeated(warehouse: Any, filters: Filters, by: str, parts: dict[str, str]) -> pd.DataFrame:
    grouped_by = "receiver" if by == "all" and filters.tiers else _REPEATS[by]
    params = {"grouped_by": grouped_by, "since": filters.start or date.min}
    keys = {name: parts[name] for name in ("from_key", "to_key")}
    return ask(warehouse, "cube_repeated", filters, params, **keys)


def curve(warehouse: Any, filters: Filters, by: str, clock: str, parts: dict[str, str]) -> pd.DataFrame | None:
    """As latency_curve.sql, from histograms. None where the facts must be asked."""
    found = waits(warehouse, filters, by, clock, parts)
    if found is None:
        return None
    points = np.arange(201) / 200
    told = []
    for keys, rows in found.groupby(["from_key", "to_key"]):
        from_key, to_key = pd.Index([keys])[0]
        arrived = np.where(rows["outcome"] == 0, rows["n"], 0)
        if arrived.sum():
            told.append(pd.DataFrame({
                "from_key": from_key, "to_key": to_key, "handoffs": rows["n"].sum(), "acknowledged": arrived.sum(),
                "acknowledged_share": points * arrived.sum() / rows["n"].sum(),
                "wait_us": cubes.quantiles_us(rows["bucket"].to_numpy(), arrived, points),
            }))  # fmt: skip
    return cubes.told(pd.concat(told, ignore_index=True), cubes.FROM_HISTOGRAMS) if told else None


def heatmap(warehouse: Any, filters: Filters, target_us: int, clock: str, wait: str) -> pd.DataFrame | None:
    """As latency_heatmap.sql, from the histograms by hour of the week (all months together). None: the facts must be asked."""
    plain = not (filters.start or filters.end or cubes.attributes_of(filters)) and cubes.is_edge(target_us)
    cell = wait_cell(filters, "receiving_tier", clock) if plain and not cubes.is_exact(warehouse) else None
    if cell is None:
        return None
    cell = Cell(5, cell.clause, cell.params | {"grain": 5})
    if not is_many(warehouse, filters, cell, times=10):  # a median alone: no Kaplan-Meier to follow
        return None
    parts = {
        "from_key": "h.hour_of_week", "to_key": "0", "wait": wait, "level": "h.changes_tier",
        "acknowledged": "h.tier_acknowledged", "waiting": "h.tier_waiting",
    }  # fmt: skip
    found = ask(warehouse, "cube_wait_times", filters, cell.params, cell_filter=cell.clause, **parts)
    rows = [
        _latency_row(keys, rows, cubes.bucket_of(target_us)) for keys, rows in found.groupby(["from_key", "to_key"])
    ]
    columns = ["from_key", "handoffs", "acknowledged", "p50_us", "within_target", "due"]
    return cubes.told(pd.DataFrame(rows)[columns].rename(columns={"from_key": "hour_of_week"}), cubes.FROM_HISTOGRAMS)


def handoff_counts(warehouse: Any, filters: Filters) -> pd.DataFrame | None:
    """As handoff_counts.sql, exact. None where the filter does not add up."""
    if cubes.is_exact(warehouse) or not cubes.adds_up(filters) or filters.tiers:
        return None
    params = {"since": filters.start or date.min}
    # The cubes call the day of handing over as the facts do, so the period of the filter goes for both.
    return cubes.told(ask(warehouse, "cube_handoff_counts", filters, params), cubes.FROM_COUNTS)


def _ticket_months(warehouse: Any, filters: Filters) -> dict[str, Any] | None:
    """Parameters for a cube of tickets without attributes; None where the facts must be asked."""
    if cubes.is_exact(warehouse) or not cubes.adds_up(filters) or cubes.attributes_of(filters):
        return None
    return months_of(filters)


def resolution_times(warehouse: Any, filters: Filters, clock: str, pending: bool, elapsed: str) -> pd.DataFrame | None:
    """As resolution_times.sql, from histograms. None where the facts must be asked."""
    months = _ticket_months(warehouse, filters)
    if months is None:
        return None
    params = months | {"on_business_clock": clock == "business", "with_pending": pending}
    cells = filters.with_period(None, None).on_tickets().sql
    found = ask(warehouse, "cube_resolution_times", filters, params, elapsed=elapsed, cell_filter=cells)
    if int(found["n"].sum()) <= cubes.MOST_EXACT:
        return None
    told = []
    for tier, rows in found.groupby("tier"):
        p50, p90 = cubes.quantiles_us(rows["bucket"].to_numpy(), rows["n"].to_numpy(), [0.5, 0.9])
        told.append({"tier": tier, "resolved": int(rows["n"].sum()), "p50_us": p50, "p90_us": p90})
    return cubes.told(pd.DataFrame(told), cubes.FROM_HISTOGRAMS)


def matured_escalation(warehouse: Any, filters: Filters, horizon_days: float) -> pd.DataFrame | None:
    """As matured_escalation.sql, from histograms: Aalen-Johansen over buckets. None where the facts must be asked."""
    months = _ticket_months(warehouse, filters)
    whole = months and filters.with_period(months["months_start"], months["months_end"])
    if (
        months is None
        or not whole
        or (filters.start or whole.start, filters.end or whole.end) != (whole.start, whole.end)
    ):
        return None
    if not cubes.is_edge(horizon_days * US_PER_DAY):
        return None
    cells = filters.with_period(None, None).on_tickets().sql
    found = ask(warehouse, "cube_first_visits", filters.with_period(None, None), months, cell_filter=cells)
    if int(found["leaving"].sum()) <= cubes.MOST_EXACT:
        return None
    last = cubes.bucket_of(horizon_days * US_PER_DAY)
    told = [
        {"tier": tier, "matured_rate": _incidence(rows, last), "tickets": int(rows["leaving"].sum())}
        for tier, rows in found.groupby("tier")
    ]
    return cubes.told(pd.DataFrame(told), cubes.FROM_HISTOGRAMS)


def _incidence(rows: pd.DataFrame, last: int) -> float:
    """Aalen-Johansen: the sum over buckets of the share still there before it, times the escalated of those at risk."""
    at_risk = rows["leaving"].to_numpy()[::-1].cumsum()[::-1]
    left = np.cumprod(1 - rows["ended"].to_numpy() / at_risk)
    before = np.concatenate([[1.0], left[:-1]])
    return float((before * rows["escalated"].to_numpy() / at_risk)[rows["bucket"].to_numpy() <= last].sum())
