"""What a mapping would do to a file, shown on its first rows before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from analytics.ingest.accounting import Stage
from analytics.ingest.derive import define_macros
from analytics.ingest.judging import prepare
from analytics.ingest.layout import Layout
from analytics.ingest.mapping import Mapping
from analytics.ingest.meanings import Words
from analytics.ingest.tables import create_import_tables
from analytics.model import TIERS, quoted


@dataclass(frozen=True)
class Preview:
    """The first rows of a file, as they came and as they would be taken.

    `before` has the file's own columns, `after` the canonical ones, in the same rows: `line`, the columns mapped, times as
    ISO 8601 (with a Z where they are UTC, else on the clock of the file's zone), `kind`, `tier`, and `reason` where the row
    would be rejected. `statuses` and `teams` count the words of the rows looked at (`rows`, at most one chunk of the file):
    columns status, kind, rows and team, tier, rows. `notes` say what is assumed.
    """

    before: pd.DataFrame
    after: pd.DataFrame
    statuses: pd.DataFrame
    teams: pd.DataFrame
    rows: int
    notes: tuple[str, ...]


def preview(source: Any, mapping: Mapping, rows: int = 20) -> Preview:
    """What `mapping` makes of the first rows of a `read.Source`. MappingError where a mapped column is missing.

    The order of day and month is proven by the first chunk only; the import proves it by the whole file.
    """
    bound = mapping.bound(source.columns, file=source.name, lenient=True)
    layout = Layout(bound, tuple(source.columns), "preview")
    layout.check()
    chunk = next(iter(source.chunks()), None)
    with duckdb.connect() as con:
        define_macros(con)
        create_import_tables(con)
        stage = Stage(con, layout)
        if chunk is not None:
            stage.add(chunk)
            stage.flush()
        judged = prepare(con, layout, source.name)
        before = (
            chunk.table.slice(0, rows).to_pandas() if chunk is not None else pd.DataFrame(columns=list(layout.header))
        )
        after = con.execute(_after(judged.words, rows)).df()
        return Preview(before, after, _statuses(con, judged.words), _teams(con, judged.words), stage.rows, judged.notes)


def _clock(name: str) -> str:
    """A time as it was read; as it was written where it could not be."""
    shown = f"strftime(make_timestamp({name}_clock_us), '%Y-%m-%dT%H:%M:%S')"
    return f"coalesce({shown} || CASE WHEN {name}_is_utc THEN 'Z' ELSE '' END, j.{quoted(name)}) AS {quoted(name)}"


_TIER_NAMES = " ".join(f"WHEN {rank} THEN '{name}'" for rank, name in enumerate(TIERS))


def _after(words: Words, rows: int) -> str:
    """The query of the first rows with the meaning of their words."""
    layout = words.layout
    plain = [name for name in layout.columns if name not in ("kind", "tier")]
    columns = [_clock(name) if name in layout.times else f"j.{quoted(name)}" for name in plain]
    kind = [] if layout.mapping.shape == "volume" else ["coalesce(w.kind, k.kind, 'changed') AS kind"]
    shown = ", ".join(
        ["j.line", *columns, *kind, f"CASE coalesce(t.tier, m.tier) {_TIER_NAMES} END AS tier", "j.reason"]
    )
    said = ", ".join(f"{words.role(name)} AS said_{name}" for name in ("kind", "status", "tier", "team"))
    # The first positions are looked up first: ORDER BY … LIMIT over the view itself reads every cell of it many times over.
    return f"""SELECT {shown} FROM (SELECT *, {said} FROM judged
          WHERE position <= (SELECT max(position) FROM (SELECT position FROM staged ORDER BY position LIMIT {int(rows)}))) j
        LEFT JOIN kind_words w ON w.word = said_kind LEFT JOIN status_kinds k ON k.word = said_status
        LEFT JOIN tier_words t ON t.word = said_tier LEFT JOIN team_tiers m ON m.team = said_team ORDER BY j.position"""


def _statuses(con: duckdb.DuckDBPyConnection, words: Words) -> pd.DataFrame:
    """Statuses with the kind each has; an unmapped one has None."""
    return con.execute(f"""SELECT s.word AS status, k.kind, s.rows FROM (
        SELECT {words.role("status")} AS word, count(*) AS rows FROM shown GROUP BY 1) s
        LEFT JOIN status_kinds k USING (word) WHERE s.word IS NOT NULL ORDER BY s.rows DESC, s.word""").df()


def _teams(con: duckdb.DuckDBPyConnection, words: Words) -> pd.DataFrame:
    """Teams with the tier that table, rules or default give each; None where they give none."""
    return con.execute(f"""SELECT s.word AS team, CASE m.tier {_TIER_NAMES} END AS tier, s.rows FROM (
        SELECT {words.role("team")} AS word, count(*) AS rows FROM shown GROUP BY 1) s
        LEFT JOIN team_tiers m ON m.team = s.word WHERE s.word IS NOT NULL ORDER BY s.rows DESC, s.word""").df()
