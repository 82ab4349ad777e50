"""Takes one file's rows into the dataset's source rows, and says what became of each.

The rows are staged as they came, then every one is either *taken* (new), *repeated* (its identity and occurrence are there
already: its other columns may take new values) or *rejected* with a reason. `source_rows` keeps them as text with their
clocks, so that kinds, tiers and the time zone can be derived anew at any time without the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from analytics.ingest.layout import REJECT_KEY, Layout, text
from analytics.ingest.report import Account, Reason
from analytics.ingest.tables import CLOCKS, one
from analytics.model import quoted

STAGE_ROWS = 120_000
"""Rows put into the database at once: about one row group, below which the second core has nothing to do."""


class Chunk(Protocol):
    """A few ten thousand rows as a reader gives them: texts, their line numbers, and what could not be told apart."""

    table: pa.Table
    lines: pa.Array
    malformed: Sequence[Any]
    bytes_done: int


# ── Staging ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Stage:
    """Fills `staged` (and `malformed`) with one file's rows, some at a time. `rows` counts both, `lines` only the staged."""

    con: duckdb.DuckDBPyConnection
    layout: Layout
    rows: int = 0
    waiting: int = 0

    def __post_init__(self) -> None:
        self._tables: list[pa.Table] = []
        cells = "".join(f", {cell} VARCHAR" for cell in self._cells())
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE staged (position BIGINT, line BIGINT, identity UHUGEINT{cells})"
        )
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE malformed (position BIGINT, line BIGINT, reason VARCHAR, raw VARCHAR)"
        )

    def _cells(self) -> list[str]:
        return [self.layout.cells[name] for name in self.layout.kept]

    def add(self, chunk: Chunk) -> None:
        """Takes a chunk over; writes as soon as enough rows wait."""
        if chunk.malformed:
            self._add_malformed(chunk.malformed)
        if chunk.table.num_rows:
            table = chunk.table.rename_columns([f"c{i}" for i in range(chunk.table.num_columns)])
            positions = pa.array(range(self.rows, self.rows + table.num_rows), pa.int64())
            self._tables.append(table.append_column("position", positions).append_column("line", chunk.lines))
            self.rows += table.num_rows
            self.waiting += table.num_rows
        if self.waiting >= STAGE_ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        if not self._tables:
            return
        waiting = pa.concat_tables(self._tables, promote_options="permissive")
        stored = "".join(f", {self.layout.stored_cell(name)}" for name in self.layout.kept)
        self.con.register("arriving", waiting)
        self.con.execute(f"INSERT INTO staged SELECT position, line, {self.layout.identity()}{stored} FROM arriving")
        self.con.unregister("arriving")
        self._tables, self.waiting = [], 0

    def _add_malformed(self, malformed: Sequence[Any]) -> None:
        """Keeps what was malformed; not its text where personal columns must not be stored and cannot be told apart."""
        personal = bool(self.layout.mapping.drop or self.layout.mapping.hash)
        rows = [(self.rows + i, m.line, m.reason, None if personal else m.raw) for i, m in enumerate(malformed)]
        names = ("position", "line", "reason", "raw")
        columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
        types = pa.schema(
            [("position", pa.int64()), ("line", pa.int64()), ("reason", pa.string()), ("raw", pa.string())]
        )
        self.con.register("arriving", pa.table(columns, schema=types))
        self.con.execute("INSERT INTO malformed SELECT * FROM arriving")
        self.con.unregister("arriving")
        self.rows += len(malformed)


def find_twins(con: duckdb.DuckDBPyConnection) -> None:
    """`twins`: the occurrence number of each row that has equals before it in the file; all others are occurrence 1."""
    con.execute("""CREATE OR REPLACE TEMP TABLE twins AS SELECT position, occurrence FROM (
        SELECT position, row_number() OVER (PARTITION BY identity ORDER BY position)::INTEGER AS occurrence FROM staged
        WHERE identity IN (SELECT identity FROM staged GROUP BY identity HAVING count(*) > 1)) WHERE occurrence > 1""")


