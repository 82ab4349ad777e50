"""From a part's events to its facts as Arrow tables, and to what it gives to the cubes, as `tables/*.sql` say it."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from analytics.warehouse.arrays.arrow import table_of
from analytics.warehouse.arrays.cells import Cells, in_order
from analytics.warehouse.arrays.clock import Clock
from analytics.warehouse.arrays.columns import Columns, Runs
from analytics.warehouse.arrays.events import columns_of, lived
from analytics.warehouse.arrays.histograms import cube_first_visits, cube_resolutions, cube_waits
from analytics.warehouse.arrays.source import CODED, Source, aligned
from analytics.warehouse.arrays.spans import priority_spans
from analytics.warehouse.arrays.sums import cube_backlog, cube_handoffs, cube_repeats, cube_tickets, cube_values
from analytics.warehouse.arrays.tickets import paths, tickets
from analytics.warehouse.arrays.visits import DIRECTIONS, ENDS, backlog_moves, handoffs, pending, tier_visits, visits

_SECOND_US = 1_000_000


@dataclass(frozen=True)
class World:
    """What reaches beyond a part: the clock, the data's last moment, whether there are replies at all, the priorities by code,
    the names of the teams by number, and the columns of each table of facts."""

    clock: Clock
    now_us: int
    replies: bool
    priorities: tuple[str, ...]
    teams: dict[int, str]
    columns: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Made:
    """What some whole tickets give: their facts, in the order they are stored in, and their cells of each cube."""

    facts: dict[str, pa.Table]
    cubes: dict[str, Cells]


@dataclass(frozen=True)
class _Part:
    """Some whole tickets as columns: what the tables and the cubes are made of."""

    source: Source
    held: Columns
    by_ticket: Runs
    climbed: Columns
    climbs: Runs
    paused: Columns
    found: Columns
    ways: list[str]
    spans: Columns
    handed: Columns
    moves: Columns


def facts(events: pa.Table, source: pa.Table, world: World) -> Made:
    """All facts and cells of some whole tickets. `events` has the columns of `events_sql`, `source` those of `SOURCE_SQL`."""
    counted, told = aligned(columns_of(events), source)
    if not len(counted["ticket_no"]):
        return Made({}, {})
    part = _part(counted, Source.of(told), world)
    return Made(_tables(part, world), _cubes(part, world))


def _part(events: Columns, source: Source, world: World) -> _Part:
    clock, now_us = world.clock, world.now_us
    life = lived(events)
    held, by_ticket = visits(life)
    climbed, climbs = tier_visits(held, clock, now_us)
    paused = pending(life, clock)
    found = tickets(held, by_ticket, climbed, climbs, paused, source, clock)
    spans = priority_spans(life, found, climbed, climbs, paused, clock, now_us, world.replies)
    found["path"], ways = paths(climbed, climbs)
    handed = handoffs(held, by_ticket, climbed, clock, now_us)
    moves = backlog_moves(life, source.created_us, source.created_day)
    return _Part(source, held, by_ticket, climbed, climbs, paused, found, ways, spans, handed, moves)


def _cubes(part: _Part, world: World) -> dict[str, Cells]:
    source, found, handed = part.source, part.found, part.handed
    return {
        "cube_tickets": cube_tickets(found, part.ways, source), "cube_handoffs": cube_handoffs(handed, source),
        "cube_repeats": cube_repeats(handed, source), "cube_waits": cube_waits(handed, source),
        "cube_resolutions": cube_resolutions(found), "cube_backlog": cube_backlog(part.moves, found, source),
        "cube_first_visits": cube_first_visits(part.climbed, part.climbs, found, world.now_us),
        "cube_values": cube_values(part.held, part.by_ticket, part.climbed, source, world.teams),
    }  # fmt: skip


def _tables(part: _Part, world: World) -> dict[str, pa.Table]:
    attributes = {name: part.source.codes[name][part.handed["ticket"]] for name in CODED}
    derived = {
        "visits": part.held, "tier_visits": part.climbed, "pending": part.paused, "priority_spans": part.spans,
        "handoffs": _by_time(part.handed | attributes, "handed_day", "handed_us"),
        "backlog_moves": _by_time(part.moves, "day", "at_us"), "tickets": part.found,
    }  # fmt: skip
    words = {"ended_by": ENDS.tolist(), "direction": DIRECTIONS.tolist(), "path": part.ways}
    priorities = {"priority": list(world.priorities)}  # of events; a ticket's own is its latest
    return {
        name: table_of(
            columns,
            words | (priorities if name == "priority_spans" else part.source.words),
            world.columns[name],
            beside=part.source.attributes if name == "tickets" else None,
        )
        for name, columns in derived.items()
    }


def _by_time(columns: Columns, day: str, moment: str) -> Columns:
    """The rows by day and second, as they are stored: exact moments would cost more to sort by and find nothing sooner."""
    order = in_order([columns[day], columns[moment] // _SECOND_US])
    return {name: values[order] for name, values in columns.items()}
