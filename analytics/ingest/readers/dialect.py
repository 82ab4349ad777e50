"""How a delimited text is cut: delimiter, quoting, where its header is. Found from the first lines, always with a reason.

Every candidate delimiter cuts the sample; the one that gives most rows one width above one wins. Python's own `Sniffer` was
rejected: it guesses from quotes first, finds spaces and letters as delimiters, and knows no preamble.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", "\x01")
_SEP_LINE = re.compile(r"\s*[\"']?sep=(.)[\"']?\s*", re.IGNORECASE)
_LOOKS_LIKE_VALUE = re.compile(
    r"[-+]?[\d.,]*\d%?|\d{1,4}[-/.]\w{1,9}[-/.]\d{1,4}.*|(true|false|null)|[^@\s]+@[^@\s]+", re.IGNORECASE
)
MAX_PREAMBLE_LINES = 30

csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Dialect:
    """`escape` is a backslash where quotes are escaped by one, "" where they are doubled. `blanks` = a blank may follow a
    delimiter and is no part of the value. `universal` = a carriage return alone ends a line (old Macs)."""

    delimiter: str = ","
    escape: str = ""
    blanks: bool = False
    universal: bool = False

    @property
    def plain(self) -> bool:
        """Quotes are doubled and blanks count: what the fast path understands."""
        return not self.escape and not self.blanks

    def rows(self, lines: Iterable[str], *, strict: bool = False):
        """A csv reader over physical lines."""
        return csv.reader(
            iter(lines),
            delimiter=self.delimiter,
            escapechar=self.escape or None,
            doublequote=not self.escape,
            skipinitialspace=self.blanks,
            strict=strict,
        )


@dataclass(frozen=True)
class Header:
    """The header row, and the physical lines up to and including it. `preamble` counts the non-empty lines above it."""

    fields: tuple[str, ...]
    lines: int
    preamble: int = 0


def separator_line(line: str) -> str:
    """The delimiter that Excel's `sep=;` line names; empty where the line is none."""
    found = _SEP_LINE.fullmatch(line.rstrip("\r\n"))
    return found[1] if found else ""


def find_dialect(lines: Sequence[str], delimiter: str | None = None) -> Dialect:
    """The dialect of a text from its first lines; the delimiter is taken as given where it is."""
    chosen = Dialect(delimiter or max(DELIMITERS, key=lambda one: _fit(lines, Dialect(one))))
    if any('\\"' in line for line in lines):
        chosen = max((chosen, replace(chosen, escape="\\")), key=lambda one: _fit(lines, one))
    if any(f'{chosen.delimiter} "' in line for line in lines):
        chosen = max((chosen, replace(chosen, blanks=True)), key=lambda one: _fit(lines, one))
    return chosen


def _fit(lines: Sequence[str], dialect: Dialect) -> tuple[float, int]:
    """Share of rows with the usual width (a row that breaks the quoting rules counts against it), then that width."""
    rows = list(_readable(lines, dialect, strict=True))
    widths = Counter(len(row) for row, _ in rows if row)
    broken = not rows or rows[-1][1] < len(lines)
    wide = {width: rows for width, rows in widths.items() if width > 1 and rows}
    if not wide:
        return 0.0, 0
    usual = max(wide, key=lambda width: (wide[width], width))
    return wide[usual] / (widths.total() + broken), usual


def find_header(lines: Sequence[str], dialect: Dialect) -> Header | None:
    """The header of a text by its first lines; None where they are all blank."""
    return header_among([(row, line) for row, line in _readable(lines, dialect) if any(field.strip() for field in row)])


def _readable(lines: Sequence[str], dialect: Dialect, *, strict: bool = False) -> Iterator[tuple[list[str], int]]:
    """Rows with the line each ends on, up to the first that cannot be read: what follows it is not looked at."""
    reader = dialect.rows(lines, strict=strict)
    with suppress(csv.Error):
        for row in reader:
            yield row, reader.line_num


def ends_at_returns(text: str) -> bool:
    """Whether a carriage return alone ends the lines of a text, as on old Macs: its first line has one outside quotes."""
    first = text[: text.find("\n") + 1 or len(text)].rstrip("\r\n")
    return "\r" in re.sub(r'"[^"]*"', "", first)


def header_among(rows: Sequence[tuple[list[str], int]]) -> Header | None:
    """The first of the (row, line it ends on) that is as wide as the rows below it, named and not mostly empty.

    Titles and remarks above it are passed over, at most `MAX_PREAMBLE_LINES` of them. None where there are no rows.
    """
    if not rows:
        return None
    usual = Counter(len(row) for row, _ in rows[1:] or rows).most_common(1)[0][0]
    for place, (row, line) in enumerate(rows[:MAX_PREAMBLE_LINES]):
        if _can_be_header(row, usual) and not _is_heading(row, rows[place + 1 : place + 2], usual):
            return Header(_widened(row, rows, usual), line, place)
    return Header(tuple(rows[0][0]), rows[0][1])


def _can_be_header(row: Sequence[str], usual: int) -> bool:
    named = [field for field in row if field.strip()]
    enough = len(named) > usual / 2 if usual > 2 else len(named) >= usual
    return enough and not any(_LOOKS_LIKE_VALUE.fullmatch(field.strip()) for field in named)


def _is_heading(row: Sequence[str], below: Sequence[tuple[list[str], int]], usual: int) -> bool:
    """Whether a row only groups the columns that the row below it names: it repeats itself, and that one does not."""
    return len(set(row)) < len(row) and any(
        _can_be_header(names, usual) and len(names) == len(set(names)) == len(row) for names, _ in below
    )


def _widened(row: Sequence[str], rows: Sequence[tuple[list[str], int]], usual: int) -> tuple[str, ...]:
    """The header with a nameless last column where every row ends in one more delimiter than the header does."""
    if usual == len(row) + 1 and all(not other[-1] for other, _ in rows if len(other) == usual):
        return (*row, "")
    return tuple(row)
