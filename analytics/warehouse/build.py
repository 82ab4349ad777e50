"""From events to facts: the base tables that an import fills, and the derived tables made from them.

The derived tables are plain SELECTs in `tables/*.sql`, written in the common subset of DuckDB SQL and Spark SQL, so that
the same text builds them in a lake. This module only names them, in order, and says how DuckDB stores them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from analytics.calendars import Calendar, clock_table, from_json, to_json
from analytics.model import KINDS, TEAM_BITS, TIERS, quoted
from analytics.warehouse.arrays.arrow import table_of_cells
from analytics.warehouse.arrays.cells import Cells, merged
from analytics.warehouse.arrays.clock import Clock
from analytics.warehouse.arrays.events import events_sql
from analytics.warehouse.arrays.facts import World, facts
from analytics.warehouse.arrays.row_groups import ROW_GROUP, RowGroups
from analytics.warehouse.arrays.source import SOURCE_SQL
from analytics.warehouse.arrays.sums import OF_PATH, with_grains, without_team_sets

_TABLES = Path(__file__).parent / "tables"
_KIND = "ENUM (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")"

BASE = {
    "events": f"""ticket_no BIGINT, event_no INTEGER, at_us BIGINT, day DATE, hour_of_week SMALLINT, kind {_KIND},
        status VARCHAR, tier SMALLINT, team_no INTEGER, agent VARCHAR, agent_role VARCHAR, priority VARCHAR, note VARCHAR,
        effort_minutes DOUBLE, escalation_type VARCHAR, knowledge_link VARCHAR, row_no BIGINT""",
    "teams": "team_no INTEGER, team VARCHAR, tier SMALLINT",
    "ticket_attributes": """ticket_no BIGINT, ticket_id VARCHAR, created_us BIGINT, created_day DATE, priority VARCHAR,
        product VARCHAR, category VARCHAR, channel VARCHAR, customer VARCHAR, subject VARCHAR, csat VARCHAR""",
    "ticket_extras": "ticket_no BIGINT",
    "volume": "day DATE, hour SMALLINT, tier SMALLINT, channel VARCHAR, product VARCHAR, tickets DOUBLE",
    "roster": "day DATE, tier SMALLINT, team VARCHAR, hours DOUBLE",
    "meta": "key VARCHAR, value VARCHAR",
}
"""What an import fills. `events` are ordered by (ticket_no, event_no); event_no counts from 1 within a ticket in the order
(time, position in the file). `day` and `hour_of_week` (0 = Monday 00:00-00:59 … 167) are local to the dataset's time zone.
`tier` is the rank 0-3 or NULL. `ticket_attributes` hold each ticket's latest known value; `created_us` and `created_day` only
where the source has a creation column. `ticket_extras` has one more VARCHAR column per attribute without a canonical name."""

WORKING = ("event_states", "visit_sums")
"""Derived tables that only the making of the others needs; they are not kept."""

DERIVED = {
    "data_end": "",
    "event_states": "",
    "visit_sums": "",
    "visits": "ticket_no, visit_no",
    "tier_visits": "ticket_no, tier_visit_no",
    "handoffs": "handed_day, handed_us",
    "pending": "ticket_no, event_no",
    "backlog_moves": "day, at_us",
    "tickets": "created_day, ticket_no",
    "open_tickets": "ticket_no",
    "loops": "ticket_no, visit_no",
    "priority_spans": "ticket_no, span_no",
}
"""Derived tables in the order they are built, with the order they are stored in."""

CUBES = {
    "cube_tickets": "grain, created_day",
    "cube_handoffs": "handed_day",
    "cube_repeats": "grouped_by, handed_day",
    "cube_waits": "grain, on_business_clock, month_no",
    "cube_resolutions": "grain, on_business_clock, with_pending, month_no",
    "cube_first_visits": "grain, month_no",
    "cube_targets": "grain, month_no",
    "cube_teams": "grain, created_day",
    "cube_backlog": "grain, day",
    "cube_values": "attribute",
}
"""Summaries of the facts, with the order they are stored in. Each is a sum over tickets: its columns named in `MEASURES` add up,
the others name the cell. So an increment takes off what the touched tickets gave before and adds what they give now."""

TEAM_CUBES = (
    "cube_tickets", "cube_resolutions", "cube_first_visits", "cube_targets", "cube_teams", "cube_backlog",
)  # fmt: skip
"""Those that have cells of the grain `TEAM_SETS` where the tickets were with few enough different sets of teams."""

MEASURES = {
    "cube_tickets": (
        "n", "events", "first_level", "first_contact", "reopened", "replies", "team_returns", "team_tickets", "team_immediate",
        "team_immediate_tickets", "tier_returns", "tier_tickets", "pending_events", "pending_tickets", "pending_us", "resolve_us",
        "rated", "good",
    ),
    "cube_teams": ("n", "ended", "solved", "passed_up", "again"),
    "cube_backlog": ("n", "delta"),
}  # fmt: skip
"""What adds up in a cube; in those not named here, `n` alone."""

PART_EVENTS = 2_000_000
"""About so many events are derived at a time. Every fact belongs to one ticket, so parts are runs of whole tickets: a part's
arrays stay in memory (about 1 GB) however long the log is, and an increment is one more part. Rejected: smaller parts, whose
arrays are too small for the system's large pages, and whose runs in the order of days are shorter."""

