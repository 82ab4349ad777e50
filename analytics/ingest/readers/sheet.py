"""The parts of an XLSX workbook that a table needs, read by expat in one pass: ten times as fast as through openpyxl's cells.

openpyxl still says which number formats are dates and how Excel counts days; its own readers scan every sheet once only to
learn its size, and build a dozen objects per cell.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from analytics.errors import ImportRefused
from analytics.ingest.readers.base import Limits
from analytics.ingest.readers.payload import Guarded

BLOCK_BYTES = 256 << 10
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Row = tuple[list[str], int]
"""Texts of a row and its number in the sheet."""


def entities_refused(name: str) -> ImportRefused:
    """The refusal of XML that declares entities: no export does, a bomb or a thief of files must."""
    return ImportRefused(
        f"'{name}' declares XML entities and was not read.",
        found="Such declarations can blow a file up or read others.",
        todo="Export it again from the system itself.",
    )


@dataclass(frozen=True)
class Sheet:
    """A sheet's title, the part that holds it, and whether people see it."""

    title: str
    part: str
    visible: bool


class Workbook:
    """An opened workbook. `KeyError`, `ValueError`, `expat.ExpatError` or what zipfile raises where it is broken."""

    def __init__(self, handle: BinaryIO, name: str) -> None:
        self.name = name
        self._archive = zipfile.ZipFile(handle)
        self._sizes = {info.filename: info for info in self._archive.infolist()}
        self.sheets, self._epoch = self._workbook()
        self._styles = self._date_styles()
        self._strings: list[str] | None = None
        self.share = 0.0
        """How much of the part that is being read has been read, 0-1."""

    def _events(self, part: str, start: Callable, end: Callable, text: Callable | None = None) -> Iterator[None]:
        """Feeds a part to expat block by block; what the handlers collect can be taken after each step."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = start, end
        if text:
            parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        info = self._sizes[part]
        inner = cast(BinaryIO, self._archive.open(info))
        with Guarded(inner, self.name, max(info.compress_size, 1), Limits.from_environment()) as stream:
            while block := stream.read(BLOCK_BYTES):
                parser.Parse(block, False)
                self.share = min(stream.expanded / max(info.file_size, 1), 1.0)
                yield
            parser.Parse(b"", True)
            yield

    def _refuse(self, *_: object) -> None:
        raise entities_refused(self.name)

    def _all(self, part: str, wanted: frozenset[str]) -> list[tuple[str, dict[str, str]]]:
        """The attributes of all elements of these names in a small part."""
        found: list[tuple[str, dict[str, str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            local = tag.rpartition(" ")[2]
            if local in wanted:
                found.append((local, {key.rpartition(" ")[2]: value for key, value in attributes.items()}))

        for _ in self._events(part, start, lambda tag: None):
            pass
        return found

    def _workbook(self) -> tuple[list[Sheet], Any]:
        elements = self._all("xl/workbook.xml", frozenset({"sheet", "workbookPr"}))
        links = {
            told["Id"]: posixpath.normpath(posixpath.join("xl", told["Target"])).removeprefix("/")
            for _, told in self._all("xl/_rels/workbook.xml.rels", frozenset({"Relationship"}))
        }
        mac = any(told.get("date1904") in ("1", "true") for local, told in elements if local == "workbookPr")
        sheets = [
            Sheet(told["name"], _found(links[told["id"]], self._sizes), told.get("state", "visible") == "visible")
            for local, told in elements
            if local == "sheet" and told.get("id") in links
        ]
        return sheets, CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900

    def _date_styles(self) -> dict[str, bool]:
        """Cell styles that show a number as a date (False) or as a duration (True), by their number as text."""
        if "xl/styles.xml" not in self._sizes:
            return {}
        custom: dict[int, str] = {}
        styles: list[int] = []
        inside = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            local = tag.rpartition(" ")[2]
            if local == "numFmt":
                custom[int(attributes["numFmtId"])] = attributes["formatCode"]
            elif local == "xf" and inside:
                styles.append(int(attributes.get("numFmtId", 0)))
            inside = (inside or local == "cellXfs") and local != "cellStyles"

        def end(tag: str) -> None:
            nonlocal inside
            inside = inside and not tag.endswith("cellXfs")

        for _ in self._events("xl/styles.xml", start, end):
            pass
        formats = {str(number): custom.get(style) or BUILTIN_FORMATS.get(style) for number, style in enumerate(styles)}
        return {number: is_timedelta_format(form) for number, form in formats.items() if form and is_date_format(form)}

    @property
    def strings(self) -> list[str]:
        """The shared strings, read when the first sheet needs them."""
        if self._strings is None:
            shared = "xl/sharedStrings.xml"
            self._strings = _Strings().read(self._events, shared) if shared in self._sizes else []
        return self._strings

    def rows(self, sheet: Sheet, text_of: Callable[[Any], str]) -> Iterator[Row]:
        """The rows that are not blank. `text_of` says how a date, duration, number or truth is written."""
        cells = _Cells(self.strings, self._styles, self._epoch, text_of)
        for _ in self._events(sheet.part, cells.start, cells.end, cells.data):
            yield from cells.taken()

    def close(self) -> None:
        self._archive.close()


def _found(part: str, parts: dict[str, zipfile.ZipInfo]) -> str:
    """The part by its name, whatever the case: some writers link `worksheets/Sheet1.xml` to `sheet1.xml`."""
    if part in parts:
        return part
    return next((name for name in parts if name.casefold() == part.casefold()), part)


def unescaped(text: str) -> str:
    """Excel writes a control character as `_x000D_`; a carriage return before a line end is left out."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)).replace("\r", ""), text)


