"""From source rows to the base tables: places times, tells kinds and tiers, folds changes into states, numbers events.

Everything here can be done again at any time from what the import keeps, with other kinds, tiers or another time zone. The
steps are SELECTs in `derive/*.sql`, DuckDB's own dialect: unlike the facts of `warehouse/tables` they never run elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analytics.ingest.layout import EXTRA, TIMES
from analytics.ingest.tables import CLOCKS, TEXTS, one
from analytics.ingest.times import create_zone_tables, define_time_macros
from analytics.model import US_PER_DAY, quoted
from analytics.warehouse.build import build_derived, create_base
from analytics.warehouse.refresh import refresh_derived

_SQL = Path(__file__).parent / "derive"


def sql(name: str, **texts: str) -> str:
    """The text of `derive/<name>.sql`, with names of columns filled in."""
    found = (_SQL / f"{name}.sql").read_text("utf-8")
    return found.format(**texts) if texts else found


_ASOF = re.compile(r"ASOF LEFT JOIN (zone_\w+) (\w+) ON .*")


def _placing(con: duckdb.DuckDBPyConnection, name: str, **texts: str) -> str:
    """As `sql`; where the zone never changes its clock (UTC), its one offset is joined without a search: half the work."""
    found = sql(name, **texts)
    return _ASOF.sub(r"CROSS JOIN \1 \2", found) if _never_changes(con) else found


def _never_changes(con: duckdb.DuckDBPyConnection) -> bool:
    return one(con, "SELECT count(*) FROM zone_utc") == 1


def define_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Makes known to a connection how texts become times and numbers."""
    define_time_macros(con)
    con.execute(sql("read_numbers"))


def set_meta(con: duckdb.DuckDBPyConnection, **values: str) -> None:
    """Notes facts about the dataset; each replaces what was noted under its key."""
    for key, value in values.items():
        con.execute("DELETE FROM meta WHERE key = ?", [key])
        con.execute("INSERT INTO meta VALUES (?, ?)", [key, value])


def get_meta(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """All that is noted about the dataset."""
    return dict(con.execute("SELECT key, value FROM meta").fetchall())


MOST_TOUCHED = 0.25
"""Where an import touched a larger share of the tickets than this, all of them are derived anew: it costs less."""

Tell = Callable[[float], None]


def derive(
    con: duckdb.DuckDBPyConnection,
    shape: str,
    zone: str,
    progress: Tell | None = None,
    *,
    only_import: int | None = None,
) -> None:
    """Fills the base tables from the source rows and builds the facts. `progress` gets the share done, 0-1.

    `only_import`: nothing but the rows of this import has changed since the last time, so that only the tickets which it
    touched need new events and facts (and the open ones, whose figures depend on where the data ends).
    """
    tell = progress or (lambda share: None)
    create_base(con)
    set_meta(con, timezone=zone, shape=shape)
    create_source_view(con)
    _create_zones(con, zone)
    tell(0.05)
    by_tickets = only_import is not None and _find_touched(con, only_import)
    if by_tickets:
        _refill_touched(con, shape)
    else:
        _fill_base(con, shape)
    tell(0.5)
    set_capabilities(con, shape)
    (refresh_derived if by_tickets else build_derived)(con, lambda share: tell(0.5 + share / 2))


def _find_touched(con: duckdb.DuckDBPyConnection, import_no: int) -> bool:
    """`touched`: the tickets with a row that the import brought or changed; whether they are few enough to go by them."""
    con.execute(f"""CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT ticket_no FROM source_rows
        WHERE changed_in = {int(import_no)} AND ticket_no IS NOT NULL""")
    share = one(con, "SELECT (SELECT count(*) FROM touched) / (SELECT count(*) FROM ticket_ids)")
    return bool(one(con, "SELECT count(*) FROM events")) and share is not None and share <= MOST_TOUCHED


def _refill_touched(con: duckdb.DuckDBPyConnection, shape: str) -> None:
    """New events and attributes for the touched tickets, beside those of all others."""
    for name in ("events", "ticket_attributes", "ticket_extras"):
        con.execute(f"DELETE FROM {name} WHERE ticket_no IN (SELECT ticket_no FROM touched)")
    con.execute("DELETE FROM teams")
    create_source_view(con, "ticket_no IN (SELECT ticket_no FROM touched)")
    _fill_from_told(con, shape)
    create_source_view(con)


def create_source_view(con: duckdb.DuckDBPyConnection, where: str = "TRUE") -> None:
    """`source`: source rows with every canonical column and clock, NULL where no file had it."""
    there = {row[0] for row in con.execute("SELECT column_name FROM (DESCRIBE source_rows)").fetchall()}
    absent = [f"NULL::VARCHAR AS {quoted(name)}" for name in TEXTS if name not in there]
    absent += [f"NULL::{type_} AS {quoted(name)}" for name, type_ in CLOCKS.items() if name not in there]
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW source AS SELECT {', '.join(['*', *absent])} FROM source_rows WHERE {where}"
    )


