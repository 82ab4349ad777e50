"""The tables that the import keeps beside the base tables, and the smallest questions to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from analytics.ingest.layout import TIMES
from analytics.ingest.mapping import CANONICAL

TEXTS = tuple(dict.fromkeys(name for names in CANONICAL.values() for name in names if name != "ticket_id"))
CLOCKS = {f"{name}_{part}": type_ for name in TIMES for part, type_ in (("clock_us", "BIGINT"), ("is_utc", "BOOLEAN"))}
"""Columns that `source_rows` may have: canonical texts, and the clock of each that is a time."""

TABLES = {
    "source_rows": """row_no BIGINT, import_no INTEGER, file_no INTEGER, position BIGINT, line BIGINT, identity UHUGEINT,
        occurrence INTEGER, ticket_no BIGINT, changed_in INTEGER""",
    "ticket_ids": "ticket_no BIGINT, ticket_id VARCHAR",
    "rejects": """import_no INTEGER, file VARCHAR, line BIGINT, reason VARCHAR, identity UHUGEINT, occurrence INTEGER,
        raw VARCHAR, cells VARCHAR, ticket VARCHAR, moment VARCHAR""",
    "date_orders": "import_no INTEGER, file_no INTEGER, name VARCHAR, date_order VARCHAR, proven BOOLEAN",
    "status_kinds": "word VARCHAR, kind VARCHAR",
    "kind_words": "word VARCHAR, kind VARCHAR",
    "tier_words": "word VARCHAR, tier SMALLINT",
    "team_tiers": "team_no INTEGER, team VARCHAR, tier SMALLINT",
    "field_words": "word VARCHAR, field VARCHAR, kind VARCHAR",
    "imports": """import_no INTEGER, started_at TIMESTAMP, seconds DOUBLE, files VARCHAR, mapping VARCHAR, mapping_toml VARCHAR,
        "rows" BIGINT, taken BIGINT, repeated BIGINT, rejected BIGINT, updated BIGINT, notes VARCHAR, unmapped VARCHAR""",
}
"""What the import keeps beside the base tables. `source_rows` get a column per canonical column that some file had, two per
time (`<name>_clock_us`, `<name>_is_utc`), and one per extra column, named `x:<header>`; `changed_in` is the number of the last
import that gave a row a new value. `rejects` keep a rejected row's cells as JSON, or the raw text of a malformed line.
`*_words`, `status_kinds` and `team_tiers` say what each word seen in the rows means (NULL = nothing)."""


def create_import_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Creates the tables of the import that are not there yet."""
    for name, columns in TABLES.items():
        con.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")


def one(con: duckdb.DuckDBPyConnection, sql: str, params: Sequence[Any] = ()) -> Any:
    """The single value of a query."""
    rows = con.execute(sql, list(params)).fetchall()
    return rows[0][0] if rows else None


def checksum(con: duckdb.DuckDBPyConnection, table: str, columns: str) -> int:
    """A number that differs where the rows of a table differ, whatever their order."""
    return one(con, f"SELECT coalesce(bit_xor(md5_number(concat_ws(chr(31), {columns}))), 0) + count(*) FROM {table}")
