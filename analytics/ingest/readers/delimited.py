"""Delimited text in chunks, each row with the physical line it starts on, fast where the text allows it.

Blocks of a few megabytes of text are cut at the last line end outside quotes. A block whose quotes are all *structural*
(they open after a delimiter or line end, close before one, or are doubled) is given to Arrow, which reads it about ten
times faster than Python's csv module, and whose reading is then the same. Any other block goes the slow way, which knows
stray quotes, quotes that never close, lone carriage returns and escaped quotes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.csv

from analytics.errors import ImportRefused
from analytics.ingest.readers.base import MAX_RECORD_CHARS, Chunk, Malformed, rows_table, sliced
from analytics.ingest.readers.dialect import Dialect

_QUOTE, _NEWLINE, _RETURN = ord('"'), ord("\n"), ord("\r")


@dataclass
class Rows:
    """What was read of a block so far."""

    width: int
    good: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    bad: list[Malformed] = field(default_factory=list)

    def sort(self, row: list[str], line: int, raw: str) -> None:
        """A row of the right width is good; one with nothing but empty fields too many as well; a blank line is no row."""
        if len(row) > self.width and not any(row[self.width :]):
            row = row[: self.width]
        if len(row) == self.width:
            self.good.append(row)
            self.lines.append(line)
        elif row:
            self.bad.append(Malformed(line, width_reason(len(row), self.width), raw.rstrip("\r\n")))


def width_reason(fields: int, width: int) -> str:
    """Why a row of another width than the header cannot be read."""
    word = "field" if fields == 1 else "fields"
    return f"{fields} {word} where the header has {width}"


def delimited_chunks(
    blocks: Iterator[str], dialect: Dialect, columns: list[str], first_line: int, position: Callable[[], int]
) -> Iterator[Chunk]:
    """The rows of a text that begins at its first data line, `first_line`. `position()` gives the bytes read so far.

    ImportRefused where a line has no end within `MAX_RECORD_CHARS`.
    """
    held, line = "", first_line
    for new in blocks:
        block = held + new.replace("\0", "")
        done = _complete(block, dialect)
        if not done and len(block) >= MAX_RECORD_CHARS:
            done = _whole_lines(block, dialect, line)
        chunk, used, line = read_block(done, dialect, columns, line, final=False)
        held = block[used:]
        if chunk.table.num_rows or chunk.malformed:
            yield from sliced(replace(chunk, bytes_done=position()))
    chunk, _, _ = read_block(held, dialect, columns, line, final=True)
    if chunk.table.num_rows or chunk.malformed:
        yield from sliced(replace(chunk, malformed=_cut(held, chunk.malformed, line), bytes_done=position()))


def _complete(block: str, dialect: Dialect) -> str:
    """The part of a block up to its last line end outside quotes; empty where there is none (it needs more text)."""
    end = block.rfind("\n") + 1
    if dialect.universal:
        end = max(end, block.rfind("\r", 0, -1) + 1)
    if not dialect.plain or dialect.universal:
        return block[:end]  # the slow path finds the end of the last record itself
    quotes = block.count('"', 0, end)
    while end and quotes % 2:
        before = block.rfind("\n", 0, block.rfind('"', 0, end)) + 1
        quotes -= block.count('"', before, end)
        end = before
    return block[:end]


def _whole_lines(block: str, dialect: Dialect, line: int) -> str:
    end = max(block.rfind("\n"), block.rfind("\r", 0, -1) if dialect.universal else -1) + 1
    if not end:
        raise ImportRefused(
            f"Line {line:,} has more than {MAX_RECORD_CHARS:,} characters.",
            found=f"It begins '{block[:60]}'.",
            todo="Check that this is the export itself, one row per line.",
        )
    return block[:end]


def _cut(text: str, malformed: tuple[Malformed, ...], line: int) -> tuple[Malformed, ...]:
    """The malformed rows, the last one said to be cut off where the file ends in it without a line end."""
    last = line + text.count("\n")
    if text.endswith("\n") or not malformed or malformed[-1].line != last:
        return malformed
    cut = malformed[-1]
    return (*malformed[:-1], replace(cut, reason=f"the file ends in the middle of this row: {cut.reason}"))


def read_block(text: str, dialect: Dialect, columns: list[str], line: int, *, final: bool) -> tuple[Chunk, int, int]:
    """One block as a chunk, the characters used of it, and the line of the next one. Only a final one is used whole."""
    if text and dialect.plain and (fast := _fast(text, dialect, columns, line)):
        return fast, len(text), line + text.count("\n")
    return _slow(text, dialect, columns, line, final=final)


# ── Fast: Arrow, where quoting is provably regular ───────────────────────────────────────────────────────────────────────


def _fast(text: str, dialect: Dialect, columns: list[str], line: int) -> Chunk | None:
    """The block by Arrow; None where it is not provably regular, or has rows that need a closer look."""
    if dialect.universal or len(dialect.delimiter.encode()) > 1:
        return None
    data = text.encode("utf-8", "replace")
    starts = _record_lines(np.frombuffer(data, np.uint8), ord(dialect.delimiter))
    if starts is None:
        return None
    invalid: list[pa.csv.InvalidRow] = []
    table = _arrow(data, dialect.delimiter, columns, invalid)
    if table is None or table.num_rows + len(invalid) != len(starts) or any(map(_unclear, invalid)):
        return None
    places = np.array([row.number - 1 for row in invalid], np.int64)
    bad = tuple(
        Malformed(int(starts[place]) + line, width_reason(row.actual_columns, len(columns)), row.text)
        for place, row in zip(places, invalid, strict=True)
    )
    return Chunk(table, pa.array(np.delete(starts, places) + line, pa.int64()), bad)


def _unclear(row: pa.csv.InvalidRow) -> bool:
    """A row of the wrong width that may have swallowed others, or has only empty fields too many."""
    too_many = row.actual_columns > row.expected_columns
    return row.number is None or "\n" in row.text or (too_many and not row.text[-1:].isalnum())


def _record_lines(octets: np.ndarray, delimiter: int) -> np.ndarray | None:
    """The line (from 0) each record starts on; None where a quote or return is not structural, or a line is blank."""
    ends = np.flatnonzero(octets == _NEWLINE)
    if not len(octets) or octets[-1] != _NEWLINE:
        ends = np.append(ends, len(octets))
    begins = np.concatenate(([0], ends[:-1] + 1))
    quotes = np.flatnonzero(octets == _QUOTE)
    if len(quotes) % 2 or not _structural(octets, quotes, delimiter):
        return None
    outside = np.searchsorted(quotes, ends) % 2 == 0
    first = np.concatenate(([True], outside[:-1]))
    length = ends[outside] - begins[first]
    blank = (length == 0) | ((length == 1) & (octets[np.minimum(begins[first], len(octets) - 1)] == _RETURN))
    return None if blank.any() else np.flatnonzero(first)


def _structural(octets: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    """Whether every opening quote follows a delimiter, a line end or a quote, every closing one precedes one, and a lone
    carriage return stands only inside quotes."""
    padded = np.concatenate(([_NEWLINE], octets, [_NEWLINE]))
    opens, closes = padded[quotes[0::2]], padded[quotes[1::2] + 2]
    before = (opens == delimiter) | (opens == _NEWLINE) | (opens == _QUOTE)
    after = (closes == delimiter) | (closes == _NEWLINE) | (closes == _RETURN) | (closes == _QUOTE)
    returns = np.flatnonzero(octets == _RETURN)
    lone = returns[padded[returns + 2] != _NEWLINE]
    return bool(before.all() and after.all() and np.all(np.searchsorted(quotes, lone) % 2 == 1))


def _arrow(data: bytes, delimiter: str, columns: list[str], invalid: list) -> pa.Table | None:
    def note(row: pa.csv.InvalidRow) -> str:
        invalid.append(row)
        return "skip"

    try:
        return pa.csv.read_csv(
            pa.py_buffer(data),
            read_options=pa.csv.ReadOptions(use_threads=False, column_names=columns, block_size=len(data) + 1),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.string() for name in columns}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:  # what Arrow cannot take is not lost: the slow way reads it
        return None


# ── Slow: anything ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _slow(text: str, dialect: Dialect, columns: list[str], line: int, *, final: bool) -> tuple[Chunk, int, int]:
    lines = io.StringIO(text, newline="" if dialect.universal else "\n").readlines()
    rows = Rows(len(columns))
    used = _records(lines, dialect, rows, line, final=final)
    chunk = Chunk(rows_table(columns, rows.good), pa.array(rows.lines, pa.int64()), tuple(rows.bad))
    return chunk, sum(map(len, lines[:used])), line + used


def _records(lines: list[str], dialect: Dialect, rows: Rows, first_line: int, *, final: bool) -> int:
    """Sorts the records of these lines; how many lines were used. A record open at the end is left where more may come."""
    at = 0
    while at < len(lines):
        at, failed = _run(lines, dialect, rows, at, first_line)
        if failed is None:
            break
        if failed.open and not final and sum(map(len, lines[at:])) < MAX_RECORD_CHARS:
            break
        _mend(lines[at], dialect, rows, failed, first_line + at)
        at += 1
    return at


@dataclass(frozen=True)
class _Failed:
    """How strict reading stopped, so many `lines` into a record: `open` at the end, or at what cannot be."""

    open: bool
    lines: int


def _run(lines: list[str], dialect: Dialect, rows: Rows, at: int, first_line: int) -> tuple[int, _Failed | None]:
    """Reads records strictly from line `at` until one fails; the line where that one starts (the end if none) and how."""
    reader, start, end = dialect.rows(map(lines.__getitem__, range(at, len(lines))), strict=True), at, at
    try:
        for row in reader:
            start, end = end, at + reader.line_num
            raw = "" if len(row) == rows.width else "".join(lines[start:end])
            if end - start > 1 and raw and _swallows(lines[start + 1 : end], dialect, rows.width):
                return start, _Failed(False, end - start)
            rows.sort(row, first_line + start, raw)
    except csv.Error as problem:
        return end, _Failed("unexpected end" in str(problem), at + reader.line_num - end)
    return end, None


def _swallows(lines: list[str], dialect: Dialect, width: int) -> bool:
    """Whether most of these lines are whole rows by themselves: then a stray quote has joined them."""
    return 2 * sum(len(_lenient(line, dialect)) == width for line in lines) > len(lines)


def _lenient(line: str, dialect: Dialect) -> list[str]:
    """One line as a row, stray quotes as they stand; empty where that cannot be."""
    try:
        return next(dialect.rows([line]), [])
    except csv.Error:
        return []


def _mend(line: str, dialect: Dialect, rows: Rows, failed: _Failed, number: int) -> None:
    """Sorts the one line at which strict reading failed, so that reading goes on after it.

    A stray quote within one line is read as it stands (`"5" pipe"`). A quote that runs over line ends and is then not
    closed properly was never meant to: its first line alone is malformed, the lines after it are read again.
    """
    row = [] if failed.open or failed.lines > 1 else _lenient(line, dialect)
    if row and not any("\n" in value or "\r" in value for value in row):
        rows.sort(row, number, line)
        return
    quoted = dialect.plain is False or '"' in line
    reason = "a quote opened in this line is never closed" if quoted else "a line end inside a value without quotes"
    rows.bad.append(Malformed(number, reason, line.rstrip("\r\n")))