MOST_TEAM_SETS = 1_000
"""Where tickets were with more different sets of teams than this, cubes do not tell them: they would be as large as the facts."""

MOST_CELLS = 1_000_000
"""About so many cells of a cube are kept beside those put together already, before they are put together too."""

DATABASE_MEGABYTES = 700
"""What the database may hold in memory while arrays are at work beside it."""

_MEGABYTES = {"MiB": 1.05, "GiB": 1074, "TiB": 1_099_512}

_OF_TICKETS = ("events", "ticket_attributes")
FACTS = tuple(name for name in DERIVED if name not in (*WORKING, "data_end"))


def table_sql(name: str) -> str:
    """The SELECT that builds a derived table, as it runs on DuckDB and on Spark."""
    return (_TABLES / f"{name}.sql").read_text("utf-8")


def create_base(con: duckdb.DuckDBPyConnection) -> None:
    """Creates the base tables that are not there yet."""
    for name, columns in BASE.items():
        con.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")


def build_derived(con: duckdb.DuckDBPyConnection, progress: Callable[[float], None] | None = None) -> None:
    """Derives all tables anew from the base tables. `progress` gets the share done, 0-1."""
    tell = progress or (lambda _: None)
    clock = build_clock(con)
    con.execute(f"CREATE OR REPLACE TABLE data_end AS {table_sql('data_end')}")
    _create_empty(con)
    with _less_memory(con):
        _fill(con, clock, lambda share: tell(0.95 * share))
    tell(1.0)


