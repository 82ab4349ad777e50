"""Excel workbooks, streamed: the first sheet that holds a table, dates as ISO text, numbers as they are meant.

Formulas are never computed: what counts is the value that Excel stored beside them. XML that declares entities is refused.
"""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO
from xml.parsers import expat

import pyarrow as pa

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions
from analytics.ingest.readers.base import CHUNK_ROWS, Chunk, Malformed, Source, rows_table, unique_names
from analytics.ingest.readers.delimited import width_reason
from analytics.ingest.readers.dialect import Header, header_among
from analytics.ingest.readers.payload import DAMAGED, Payload, damaged
from analytics.ingest.readers.sheet import Row, Sheet, Workbook
from analytics.ingest.readers.sniff import office_kind

SAMPLE_ROWS = 200
_BROKEN = (*DAMAGED, expat.ExpatError, TypeError, IndexError)


def is_workbook(handle: BinaryIO, name: str) -> bool:
    """Whether a zip is an XLSX. ImportRefused where it is damaged or another office document."""
    try:
        with zipfile.ZipFile(handle) as archive:
            return office_kind(archive.namelist(), name) == "xlsx"
    except ImportRefused:
        raise
    except DAMAGED as problem:
        raise damaged(name, problem) from problem


def open_xlsx(payload: Payload, options: SourceOptions) -> Source:
    """The source of a workbook. ImportRefused where it is damaged, declares XML entities, or has no sheet with a table."""
    with _workbook(payload) as book:
        sheet, header = _first_table(book, payload.name)
        others = [other.title for other in book.sheets if other is not sheet]
    columns = unique_names(header.fields)
    notes = (f"Read from the sheet '{sheet.title}'; left out: {_listed(others)}.",) if others else ()
    reader = _reader(payload, sheet, columns, header.lines)
    return Source(payload.name, columns, payload.total_bytes, "xlsx", reader, options, notes)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:6]) + (", …" if len(names) > 6 else "")


@contextmanager
def _workbook(payload: Payload) -> Iterator[Workbook]:
    """The workbook opened for streaming. Whatever breaks while it is read is ImportRefused."""
    with payload.seekable() as handle:
        try:
            book = Workbook(handle, payload.name)
            yield book
            book.close()
        except ImportRefused:
            raise
        except _BROKEN as problem:
            raise damaged(payload.name, problem) from problem


def _first_table(book: Workbook, name: str) -> tuple[Sheet, Header]:
    """The first visible sheet with named columns and a row below them, and its header."""
    for sheet in book.sheets:
        rows = list(itertools.islice(book.rows(sheet, cell_text), SAMPLE_ROWS)) if sheet.visible else []
        header = header_among([(_trimmed(row), line) for row, line in rows]) if len(rows) > 1 else None
        if header and header.lines < rows[-1][1] and len([field for field in header.fields if field.strip()]) > 1:
            return sheet, header
    raise ImportRefused(
        f"No sheet of '{name}' holds a table.",
        found=f"Its sheets: {_listed([sheet.title for sheet in book.sheets])}.",
        todo="Put the column names in one row and the rows below it.",
    )


def _trimmed(row: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    end = next((place for place in range(len(row), 0, -1) if row[place - 1]), 0)
    return row[:end]


def cell_text(value: Any) -> str:
    """A cell as text: dates as ISO, whole numbers without a decimal point, truth as TRUE and FALSE, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return _rounded(value).isoformat(" ")
    if isinstance(value, dt.timedelta):
        return _clock(value)
    return str(value)


def _rounded(moment: dt.datetime) -> dt.datetime:
    """Excel keeps days as fractions: what is within a millisecond of a whole second is that second."""
    nearest = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    return nearest if abs(nearest - moment) <= dt.timedelta(milliseconds=1) else moment


def _clock(span: dt.timedelta) -> str:
    """A duration as [-]H:MM:SS."""
    seconds = round(abs(span).total_seconds())
    sign = "-" if span < dt.timedelta(0) else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _reader(payload: Payload, sheet: Sheet, columns: list[str], header_line: int) -> Callable[[], Iterator[Chunk]]:
    def chunks() -> Iterator[Chunk]:
        with _workbook(payload) as book:
            below = (row for row in book.rows(sheet, cell_text) if row[1] > header_line)
            while piece := list(itertools.islice(below, CHUNK_ROWS)):
                yield _chunk(piece, columns, int(payload.total_bytes * book.share))

    return chunks


def _chunk(piece: list[Row], columns: list[str], bytes_done: int) -> Chunk:
    """Cells that a row lacks at its end are empty; filled ones beyond the header make it malformed."""
    width, good, lines, bad = len(columns), [], [], []
    for row, line in piece:
        trimmed = _trimmed(row)
        if len(trimmed) > width:
            bad.append(Malformed(line, width_reason(len(trimmed), width), ",".join(trimmed)))
        else:
            good.append(trimmed + [""] * (width - len(trimmed)))
            lines.append(line)
    return Chunk(rows_table(columns, good), pa.array(lines, pa.int64()), tuple(bad), bytes_done)
