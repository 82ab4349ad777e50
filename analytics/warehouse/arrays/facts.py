"""From a part's events to its facts as Arrow tables, with the columns and values that `tables/*.sql` give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.warehouse.arrays.clock import Clock
from analytics.warehouse.arrays.columns import NONE, Columns
from analytics.warehouse.arrays.events import columns_of, lived
from analytics.warehouse.arrays.spans import priority_spans
from analytics.warehouse.arrays.tickets import paths, tickets
from analytics.warehouse.arrays.visits import DIRECTIONS, ENDS, backlog_moves, handoffs, pending, tier_visits, visits

SOURCE_SQL = """SELECT ticket_no, created_us, created_day - DATE '1970-01-01' AS created_day FROM ticket_attributes
  WHERE {where} ORDER BY ticket_no"""
"""What the source itself tells of each ticket's creation."""

_CODES = {
    "tier", "next_tier", "from_tier", "to_tier", "entry_tier", "highest_tier", "resolved_tier", "team_no", "from_team_no",
    "to_team_no", "resolved_team_no",
}  # fmt: skip
_PERHAPS = {"tier_acknowledged", "tier_waiting"}


@dataclass(frozen=True)
class World:
    """What reaches beyond a part: the clock, the data's last moment, whether there are replies at all, the priorities by code."""

    clock: Clock
    now_us: int
    replies: bool
    priorities: tuple[str, ...]


def facts(events: pa.Table, source: pa.Table, world: World) -> dict[str, pa.Table]:
    """All facts of some whole tickets. `events` has the columns of `events_sql`, `source` those of `SOURCE_SQL`."""
    life = lived(columns_of(events))
    if not len(life.tickets):
        return {}
    told = _source(source, life.events["ticket_no"][life.tickets.first])
    held, by_ticket = visits(life)
    climbed, climbs = tier_visits(held, world.clock, world.now_us)
    paused = pending(life, world.clock)
    found = tickets(held, by_ticket, climbed, climbs, paused, told, world.clock)
    spans = priority_spans(life, found, climbed, climbs, paused, world.clock, world.now_us, world.replies)
    found["path"], ways = paths(climbed, climbs)
    words = {
        "ended_by": ENDS.tolist(),
        "direction": DIRECTIONS.tolist(),
        "path": ways,
        "priority": list(world.priorities),
    }
    made = {
        "visits": held, "tier_visits": climbed, "pending": paused, "tickets": found, "priority_spans": spans,
        "handoffs": handoffs(held, by_ticket, climbed, world.clock, world.now_us),
        "backlog_moves": backlog_moves(life, told["created_us"], told["created_day"]),
    }  # fmt: skip
    return {name: _table(columns, words) for name, columns in made.items()}


def _source(source: pa.Table, ticket_no: np.ndarray) -> Columns:
    """The source's creation of these tickets, `NONE` where it tells none."""
    known = source.column("ticket_no").to_numpy()
    place = np.minimum(np.searchsorted(known, ticket_no), max(len(known) - 1, 0))
    found = {}
    for name in ("created_us", "created_day"):
        column = source.column(name).cast(pa.int64()).fill_null(NONE).to_numpy()
        found[name] = (
            np.where(known[place] == ticket_no, column[place], NONE) if len(known) else np.full(len(ticket_no), NONE)
        )
    return found


def _table(columns: Columns, words: dict[str, list[str]]) -> pa.Table:
    return pa.table({name: _arrow(name, values, words) for name, values in columns.items()})


def _arrow(name: str, values: np.ndarray, words: dict[str, list[str]]) -> pa.Array:
    """A column with nulls for what is not there, days as dates, and words for codes."""
    if name in words:
        codes = pa.array(values.astype(np.int32), mask=values < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(words[name], pa.string()))
    if name.endswith("_us"):
        return pa.array(values, mask=values == NONE)
    if name == "day" or name.endswith("_day"):
        return pa.array(values.astype(np.int32)).cast(pa.date32())
    if name in _CODES:
        return pa.array(values, mask=values < 0)
    if name in _PERHAPS:
        return pa.array(values > 0, mask=values < 0)
    return pa.array(values, from_pandas=True)  # NaN, in a number with decimals, is null
