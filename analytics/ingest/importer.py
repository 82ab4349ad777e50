"""Files into a dataset: read, map, account for every row, derive, all in one transaction.

`import_files` builds the dataset's next version and swaps it in when all went well; whatever goes wrong before, a refusal, a
cancel, a kill, leaves the dataset as it was.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping as Dict, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Full, Queue
from typing import Any

import duckdb

from analytics.errors import ImportRefused
from analytics.ingest.accounting import Chunk, Stage, take
from analytics.ingest.companions import is_roster, take_roster
from analytics.ingest.derive import create_source_view, define_macros, derive, get_meta, odd_hours, set_meta, sql
from analytics.ingest.judging import prepare, remember_orders
from analytics.ingest.layout import IDENTIFYING, Layout
from analytics.ingest.maintain import export_parquet, rederive
from analytics.ingest.mapping import Mapping, check_timezone, load_preset
from analytics.ingest.preview import preview
from analytics.ingest.report import Account, ImportReport, iso, summed
from analytics.ingest.settling import Taken, settle
from analytics.ingest.tables import checksum, create_import_tables, one
from analytics.ingest.words import folded
from analytics.warehouse.build import create_base
from analytics.warehouse.store import Home

__all__ = ["ImportCancelled", "Progress", "export_parquet", "import_files", "preview", "rederive"]

MEMORY_LIMIT = "800MB"
"""What the database may hold in memory during an import; beyond it spills to disk. The readers' buffers come on top."""


class ImportCancelled(ImportRefused):
    """The user stopped the import; nothing was imported."""


class _NothingNew(Exception):
    """Leaves the next version unfinished, so that the current one stays: the files held nothing new."""


@dataclass(frozen=True)
class Progress:
    """How far an import is. `share` 0-1 of the whole, None where the size is unknown; `rows` read so far."""

    stage: str
    file: str
    rows: int
    share: float | None


Tell = Callable[[Progress], None]


@dataclass(frozen=True)
class Job:
    """What `import_files` was asked to do, with everything optional filled in."""

    files: tuple[Path, ...]
    dataset: str
    home: Home
    mapping: Mapping | None
    mappings: Dict[Path, Mapping]
    preset: Mapping | None
    timezone: str | None
    tell: Tell
    cancelled: Callable[[], bool]

    def asked(self, path: Path) -> Mapping | None:
        """The mapping or preset that was given for a file."""
        return self.preset or self.mappings.get(path, self.mapping)

    def check(self) -> None:
        """ImportCancelled where the user asked for it."""
        if self.cancelled():
            raise ImportCancelled("The import was cancelled.", found="Nothing was imported.")


