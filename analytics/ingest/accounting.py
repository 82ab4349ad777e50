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

from analytics.errors import MappingError
from analytics.ingest.layout import REJECT_KEY, TIMES, Layout, text
from analytics.ingest.mapping import CANONICAL, REQUIRED, Mapping
from analytics.ingest.report import Account, Reason
from analytics.ingest.times import OrderProof, order_proof, with_clocks
from analytics.model import KINDS, quoted, tier_rank

STAGE_ROWS = 120_000
"""Rows put into the database at once: about one row group, below which the second core has nothing to do."""

MOST_TEAMS = 100_000
"""More different teams than this are no teams; the facts also number teams in 20 bits."""

TEXTS = tuple(dict.fromkeys(name for names in CANONICAL.values() for name in names if name != "ticket_id"))
CLOCKS = {f"{name}_{part}": type_ for name in TIMES for part, type_ in (("clock_us", "BIGINT"), ("is_utc", "BOOLEAN"))}
"""Columns that `source_rows` may have: canonical texts, and the clock of each that is a time."""

TABLES = {
    "source_rows": """row_no BIGINT, import_no INTEGER, file_no INTEGER, position BIGINT, line BIGINT, identity UHUGEINT,
        occurrence INTEGER, ticket_no BIGINT, changed_in INTEGER""",
    "ticket_ids": "ticket_no BIGINT, ticket_id VARCHAR",
    "rejects": """import_no INTEGER, file VARCHAR, line BIGINT, reason VARCHAR, identity UHUGEINT, occurrence INTEGER,
        raw VARCHAR, cells VARCHAR""",
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
import that gave a row a new value.
`*_words`, `status_kinds` and `team_tiers` say what each word seen in the rows means (NULL = nothing)."""


class Chunk(Protocol):
    """A few ten thousand rows as a reader gives them: texts, their line numbers, and what could not be told apart."""

    table: pa.Table
    lines: pa.Array
    malformed: Sequence[Any]
    bytes_done: int


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


# ── Words: what statuses, kinds, tiers, teams and field names mean ───────────────────────────────────────────────────────


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
        roles = {self.role(name, column) for column in ("new", "old")} - {"NULL"}
        if not roles:
            return []
        asked = [f"SELECT {role} AS word FROM shown" for role in sorted(roles)]
        found = con.execute(f"SELECT DISTINCT word FROM ({' UNION '.join(asked)}) WHERE word IS NOT NULL ORDER BY 1")
        return [row[0] for row in found.fetchall()]


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


# ── Judging ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class DateOrders:
    """The order of day and month per time column, and what there is to say about it."""

    orders: dict[str, str]
    notes: tuple[str, ...] = ()


def decide_orders(con: duckdb.DuckDBPyConnection, layout: Layout, file: str) -> DateOrders:
    """Which order do this file's dates have? A day above 12 anywhere in the column proves it, whatever the mapping says.

    Where rows contradict each other the mapping's order, else the majority, is taken, and the others will be rejected.
    Where nothing proves it: the mapping's, else what another column of the file proves, else day first.
    """
    proofs = {name: order_proof(con, "SELECT * FROM shown", name) for name in layout.times}
    told = layout.mapping.source.date_order
    proven = next((proof.proves for proof in proofs.values() if proof.proves), None)
    orders = {name: _order_of(proof, told, proven) for name, proof in proofs.items()}
    notes = [_order_note(con, layout, name, proof, orders[name], file) for name, proof in proofs.items()]
    return DateOrders(orders, tuple(dict.fromkeys(note for note in notes if note)))


def _order_of(proof: OrderProof, told: str | None, proven: str | None) -> str:
    if told == "ymd":
        return told
    if proof.contradicts:
        return told or proof.majority
    return proof.proves or told or proven or "dmy"


_ORDER_WORDS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}


def _order_note(
    con: duckdb.DuckDBPyConnection, layout: Layout, name: str, proof: OrderProof, order: str, file: str
) -> str:
    """What is assumed about a column's dates; empty where there is nothing to tell."""
    column, told = " and ".join(layout.canonical[name]), layout.mapping.source.date_order
    start, read = f"{file}: dates in '{column}' are read", _ORDER_WORDS[order]
    if proof.contradicts:
        odd = proof.day_first if order == "mdy" else proof.month_first
        return f"{start} {read}; {odd:,} rows are written the other way round."
    if proof.proves and told not in (None, proof.proves):
        position = proof.day_first_position if proof.proves == "dmy" else proof.month_first_position
        line = one(con, "SELECT line FROM staged WHERE position = ?", [position])
        return f"{start} {read}, as line {line} proves, although the mapping says {told}."
    if proof.ambiguous and not proof.proves and told is None:
        return f"{start} {read}: no row proves whether the day or the month comes first."
    return ""


def reason_of(layout: Layout, words: Words) -> str:
    """The expression that says why a row cannot be taken; NULL where it can."""
    cases = [*_missing_cases(layout), *_time_cases(layout), *_shape_cases(layout), *_tier_cases(layout, words)]
    return "CASE " + " ".join(f"WHEN {condition} THEN {reason}" for condition, reason in cases) + " END"


def _named(layout: Layout, name: str) -> str:
    return text("'" + "/".join(layout.canonical[name]) + "'")


def _missing_cases(layout: Layout) -> list[tuple[str, str]]:
    words = {"ticket_id": "missing ticket id in ", "field": "missing field name in ", "count": "missing count in "}
    needed = [name for name in REQUIRED[layout.mapping.shape] if name != "new"]
    return [
        (f"{quoted(name)} IS NULL", f"{text(words.get(name, 'missing time in '))} || {_named(layout, name)}")
        for name in needed
    ]


def _time_cases(layout: Layout) -> list[tuple[str, str]]:
    return [
        (f"{quoted(name)} IS NOT NULL AND {name}_clock_us IS NULL", f"'unreadable time in ' || {_named(layout, name)}")
        for name in layout.times
    ]


def _shape_cases(layout: Layout) -> list[tuple[str, str]]:
    if layout.mapping.shape == "volume":
        return [('coalesce(number_of("count") < 0, TRUE)', f"'no count in ' || {_named(layout, 'count')}")]
    if layout.mapping.shape == "stays" and "end" in layout.canonical:
        backwards = "end_clock_us < start_clock_us AND end_is_utc = start_is_utc"
        return [(backwards, f"'the end is before the start in ' || {_named(layout, 'end')}")]
    return []


def _tier_cases(layout: Layout, words: Words) -> list[tuple[str, str]]:
    """A tier that is not known; a team that neither table nor rules nor default give a tier."""
    tier, team = words.role("tier"), words.role("team")
    if words.has_tiers:
        column = _named(layout, "tier" if "tier" in layout.canonical else "new")
        unknown = f"({tier}) IN (SELECT word FROM tier_words WHERE tier IS NULL)"
        return [(unknown, f"'unknown tier ''' || left({tier}, 60) || ''' in ' || {column}")]
    if layout.mapping.tiers.names_teams:
        tierless = f"({team}) IN (SELECT team FROM team_tiers WHERE tier IS NULL)"
        return [(tierless, f"'no tier for team ''' || left({team}, 60) || ''''")]
    return []


# ── Taking ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def prepare(con: duckdb.DuckDBPyConnection, layout: Layout, file: str) -> tuple[Words, tuple[str, ...]]:
    """Makes the views `shown` (canonical texts) and `judged` (clocks and reason too) over what is staged; notes for people."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW shown AS {layout.shown()}")
    words = Words(layout, learn_fields(con, layout))
    learn_words(con, words)
    dates = decide_orders(con, layout, file)
    clocked = with_clocks("SELECT * FROM shown", layout.times, dates.orders)
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW judged AS SELECT *, {reason_of(layout, words)} AS reason FROM ({clocked})"
    )
    return words, dates.notes


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
    reasons = con.execute("SELECT reason, count(*), arg_min(line, position) FROM bad GROUP BY reason").fetchall()
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
        _forgive(con, layout)
    kept = [name for name in layout.kept if not name.startswith("_rejected_")]
    cells = ", ".join(f"{text(name)}, s.{layout.cells[name]}" for name in kept)
    con.execute(f"""INSERT INTO rejects
        SELECT {import_no}, {text(file)}, b.line, b.reason, b.identity, b.occurrence, b.raw,
          CASE WHEN s.position IS NOT NULL THEN json_object({cells})::VARCHAR END
        FROM bad b LEFT JOIN staged s USING (position)""")


def _forgive(con: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Takes out of `rejects` whatever this file brings again; what is bad once more comes back with its new reason."""
    con.execute("""DELETE FROM rejects r USING (
          SELECT s.identity, coalesce(w.occurrence, 1) AS occurrence FROM staged s LEFT JOIN twins w USING (position)
          UNION SELECT identity, occurrence FROM bad) a
        WHERE r.identity = a.identity AND r.occurrence = a.occurrence""")
    if REJECT_KEY in layout.cells:
        key = layout.cells[REJECT_KEY]
        con.execute(
            f"DELETE FROM rejects WHERE identity || '-' || occurrence IN (SELECT {key} FROM staged WHERE {key} <> '')"
        )
