"""Percentiles from histograms: what the questions about durations answer where too many rows are concerned to sort them.

The histograms come from a cube where the filter adds up in it, else from the facts, which are put into buckets and not sorted.
Every function here gives None where the facts must be asked one by one: few rows (then they are exact and as fast).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analytics.model import TEAM_SETS, US_PER_DAY, Filters
from analytics.warehouse import cubes
from analytics.warehouse.questions.base import NO_FILTER, ask, sql_of

_GRAINS = {"all": 0, "tier_pair": 0, "receiving_tier": 0, "receiving_team": 4}
_REPEATS = {
    "all": "tier",
    "tier_pair": "pair",
    "receiving_tier": "receiver",
    "receiving_team": "team",
    "team_pair": "team_pair",
}
_NO_MONTHS = {"first_month": 1, "last_month": 0, "months_start": date.max, "months_end": date.max}
"""Parameters by which no month comes from a cube: every day is read from the facts."""
_SHARES = {"p50_us": 0.50, "p75_us": 0.75, "p90_us": 0.90, "p95_us": 0.95}


@dataclass(frozen=True)
class Cell:
    """Where in a cube of waits to look: its grain, the filter on its cells, and the parameters that say which months."""

    grain: int
    clause: str
    params: dict[str, Any]


_FACTS = Cell(-1, "FALSE", _NO_MONTHS | {"grain": -1, "on_business_clock": False})
"""No cell of the cube at all: the facts are put into buckets."""


class Histogram(NamedTuple):
    """Waits by bucket, in rising order: all, the acknowledged, those still waiting."""

    bucket: np.ndarray
    n: np.ndarray
    arrived: np.ndarray
    waiting: np.ndarray


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
    if (
        months is None
        or len(named) > 1
        or by not in _GRAINS
        or not _repeats_add_up(filters, by)
        or (by == "receiving_team" and named)
    ):
        return None
    clause = re.sub(r"\bt\.\w+", "h.value", filters.with_period(None, None).on_handoffs().sql)
    grain = cubes.grain_of(named) or _GRAINS[by]
    return Cell(grain, clause, months | {"grain": grain, "on_business_clock": clock == "business"})


def _repeats_add_up(filters: Filters, by: str) -> bool:
    """Whether a cube tells how many handoffs of a group are of a ticket that had one before."""
    if by not in _REPEATS or filters.categories or filters.custom:
        return False
    if by == "all" and len(filters.tiers) > 1:
        return False  # a ticket handed to both tiers is one ticket
    return not (filters.tiers if by in ("receiving_team", "team_pair") else filters.teams)


def is_many(warehouse: Any, filters: Filters, cell: Cell) -> bool:
    """Whether more handoffs are concerned than are read one by one."""
    ((handoffs,),) = warehouse.rows(*sql_of("cube_wait_count", filters, cell.params, cell_filter=cell.clause))
    return handoffs > cubes.MOST_EXACT


def waits(
    warehouse: Any, filters: Filters, by: str, clock: str, parts: dict[str, str]
) -> tuple[pd.DataFrame, Cell] | None:
    """Handoffs' waits by group (from_key, to_key, bucket, n, arrived, waiting, in order) and the cell that they are from.

    None where the handoffs are few enough to be read one by one.
    """
    if cubes.is_exact(warehouse):
        return None
    cell = wait_cell(filters, by, clock)
    if not (is_many(warehouse, filters, cell) if cell else _are_many_facts(warehouse, filters, parts)):
        return None
    cell = cell or _FACTS
    return _wait_times(warehouse, filters, cell, parts), cell


_NUMBERS = {
    "from_tier": "h.from_tier", "to_tier": "h.to_tier", "from_team_no": "f.team", "to_team_no": "m.team",
}  # fmt: skip
"""The columns that a group's keys are made of, with what stands for them in the keys' SQL."""


def _wait_times(warehouse: Any, filters: Filters, cell: Cell, parts: dict[str, str]) -> pd.DataFrame:
    keys = parts["from_key"] + parts["to_key"]
    told = ", ".join(f"{f'h.{name}' if word in keys else 'NULL'} AS {name}" for name, word in _NUMBERS.items())
    return ask(warehouse, "cube_wait_times", filters, cell.params, cell_filter=cell.clause, numbers=told, **parts)


def _are_many_facts(warehouse: Any, filters: Filters, parts: dict[str, str]) -> bool:
    """Whether so many handoffs fit a filter that does not add up in the cube; counted only where there are so many at all."""
    for asked, level in ((NO_FILTER, "TRUE"), (filters, parts["level"])):
        ((handoffs,),) = warehouse.rows(*sql_of("handoff_count", asked, level=level))
        if handoffs <= cubes.MOST_EXACT:
            return False
    return True


def latency(
    warehouse: Any, filters: Filters, by: str, target_us: int, clock: str, parts: dict[str, str]
) -> pd.DataFrame | None:
    """As handoff_latency.sql, from histograms: the same counts, percentiles within 2 %. None where the facts must be asked.

    A handoff that has waited for exactly the target counts as younger than it.
    """
    found = waits(warehouse, filters, by, clock, parts) if cubes.is_edge(target_us) else None
    if found is None:
        return None
    target = cubes.bucket_of(target_us)
    rows = [_latency_row(keys, histogram, target) for keys, histogram in groups(found[0])]
    frame = pd.DataFrame(rows)
    keyed = (
        _repeated(warehouse, filters, by, parts)
        if _repeats_add_up(filters, by)
        else ask(warehouse, "handoff_groups", filters, **parts)
    )
    repeated = keyed.set_index(["from_key", "to_key"])["repeated"]
    keys = pd.MultiIndex.from_frame(frame[["from_key", "to_key"]])
    frame.insert(3, "tickets", frame["handoffs"] - repeated.reindex(keys).fillna(0).astype("int64").to_numpy())
    return cubes.told(frame, how(found[1]))


def how(cell: Cell) -> str:
    """How an answer from a histogram is told: the facts' own, or that of a cube."""
    return cubes.FROM_FACTS_IN_STEPS if cell.grain < 0 else cubes.FROM_HISTOGRAMS