@contextmanager
def _less_memory(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Leaves memory to the arrays: what the database keeps of blocks read and written is not needed again."""
    before = con.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]
    number, unit = before.split()
    if float(number) * _MEGABYTES.get(unit, 0) > DATABASE_MEGABYTES:
        with suppress(duckdb.OutOfMemoryException):  # what the caller's transaction holds may be larger
            con.execute(f"SET memory_limit = '{DATABASE_MEGABYTES}MB'")
    try:
        yield
    finally:
        con.execute(f"SET memory_limit = '{before}'")


def _create_empty(con: duckdb.DuckDBPyConnection) -> None:
    """The tables as the SQL makes them, without a row."""
    with part(con, "FALSE"):
        for name in CUBES:
            con.execute(f"CREATE OR REPLACE TABLE {in_file(con, name)} AS {table_sql(name)}")
        for name in FACTS:
            con.execute(f"CREATE OR REPLACE TABLE {in_file(con, name)} AS SELECT * FROM temp.{name}")


def _fill(con: duckdb.DuckDBPyConnection, clock: pd.DataFrame, tell: Callable[[float], None]) -> None:
    """Fills the facts of all tickets, part by part, then the cubes; while a part is written, the next is reckoned."""
    world = _world(con, clock)
    if world is None:
        return
    parts, cells, sets = _parts(con), {name: [] for name in CUBES}, set[int]()
    groups = RowGroups(lambda name, table: _write(con, name, table))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(facts, _read(con, parts[0], world), world)
        for number in range(1, len(parts) + 1):
            made = waiting.result()
            if number < len(parts):
                waiting = pool.submit(facts, _read(con, parts[number], world), world)
            if made:
                for name, table in made.facts.items():
                    groups.take(name, table)
                sets.update(made.cubes["cube_tickets"].words["team_mask"])
                cells = {name: _gathered(name, [*found, made.cubes[name]]) for name, found in cells.items()}
                if len(sets) > MOST_TEAM_SETS or max(world.teams, default=0) > TEAM_BITS:
                    cells = {name: [without_team_sets(one) for one in found] for name, found in cells.items()}
            tell(number / len(parts))
    for name, found in cells.items():
        if found:
            groups.take(name, _cube(con, name, found))
    groups.end()


def _world(con: duckdb.DuckDBPyConnection, clock: pd.DataFrame) -> World | None:
    """What reaches beyond a part; None where there is no event."""
    ((now_us, replies),) = con.execute("SELECT last_us, replies FROM data_end").fetchall()
    if now_us is None:
        return None
    told = con.execute("SELECT DISTINCT priority FROM events WHERE priority IS NOT NULL ORDER BY 1").fetchall()
    return World(
        Clock.of(clock), now_us, replies > 0, tuple(row[0] for row in told),
        dict(con.execute("SELECT team_no, team FROM teams").fetchall()), {name: _columns(con, name) for name in FACTS},
    )  # fmt: skip


def _columns(con: duckdb.DuckDBPyConnection, name: str) -> tuple[str, ...]:
    return tuple(row[0] for row in con.execute(f"DESCRIBE {name}").fetchall())


def _read(con: duckdb.DuckDBPyConnection, where: str, world: World) -> tuple[pa.Table, pa.Table]:
    """A part's events and what its tickets' source tells."""
    return (
        con.sql(events_sql(where, world.priorities)).to_arrow_table(),
        con.sql(SOURCE_SQL.format(where=where)).to_arrow_table(ROW_GROUP),
    )


def _write(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Puts rows into a table of the file."""
    con.register("made", table)
    con.execute(f"INSERT INTO {in_file(con, name)} SELECT * FROM made")
    con.unregister("made")


def _merged(name: str, found: list[Cells]) -> Cells:
    return merged(found, MEASURES.get(name, ("n",)), OF_PATH if name == "cube_tickets" else ())


def _gathered(name: str, found: list[Cells]) -> list[Cells]:
    """The cells so far (first those put together already), put together where they are many, so that memory holds a cube and
    not its parts."""
    together, *later = (len(one.columns["n"]) for one in found)
    return found if sum(later) < max(MOST_CELLS, together) else [_merged(name, found)]


def _cube(con: duckdb.DuckDBPyConnection, name: str, found: list[Cells]) -> pa.Table:
    """A cube's rows, in the order of `CUBES`, from the cells of all parts."""
    cells = _merged(name, found)
    return table_of_cells(with_grains(cells) if name == "cube_tickets" else cells, _columns(con, name))


def _parts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Conditions on `ticket_no` that cut the tickets into parts of about equal size; one part is everything."""
    events, first, last = con.execute("SELECT count(*), min(ticket_no), max(ticket_no) FROM events").fetchall()[0]
    count = -(-events // PART_EVENTS)
    if count < 2:
        return ["TRUE"]
    edges = [first + (last + 1 - first) * number // count for number in range(count + 1)]
    return [f"ticket_no >= {low} AND ticket_no < {high}" for low, high in pairwise(edges)]


@contextmanager
def part(con: duckdb.DuckDBPyConnection, where: str) -> Iterator[None]:
    """The facts of some tickets as temporary tables, which go before the file's tables of the same names; gone afterwards.

    Rejected: SQL with other table names for parts; one text must run here and on Spark.
    """
    for name in _OF_TICKETS:
        con.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {in_file(con, name)} WHERE {where}")
    made = [name for name in DERIVED if name != "data_end"]
    for name in made:
        con.execute(f"CREATE TEMP TABLE {name} AS {table_sql(name)}")
    yield
    for name in made:
        con.execute(f"DROP TABLE temp.{name}")
    for name in _OF_TICKETS:
        con.execute(f"DROP VIEW temp.{name}")


def in_file(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """A table of the file, whatever temporary table has the same name."""
    database = con.execute("SELECT current_database()").fetchall()[0][0]
    return f"{quoted(database)}.main.{name}"


def set_calendars(con: duckdb.DuckDBPyConnection, calendars: dict[str, Calendar]) -> None:
    """Notes the working hours of each tier; `build_derived` then counts business time by them."""
    con.execute("DELETE FROM meta WHERE key = 'calendars'")
    con.execute("INSERT INTO meta VALUES ('calendars', ?)", [to_json(calendars)])


def calendars_of(con: duckdb.DuckDBPyConnection) -> dict[str, Calendar]:
    """The working hours of every tier: those noted, else Monday to Friday 9 to 17 in the dataset's time zone."""
    told = dict(con.execute("SELECT key, value FROM meta WHERE key IN ('calendars', 'timezone')").fetchall())
    usual = Calendar(told.get("timezone", "UTC"))
    return dict.fromkeys(TIERS, usual) | from_json(told.get("calendars", ""))


def clock_frame(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The open time before each quarter of an hour, for every tier, over the whole span of the data."""
    first, last = con.execute(
        "SELECT least(min(e.at_us), (SELECT min(created_us) FROM ticket_attributes)), max(e.at_us) FROM events e"
    ).fetchone() or (0, 0)
    return clock_table(calendars_of(con), first or 0, last or 0)


def build_clock(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Puts the clock into the file; its rows."""
    frame = clock_frame(con)
    con.register("clock_frame", frame)
    con.execute("CREATE OR REPLACE TABLE clock AS SELECT * FROM clock_frame")
    con.unregister("clock_frame")
    return frame
