"""What can be done with a dataset after its imports: other settings, its rejected rows, its tables as Parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping as Dict
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from analytics.errors import DatasetError, MappingError, did_you_mean
from analytics.ingest.derive import create_source_view, define_macros, derive, get_meta, set_meta
from analytics.ingest.layout import REJECT_KEY, REJECT_NOTES
from analytics.ingest.mapping import Mapping, TierRules, check_timezone
from analytics.ingest.meanings import kind_of, learn_teams
from analytics.ingest.tables import TABLES, create_import_tables, one
from analytics.model import KINDS, quoted, tier_rank
from analytics.warehouse.store import Dataset, Home, Warehouse

_INTERNAL = tuple(name for name in TABLES if name != "imports")
"""Tables that only a later import needs; they are not part of an export."""


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rederive(
    dataset: str,
    home: Home,
    *,
    kinds: Dict[str, str] | None = None,
    tiers: TierRules | None = None,
    timezone: str | None = None,
) -> Dataset:
    """Derives a dataset anew with other kinds, tiers or time zone; its next version. Never adds or removes an event's row.

    `kinds` and `tiers` replace what the dataset's mapping says; None leaves it. Rows that were rejected for their team's tier
    stay rejected until their file comes again. DatasetError where the dataset was not made by an import.
    """
    _check_kinds(kinds or {})
    zone = check_timezone(timezone) if timezone else None
    mapping = _saved_mapping(home, dataset)
    if kinds is not None:
        mapping = replace(mapping, kinds=dict(kinds))
    if tiers is not None:
        mapping = replace(mapping, tiers=tiers)
    if zone:
        mapping = replace(mapping, source=replace(mapping.source, timezone=zone))
    with home.new_version(dataset) as con:
        define_macros(con)
        create_import_tables(con)
        create_source_view(con)
        con.execute("BEGIN")
        _relearn(con, mapping, kinds is not None, tiers is not None)
        set_meta(con, mapping_toml=mapping.to_toml())
        derive(con, mapping.shape, zone or get_meta(con)["timezone"])
        con.execute("COMMIT")
    return home.get(dataset)


def _check_kinds(kinds: Dict[str, str]) -> None:
    for status, kind in kinds.items():
        if kind not in KINDS:
            raise MappingError(
                f"There is no kind '{kind}'.", found=f"For '{status}'.", todo=did_you_mean(kind, list(KINDS))
            )


def saved_mapping(warehouse: Warehouse) -> Mapping | None:
    """The mapping that the dataset was last imported with; None where it was not made by an import."""
    rows = warehouse.rows("SELECT value FROM meta WHERE key = 'mapping_toml'")
    return Mapping.from_toml(rows[0][0], warehouse.dataset.name) if rows else None


def _saved_mapping(home: Home, dataset: str) -> Mapping:
    warehouse = Warehouse(home.get(dataset))
    found = saved_mapping(warehouse)
    warehouse.close()
    if found is None:
        raise DatasetError(f"'{dataset}' was not made by an import.", todo="Import its files to change kinds or tiers.")
    return found


def _relearn(con: duckdb.DuckDBPyConnection, mapping: Mapping, kinds: bool, tiers: bool) -> None:
    """What every word ever seen means under the new mapping."""
    if kinds:
        for table in ("status_kinds", "kind_words"):
            words = [row[0] for row in con.execute(f"SELECT word FROM {table}").fetchall()]
            for word in words:
                plain = word.casefold() if table == "kind_words" and word.casefold() in KINDS else None
                con.execute(
                    f"UPDATE {table} SET kind = ? WHERE word = ?", [plain or kind_of(dict(mapping.kinds), word), word]
                )
        for (word,) in con.execute("SELECT word FROM field_words").fetchall():
            con.execute("UPDATE field_words SET kind = ? WHERE word = ?", [kind_of(dict(mapping.kinds), word), word])
    if tiers:
        _relearn_tiers(con, mapping)


def _relearn_tiers(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    has_tiers = bool(one(con, "SELECT count(*) FROM tier_words"))
    teams = [row[0] for row in con.execute("SELECT team FROM team_tiers ORDER BY team_no").fetchall()]
    con.execute("UPDATE team_tiers SET tier = NULL")
    learn_teams(con, mapping, teams, has_tiers)
    for (word,) in con.execute("SELECT word FROM tier_words").fetchall():
        tier = mapping.tiers.of_value(word)
        con.execute("UPDATE tier_words SET tier = ? WHERE word = ?", [None if tier is None else tier_rank(tier), word])


# ── Rejected rows ────────────────────────────────────────────────────────────────────────────────────────────────────────


def rejected_rows(warehouse: Warehouse, limit: int | None = None) -> pd.DataFrame:
    """The rows that were rejected and never taken since, as they came, to be mended and sent again.

    One row per rejected row: `_rejected_because`, `_rejected_file`, `_rejected_line`, the file's own columns (for a line
    that could not be told apart, `_rejected_text`), and `_rejected_key`, by which a mended row takes its place.
    Texts are raw: whoever writes them to a CSV or XLSX file must defuse formulas.
    """
    if not warehouse.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'rejects'"):
        return pd.DataFrame(columns=[*REJECT_NOTES, REJECT_KEY])
    rows = warehouse.rows(f"""SELECT reason, file, line, raw, identity || '-' || occurrence, cells FROM rejects
        ORDER BY import_no, file, line {"" if limit is None else f"LIMIT {int(limit)}"}""")
    told = []
    for reason, file, line, raw, key, cells in rows:
        noted = dict(zip(REJECT_NOTES, (reason, file, line, raw), strict=True))
        told.append(noted | json.loads(cells or "{}") | {REJECT_KEY: key})
    frame = pd.DataFrame(told, columns=None if told else [*REJECT_NOTES, REJECT_KEY])
    without_text = all(row[3] is None for row in rows)
    return frame.drop(columns="_rejected_text") if without_text else frame


def import_history(warehouse: Warehouse) -> pd.DataFrame:
    """The imports that changed the dataset, the last first: started_at (UTC), seconds, files, mapping, counts of rows, notes."""
    if not warehouse.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'imports'"):
        return pd.DataFrame(
            columns=["import_no", "started_at", "files", "mapping", "rows", "taken", "repeated", "rejected"]
        )
    frame = warehouse.frame("SELECT * FROM imports ORDER BY import_no DESC")
    for column in ("files", "notes", "unmapped"):
        frame[column] = [json.loads(text) for text in frame[column]]
    return frame


# ── Export ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def export_parquet(dataset: str, home: Home, folder: Path) -> list[Path]:
    """Writes the dataset's events, facts and attributes as `<table>.parquet` into a folder; the files written.

    The tables are those of `warehouse/build.py`, with the same names and columns; kinds are texts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    warehouse = Warehouse(home.get(dataset))
    # A cursor of the reader's own connection: a second one with other settings is refused while the app has the file open.
    con = warehouse.cursor()
    try:
        names = [row[0] for row in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return [_write_parquet(con, name, folder / f"{name}.parquet") for name in names if name not in _INTERNAL]
    finally:
        con.close()
        warehouse.close()


def _write_parquet(con: duckdb.DuckDBPyConnection, table: str, path: Path) -> Path:
    """Streams one table into one file, so that the largest needs no memory. Not COPY: its path would stand in the SQL."""
    columns = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE {quoted(table)})").fetchall()
    selected = ", ".join(
        f"{quoted(name)}::VARCHAR AS {quoted(name)}" if type_.startswith("ENUM") else quoted(name)
        for name, type_ in columns
    )
    reader = con.sql(f"SELECT {selected} FROM {quoted(table)}").to_arrow_reader(100_000)
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
    return path