def groups(found: pd.DataFrame) -> Iterator[tuple[tuple[Any, Any], Histogram]]:
    """The histogram of each (from_key, to_key) of an answer that is in their order. Rejected: groupby, ten times as slow."""
    if found.empty:
        return
    starts = np.flatnonzero(
        (found["from_key"] != found["from_key"].shift()) | (found["to_key"] != found["to_key"].shift())
    )
    counts = Histogram(*(found[name].to_numpy() for name in ("bucket", "n", "arrived", "waiting")))
    keys = zip(found["from_key"].iloc[starts].tolist(), found["to_key"].iloc[starts].tolist(), strict=True)
    for key, start, end in zip(keys, starts, [*starts[1:], len(found)], strict=True):
        yield key, Histogram(*(count[start:end] for count in counts))


def _latency_row(keys: tuple[Any, Any], of: Histogram, target: int) -> dict[str, Any]:
    total, arrived = of.n.sum(), of.arrived.sum()
    due = of.bucket <= target
    percentiles = cubes.quantiles_us(of.bucket, of.arrived, list(_SHARES.values()))
    km = cubes.kaplan_meier_us(of.bucket, of.arrived, of.n, [0.5, 0.9])
    return {
        "from_key": keys[0], "to_key": keys[1], "handoffs": total, "acknowledged": arrived, "unacknowledged": total - arrived,
        "still_open": of.waiting.sum(), **dict(zip(_SHARES, percentiles, strict=True)), "km_p50_us": km[0], "km_p90_us": km[1],
        "within_target": of.arrived[due].sum(), "due": total - of.waiting[due].sum(),
    }  # fmt: skip


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
    for (from_key, to_key), of in groups(found[0]):
        total, arrived = of.n.sum(), of.arrived.sum()
        if arrived:
            told.append(pd.DataFrame({
                "from_key": from_key, "to_key": to_key, "handoffs": total, "acknowledged": arrived,
                "acknowledged_share": points * arrived / total, "wait_us": cubes.quantiles_us(of.bucket, of.arrived, points),
            }))  # fmt: skip
    return cubes.told(pd.concat(told, ignore_index=True), how(found[1])) if told else None


