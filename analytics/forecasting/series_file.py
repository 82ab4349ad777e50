"""A `date,count` file → counts by day. Refuses what it cannot read without guessing, naming column and line.

Only the csv module: `pandas.read_csv` guesses (day and month, thousands, missing values) and says nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from analytics.errors import ImportRefused, NotEnoughData

DATE_NAMES = ("date", "ds", "day", "datetime", "timestamp", "time", "created", "created_at", "datum", "dt")
COUNT_NAMES = ("count", "y", "counts", "tickets", "value", "pageviews", "views", "n", "volume", "total", "arrivals")
ISO = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$")
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$")
SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
GROUPED = re.compile(r"^[1-9]\d{0,2}(\.\d{3})+$")
SEPARATOR_LINE = re.compile(r"^sep=(.)$", re.IGNORECASE)
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Outside of these a year is a typing error, and calendars of holidays end."""

DateReader = Callable[[str], date | None]


def read_series(path: str | Path) -> pd.Series:
    """Counts by day of a CSV file with one date and one count column, in the file's order.

    Headers: see DATE_NAMES and COUNT_NAMES, in any case; a file of two columns may call them anything, date first.
    Dates: ISO, yyyymmdd, d.m.yyyy, or d/m/yyyy where the file proves the order. Separator: comma, semicolon or tab. Raises
    `ImportRefused` naming the column and the line, `NotEnoughData` where there is a header and nothing else.
    """
    rows = _rows(Path(path))
    header, body = rows[0][1], rows[1:]
    date_at, count_at = _columns(header)
    _refuse_ragged(body, len(header))
    reader = _date_reader([(line, row[date_at]) for line, row in body], header[date_at])
    days = [_read_date(reader, row[date_at], header[date_at], line) for line, row in body]
    _refuse_grouped([(line, row[count_at]) for line, row in body], header[count_at])
    counts = [_read_count(row[count_at], header[count_at], line) for line, row in body]
    _refuse_duplicates(days, header[date_at], [line for line, _ in body])
    return pd.Series(counts, index=pd.DatetimeIndex(days, name="date"), name="count", dtype=float)


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """(line number, trimmed cells) of every line that is not blank, the header first."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as problem:
        raise ImportRefused("There is no such file.", found=f"'{path}'.", todo="Check the path.") from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise ImportRefused(
            "The file cannot be read.", found=str(problem), todo="Save it as CSV in UTF-8."
        ) from problem
    rows = _cells(text.splitlines())
    if len(rows) < 2:
        raise NotEnoughData(
            "The file holds no counts.",
            found=f"'{path.name}' has {len(rows)} line(s) that are not blank.",
            todo="Write a header `date,count` and one line per day.",
        )
    return rows


def _cells(lines: list[str]) -> list[tuple[int, list[str]]]:
    """(line number, trimmed cells) of the lines that are not blank; a first line `sep=;`, as Excel writes it, is obeyed."""
    told = SEPARATOR_LINE.match(lines[0].strip()) if lines else None
    skipped = 1 if told else 0
    shown = next((line for line in lines[skipped:] if line.strip()), "")
    reader = csv.reader(lines[skipped:], delimiter=told[1] if told else _separator(shown))
    rows, before = [], skipped
    try:
        for row in reader:
            if reader.line_num + skipped > before + 1:
                raise csv.Error("a cell goes on over the end of its line")
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num + skipped, [cell.strip() for cell in row]))
            before = reader.line_num + skipped
    except csv.Error as problem:  # a cell longer than the module's limit, too, which other readers may have raised
        raise ImportRefused(
            "The file cannot be read as CSV.",
            found=f"After line {before}: {problem}.",
            todo="Look for a quotation mark that is never closed.",
        ) from problem
    return rows


def _separator(header: str) -> str:
    return max(",;\t", key=header.count)


def _columns(header: list[str]) -> tuple[int, int]:
    """Positions of the date and the count column; refuses where the header does not settle it."""
    names = [name.lower() for name in header]
    dates = [at for at, name in enumerate(names) if name in DATE_NAMES]
    counts = [at for at, name in enumerate(names) if name in COUNT_NAMES]
    if len(dates) == 1 and len(counts) == 1:
        return dates[0], counts[0]
    if len(header) == 2 and _looks_like_names(header) and len(dates) < 2 and len(counts) < 2:
        if dates:
            return dates[0], 1 - dates[0]
        return (1 - counts[0], counts[0]) if counts else (0, 1)
    raise ImportRefused(
        "The file does not say which columns hold the date and the count.",
        found=f"Line 1: {', '.join(header)}.",
        todo="Name one column `date` and one column `count`.",
    )


def _looks_like_names(header: list[str]) -> bool:
    """False where the first line is data already: a file without a header would lose its first day."""
    return not any(NUMBER.match(cell) or ISO.match(cell) or not cell for cell in header)


def _refuse_ragged(body: list[tuple[int, list[str]]], width: int) -> None:
    for line, row in body:
        if len(row) != width:
            raise ImportRefused(
                "A line has another number of columns than the header.",
                found=f"Line {line} has {len(row)}, the header has {width}.",
                todo="Numbers with a comma inside must be quoted or written without it.",
            )


def _date_reader(cells: list[tuple[int, str]], column: str) -> DateReader:
    """How this file writes dates, settled by all of its lines together."""
    slashed = [(line, found) for line, cell in cells if (found := SLASHED.match(cell))]
    if not slashed:
        return _iso_or_dotted
    first = max(int(found[1]) for _, found in slashed)
    second = max(int(found[2]) for _, found in slashed)
    if (first > 12) != (second > 12):
        return _day_first if first > 12 else _month_first
    daily = [reader for reader in (_day_first, _month_first) if _is_daily(reader, [found[0] for _, found in slashed])]
    if first <= 12 and len(daily) == 1:
        return daily[0]
    raise ImportRefused(
        "Day and month cannot be told apart.",
        found=f"Column '{column}', line {slashed[0][0]}: '{slashed[0][1][0]}'.",
        todo="Write dates as yyyy-mm-dd.",
    )


def _is_daily(reader: DateReader, cells: list[str]) -> bool:
    """Whether three dates or more lie close together when read so: 01/03, 02/03, 03/03 are days in one order and months
    in the other."""
    days = sorted({day for cell in cells if (day := reader(cell))})
    return len(days) >= 3 and (days[-1] - days[0]).days < 3 * len(days)


def _iso_or_dotted(cell: str) -> date | None:
    if found := ISO.match(cell) or COMPACT.match(cell):
        return _made_date(found[1], found[2], found[3])
    found = DOTTED.match(cell)
    return _made_date(found[3], found[2], found[1]) if found else None


def _day_first(cell: str) -> date | None:
    found = SLASHED.match(cell)
    return _made_date(found[3], found[2], found[1]) if found else _iso_or_dotted(cell)


def _month_first(cell: str) -> date | None:
    found = SLASHED.match(cell)
    return _made_date(found[3], found[1], found[2]) if found else _iso_or_dotted(cell)


def _made_date(year: str, month: str, day: str) -> date | None:
    try:
        return datetime(int(year), int(month), int(day)).date()
    except ValueError:
        return None


def _read_date(reader: DateReader, cell: str, column: str, line: int) -> date:
    found = reader(cell)
    if found is None:
        raise ImportRefused(
            "A date cannot be read.",
            found=f"Column '{column}', line {line}: '{cell}'.",
            todo="Write dates as yyyy-mm-dd, one line per day, without a time of day.",
        )
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ImportRefused(
            "A date lies too far from today.",
            found=f"Column '{column}', line {line}: '{cell}'.",
            todo=f"Check the year: {FIRST_YEAR} to {LAST_YEAR} can be read.",
        )
    return found


def _refuse_grouped(cells: list[tuple[int, str]], column: str) -> None:
    """Refuses a column whose dots all stand before three digits, not only noughts: 1.234 is more than a thousand to some and
    little more than one to others."""
    dotted = [(line, cell) for line, cell in cells if "." in cell]
    written_out = len(dotted) == len(cells) and all(cell.endswith(".000") for _, cell in dotted)
    if dotted and not written_out and all(GROUPED.match(cell) for _, cell in dotted):
        raise ImportRefused(
            "A dot may stand for thousands or for decimals.",
            found=f"Column '{column}', line {dotted[0][0]}: '{dotted[0][1]}'.",
            todo="Write whole counts without a dot.",
        )


def _read_count(cell: str, column: str, line: int) -> float:
    if not NUMBER.match(cell):
        raise ImportRefused(
            "A count is not a number.",
            found=f"Column '{column}', line {line}: '{cell}'.",
            todo="Write 0 where nothing came, and remove the lines of days that are missing.",
        )
    if float(cell) < 0:
        raise ImportRefused(
            "A count is negative.", found=f"Column '{column}', line {line}: '{cell}'.", todo="Counts start at 0."
        )
    return float(cell)


def _refuse_duplicates(days: list[date], column: str, lines: list[int]) -> None:
    seen: dict[date, int] = {}
    for day, line in zip(days, lines, strict=True):
        if day in seen:
            raise ImportRefused(
                "A date appears twice.",
                found=f"Column '{column}': {day} on line {seen[day]} and on line {line}.",
                todo="Give one total per day.",
            )
        seen[day] = line
