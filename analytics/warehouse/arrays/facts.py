"""From a part's events to its facts as Arrow tables, and to what it gives to the cubes, as `tables/*.sql` say it."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from analytics.warehouse.arrays.arrow import table_of
from analytics.warehouse.arrays.cells import Cells, in_order
from analytics.warehouse.arrays.clock import Clock
from analytics.warehouse.arrays.columns import Columns, Runs
from analytics.warehouse.arrays.events import columns_of, lived
from analytics.warehouse.arrays.histograms import (
    cube_first_visits,
    cube_resolutions,
    cube_targets,
    cube_waits,
    first_stays,
)
from analytics.warehouse.arrays.source import CODED, Source, aligned
from analytics.warehouse.arrays.spans import priority_spans
from analytics.warehouse.arrays.sums import (
    cube_backlog,
    cube_handoffs,
    cube_repeats,
    cube_teams,
    cube_tickets,
    cube_values,
    team_sets,
)
from analytics.warehouse.arrays.tickets import loops, open_tickets, paths, tickets
from analytics.warehouse.arrays.visits import DIRECTIONS, ENDS, backlog_moves, handoffs, pending, tier_visits, visits

_SECOND_US = 1_000_000
_BY_TIME = {"handoffs": ("handed_day", "handed_us"), "backlog_moves": ("day", "at_us")}
"""Facts that are stored by day and second. Rejected: exact moments, which cost more to sort by and find nothing sooner."""


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
    still_open: Columns
    looped: Columns


def facts(read: tuple[pa.Table, pa.Table], world: World) -> Made | None:
    """All facts and cells of a part, of whole tickets: what `events_sql` and `SOURCE_SQL` give. None where no ticket counts."""
    events, source = read
    counted, told = aligned(columns_of(events), source)
    if not len(counted["ticket_no"]):
        return None
    part = _part(counted, Source.of(told), world)
    return Made(_tables(part, world) | _timed(part, world), _cubes(part, world))


def _part(events: Columns, source: Source, world: World) -> _Part:
    clock, now_us = world.clock, world.now_us
    life = lived(events)
    held, by_ticket = visits(life)
    climbed, climbs = tier_visits(held, clock, now_us)
    climbed |= first_stays(climbed, now_us)
    paused = pending(life, clock)
    found = tickets(held, by_ticket, climbed, climbs, paused, source, clock)
    spans = priority_spans(life, found, climbed, climbs, paused, clock, now_us, world.replies, source, world.priorities)
    climbed["created_day"] = found["created_day"][climbs.of]
    found["path"], ways = paths(climbed, climbs)
    handed = handoffs(held, by_ticket, climbed, clock, now_us)
    moves = backlog_moves(life, source.created_us, source.created_day)
    still_open = open_tickets(found, climbed, climbs, source)
    looped = loops(handed, found, source)
    return _Part(
        source, held, by_ticket, climbed, climbs, paused, found, ways, spans, handed, moves, still_open, looped
    )


def _cubes(part: _Part, world: World) -> dict[str, Cells]:
    source, found, handed = part.source, part.found, part.handed
    teams = team_sets(found)
    return {
        "cube_tickets": cube_tickets(found, part.ways, source, teams), "cube_handoffs": cube_handoffs(handed, source),
        "cube_repeats": cube_repeats(handed, source), "cube_waits": cube_waits(handed, source),
        "cube_resolutions": cube_resolutions(found, source, teams),
        "cube_backlog": cube_backlog(part.moves, found, source, teams),
        "cube_first_visits": cube_first_visits(part.climbed, part.climbs, found, source, teams),
        "cube_teams": cube_teams(part.held, part.by_ticket, handed, found, source, teams),
        "cube_targets": cube_targets(part.spans, source, teams, world.priorities),
        "cube_values": cube_values(part.held, part.by_ticket, part.climbed, source, world.teams),
    }  # fmt: skip


def _tables(part: _Part, world: World) -> dict[str, pa.Table]:
    """The facts that are stored as their tickets are."""
    derived = {
        "visits": part.held, "tier_visits": part.climbed, "pending": part.paused, "priority_spans": part.spans,
        "tickets": part.found, "open_tickets": part.still_open, "loops": part.looped,
    }  # fmt: skip
    words = {
        **part.source.words,
        "last_priority": part.source.words["priority"],
        "ended_by": ENDS.tolist(),
        "path": part.ways,
    }
    own = {
        "priority_spans": {"priority": list(world.priorities)}
    }  # as events say it; elsewhere it is the ticket's latest
    beside = {"tickets": part.source.attributes}
    return {
        name: table_of(columns, words | own.get(name, {}), world.columns[name], beside.get(name))
        for name, columns in derived.items()
    }


def _timed(part: _Part, world: World) -> dict[str, pa.Table]:
    """The facts that are stored by day and moment."""
    attributes = {name: part.source.codes[name][part.handed["ticket"]] for name in CODED}
    columns = {"handoffs": part.handed | attributes, "backlog_moves": part.moves}
    words = {"handoffs": part.source.words | {"direction": DIRECTIONS.tolist()}, "backlog_moves": {}}
    made = {}
    for name, (day, moment) in _BY_TIME.items():
        order = in_order([columns[name][day], columns[name][moment] // _SECOND_US])
        found = {column: columns[name][column].take(order) for column in world.columns[name]}
        made[name] = table_of(found, words[name], world.columns[name])
    return made