def heatmap(warehouse: Any, filters: Filters, target_us: int, clock: str) -> pd.DataFrame | None:
    """As latency_heatmap.sql, from the histograms by hour of the week (all months together). None: the facts must be asked."""
    plain = not (filters.start or filters.end or cubes.attributes_of(filters)) and cubes.is_edge(target_us)
    cell = wait_cell(filters, "receiving_tier", clock) if plain and not cubes.is_exact(warehouse) else None
    if cell is None:
        return None
    found = ask(warehouse, "cube_waits_by_hour", filters, cell.params, cell_filter=cell.clause)
    few = 10 * cubes.MOST_EXACT  # a median alone: no Kaplan-Meier to follow, which costs as much again
    if int(found["n"].sum()) <= few:
        return None
    target = cubes.bucket_of(target_us)
    rows = [_hour_row(keys[0], histogram, target) for keys, histogram in groups(found)]
    return cubes.told(pd.DataFrame(rows), cubes.FROM_HISTOGRAMS)


def _hour_row(hour: int, of: Histogram, target: int) -> dict[str, Any]:
    due = of.bucket <= target
    return {
        "hour_of_week": hour, "handoffs": of.n.sum(), "acknowledged": of.arrived.sum(),
        "p50_us": cubes.quantiles_us(of.bucket, of.arrived, [0.5])[0], "within_target": of.arrived[due].sum(),
        "due": of.n.sum() - of.waiting[due].sum(),
    }  # fmt: skip


def handoff_counts(warehouse: Any, filters: Filters) -> pd.DataFrame | None:
    """As handoff_counts.sql, exact. None where the filter does not add up."""
    if cubes.is_exact(warehouse) or not cubes.adds_up(filters) or filters.tiers:
        return None
    params = {"since": filters.start or date.min}
    # The cubes call the day of handing over as the facts do, so the period of the filter goes for both.
    return cubes.told(ask(warehouse, "cube_handoff_counts", filters, params), cubes.FROM_COUNTS)


def _ticket_cell(warehouse: Any, filters: Filters, teams_told: bool) -> Cell:
    """Where in a cube of tickets to look that has one attribute in a cell; nowhere where the filter does not add up in it.
    `teams_told`: it tells the sets of teams as well."""
    named, months = cubes.attributes_of(filters), months_of(filters)
    of_teams = teams_told and cubes.tells_teams(warehouse, filters)
    if not (of_teams or cubes.adds_up(filters)) or len(named) > 1 or months is None:
        return _FACTS
    clause = cubes.value_clause(filters.with_period(None, None).on_tickets(own_bits=True).sql)
    grain = TEAM_SETS if of_teams else cubes.grain_of(named)
    return Cell(grain, clause, months | {"grain": grain})


def target_cell(warehouse: Any, filters: Filters, target_hours: set[float]) -> Cell:
    """Where in `cube_targets` to look for tickets that kept targets; nowhere where a target is none of the usual ones, or the
    filter does not add up in it."""
    by_priority = replace(filters, priorities=())  # every cell has a priority
    cell = _ticket_cell(warehouse, by_priority, teams_told=True)
    if cell.grain < 0 or cubes.is_exact(warehouse) or not target_hours <= set(cubes.TARGET_HOURS):
        return _FACTS
    clause = cubes.value_clause(filters.with_period(None, None).on_tickets(own_bits=True).sql, ("product", "channel"))
    return replace(cell, clause=clause)


def target_steps(hours: list[float]) -> list[int]:
    """How many of the usual targets are shorter than each of these."""
    return np.searchsorted(cubes.TARGET_HOURS, hours).tolist()