# ── Taking ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def take(con: duckdb.DuckDBPyConnection, layout: Layout, file: str, import_no: int, file_no: int) -> Account:
    """Moves the staged rows into `source_rows` and `rejects`, and gives the account of the file.

    `prepare` has been called. Nothing is left in the staging tables afterwards.
    """
    find_twins(con)
    _add_columns(con, layout)
    repeated, updated = _match(con, layout, import_no)
    _number_tickets(con, layout)
    taken = _insert(con, layout, import_no, file_no)
    all_fine = taken + repeated == one(con, "SELECT count(*) FROM staged")
    _reject(con, layout, file, import_no, file_no, all_fine=all_fine)
    reasons = con.execute("SELECT reason, count(*), min(line) FROM bad GROUP BY reason").fetchall()
    rejected = sum(row[1] for row in reasons)
    for name in ("staged", "malformed", "twins", "known", "bad"):
        con.execute(f"DROP TABLE {name}")
    told = tuple(Reason(*row, file) for row in reasons)
    return Account(file, taken + repeated + rejected, taken, repeated, rejected, updated, told)


def _add_columns(con: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Columns are added as files have them: the many that no file has would cost as much as the others."""
    for name in _stored(layout):
        type_ = CLOCKS.get(name, "VARCHAR")
        con.execute(f"ALTER TABLE source_rows ADD COLUMN IF NOT EXISTS {quoted(name)} {type_}")


def _stored(layout: Layout) -> list[str]:
    """Columns of `source_rows` that this file fills."""
    clocks = [f"{name}_{part}" for name in layout.times for part in ("clock_us", "is_utc")]
    return [name for name in layout.columns if name != "ticket_id"] + clocks


def _match(con: duckdb.DuckDBPyConnection, layout: Layout, import_no: int) -> tuple[int, int]:
    """`known`: the staged rows that are in the dataset already. Gives how many, and how many of them took new values."""
    con.execute("""CREATE OR REPLACE TEMP TABLE known AS SELECT s.position, r.row_no
        FROM staged s LEFT JOIN twins w USING (position)
        JOIN source_rows r ON r.identity = s.identity AND r.occurrence = coalesce(w.occurrence, 1)""")
    repeated = one(con, "SELECT count(*) FROM known")
    return repeated, _update(con, _stored(layout), import_no) if repeated else 0


def _update(con: duckdb.DuckDBPyConnection, columns: Sequence[str], import_no: int) -> int:
    """Gives known rows the values that this file has for them; how many of them changed by that.

    Also the identifying columns: the same raw text may count as missing now, or be hashed.
    """
    new = ", ".join(f"u.{quoted(name)}" for name in columns)
    old = ", ".join(f"r.{quoted(name)}" for name in columns)
    sets = ", ".join(f"{quoted(name)} = u.{quoted(name)}" for name in columns)
    return one(
        con,
        f"""UPDATE source_rows r SET changed_in = {import_no}, {sets}
        FROM (SELECT k.row_no AS known_no, j.* FROM known k JOIN judged j USING (position) WHERE j.reason IS NULL) u
        WHERE r.row_no = u.known_no AND ROW({old}) IS DISTINCT FROM ROW({new})""",
    )


def _number_tickets(con: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Numbers the tickets that are new, in the order in which they come."""
    if "ticket_id" not in layout.canonical:
        return
    con.execute("""INSERT INTO ticket_ids
        SELECT row_number() OVER (ORDER BY first) + (SELECT coalesce(max(ticket_no), 0) FROM ticket_ids), ticket_id
        FROM (SELECT ticket_id, min(position) AS first FROM shown WHERE ticket_id IS NOT NULL GROUP BY ticket_id)
        WHERE ticket_id NOT IN (SELECT ticket_id FROM ticket_ids)""")


def _insert(con: duckdb.DuckDBPyConnection, layout: Layout, import_no: int, file_no: int) -> int:
    """Takes the acceptable new rows into `source_rows`; their number."""
    columns = ", ".join(f"j.{quoted(name)}" for name in _stored(layout))
    has_ticket = "ticket_id" in layout.canonical
    join = "LEFT JOIN ticket_ids t ON t.ticket_id = j.ticket_id" if has_ticket else ""
    base = one(con, "SELECT coalesce(max(row_no), 0) + 1 FROM source_rows")
    return one(
        con,
        f"""INSERT INTO source_rows BY NAME
        SELECT {base} + j.position AS row_no, {import_no} AS import_no, {import_no} AS changed_in, {file_no} AS file_no,
          j.position, j.line, j.identity, coalesce(w.occurrence, 1) AS occurrence,
          {"t.ticket_no" if has_ticket else "NULL AS ticket_no"}, {columns}
        FROM judged j LEFT JOIN twins w USING (position) {join}
        WHERE j.reason IS NULL AND j.position NOT IN (SELECT position FROM known)""",
    )


def _reject(
    con: duckdb.DuckDBPyConnection, layout: Layout, file: str, import_no: int, file_no: int, *, all_fine: bool
) -> None:
    """`bad`: the rows that were neither taken nor known. Brings `rejects` up to date: each rejected row stands there once, and
    leaves when it, or the mended row that names its key, is taken."""
    con.execute("""CREATE OR REPLACE TEMP TABLE bad AS
        SELECT position, line, key AS identity, row_number() OVER (PARTITION BY key ORDER BY position)::INTEGER AS occurrence,
          reason, raw
        FROM (SELECT *, md5_number(concat_ws(chr(31), 'malformed', coalesce(raw, reason || line))) AS key FROM malformed)""")
    if not all_fine:
        con.execute(f"""INSERT INTO bad
            SELECT j.position, j.line, j.identity, coalesce(w.occurrence, 1), j.reason, NULL
            FROM judged j LEFT JOIN twins w USING (position)
            WHERE j.position NOT IN (SELECT position FROM known) AND j.position NOT IN
              (SELECT position FROM source_rows WHERE import_no = {import_no} AND file_no = {file_no})""")
    if one(con, "SELECT count(*) FROM rejects"):
        _forgive(con, layout, file)
    if one(con, "SELECT count(*) FROM bad"):
        _keep_rejected(con, layout, file, import_no)


def _keep_rejected(con: duckdb.DuckDBPyConnection, layout: Layout, file: str, import_no: int) -> None:
    """The bad rows as they came, for the download."""
    kept = [name for name in layout.kept if not name.startswith("_rejected_")]
    cells = ", ".join(f"{text(name)}, s.{layout.cells[name]}" for name in kept)
    ticket, moment = (f"j.{name}" if name else "NULL" for name in _whose(layout))
    con.execute(f"""INSERT INTO rejects
        SELECT {import_no}, {text(file)}, b.line, b.reason, b.identity, b.occurrence, b.raw,
          CASE WHEN s.position IS NOT NULL THEN json_object({cells})::VARCHAR END,
          {ticket}, {moment}
        FROM bad b LEFT JOIN staged s USING (position) LEFT JOIN shown j USING (position)""")


def _whose(layout: Layout) -> tuple[str | None, str | None]:
    """The columns that tell a row's ticket and time, where the file has them."""
    named = ["ticket_id" if "ticket_id" in layout.canonical else None]
    named += [next((quoted(name) for name in ("at", "start", "created_at") if name in layout.canonical), None)]
    return named[0], named[1]


def _forgive(con: duckdb.DuckDBPyConnection, layout: Layout, file: str) -> None:
    """Takes out of `rejects` whatever this file brings again; what is bad once more comes back with its new reason.

    A rejected row is brought again by the same raw text; by a mended row with its key; or by a row that can be taken in
    the same line of a file of the same name, with the same ticket or time: the file was mended and sent again.
    """
    con.execute("""DELETE FROM rejects r USING (
          SELECT s.identity, coalesce(w.occurrence, 1) AS occurrence FROM staged s LEFT JOIN twins w USING (position)
          UNION SELECT identity, occurrence FROM bad) a
        WHERE r.identity = a.identity AND r.occurrence = a.occurrence""")
    if REJECT_KEY in layout.cells:
        key = layout.cells[REJECT_KEY]
        con.execute(
            f"DELETE FROM rejects WHERE identity || '-' || occurrence IN (SELECT {key} FROM staged WHERE {key} <> '')"
        )
    ticket, moment = (name or "NULL" for name in _whose(layout))
    con.execute(f"""DELETE FROM rejects r USING (
          SELECT line, {ticket} AS ticket, {moment} AS moment FROM shown WHERE position NOT IN (SELECT position FROM bad)) a
        WHERE r.file = {text(file)} AND r.line = a.line AND (r.ticket = a.ticket OR r.moment = a.moment OR r.raw IS NOT NULL)""")