def import_files(
    files: Sequence[Path],
    dataset: str,
    *,
    home: Home,
    mapping: Mapping | None = None,
    mappings: Dict[Path, Mapping] | None = None,
    preset: str | None = None,
    timezone: str | None = None,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImportReport:
    """Takes files into a dataset, which is made where there is none; the account of every row.

    `mapping` or `preset` speaks of all files, `mappings` of single ones. A file that none speaks of is detected, the
    dataset's saved mapping being proposed where its columns are there; a roster is put beside the tickets.
    ImportRefused or MappingError where a file is refused whole: then nothing of any file is imported.
    """
    job = Job(
        files=tuple(Path(file) for file in files),
        dataset=dataset,
        home=home,
        mapping=mapping,
        mappings={Path(file): one for file, one in (mappings or {}).items()},
        preset=load_preset(preset) if preset else None,
        timezone=check_timezone(timezone) if timezone else None,
        tell=progress or (lambda _: None),
        cancelled=cancelled or (lambda: False),
    )
    if not job.files:
        raise ImportRefused("No file was given.", todo="Name at least one file.")
    reports: list[ImportReport] = []
    try:
        with home.new_version(dataset) as con:
            reports.append(_import(con, job))
            if not reports[-1].changed:
                raise _NothingNew
    except _NothingNew:
        pass
    except duckdb.OutOfMemoryException as problem:
        raise ImportRefused(
            "The import needs more memory than it may take.",
            found=f"It may take {MEMORY_LIMIT}; nothing of these files was taken.",
            todo="Leave out columns that are not needed, or import the file in parts.",
        ) from problem
    return reports[-1]


def _import(con: duckdb.DuckDBPyConnection, job: Job) -> ImportReport:
    """Everything that happens inside the next version's file."""
    started = time.monotonic()
    _open(con)
    before, words = _state(con), known_words(con)
    con.execute("BEGIN")
    import_no = one(con, "SELECT coalesce(max(import_no), 0) + 1 FROM imports")
    taken = [_take_file(con, job, path, import_no, number) for number, path in enumerate(job.files, start=1)]
    create_source_view(con)
    mapping, zone, notes = settle(con, taken, job.timezone)
    accounts = tuple(one_file.account for one_file in taken)
    changed = any(a.taken or a.updated for a in accounts) or before != _state(con)
    if changed and any(one_file.mapping for one_file in taken):
        con.execute("COMMIT")
        con.execute("BEGIN")
        as_before = before.timezone == zone and words <= known_words(con)
        _derive(con, job, mapping, zone, _rows(accounts), import_no if as_before else None)
    report = _report(con, job, mapping, accounts, notes, changed)
    _note_import(con, import_no, report, time.monotonic() - started)
    con.execute("COMMIT")
    return report


def _derive(
    con: duckdb.DuckDBPyConnection, job: Job, mapping: Mapping, zone: str, rows: int, only_import: int | None
) -> None:
    """The base tables and the facts, with a chance to cancel between any two of them."""

    def tell(share: float) -> None:
        job.check()
        job.tell(Progress("deriving", "", rows, 0.6 + 0.4 * share))

    job.check()
    derive(con, mapping.shape, zone, tell, only_import=only_import)


def _open(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    define_macros(con)
    create_base(con)
    create_import_tables(con)


@dataclass(frozen=True)
class State:
    """What the facts and the account depend on beside the source rows."""

    rejects: int
    words: int
    timezone: str | None
    mapping_toml: str | None


def _state(con: duckdb.DuckDBPyConnection) -> State:
    meta = get_meta(con)
    rejects = checksum(con, "rejects", "identity, occurrence, reason")
    return State(rejects, hash(known_words(con)), meta.get("timezone"), meta.get("mapping_toml"))


def known_words(con: duckdb.DuckDBPyConnection) -> frozenset[tuple]:
    """What every word seen so far means: (table, word, meanings …)."""
    tables = ("status_kinds", "kind_words", "tier_words", "team_tiers", "field_words")
    return frozenset((name, *row) for name in tables for row in con.execute(f"SELECT * FROM {name}").fetchall())


def _rows(accounts: Sequence[Account]) -> int:
    return sum(account.rows for account in accounts)


# ── One file ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_file(con: duckdb.DuckDBPyConnection, job: Job, path: Path, import_no: int, number: int) -> Taken:
    """Stages, judges and takes one file. ImportRefused where the file holds no row, or none that can be taken."""
    from analytics.ingest.read import open_source

    asked = job.asked(path)
    source = open_source(path, asked.source if asked else None)
    if is_roster(source.columns) and not (asked and asked.reads(source.columns)):
        account, note = take_roster(con, source)
        return Taken(account, None, (note,))
    mapping, notes = _mapping_for(con, job, source, asked)
    bound = mapping.bound(source.columns, file=source.name, lenient=bool(job.preset))
    _check_shape(con, bound)
    layout = Layout(bound, tuple(source.columns), _hash_key(job.home) if bound.hash else "")
    layout.check()
    _plan_for(con, len(layout.columns))
    rows = _stage(con, job, source, layout, number)
    if not rows:
        raise ImportRefused(f"{source.name} has a header and no rows.", todo="Export it again, with its rows.")
    job.tell(Progress("sorting", source.name, rows, _share(job, number, 1.0)))
    judged = prepare(con, layout, source.name)
    account = take(con, layout, source.name, import_no, number)
    again = remember_orders(con, judged.dates, import_no, number)
    _check_acceptable(con, account)
    _check_identity(con, bound, import_no)
    set_meta(con, shape=bound.shape)
    reread = (
        (f"{source.name} proves the order of day and month: {again:,} earlier dates are read anew.",) if again else ()
    )
    odd = (*_other_units(bound), *_backwards(con, bound, source.name, import_no, number))
    told = (*notes, *_left_out(job.preset or mapping, bound), *judged.notes, *reread, *odd)
    return Taken(replace(account, updated=account.updated + again), bound, told)


WIDE = 64
"""From so many columns on, looking for common subexpressions costs more than they do."""


def _plan_for(con: duckdb.DuckDBPyConnection, columns: int) -> None:
    """DuckDB's search for common subexpressions grows with the square of a query's columns: with a Jira export's 300 it took ten
    of the eleven seconds of an import of three rows. It is off for wide files, and on for the others, whose clocks need it."""
    con.execute(f"SET disabled_optimizers = '{'common_subexpressions' if columns > WIDE else ''}'")


def _mapping_for(
    con: duckdb.DuckDBPyConnection, job: Job, source: Any, asked: Mapping | None
) -> tuple[Mapping, tuple[str, ...]]:
    """The mapping given, the preset as this file spells it, else the one that detection proposes; with what the reader
    noticed and detection's reasons (which tell that too) as notes."""
    from analytics.ingest.detect import detect, fitted_preset

    noticed = tuple(f"{source.name}: {note}" for note in source.notes)
    if job.preset:
        return fitted_preset(job.preset.name, source), noticed
    if asked:
        return asked, noticed
    saved = get_meta(con).get("mapping_toml")
    proposal = detect(source, known=[Mapping.from_toml(saved, job.dataset)] if saved else [])
    reasons = tuple(str(reason) for reason in getattr(proposal, "reasons", ()))
    return proposal.mapping, tuple(f"{source.name}: {reason}" for reason in reasons)


_NOT_MINUTES = re.compile(
    r"(^|_)(h|hrs?|hours?|std|stunden?|heures?|horas?|ore|uren|timmar|s|secs?|seconds?|sekunden|days?)(_|$)"
)


def _other_units(bound: Mapping) -> tuple[str, ...]:
    """A note about a column of work whose name speaks of another unit than minutes: its plain numbers are read as minutes."""
    odd = [name for name in bound.columns.get("effort_minutes", ()) if _NOT_MINUTES.search(folded(name))]
    return tuple(
        f"Plain numbers in '{name}' are read as minutes of work, though its name speaks of another unit."
        for name in odd
    )


def _backwards(
    con: duckdb.DuckDBPyConnection, bound: Mapping, file: str, import_no: int, number: int
) -> tuple[str, ...]:
    """A note about a file that stands newest first: of two events at one moment, its first one is taken for the earlier."""
    if bound.shape not in ("events", "changes"):
        return ()
    back, forward, same = con.execute(sql("newest_first"), [import_no, number]).fetchall()[0]
    if not same or back <= 9 * forward:
        return ()
    return (
        f"The rows of {file} stand newest first. Events of a ticket at the same moment are taken in the order of the rows, "
        f"probably the wrong way round ({same:,} times in its first rows): turn the file round, oldest first, and import it into "
        "a new dataset.",
    )


def _left_out(asked: Mapping, bound: Mapping) -> tuple[str, ...]:
    """A note about the optional columns of a preset that the file does not have."""
    left = [name for name in asked.columns if name not in bound.columns]
    return (f"The file has no column for {', '.join(left)}.",) if left else ()


def _check_shape(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """ImportRefused where the dataset holds rows of another shape: their events would count the same things twice."""
    shape = get_meta(con).get("shape", mapping.shape)
    if shape != mapping.shape:
        raise ImportRefused(
            f"This dataset holds rows of the shape '{shape}'; the file has '{mapping.shape}'.",
            found="The same tickets would be counted twice, once from each.",
            todo="Import the file into a dataset of its own.",
        )


def _check_acceptable(con: duckdb.DuckDBPyConnection, account: Account) -> None:
    if account.taken or account.repeated:
        return
    first = summed(account.reasons)[0]
    found = f"{first.rows:,} of {account.rows:,} rows: {first.reason}, first in line {first.first_line}"
    todo = "Change the mapping or the file."
    if first.reason.startswith("unreadable time"):
        asked = "SELECT moment FROM rejects WHERE reason = ? AND line = ?"
        shown = one(con, asked, [first.reason, first.first_line])
        found += f", which says '{str(shown)[:60]}'" if shown else ""
        todo = (
            "Times are read when written such as 2024-03-31 14:05, 31/03/2024 2:05 PM or 2024-03-31T14:05:00+02:00, from 1970 "
            "on. Change the file, or map another column."
        )
    raise ImportRefused(f"No row of {account.file} can be taken.", found=f"{found}.", todo=todo)


def _check_identity(con: duckdb.DuckDBPyConnection, mapping: Mapping, import_no: int) -> None:
    """ImportRefused where another column was mapped to what identifies a row, so that the same events would come in again."""
    saved = get_meta(con).get("mapping_toml")
    time_name = next((name for name in ("at", "start") if name in mapping.columns), None)
    if not saved or not time_name or mapping.shape == "tickets":
        return
    before = Mapping.from_toml(saved, "saved").columns
    changed = [name for name in IDENTIFYING[mapping.shape] if before.get(name) != mapping.columns.get(name)]
    if not changed:
        return
    again, new = con.execute(
        f"""SELECT count(*) FILTER (WHERE (ticket_no, {time_name}_clock_us) IN (
          SELECT (ticket_no, {time_name}_clock_us) FROM source_rows WHERE import_no < $1)), count(*)
        FROM source_rows WHERE import_no = $1""",
        [import_no],
    ).fetchall()[0]
    if again > new / 2:
        raise ImportRefused(
            f"These events are in the dataset already, read with another column for '{changed[0]}'.",
            found=f"{again:,} of {new:,} new rows have the ticket and time of a row that is there.",
            todo="Delete the dataset, or import into a dataset of another name.",
        )


def _share(job: Job, number: int, done: float) -> float:
    """How far the whole import is when a file is done so far: reading takes about 60 % of the time."""
    return 0.6 * (number - 1 + done) / len(job.files)


def _stage(con: duckdb.DuckDBPyConnection, job: Job, source: Any, layout: Layout, number: int) -> int:
    """Reads all rows of a file into the staging tables; their number."""
    stage = Stage(con, layout)
    for chunk in read_ahead(source.chunks()):
        job.check()
        stage.add(chunk)
        done = chunk.bytes_done / source.total_bytes if source.total_bytes else None
        share = None if done is None else _share(job, number, min(done, 1.0))
        job.tell(Progress("reading", source.name, stage.rows, share))
    stage.flush()
    return stage.rows


_END = object()


def read_ahead(chunks: Iterator[Chunk], ahead: int = 2) -> Iterator[Chunk]:
    """The same chunks, read in a thread of their own while the one before is being stored.

    An error of the reader is raised here; leaving the loop early stops the thread.
    """
    ready: Queue[Any] = Queue(maxsize=ahead)
    stopped = threading.Event()
    thread = threading.Thread(target=_read_into, args=(chunks, ready, stopped), daemon=True)
    thread.start()
    try:
        while (got := ready.get()) is not _END:
            if isinstance(got, BaseException):
                raise got
            yield got
    finally:
        stopped.set()
        thread.join()


def _read_into(chunks: Iterator[Chunk], ready: Queue[Any], stopped: threading.Event) -> None:
    """Puts chunks, then the error that ended them if any, then the end."""
    try:
        for chunk in chunks:
            if not _put(ready, chunk, stopped):
                return
    except BaseException as problem:  # noqa: BLE001 - handed to the thread that waits, which raises it
        _put(ready, problem, stopped)
    _put(ready, _END, stopped)


def _put(ready: Queue[Any], item: Any, stopped: threading.Event) -> bool:
    """Puts an item as soon as there is room; False where nobody wants it any more."""
    while not stopped.is_set():
        try:
            ready.put(item, timeout=0.1)
        except Full:
            continue
        return True
    return False


def _hash_key(home: Home) -> str:
    """The installation's secret for hashing personal columns, made at the first use.

    Kept beside the datasets and never in one, so that an exported dataset cannot be tried with guessed names.
    """
    file = home.folder / "hash.key"
    if not file.exists():
        home.folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), "utf-8")
    return file.read_text("utf-8").strip()


# ── The whole import ─────────────────────────────────────────────────────────────────────────────────────────────────────


def unmapped_statuses(con: duckdb.DuckDBPyConnection) -> tuple[tuple[str, int], ...]:
    """Statuses that no kind is named for, with the number of source rows that show them; the most frequent first."""
    rows = con.execute("""SELECT coalesce(s.status, w.word) AS status, count(*) FROM source s
        LEFT JOIN kind_words w ON w.word = s.kind
        LEFT JOIN status_kinds k ON k.word = s.status
        WHERE w.kind IS NULL AND k.kind IS NULL AND (s.status IS NOT NULL OR w.word IS NOT NULL) GROUP BY 1
        UNION ALL SELECT s.new, count(*) FROM source s JOIN field_words f ON f.word = s.field AND f.field = 'status'
        JOIN status_kinds k ON k.word = s.new WHERE k.kind IS NULL GROUP BY 1
        ORDER BY 2 DESC, 1""").fetchall()
    return tuple((str(status), int(count)) for status, count in rows)


def _report(
    con: duckdb.DuckDBPyConnection,
    job: Job,
    mapping: Mapping,
    accounts: tuple[Account, ...],
    notes: list[str],
    changed: bool,
) -> ImportReport:
    unmapped = unmapped_statuses(con)
    return ImportReport(
        dataset=job.dataset,
        rows=_rows(accounts),
        taken=sum(a.taken for a in accounts),
        repeated=sum(a.repeated for a in accounts),
        rejected=sum(a.rejected for a in accounts),
        reasons=summed(reason for a in accounts for reason in a.reasons),
        **_totals(con),
        mapping=mapping.name if job.mapping or job.mappings or job.preset else "detected",
        notes=(*notes, *_data_notes(con, unmapped)),
        unmapped=unmapped,
        accounts=accounts,
        changed=changed,
        mapping_toml=mapping.to_toml(),
    )


def _totals(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """tickets, events, first_at, last_at of the whole dataset, without excluded tickets; counts and days, for volume."""
    tables = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "tickets" not in tables:
        return {"tickets": 0, "events": 0, "first_at": None, "last_at": None}
    asked = "SELECT count(*), coalesce(sum(events), 0)::BIGINT, min(first_us), max(last_us) FROM tickets"
    if one(con, "SELECT count(*) FROM volume"):
        clock = "epoch_us(day::TIMESTAMP) + coalesce(hour, 0) * 3600000000"
        asked = f"SELECT round(sum(tickets))::BIGINT, 0, min({clock}), max({clock}) FROM volume"
    tickets, events, first_us, last_us = con.execute(asked).fetchall()[0]
    return {"tickets": tickets, "events": events, "first_at": iso(first_us), "last_at": iso(last_us)}


def _data_notes(con: duckdb.DuckDBPyConnection, unmapped: Sequence[tuple[str, int]]) -> list[str]:
    """Sentences about what is odd in the dataset as it stands."""
    notes = []
    skipped, repeated = (
        odd_hours(con) if one(con, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'zone_local'") else (0, 0)
    )
    if skipped:
        notes.append(f"Times in an hour that the clock change skipped, moved forward: {skipped:,}.")
    if repeated:
        notes.append(f"Times in an hour that the clock change repeated, taken for the first: {repeated:,}.")
    if unmapped:
        shown = ", ".join(f"'{status}' ({count:,})" for status, count in unmapped[:10])
        more = f" and {len(unmapped) - 10} more" if len(unmapped) > 10 else ""
        notes.append(f"Statuses that no kind is named for, with their rows; they became 'changed': {shown}{more}.")
    made_up = one(con, sql("ends_by_update"))
    if made_up:
        notes.append(f"Solved tickets without a time for it, whose last update stands in: {made_up:,}.")
    notes += _odd_texts(con)
    excluded = one(con, "SELECT count(DISTINCT ticket_no) FROM events WHERE kind = 'excluded'")
    if excluded:
        notes.append(f"Tickets excluded as merged, spam or test, out of all counts: {excluded:,}.")
    return notes


def _odd_texts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Sentences about texts that may not mean what they seem to: ticket numbers that are nearly alike, work that is no time."""
    notes = []
    alike, example = con.execute(sql("alike_ids")).fetchall()[0]
    if alike:
        notes.append(
            f"Ticket numbers that differ only in capitals or leading zeros are tickets apart: {alike:,}, such as {example}."
        )
    unread, text_ = con.execute(sql("unread_effort")).fetchall()[0]
    if unread:
        notes.append(
            f"Texts of the work done that are no number of minutes and no duration, left out: {unread:,}, such as '{text_}'."
        )
    return notes


def _note_import(con: duckdb.DuckDBPyConnection, import_no: int, report: ImportReport, seconds: float) -> None:
    """One line of the import history, and the last import for the data pages."""
    now = datetime.now(UTC).replace(tzinfo=None)
    con.execute(
        "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            import_no, now, seconds, json.dumps([a.file for a in report.accounts]), report.mapping, report.mapping_toml,
            report.rows, report.taken, report.repeated, report.rejected, sum(a.updated for a in report.accounts),
            json.dumps(report.notes), json.dumps(report.unmapped),
        ],
    )  # fmt: skip
    set_meta(con, last_import=now.isoformat(timespec="seconds") + "Z")
