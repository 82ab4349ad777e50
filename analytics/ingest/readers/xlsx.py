"""Excel workbooks, streamed: the first sheet that holds a table, dates as ISO text, numbers as they are meant.

Formulas are never computed: what counts is the value that Excel stored beside them. XML that declares entities is refused
before openpyxl sees it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions
from analytics.ingest.readers.base import CHUNK_ROWS, Chunk, Malformed, Source, rows_table, unique_names
from analytics.ingest.readers.delimited import width_reason
from analytics.ingest.readers.dialect import Header, header_among
from analytics.ingest.readers.payload import DAMAGED, Payload, damaged
from analytics.ingest.readers.sniff import office_kind

SAMPLE_ROWS = 200
_BROKEN = (*DAMAGED, ParseError, InvalidFileException, TypeError, IndexError, AttributeError)
"""What openpyxl raises on a workbook that is cut or was written wrongly."""

Row = tuple[list[str], int]
"""Texts of a row and its number in the sheet."""


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
    with payload.seekable() as handle:
        _check_xml(handle, payload.name)
    with _workbook(payload) as book:
        sheet, header = _first_table(book, payload.name)
        others = [name for name in book.sheetnames if name != sheet]
    columns = unique_names(header.fields)
    notes = (f"Read from the sheet '{sheet}'; left out: {_listed(others)}.",) if others else ()
    reader = _reader(payload, sheet, columns, header.lines)
    return Source(payload.name, columns, payload.total_bytes, "xlsx", reader, options, notes)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:6]) + (", …" if len(names) > 6 else "")


def _check_xml(handle: BinaryIO, name: str) -> None:
    """ImportRefused where a part declares entities; a document type can only stand before the first element."""
    try:
        with zipfile.ZipFile(handle) as archive:
            for info in archive.infolist():
                with archive.open(info) as part:
                    head = part.read(4096).replace(b"\0", b"").upper()
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise entities_refused(name)
    except ImportRefused:
        raise
    except DAMAGED as problem:
        raise damaged(name, problem) from problem


def entities_refused(name: str) -> ImportRefused:
    """The refusal of XML that declares entities: no export does, a bomb or a thief of files must."""
    return ImportRefused(
        f"'{name}' declares XML entities and was not read.",
        found="Such declarations can blow a file up or read others.",
        todo="Export it again from the system itself.",
    )


@contextmanager
def _workbook(payload: Payload) -> Iterator[Any]:
    """The workbook opened for streaming. Whatever breaks while it is read is ImportRefused."""
    with payload.seekable() as handle:
        try:
            book = openpyxl.load_workbook(handle, read_only=True, data_only=True, keep_links=False)
            yield book
            book.close()
        except ImportRefused:
            raise
        except _BROKEN as problem:
            raise damaged(payload.name, problem) from problem


def _first_table(book: Any, name: str) -> tuple[str, Header]:
    """The first visible sheet with named columns and a row below them, and its header."""
    for sheet in book.worksheets:
        rows = list(itertools.islice(_rows(sheet), SAMPLE_ROWS))
        if sheet.sheet_state != "visible" or len(rows) < 2:
            continue
        header = header_among([(_trimmed(row), line) for row, line in rows])
        if header and len([field for field in header.fields if field.strip()]) > 1:
            return sheet.title, header
    raise ImportRefused(
        f"No sheet of '{name}' holds a table.",
        found=f"Its sheets: {_listed(book.sheetnames)}.",
        todo="Put the column names in one row and the rows below it.",
    )


def _trimmed(row: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    end = next((place for place in range(len(row), 0, -1) if row[place - 1]), 0)
    return row[:end]


def _rows(sheet: Any) -> Iterator[Row]:
    """The rows that are not blank. The sheet's own word on how large it is is not believed: exporters get it wrong."""
    sheet.reset_dimensions()
    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        row = [cell_text(value) for value in cells]
        if any(row):
            yield row, line


def cell_text(value: Any) -> str:
    """A cell as text: dates as ISO, whole numbers without a decimal point, truth as TRUE and FALSE, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("_x000D_", "")
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


def _reader(payload: Payload, sheet: str, columns: list[str], header_line: int) -> Callable[[], Iterator[Chunk]]:
    def chunks() -> Iterator[Chunk]:
        with _workbook(payload) as book:
            below = (row for row in _rows(book[sheet]) if row[1] > header_line)
            total = max(book[sheet].max_row or 0, header_line + 1)
            while piece := list(itertools.islice(below, CHUNK_ROWS)):
                share = min(piece[-1][1] / max(total, piece[-1][1]), 1.0)
                yield _chunk(piece, columns, int(payload.total_bytes * share))

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
