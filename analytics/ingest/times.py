"""Times as people write them, read by the column; local clocks turned into UTC and back.

Two steps, kept apart because the second one is a setting and the first one is not. *Reading* turns a text into a wall clock
(`*_clock_us`, microseconds since 1970 on the clock shown) and a flag whether that clock is UTC (`*_is_utc`: an offset, a Z or
an epoch number was there). *Placing* turns wall clocks of the dataset's zone into UTC, by joining the zone's transitions.

Everything is SQL over whole columns (`derive/read_times.sql`). Rejected: `strptime` with a list of formats (it wants one per
separator, slows down with each, and cannot say which order of day and month a file proves), and DuckDB's own zones (an hour
that does not exist moves forward there too, but neither kind of odd hour can be counted).
"""

from __future__ import annotations

from collections.abc import Mapping as Dict, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from analytics.model import US_PER_DAY, US_PER_SECOND, quoted

_MACROS = (Path(__file__).parent / "derive" / "read_times.sql").read_text("utf-8")


def define_time_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the macros of `read_times.sql` known to a connection; they vanish with it."""
    con.execute(_MACROS)


ALL_FORMS = (1, 2, 3, 4, 5, 6, 7, 8)
"""The forms of `read_times.sql`. A column mostly has one, and asking for that one alone plans and runs much faster."""

_APART = (5, 6, 7, 8)
_DAY_AND_MONTH = (3, 4, 6)


def time_forms(con: duckdb.DuckDBPyConnection, relation: str, column: str) -> tuple[int, ...]:
    """The forms that the texts of a column have; none where all are NULL."""
    found = con.execute(f"SELECT DISTINCT time_form({quoted(column)}) FROM ({relation}) ORDER BY 1").fetchall()
    return tuple(row[0] for row in found if row[0])


def with_clocks(
    relation: str,
    columns: Sequence[str],
    orders: Dict[str, str],
    forms: Dict[str, tuple[int, ...]] | None = None,
) -> str:
    """SELECT of a relation with `<column>_clock_us` and `<column>_is_utc` added for each time column.

    `orders` gives "dmy", "mdy" or "ymd" per column, for dates like 03/04/2024; `forms` the forms that a column has (all,
    where it is not named). Texts come trimmed, missing ones as NULL.
    """
    for column in columns:
        there = (forms or {}).get(column, ALL_FORMS)
        relation = _with_clock(relation, column, orders.get(column, "dmy"), there)
    return relation


def _with_clock(relation: str, column: str, order: str, forms: tuple[int, ...]) -> str:
    """One column's clock. The form and the parts are columns of inner queries, so that they are found once per row."""
    text, form, parts = quoted(column), quoted(f"{column}_form"), quoted(f"{column}_parts")
    names = {"clock_us": quoted(f"{column}_clock_us"), "is_utc": quoted(f"{column}_is_utc")}
    if not forms:
        return f"SELECT *, NULL::BIGINT AS {names['clock_us']}, NULL::BOOLEAN AS {names['is_utc']} FROM ({relation})"
    told = f"CASE WHEN {text} IS NOT NULL THEN {min(forms)} END" if len(forms) == 1 else f"time_form({text})"
    apart = f"time_parts({text}, {form})" if set(forms) & set(_APART) else "NULL"
    relation = f"SELECT *, {apart} AS {parts} FROM (SELECT *, {told} AS {form} FROM ({relation}))"
    clock = " ".join(f"WHEN {one} THEN {_clock(one, text, parts, order)}" for one in forms)
    utc = " ".join(f"WHEN {one} THEN {_is_utc(one, text, parts)}" for one in forms)
    return f"""SELECT * EXCLUDE ({form}, {parts}), sane_us(CASE {form} {clock} END) AS {names["clock_us"]},
        CASE {form} {utc} END AS {names["is_utc"]} FROM ({relation})"""


def _clock(form: int, text: str, parts: str, order: str) -> str:
    return {
        1: f"epoch_us(TRY_CAST({text} AS TIMESTAMP))",
        2: f"number_clock({text})",
        3: f"simple_clock({text}, '{order}', '%H:%M')",
        4: f"simple_clock({text}, '{order}', '%H:%M:%S')",
    }.get(form, f"apart_clock({parts}, {form}, '{order}')")


def _is_utc(form: int, text: str, parts: str) -> str:
    return {1: f"{text}[-1] = 'Z'", 2: f"number_is_utc({text})", 3: "FALSE", 4: "FALSE"}.get(
        form, f"coalesce({parts}['zone'] <> '' OR {parts}['oh'] <> '', FALSE)"
    )


@dataclass(frozen=True)
class OrderProof:
    """What a column says about the order of day and month. Counts are rows; a position is the first such row's, or None."""

    day_first: int
    month_first: int
    ambiguous: int
    day_first_position: int | None
    month_first_position: int | None

    @property
    def proves(self) -> str | None:
        """The order that every telling row agrees on; None where there is no such row, or where they contradict."""
        if bool(self.day_first) == bool(self.month_first):
            return None
        return "dmy" if self.day_first else "mdy"

    @property
    def contradicts(self) -> bool:
        return bool(self.day_first and self.month_first)

    @property
    def majority(self) -> str:
        return "mdy" if self.month_first > self.day_first else "dmy"


NO_PROOF = OrderProof(0, 0, 0, None, None)


