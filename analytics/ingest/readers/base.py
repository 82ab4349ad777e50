"""What every reader gives: chunks of string columns with the physical line of each row, and the rows it could not read.

A reader never loses a row: it is in a chunk's table, or it is a `Malformed` with its line, a reason and its raw text.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from analytics.errors import ImportRefused, InputError

if TYPE_CHECKING:
    from analytics.ingest.mapping import SourceOptions

CHUNK_ROWS = 50_000
"""Rows per chunk at most."""

MAX_RECORD_CHARS = 16 << 20
"""One record may be this long. A quote that is still open then is taken for a stray one, not for a field."""


@dataclass(frozen=True)
class Malformed:
    """A row that is no row of this table. `line` is the physical line it starts on, `raw` its text as found."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Chunk:
    """Up to `CHUNK_ROWS` rows. `table` holds string columns only; null means that the source has no such value at all.

    `lines` is the 1-based physical line each row starts on (row number where the format has no lines). `bytes_done`
    counts towards the source's `total_bytes`. `member` names the file inside an archive that holds several.
    """

    table: pa.Table
    lines: pa.Array
    malformed: tuple[Malformed, ...] = ()
    bytes_done: int = 0
    member: str = ""


@dataclass(frozen=True)
class Limits:
    """How far an archive may expand: refused beyond `max_expanded_bytes` *and* `max_ratio` : 1, not by one alone.

    A honest export of a year is large, and a tiny file may compress well: only both together say that it is a bomb.
    """

    max_expanded_bytes: int = 1_000_000_000
    max_ratio: float = 100.0

    @classmethod
    def from_environment(cls) -> Limits:
        """The defaults, or what TIERSCOPE_MAX_EXPANDED_BYTES and TIERSCOPE_MAX_EXPANSION_RATIO say."""
        return cls(
            int(_setting("TIERSCOPE_MAX_EXPANDED_BYTES", cls.max_expanded_bytes)),
            _setting("TIERSCOPE_MAX_EXPANSION_RATIO", cls.max_ratio),
        )

    def check(self, name: str, expanded: int, packed: int) -> None:
        """ImportRefused where `expanded` bytes out of `packed` ones pass both limits."""
        if expanded > self.max_expanded_bytes and expanded > self.max_ratio * max(packed, 1):
            raise ImportRefused(
                f"'{name}' expands too far to be an export.",
                found=f"{packed:,} bytes become more than {expanded:,} (limit {self.max_expanded_bytes:,} bytes "
                f"and {self.max_ratio:g} : 1 together).",
                todo="Unpack it yourself and import the file inside, if you trust it.",
            )


def _setting(name: str, default: float) -> float:
    text = os.environ.get(name, "")
    try:
        value = float(text) if text else float(default)
    except ValueError as problem:
        raise InputError(
            f"{name} is not a number.", found=f"It is '{text}'.", todo="Unset it or give a number."
        ) from problem
    if not value > 0:
        raise InputError(f"{name} must be above zero.", found=f"It is '{text}'.", todo="Unset it or give a number.")
    return value


@dataclass(frozen=True)
class Source:
    """An opened export. `chunks()` reads it from the start each time it is called.

    `format` is csv, xlsx, parquet, json, jsonl or xes. `total_bytes` is None where it cannot be known. `options` says how
    the text was read (delimiter, encoding: given, or found). `notes` are sentences about what was found and left out
    (preamble lines, other sheets, other members).
    """

    name: str
    columns: list[str]
    total_bytes: int | None
    format: str
    reader: Callable[[], Iterator[Chunk]] = field(repr=False)
    options: SourceOptions | None = None
    notes: tuple[str, ...] = ()

    def chunks(self) -> Iterator[Chunk]:
        """The rows in order. ImportRefused where the file turns out damaged or a bomb on the way."""
        return self.reader()


def unique_names(header: Sequence[str | None]) -> list[str]:
    """Column names as they stand in the header; a repeated one gets " (2)", an empty one its position."""
    names: list[str] = []
    taken: set[str] = set()
    for position, raw in enumerate(header, start=1):
        name = base = _clean(raw or "").strip() or f"column {position}"
        number = 1
        while name in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name)
        names.append(name)
    return names


def _clean(name: str) -> str:
    return name.replace("\0", "").encode("utf-8", "replace").decode()


def string_table(columns: Sequence[str], values: Sequence[Sequence[str | None]]) -> pa.Table:
    """A table of string columns from one sequence of values per column, without NUL characters."""
    arrays = [pc.replace_substring(_string_array(column), "\0", "") for column in values]
    return pa.Table.from_arrays(arrays, names=list(columns))


def _string_array(values: Sequence[str | None]) -> pa.Array:
    """The values as an array. Half a surrogate pair, which JSON can smuggle in, becomes a question mark."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([v if v is None else v.encode("utf-8", "replace").decode() for v in values], pa.string())


def rows_table(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> pa.Table:
    """A table of string columns from rows that are all as long as `columns`."""
    return string_table(columns, list(zip(*rows, strict=True)) if rows else [[] for _ in columns])


def sliced(chunk: Chunk) -> Iterator[Chunk]:
    """A chunk cut into pieces of at most `CHUNK_ROWS` rows; the malformed rows go with the first."""
    rows = chunk.table.num_rows
    if rows <= CHUNK_ROWS:
        yield chunk
        return
    for start in range(0, rows, CHUNK_ROWS):
        yield Chunk(
            chunk.table.slice(start, CHUNK_ROWS),
            chunk.lines.slice(start, CHUNK_ROWS),
            chunk.malformed if start == 0 else (),
            chunk.bytes_done,
            chunk.member,
        )