def _of_tickets(
    warehouse: Any, name: str, filters: Filters, cell: Cell, counted: str, **parts: str
) -> pd.DataFrame | None:
    """A histogram of tickets or tier visits by tier. None where they are few enough to be read one by one."""
    if cubes.is_exact(warehouse) or _tickets(warehouse) <= cubes.MOST_EXACT:
        return None
    found = ask(warehouse, name, filters, cell.params, cell_filter=cell.clause, **parts)
    return cubes.told(found, how(cell)) if int(found[counted].sum()) > cubes.MOST_EXACT else None


def _tickets(warehouse: Any) -> int:
    return warehouse.rows("SELECT count(*) FROM tickets")[0][0]


def resolutions(warehouse: Any, filters: Filters, clock: str, pending: bool, elapsed: str) -> pd.DataFrame | None:
    """How long tickets took, by resolving tier and bucket: n. None where they are few enough to be read one by one."""
    params = {"on_business_clock": clock == "business", "with_pending": pending}
    cell = _ticket_cell(warehouse, filters, teams_told=pending and clock == "calendar")
    cell = replace(cell, params=cell.params | params)
    return _of_tickets(warehouse, "cube_resolution_times", filters, cell, "n", elapsed=elapsed)


def resolution_times(warehouse: Any, filters: Filters, clock: str, pending: bool, elapsed: str) -> pd.DataFrame | None:
    """As resolution_times.sql, from histograms. None where the facts must be asked."""
    found = resolutions(warehouse, filters, clock, pending, elapsed)
    if found is None:
        return None
    told = []
    for tier, rows in found.groupby("tier"):
        p50, p90 = cubes.quantiles_us(rows["bucket"].to_numpy(), rows["n"].to_numpy(), [0.5, 0.9])
        told.append({"tier": tier, "resolved": int(rows["n"].sum()), "p50_us": p50, "p90_us": p90})
    return cubes.told(pd.DataFrame(told), cubes.method(found))


_VISITS = {"visits_of_tickets": "FROM tier_visits t", "end_of_tickets": ""}
_VISITS_OF_TICKETS = {
    "visits_of_tickets": "FROM tier_visits SEMI JOIN (SELECT t.ticket_no FROM tickets t", "end_of_tickets": ") USING (ticket_no)",
}  # fmt: skip
"""How the visits of some tickets are found: by the day of creation, which visits have too, or by other things about a ticket."""


def first_visits(warehouse: Any, filters: Filters) -> pd.DataFrame | None:
    """How long first visits to a tier last and how they end, by tier and bucket. None where the facts must be asked."""
    looked_up = _VISITS if filters.with_period(None, None).is_empty else _VISITS_OF_TICKETS
    cell = _ticket_cell(warehouse, filters, teams_told=True)
    return _of_tickets(warehouse, "cube_first_visits", filters, cell, "leaving", **looked_up)


def matured_escalation(warehouse: Any, filters: Filters, horizon_days: float) -> pd.DataFrame | None:
    """As matured_escalation.sql, from histograms: Aalen-Johansen over buckets. None where the facts must be asked."""
    if not cubes.is_edge(horizon_days * US_PER_DAY):
        return None
    found = first_visits(warehouse, filters)
    if found is None:
        return None
    last = cubes.bucket_of(horizon_days * US_PER_DAY)
    told = [
        {"tier": tier, "matured_rate": _incidence(rows, last), "tickets": int(rows["leaving"].sum())}
        for tier, rows in found.groupby("tier")
    ]
    return cubes.told(pd.DataFrame(told), cubes.method(found))


def _incidence(rows: pd.DataFrame, last: int) -> float:
    """Aalen-Johansen: the sum over buckets of the share still there before it, times the escalated of those at risk."""
    at_risk = rows["leaving"].to_numpy()[::-1].cumsum()[::-1]
    left = np.cumprod(1 - rows["ended"].to_numpy() / at_risk)
    before = np.concatenate([[1.0], left[:-1]])
    return float((before * rows["escalated"].to_numpy() / at_risk)[rows["bucket"].to_numpy() <= last].sum())
