"""Tables as CSV or XLSX bytes in which no cell can start a formula. Every download of the product goes through here.

A spreadsheet runs what begins with `=`, `+`, `-`, `@`, a tab or a carriage return, and a ticket's subject may be written by
anybody. Such a text gets an apostrophe in front, which spreadsheets read as "text follows"; numbers stay numbers. Where one
stands in front already it is doubled, so that `unguarded` gives every text back as it was. Rejected: quoting alone
(spreadsheets strip the quotes first), a blank in front (they trim it), and dropping the character (loses data).
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from analytics.errors import InputError

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
"""What a spreadsheet may take for the beginning of a formula or a command, with the wide forms of East Asian keyboards."""

MAX_XLSX_ROWS = 1_048_575
MAX_XLSX_CHARS = 32_767

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+|\d{1,3}(,\d{3})+(\.\d+)?)([eE][-+]?\d+)?%?")
_STARTS_A_CELL = r"(?=[=@＝＠]|[+＋－-](?![ \d]))"
_INSIDE = re.compile(rf"([;\t|\r\n][ \xa0]*'*){_STARTS_A_CELL}")
"""A spreadsheet that expects another delimiter cuts cells apart: what then begins a cell is guarded too."""
_GUARDED_INSIDE = re.compile(rf"([;\t|\r\n][ \xa0]*'*)'{_STARTS_A_CELL}")
_UNSEEN = (
    " \xa0\ufeff\u200b\u200c\u200d\u2060\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u00ad\0"
)
"""Characters that are not seen, and that some programs drop before they look at a cell."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def safe_text(text: str) -> str:
    """The text as it may stand in a cell: with an apostrophe in front where it could start a formula; numbers as they are.

    No two texts become the same: where apostrophes stand in such a place already, one more is put before them.
    """
    if not text or _NUMBER.fullmatch(text):
        return text
    guarded = _INSIDE.sub(r"\1'", text)
    core = guarded.lstrip("'")
    begins = core.lstrip(_UNSEEN).startswith(STARTERS) or core[:1] in ("\t", "\r", "\n")
    return f"'{guarded}" if begins else guarded


def unguarded(text: str) -> str:
    """The text whose `safe_text` this is; the text itself where it is no such one (somebody wrote it into the cell)."""
    if "'" not in text:
        return text
    inside = _GUARDED_INSIDE.sub(r"\1", text)
    for candidate in (inside.removeprefix("'"), inside):
        if safe_text(candidate) == text:
            return candidate
    return text


def cell(value: Any) -> Any:
    """A value as it may stand in a cell: numbers and truth as they are, times as ISO text, nothing as None, the rest as text."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool | int | Decimal) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if hasattr(value, "item") and not isinstance(value, str):  # a numpy scalar
        return cell(value.item())
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return safe_text(str(value))


def _rows(frame: pd.DataFrame) -> Iterable[list[Any]]:
    columns = [frame.iloc[:, place].tolist() for place in range(frame.shape[1])]
    for row in zip(*columns, strict=True):
        yield [cell(value) for value in row]


def csv_bytes(frame: pd.DataFrame, *, delimiter: str = ",") -> bytes:
    """A frame without its index as CSV in UTF-8, with the mark by which Excel knows it, and CRLF line ends."""
    import csv

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([safe_text(str(name)) for name in frame.columns])
    for row in _rows(frame):
        writer.writerow(["" if value is None else value for value in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def xlsx_bytes(frame: pd.DataFrame, *, sheet: str = "Data") -> bytes:
    """A frame without its index as a workbook of one sheet, the first row fixed. Text longer than Excel takes is cut with "…".

    InputError where there are more rows than a sheet holds.
    """
    return book_bytes({sheet: frame})


def book_bytes(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Frames as a workbook, a sheet each by its name (what Excel does not take in a name is left out); as `xlsx_bytes`."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, frame in sheets.items():
        _check_rows(frame)
        page = book.create_sheet(_ILLEGAL.sub(" ", re.sub(r"[\[\]:*?/\\]", " ", name))[:31] or "Data")
        page.freeze_panes = "A2"
        page.append([_xlsx_cell(page, safe_text(str(column))) for column in frame.columns])
        for row in _rows(frame):
            page.append([_xlsx_cell(page, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _check_rows(frame: pd.DataFrame) -> None:
    if len(frame) > MAX_XLSX_ROWS:
        raise InputError(
            "That is more than an Excel sheet holds.",
            found=f"{len(frame):,} rows.",
            todo="Filter it, or download it as CSV.",
        )


def _xlsx_cell(page: Any, value: Any) -> Any:
    """A text is written as a text whatever it begins with: openpyxl would make a formula of a leading `=`."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, int) and abs(value) >= 10**15:
        value = str(value)  # Excel keeps 15 digits of a number: an id of 17 would become another one
    if not isinstance(value, str):
        return value
    plain = _ILLEGAL.sub("", value)
    plain = plain if len(plain) <= MAX_XLSX_CHARS else plain[: MAX_XLSX_CHARS - 1] + "…"
    made = WriteOnlyCell(page, plain)
    made.data_type = "s"
    return made
