"""What the words of a file mean: statuses, kinds, tiers, teams, names of changed fields.

Kept in the dataset word by word (`status_kinds`, `kind_words`, `tier_words`, `team_tiers`, `field_words`), so that the rows
need not be read again when a meaning changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from analytics.errors import MappingError
from analytics.ingest.layout import Layout, text
from analytics.ingest.mapping import Mapping
from analytics.model import KINDS, quoted, tier_rank

MOST_TEAMS = 100_000
"""More different teams than this are no teams; the facts also number teams in 20 bits."""


@dataclass(frozen=True)
class Words:
    """Looks up the words of one file under its mapping. `field_roles`: changed field as written → what it stands for."""

    layout: Layout
    field_roles: dict[str, str | None]

    @property
    def mapping(self) -> Mapping:
        return self.layout.mapping

    @property
    def has_tiers(self) -> bool:
        """Whether rows tell their tier themselves, so that teams do not."""
        return "tier" in self.layout.canonical or "tier" in self.field_roles.values()

    def role(self, name: str, column: str = "new") -> str:
        """The expression of what a row says about status, tier, team …: its own column, or a changed field's value."""
        own = quoted(name) if name in self.layout.canonical else "NULL"
        fields = [field for field, role in self.field_roles.items() if role == name]
        if not fields or column not in self.layout.canonical:
            return own
        return f"CASE WHEN field IN ({', '.join(map(text, fields))}) THEN {quoted(column)} ELSE {own} END"

    def distinct(self, con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
        """The different words that the rows use for a role, in alphabetical order."""
        asked = {self.role(name, column): self._columns(name, column) for column in ("new", "old")}
        parts = [f"SELECT {role} AS word FROM ({self._few(columns)})" for role, columns in asked.items() if columns]
        if not parts:
            return []
        found = con.execute(f"SELECT DISTINCT word FROM ({' UNION '.join(parts)}) WHERE word IS NOT NULL ORDER BY 1")
        return [row[0] for row in found.fetchall()]

    def _columns(self, name: str, column: str) -> list[str]:
        """The canonical columns that a role's expression reads."""
        by_field = [column, "field"] if name in self.field_roles.values() and column in self.layout.canonical else []
        return [*([name] if name in self.layout.canonical else []), *by_field]

    def _few(self, names: Sequence[str]) -> str:
        """SELECT of the different texts of some columns: cells are compared as they came, and only then cleaned."""
        cells = [self.layout.cells[cell] for name in names for cell in self.layout.canonical[name]]
        return self.layout.shown(names, f"(SELECT DISTINCT {', '.join(cells)} FROM staged)", keys="")


def kind_of(kinds: dict[str, str], word: str) -> str | None:
    """The kind named for a status: as written, else whatever the case."""
    if word in kinds:
        return kinds[word]
    folded = word.casefold()
    return next((kind for status, kind in kinds.items() if status.casefold() == folded), None)


def _replace_words(con: duckdb.DuckDBPyConnection, table: str, value: str, words: dict[str, Any], type_: str) -> None:
    """What the words mean now; words that are not named keep what they meant."""
    pairs = pa.table({"word": pa.array(list(words), pa.string()), value: pa.array(list(words.values()), type_)})
    con.register("told", pairs)
    con.execute(f"DELETE FROM {table} WHERE word IN (SELECT word FROM told)")
    con.execute(f"INSERT INTO {table} (word, {value}) SELECT word, {value} FROM told")
    con.unregister("told")


def learn_fields(con: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, str | None]:
    """What each changed field in the file stands for; remembered in `field_words` together with a kind named for it."""
    if "field" not in layout.canonical:
        return {}
    names = [
        row[0] for row in con.execute("SELECT DISTINCT field FROM shown WHERE field IS NOT NULL ORDER BY 1").fetchall()
    ]
    roles = {name: layout.mapping.field_of(name) for name in names}
    kinds = [kind_of(dict(layout.mapping.kinds), name) for name in names]
    told = pa.table(
        {"word": names, "field": pa.array(roles.values(), pa.string()), "kind": pa.array(kinds, pa.string())}
    )
    con.register("told", told)
    con.execute("DELETE FROM field_words WHERE word IN (SELECT word FROM told)")
    con.execute("INSERT INTO field_words SELECT word, field, kind FROM told")
    con.unregister("told")
    return roles


def learn_words(con: duckdb.DuckDBPyConnection, words: Words) -> None:
    """Brings `status_kinds`, `kind_words`, `tier_words` and `team_tiers` up to date with this file and its mapping."""
    kinds = dict(words.mapping.kinds)
    statuses = words.distinct(con, "status")
    named = {status: kind for status, kind in kinds.items() if words.mapping.field_of(status) is None}
    _replace_words(con, "status_kinds", "kind", named | {word: kind_of(kinds, word) for word in statuses}, "string")
    plain = {kind: kind for kind in KINDS}
    spoken = {word: kind_of(plain, word) or kind_of(kinds, word) for word in words.distinct(con, "kind")}
    _replace_words(con, "kind_words", "kind", spoken, "string")
    tiers = {word: _rank(words.mapping.tiers.of_value(word)) for word in words.distinct(con, "tier")}
    _replace_words(con, "tier_words", "tier", tiers, "int16")
    learn_teams(con, words.mapping, words.distinct(con, "team"), words.has_tiers)


def _rank(tier: str | None) -> int | None:
    return None if tier is None else tier_rank(tier)


def learn_teams(con: duckdb.DuckDBPyConnection, mapping: Mapping, seen: Sequence[str], has_tiers: bool) -> None:
    """Brings `team_tiers` up to date: the table and the rules speak of all teams ever seen, the default of those in the file
    and of those without a tier; a team that nothing speaks of keeps its tier."""
    if len(seen) > MOST_TEAMS:
        column = ", ".join(mapping.columns.get("team", mapping.columns.get("new", ())))
        raise MappingError(
            f"'{column}' holds no teams.", found=f"{len(seen):,} different values.", todo="Map another column."
        )
    before = dict(con.execute("SELECT team, tier FROM team_tiers ORDER BY team_no").fetchall())
    rules, here = mapping.tiers, set(seen)
    now: dict[str, int | None] = dict(before)
    for team in dict.fromkeys((*before, *seen)):
        defaults = team in here or before.get(team) is None
        tier = None if has_tiers else rules.named(team) or (rules.default if defaults else None)
        now[team] = before.get(team) if tier is None else tier_rank(tier)
    _store_teams(con, now)


def _store_teams(con: duckdb.DuckDBPyConnection, tiers: dict[str, int | None]) -> None:
    rows = pa.table({
        "team_no": pa.array(range(1, len(tiers) + 1), pa.int32()),
        "team": pa.array(list(tiers), pa.string()),
        "tier": pa.array(list(tiers.values()), pa.int16()),
    })  # fmt: skip
    con.register("told", rows)
    con.execute("CREATE OR REPLACE TABLE team_tiers AS SELECT team_no, team, tier FROM told ORDER BY team_no")
    con.unregister("told")