class _Strings:
    """Shared strings: the texts of each item, without how they are pronounced."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._parts: list[str] = []
        self._inside, self._spoken = False, False

    def read(self, events: Callable, part: str) -> list[str]:
        for _ in events(part, self._start, self._end, self._data):
            pass
        return self._done

    def _start(self, tag: str, _: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        self._inside = local == "t" and not self._spoken
        self._spoken = self._spoken or local == "rPh"

    def _data(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

    def _end(self, tag: str) -> None:
        local = tag.rpartition(" ")[2]
        self._inside = False
        if local == "rPh":
            self._spoken = False
        elif local == "si":
            self._done.append(unescaped("".join(self._parts)))
            self._parts = []


class _Cells:
    """The cells of a sheet, row by row."""

    def __init__(self, strings: list[str], styles: dict[str, bool], epoch: Any, text_of: Callable[[Any], str]) -> None:
        self._strings, self._styles, self._epoch, self._text_of = strings, styles, epoch, text_of
        self._ready: list[Row] = []
        self._row: list[str] = []
        self._line, self._column = 0, 0
        self._kind, self._style = "n", ""
        self._parts: list[str] = []
        self._inside = False
        self._local: dict[str, str] = {}
        self._places: dict[str, int] = {}

    def taken(self) -> list[Row]:
        """The rows that are complete, which are forgotten here."""
        ready, self._ready = self._ready, []
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = self._local.get(tag) or self._local.setdefault(tag, tag.rpartition(" ")[2])
        if local == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._column = self._place(attributes["r"]) if "r" in attributes else self._column + 1
        elif local == "v" or (local == "t" and self._kind == "inlineStr"):
            self._inside = True
        elif local == "row":
            self._line = int(attributes["r"]) if "r" in attributes else self._line + 1
            self._row, self._column = [], 0

    def _place(self, reference: str) -> int:
        """B5 → 2. The letters are looked up: a sheet has few columns and many cells."""
        letters = reference.rstrip("0123456789")
        place = self._places.get(letters)
        if place is None:
            place = 0
            for letter in letters.upper():
                place = place * 26 + ord(letter) - 64
            self._places[letters] = place
        return place

    def data(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

    def end(self, tag: str) -> None:
        local = self._local.get(tag, "")
        if local in ("v", "t"):
            self._inside = False
        elif local == "c":
            if self._parts:
                self._put("".join(self._parts))
                self._parts = []
        elif local == "row" and any(self._row):
            self._ready.append((self._row, self._line))

    def _put(self, raw: str) -> None:
        text = self._text(raw)
        missing = self._column - len(self._row) - 1
        if missing > 0:
            self._row.extend([""] * missing)
        self._row.append(text)

    def _text(self, raw: str) -> str:
        if self._kind == "s":
            return self._strings[int(raw)]
        if self._kind in ("str", "inlineStr"):
            return unescaped(raw)
        if self._kind == "b":
            return self._text_of(raw == "1")
        if self._kind != "n":
            return raw  # an error as it shows (#N/A), or a date in ISO form
        if self._style in self._styles:
            return self._date(raw)
        return raw if raw.isdigit() else self._text_of(float(raw))

    def _date(self, raw: str) -> str:
        """The moment or duration that a number is; the number itself where Excel could not show it as one either."""
        try:
            return self._text_of(from_excel(float(raw), self._epoch, timedelta=self._styles[self._style]))
        except (OverflowError, ValueError):
            return raw