def _create_zones(con: duckdb.DuckDBPyConnection, zone: str) -> None:
    """The zone's offsets over all years that the clocks show."""
    clocks = [f"{name}_clock_us" for name in TIMES]
    edges = ", ".join(f"min({clock}), max({clock})" for clock in clocks)
    found = [us for us in con.execute(f"SELECT {edges} FROM source").fetchall()[0] if us is not None]
    years = [1970 + us // (365.2425 * US_PER_DAY) for us in found] or [2000]
    create_zone_tables(con, zone, int(min(years)) - 1, int(max(years)) + 1)


def _fill_base(con: duckdb.DuckDBPyConnection, shape: str) -> None:
    for name in ("events", "teams", "ticket_attributes", "ticket_extras", "volume"):
        con.execute(f"DROP TABLE {name}")
    create_base(con)
    if shape == "volume":
        con.execute(f"INSERT INTO volume {sql('volume')}")
        con.execute("INSERT INTO teams SELECT team_no, team, tier FROM team_tiers")
        return
    _fill_from_told(con, shape)


def _fill_from_told(con: duckdb.DuckDBPyConnection, shape: str) -> None:
    """Events, teams and attributes of the tickets in `source`; the tables hold none of them yet."""
    folded = _tell(con, shape)
    con.execute(f"CREATE OR REPLACE TEMP TABLE numbered AS {sql('numbered')}")
    columns = ", ".join(f"t.{name}" for name in _event_columns(con, folded))
    con.execute(f"INSERT INTO events BY NAME {_placing(con, 'events', columns=columns)}")
    con.execute(f"INSERT INTO teams {sql('teams')}")
    con.execute(
        f"INSERT INTO ticket_attributes {_placing(con, 'ticket_attributes', key='key' if folded else 'row_no')}"
    )
    _fill_extras(con)
    con.execute("DROP TABLE numbered")


def _tell(con: duckdb.DuckDBPyConnection, shape: str) -> bool:
    """Makes `told`, the events, and `said`, their attributes; whether they are folded from changes.

    Folding is costly, so its result is a table; otherwise both are views, in which a source row speaks for itself. Stays of
    a named field are changes whose old value is unknown.
    """
    folded = shape == "changes" or bool(shape == "stays" and one(con, "SELECT count(field) FROM source"))
    con.execute("DROP TABLE IF EXISTS told_once")
    if folded:
        con.execute(f"CREATE OR REPLACE TEMP VIEW moves AS {_placing(con, f'moves_{shape}')}")
        con.execute(f"CREATE TEMP TABLE told_once AS {_placing(con, 'told_changes')}")
    told = "SELECT * FROM told_once" if folded else _placing(con, f"told_{shape}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW told AS {told}")
    said = "SELECT * FROM told_once" if folded else "SELECT row_no AS key, * FROM source"
    con.execute(f"CREATE OR REPLACE TEMP VIEW said AS {said}")
    return folded


_OPTIONAL = ("agent", "agent_role", "priority", "note", "effort_minutes", "escalation_type", "knowledge_link")
"""Columns of events that only some files have."""


def _event_columns(con: duckdb.DuckDBPyConnection, folded: bool) -> list[str]:
    """The optional columns of events that there is anything for; never none, so that a list can be made of them."""
    there = {row[0] for row in con.execute("SELECT column_name FROM (DESCRIBE source_rows)").fetchall()}
    return [name for name in _OPTIONAL if folded or name in there or name == "agent"]


def extra_columns(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the extra columns of `source_rows`."""
    named = con.execute("SELECT column_name FROM (DESCRIBE source_rows)").fetchall()
    return [row[0] for row in named if row[0].startswith(EXTRA)]


_SNAPSHOT_EXTRAS = ("reassignments", "reopens")
"""Canonical columns that only a ticket's last state has; kept as extra columns, since no fact can be derived from them."""


def _fill_extras(con: duckdb.DuckDBPyConnection) -> None:
    """`ticket_extras`: each ticket's latest known value of every column without a canonical name."""
    there = {row[0] for row in con.execute("SELECT column_name FROM (DESCRIBE source_rows)").fetchall()}
    counted = [name for name in _SNAPSHOT_EXTRAS if name in there]
    columns = {name.removeprefix(EXTRA): name for name in (*extra_columns(con), *counted)}
    for header in columns:
        con.execute(f"ALTER TABLE ticket_extras ADD COLUMN IF NOT EXISTS {quoted(header)} VARCHAR")
    latest = "".join(f", arg_max(s.{quoted(name)}, n.event_no) AS {quoted(header)}" for header, name in columns.items())
    con.execute(f"""INSERT INTO ticket_extras BY NAME SELECT n.ticket_no{latest}
        FROM numbered n JOIN source_rows s USING (row_no) GROUP BY n.ticket_no ORDER BY n.ticket_no""")


# ── What the dataset can answer ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Capability:
    """Something that pages may need. `sql` counts what there is of it; `absent` says in a sentence why it is missing."""

    name: str
    sql: str
    absent: str


_KIND_COUNT = "SELECT count(*) FROM events WHERE kind {}"
CAPABILITIES = (
    Capability("tiers", "SELECT count(tier) FROM events",
               "No tier is known: name a tier column, rules or a team table in the mapping."),
    Capability("teams", "SELECT count(team_no) FROM events", "No column with the team was mapped."),
    Capability("acknowledgement", _KIND_COUNT.format("= 'acknowledged'"),
               "No status is mapped to 'acknowledged', so it is not known when a team began to work."),
    Capability("replies", _KIND_COUNT.format("= 'replied'"),
               "The data holds no public replies, so first contacts cannot be told."),
    Capability("resolution", _KIND_COUNT.format("IN ('resolved', 'closed')"),
               "No status is mapped to 'resolved' or 'closed', so it is not known which tickets are solved."),
    Capability("pending", _KIND_COUNT.format("= 'pending'"), "No status is mapped to 'pending'."),
    Capability("agents", "SELECT count(agent) FROM events", "No column with the agent was mapped."),
    Capability("csat", "SELECT count(csat) FROM ticket_attributes", "No column with the customer's rating was mapped."),
    Capability("effort", "SELECT count(effort_minutes) FROM events", "No column with the time worked was mapped."),
    Capability("notes", "SELECT count(note) FROM events", "No column with notes was mapped."),
)  # fmt: skip

_NEEDS_HISTORY = {
    "tickets": "The file has one row per ticket, its last state: who handed it to whom is not in it.",
    "volume": "The file has counts only, no tickets.",
}


def set_capabilities(con: duckdb.DuckDBPyConnection, shape: str) -> None:
    """Notes what the dataset can answer: `capabilities` {name: true or false}, `missing_capabilities` {name: why not}."""
    history = _NEEDS_HISTORY.get(shape)
    missing = {"paths": history} if history else {}
    for capability in CAPABILITIES:
        if not one(con, capability.sql):
            missing[capability.name] = history if shape == "volume" and history else capability.absent
    if shape == "tickets":
        missing["acknowledgement"] = _NEEDS_HISTORY["tickets"]
    if not one(con, "SELECT count(*) FROM volume") and shape == "volume":
        missing["volume"] = "No counts were imported."
    names = ("paths", *(capability.name for capability in CAPABILITIES), "volume")
    told = {name: name not in missing for name in names}
    set_meta(con, capabilities=json.dumps(told), missing_capabilities=json.dumps(missing, ensure_ascii=False))


def odd_hours(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """(skipped, repeated): source rows whose clock falls into an hour that daylight saving skipped, or that was there twice."""
    if _never_changes(con):
        return 0, 0
    counts = [
        con.execute(sql("odd_hours", clock=f"{name}_clock_us", is_utc=f"{name}_is_utc")).fetchall()[0]
        for name in TIMES
        if one(con, f"SELECT count({name}_clock_us) FROM source")
    ]
    return sum(count[0] for count in counts), sum(count[1] for count in counts)
