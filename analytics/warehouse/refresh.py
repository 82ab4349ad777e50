"""Increments: only the tickets that an import touched are derived anew, and the result is that of deriving everything.

Every fact belongs to one ticket and every cube is a sum over tickets, so the touched tickets' facts are replaced, and cubes lose
what these tickets gave before and gain what they give now. Two things reach beyond a ticket:

* The data's last event censors what is still open (waits, visits, elapsed times). When it moves, all open tickets are derived
  anew too; a ticket that is resolved, closed or cancelled has no figure that depends on it.
* The business clock counts from the data's first quarter of an hour, and whether there are replies at all decides what a first
  answer is. When either changes, everything is derived anew.

Rejected: leaving censored waits out of the facts and reckoning them in each question; every question would have to know.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np

from analytics.model import TEAM_SETS
from analytics.warehouse.build import (
    CUBES,
    DERIVED,
    FACTS,
    MEASURES,
    TEAM_CUBES,
    build_derived,
    clock_frame,
    in_file,
    part,
    table_sql,
)

MOST_AGAIN = 0.25
"""Where more than this share of the tickets must be derived anew, all are: it costs less, and packs the file."""

_AGAIN = "ticket_no IN (SELECT ticket_no FROM derived_again)"


def refresh_derived(con: duckdb.DuckDBPyConnection, progress: Callable[[float], None] | None = None) -> bool:
    """Brings facts and cubes up to date after the tickets of the temporary table `touched` got other events or attributes.

    Whether that could be done by tickets; False where everything was derived anew. `progress` gets the share done, 0-1.
    """
    tell = progress or (lambda _: None)
    before = _end(con)
    if before is None or not _extend_clock(con):
        return _all_anew(con, tell)
    con.execute(f"CREATE OR REPLACE TEMP TABLE later_end AS {table_sql('data_end')}")
    after = con.execute("SELECT * FROM later_end").fetchall()[0]
    _choose_tickets(con, moved=before[1] != after[1])
    if (before[5] > 0) != (after[5] > 0) or _share_again(con) > MOST_AGAIN:
        return _all_anew(con, tell)
    tell(0.2)
    _summarize_before(con)
    con.execute("CREATE OR REPLACE TABLE data_end AS SELECT * FROM later_end")
    tell(0.4)
    with part(con, _AGAIN):
        for name in CUBES:
            con.execute(f"CREATE OR REPLACE TEMP TABLE now_{name} AS {table_sql(name)}")
        tell(0.7)
        _replace_facts(con)
    _forget_team_sets(con)
    for name in CUBES:
        _merge(con, name)
    con.execute("DROP TABLE derived_again")
    con.execute("DROP TABLE later_end")
    tell(1.0)
    return True


def _end(con: duckdb.DuckDBPyConnection) -> tuple | None:
    """The row of `data_end` as it was; None where the file has no facts and cubes of this form yet."""
    there = {
        row[0]
        for row in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
        ).fetchall()
    }
    if not {*FACTS, *CUBES, "data_end", "clock"} <= there:
        return None
    columns = [row[0] for row in con.execute("DESCRIBE data_end").fetchall()]
    rows = con.execute("SELECT * FROM data_end").fetchall()
    return rows[0] if "replies" in columns and rows[0][0] is not None else None


def _extend_clock(con: duckdb.DuckDBPyConnection) -> bool:
    """Adds later quarters to the clock; False (and nothing done) where it shows anything else than before in earlier ones."""
    there, later = con.sql("SELECT * FROM clock ORDER BY tier, bucket_us").df(), clock_frame(con)
    is_new = (later["bucket_us"] > there["bucket_us"].max()).to_numpy()
    earlier = later[~is_new].sort_values(["tier", "bucket_us"])
    if not np.array_equal(earlier[there.columns].to_numpy(np.int64), there.to_numpy(np.int64)):
        return False
    con.register("later_clock", later.loc[is_new, list(there.columns)])
    con.execute("INSERT INTO clock SELECT * FROM later_clock")
    con.unregister("later_clock")
    return True


def _all_anew(con: duckdb.DuckDBPyConnection, tell: Callable[[float], None]) -> bool:
    con.execute("DROP TABLE IF EXISTS derived_again")
    build_derived(con, tell)
    return False


def _choose_tickets(con: duckdb.DuckDBPyConnection, moved: bool) -> None:
    """`derived_again`: the touched tickets, and the open ones where the data's end has moved."""
    still_open = "UNION SELECT ticket_no FROM tickets WHERE state < 2" if moved else ""
    con.execute(f"CREATE OR REPLACE TEMP TABLE derived_again AS SELECT ticket_no FROM touched {still_open}")