def order_proof(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, forms: tuple[int, ...] = ALL_FORMS
) -> OrderProof:
    """Which order of day and month do the dates of a column prove? Reads `position` and the text column of a relation."""
    if not set(forms) & set(_DAY_AND_MONTH):
        return NO_PROOF
    pattern = r"^(?:[^\d\s]+ +)?(\d\d?)[-/.](\d\d?)[-/.]\d\d"
    part = f"regexp_extract({quoted(column)}, '{pattern}', ['p', 'q'])"
    dates = f"""SELECT position, TRY_CAST(part['p'] AS INT) AS p, TRY_CAST(part['q'] AS INT) AS q FROM (
        SELECT position, {part} AS part FROM ({relation}) WHERE NOT regexp_matches({quoted(column)}, '^\\d{{4}}'))"""
    day, month = "p BETWEEN 13 AND 31 AND q BETWEEN 1 AND 12", "q BETWEEN 13 AND 31 AND p BETWEEN 1 AND 12"
    row = con.execute(f"""SELECT count(*) FILTER (WHERE {day}), count(*) FILTER (WHERE {month}),
        count(*) FILTER (WHERE p BETWEEN 1 AND 12 AND q BETWEEN 1 AND 12 AND p <> q),
        min(position) FILTER (WHERE {day}), min(position) FILTER (WHERE {month}) FROM ({dates})""").fetchall()[0]
    return OrderProof(*row)


@dataclass(frozen=True)
class Transition:
    """A zone's clock is put forward or back at the instant `at_us` (UTC); offsets are microseconds east of UTC."""

    at_us: int
    before_us: int
    after_us: int

    @property
    def local_us(self) -> int:
        """The wall clock from which the new offset is used.

        An hour that is skipped is read with the old offset, which moves it forward; an hour that is repeated too, which
        makes it the first of the two.
        """
        return self.at_us + max(self.before_us, self.after_us)

    @property
    def odd_from_us(self) -> int:
        """The wall clock at which the hour begins that does not exist, or exists twice; it ends at `local_us`."""
        return self.at_us + min(self.before_us, self.after_us)

    @property
    def skips(self) -> bool:
        return self.after_us > self.before_us


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _offset_us(zone: ZoneInfo, at_us: int) -> int:
    moment = (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone)
    return round((moment.utcoffset() or timedelta()).total_seconds()) * US_PER_SECOND


def _found_between(zone: ZoneInfo, low_us: int, high_us: int) -> Transition:
    """The transition between two instants with different offsets, to the second, by halving."""
    before, after = _offset_us(zone, low_us), _offset_us(zone, high_us)
    while high_us - low_us > US_PER_SECOND:
        middle = (low_us + high_us) // 2 // US_PER_SECOND * US_PER_SECOND
        if _offset_us(zone, middle) == before:
            low_us = middle
        else:
            high_us = middle
    return Transition(high_us, before, after)


@lru_cache(maxsize=64)
def transitions(zone_name: str, first_year: int, last_year: int) -> tuple[int, tuple[Transition, ...]]:
    """The zone's offset (us) at the start of the first year, and its transitions until the end of the last, in order.

    Found by asking the zone day by day: its own list ends in 2037, after which only a rule is left.
    """
    zone = ZoneInfo(zone_name)
    start = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp()) * US_PER_SECOND
    end = int(datetime(last_year + 1, 1, 1, tzinfo=UTC).timestamp()) * US_PER_SECOND
    days = range(start, end + 1, US_PER_DAY)
    offsets = [_offset_us(zone, day) for day in days]
    found = [
        _found_between(zone, days[i], days[i + 1]) for i in range(len(offsets) - 1) if offsets[i] != offsets[i + 1]
    ]
    return offsets[0], tuple(found)


_ALWAYS_US = -(2**62)
"""Earlier than any time: where the first offset of a zone begins."""


def create_zone_tables(con: duckdb.DuckDBPyConnection, zone_name: str, first_year: int, last_year: int) -> None:
    """Temporary tables for ASOF joins, one row per offset of the zone.

    `zone_local`: local_us (wall clock from which it holds), offset_us, and the odd hour before the next transition:
    odd_from_us, odd_skips (NULL where there is none). `zone_utc`: utc_us (instant from which it holds), offset_us.
    """
    offset, found = transitions(zone_name, first_year, last_year)
    offsets = [offset, *(step.after_us for step in found)]
    local = pa.table({
        "local_us": pa.array([_ALWAYS_US, *(step.local_us for step in found)], pa.int64()),
        "offset_us": pa.array(offsets, pa.int64()),
        "odd_from_us": pa.array([*(step.odd_from_us for step in found), None], pa.int64()),
        "odd_skips": pa.array([*(step.skips for step in found), None], pa.bool_()),
    })  # fmt: skip
    utc = pa.table({
        "utc_us": pa.array([_ALWAYS_US, *(step.at_us for step in found)], pa.int64()),
        "offset_us": pa.array(offsets, pa.int64()),
    })  # fmt: skip
    for name, table in (("zone_local", local), ("zone_utc", utc)):
        con.register("zone_rows", table)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM zone_rows")
        con.unregister("zone_rows")


def placed(clock: str, is_utc: str, zone: str = "zone_local") -> str:
    """UTC microseconds of a wall clock, inside a query that joins the zone: ASOF LEFT JOIN zone_local z ON clock >= local_us."""
    return f"CASE WHEN {is_utc} THEN {clock} ELSE {clock} - {zone}.offset_us END"
