"""Every event with what was in force at it: tier, team, state, and the visit that it falls in. As `event_states.sql` says it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.model import KINDS
from analytics.warehouse.arrays.columns import Columns, Runs

KIND = {name: number for number, name in enumerate(KINDS)}

_SQL = """SELECT e.ticket_no, e.event_no, e.at_us, e.day - DATE '1970-01-01' AS day, e.hour_of_week,
  enum_code(e.kind) AS kind, coalesce(e.tier, -1) AS tier, coalesce(e.team_no, -1) AS team_no, {{code}} AS priority,
  coalesce(e.effort_minutes, 'nan'::DOUBLE) AS effort_minutes
  FROM events e WHERE {where}"""


def events_sql(where: str, priorities: tuple[str, ...]) -> str:
    """The query for a part's events, with numbers for words: a priority is its place in `priorities`, -1 where none is told.

    TRY_CAST, though all are among them: what cannot fail is done once per word of the column's dictionary, a fifth of the time.
    Rejected: a list to look each priority up in, which takes as long as there are priorities; a join, which mixes the order up.
    """
    words = ", ".join("'" + one.replace("'", "''") + "'" for one in priorities)
    code = f"coalesce(enum_code(TRY_CAST(e.priority AS ENUM({words})))::INTEGER, -1)" if words else "-1"
    return _SQL.replace("{where}", where).replace("{{code}}", code)


_NO_STATE, _OPEN, _RESOLVED, _CLOSED, _CANCELLED = 0, 1, 2, 3, 4
_OPENING = ("created", "queued", "assigned", "acknowledged", "pending", "reopened")
_STATES = {"resolved": _RESOLVED, "closed": _CLOSED, "cancelled": _CANCELLED} | dict.fromkeys(_OPENING, _OPEN)
_STATE_OF_KIND = np.array([_STATES.get(kind, _NO_STATE) for kind in KINDS], dtype=np.int8)

_TYPES = {"kind": np.int8, "tier": np.int8, "team_no": np.int32, "priority": np.int32, "day": np.int32}


@dataclass(frozen=True)
class Lived:
    """Events in order with what was in force, cut into tickets, visits and tier visits. `state_before` 0 is none yet."""

    events: Columns
    state_before: np.ndarray
    state_after: np.ndarray
    tickets: Runs
    visits: Runs
    tier_visits: Runs


def columns_of(table: pa.Table) -> Columns:
    """The events as arrays, sorted by ticket and number; those of tickets with an `excluded` event left out."""
    events = {name: table.column(name).to_numpy() for name in table.column_names}
    events = {name: values.astype(_TYPES.get(name, values.dtype), copy=False) for name, values in events.items()}
    if not _in_order(events):
        order = np.lexsort((events["event_no"], events["ticket_no"]))
        events = {name: values[order] for name, values in events.items()}
    left_out = np.unique(events["ticket_no"][events["kind"] == KIND["excluded"]])
    if not len(left_out):
        return events
    kept = ~np.isin(events["ticket_no"], left_out)
    return {name: values[kept] for name, values in events.items()}


def _in_order(events: Columns) -> bool:
    step, number = np.diff(events["ticket_no"]), np.diff(events["event_no"])
    return bool(((step > 0) | ((step == 0) & (number > 0))).all())


def lived(events: Columns) -> Lived:
    """Tier, team and state in force at every event, and the visits that follow from them."""
    begins = np.ones(len(events["ticket_no"]), dtype=bool)
    begins[1:] = events["ticket_no"][1:] != events["ticket_no"][:-1]
    tickets = Runs.cut(begins)
    held = events | {name: _carried(events[name], tickets) for name in ("tier", "team_no")}
    cuts_tier, cuts_team = (begins | _differs(held[name]) for name in ("tier", "team_no"))
    before, after = _states(events["kind"], tickets)
    return Lived(held, before, after, tickets, Runs.cut(cuts_tier | cuts_team), Runs.cut(cuts_tier))


def _differs(values: np.ndarray) -> np.ndarray:
    changed = np.zeros(len(values), dtype=bool)
    changed[1:] = values[1:] != values[:-1]
    return changed


def _carried(values: np.ndarray, tickets: Runs) -> np.ndarray:
    """The last known value of the ticket, before that its first known one."""
    known = values >= 0
    if known.all():
        return values
    rows = np.arange(len(values))
    last = np.maximum.accumulate(np.where(known, rows, -1))
    following = np.minimum.accumulate(np.where(known, rows, len(values))[::-1])[::-1]
    last = np.where(last >= tickets.first[tickets.of], last, following)
    reached = last <= tickets.last[tickets.of]
    return np.where(reached, values[np.minimum(last, len(values) - 1)], -1).astype(values.dtype)


def _states(kind: np.ndarray, tickets: Runs) -> tuple[np.ndarray, np.ndarray]:
    """The state before and after each event; kinds that set none leave it as it is."""
    told = _STATE_OF_KIND[kind]
    rows = np.arange(len(kind))
    last = np.maximum.accumulate(np.where(told > 0, rows, -1))
    after = np.where(last >= tickets.first[tickets.of], told[last], _NO_STATE).astype(np.int8)
    before = np.empty_like(after)
    before[1:] = after[:-1]
    before[tickets.first] = _NO_STATE
    return before, after