def _share_again(con: duckdb.DuckDBPyConnection) -> float:
    ((again, there),) = con.execute(
        "SELECT (SELECT count(*) FROM derived_again), (SELECT count(*) FROM ticket_attributes)"
    ).fetchall()
    return again / max(there, 1)


def _summarize_before(con: duckdb.DuckDBPyConnection) -> None:
    """`then_<cube>`: what these tickets gave to each cube, from their facts as they were."""
    for name in FACTS:
        con.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {in_file(con, name)} WHERE {_AGAIN}")
    for name in CUBES:
        con.execute(f"CREATE OR REPLACE TEMP TABLE then_{name} AS {table_sql(name)}")
    for name in FACTS:
        con.execute(f"DROP TABLE temp.{name}")


def _replace_facts(con: duckdb.DuckDBPyConnection) -> None:
    for name in FACTS:
        into = in_file(con, name)
        con.execute(f"DELETE FROM {into} WHERE {_AGAIN}")
        con.execute(f"INSERT INTO {into} SELECT * FROM temp.{name} ORDER BY {DERIVED[name]}")


def _forget_team_sets(con: duckdb.DuckDBPyConnection) -> None:
    """Where the cubes in the file do not tell sets of teams, the changes must not either: their cells would be all there is."""
    there = f"SELECT EXISTS (SELECT * FROM cube_tickets WHERE grain = {TEAM_SETS})"
    if not con.execute(there).fetchall()[0][0]:
        for name in TEAM_CUBES:
            for change in (f"now_{name}", f"then_{name}"):
                con.execute(f"DELETE FROM {change} WHERE grain = {TEAM_SETS}")


def _merge(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Takes off a cube what was, adds what is. Cells without anything left are gone, as if they had never been."""
    columns = [row[0] for row in con.execute(f"DESCRIBE {name}").fetchall()]
    measures = MEASURES.get(name, ("n",))
    keys = ", ".join(column for column in columns if column not in measures)
    same = " AND ".join(f"c.{key} IS NOT DISTINCT FROM d.{key}" for key in keys.split(", "))
    added, taken = ", ".join(measures), ", ".join(f"-{one}" for one in measures)
    sums = ", ".join(f"sum({one})::BIGINT AS {one}" for one in measures)
    con.execute(f"""CREATE OR REPLACE TEMP TABLE change AS SELECT {keys}, {sums} FROM (
        SELECT {keys}, {added} FROM now_{name} UNION ALL SELECT {keys}, {taken} FROM then_{name})
        GROUP BY {keys} HAVING {" OR ".join(f"sum({one}) <> 0" for one in measures)}""")
    con.execute(f"CREATE OR REPLACE TEMP TABLE hit AS SELECT c.rowid AS place FROM {name} c JOIN change d ON {same}")
    con.execute(f"""CREATE OR REPLACE TEMP TABLE cells AS SELECT {keys}, {sums} FROM (
        SELECT {keys}, {added} FROM change UNION ALL
        SELECT {keys}, {added} FROM {name} WHERE rowid IN (SELECT place FROM hit))
        GROUP BY {keys} HAVING sum(n) <> 0""")
    con.execute(f"DELETE FROM {name} WHERE rowid IN (SELECT place FROM hit)")
    con.execute(f"INSERT INTO {name} ({keys}, {added}) SELECT {keys}, {added} FROM cells ORDER BY {CUBES[name]}")
    for left in (f"now_{name}", f"then_{name}", "change", "hit", "cells"):
        con.execute(f"DROP TABLE temp.{left}")
