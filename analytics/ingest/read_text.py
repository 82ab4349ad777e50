"""Delimited text: encoding, delimiter and header are found, rows come with the physical line on which they start."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions
from analytics.ingest.read import CHUNK_ROWS, Chunk, Malformed, Opener, Source, unique

DELIMITERS = (",", ";", "\t", "|")
MAX_RECORD_LINES = 20_000
"""A record of more lines than this has an unclosed quote; longer fields have not been seen in exports."""

csv.field_size_limit(1 << 30)  # descriptions of 100,000 characters are real
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def open_text(opener: Opener, name: str, start: bytes, options: SourceOptions) -> Source:
    """A delimited text as a source. ImportRefused where it is no text, has no header, or a header and no rows."""
    encoding, size = options.encoding or _encoding(opener, name, start), _size(opener)
    with opener() as handle:
        sample = _lines(io.TextIOWrapper(handle, encoding, errors="replace", newline=""))
        head = [line for line, _ in zip(sample, range(200), strict=False)]
    if not any(line.strip() for line in head):
        raise ImportRefused(f"{name} is empty.", found="It holds no text.", todo="Export it again.")
    delimiter = options.delimiter or _delimiter(head)
    skip, header = _header(head, delimiter)
    columns = unique(header)
    found = SourceOptions(delimiter, encoding, options.timezone, options.date_order, options.missing)
    return Source(name, columns, size, lambda: _chunks(opener, found, skip, columns), found)


def _lines(text: io.TextIOBase) -> Iterator[str]:
    for line in text:
        yield line.replace("\0", "") if "\0" in line else line


def _size(opener: Opener) -> int:
    with opener() as handle:
        total = 0
        while block := handle.read(1 << 20):
            total += len(block)
    return total


def _encoding(opener: Opener, name: str, start: bytes) -> str:
    """By its byte order mark; else UTF-8 where all of it is; else by where the zero bytes are; else Windows' Latin."""
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    zeros = start.count(0)
    if zeros > len(start) // 4:
        return _zero_encoding(start, name)
    if _is_utf8(opener):
        return "utf-8"
    odd = sum(byte < 32 and byte not in (9, 10, 13) for byte in start)
    if zeros > 8 or odd > len(start) // 20:
        raise _no_table(name)
    return "cp1252"


def _zero_encoding(start: bytes, name: str) -> str:
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 4:
        return "utf-16-be"
    raise _no_table(name)


def _no_table(name: str) -> ImportRefused:
    return ImportRefused(
        f"{name} is not a table.", found="It holds bytes that are no text.",
        todo="Choose the export itself: CSV, XLSX, JSON, Parquet or XES.",
    )  # fmt: skip


def _is_utf8(opener: Opener) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with opener() as handle:
            while block := handle.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(head: list[str]) -> str:
    """The delimiter that cuts most of the first rows into the same number (above one) of fields."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in csv.reader(head, delimiter=delimiter) if row)
        wide = {width: rows for width, rows in widths.items() if width > 1}
        if not wide:
            return 0.0, 0
        width = max(wide, key=lambda w: (wide[w], w))
        return wide[width] / widths.total(), width

    return max(DELIMITERS, key=fit)


def _header(head: list[str], delimiter: str) -> tuple[int, list[str]]:
    """How many physical lines come before the rows, and the header: the first row as wide as most rows are."""
    reader, rows = csv.reader(head, delimiter=delimiter), []
    for row in reader:
        if any(field.strip() for field in row):
            rows.append((reader.line_num, row))
    usual = Counter(len(row) for _, row in rows[1:] or rows).most_common(1)[0][0]
    named = next(((line, row) for line, row in rows if len(row) == usual), rows[0])
    first_is_preamble = len(rows[0][1]) < 2 <= usual
    return named if first_is_preamble else rows[0]


def _chunks(opener: Opener, options: SourceOptions, skip: int, columns: list[str]) -> Iterator[Chunk]:
    with opener() as handle:
        wrapped = io.TextIOWrapper(handle, options.encoding or "utf-8", errors="replace", newline="")
        text = _lines(wrapped)
        for _ in range(skip):
            next(text, None)
        yield from _Rows(text, options.delimiter or ",", skip, len(columns)).chunks(columns, handle)
        wrapped.detach()  # kept until here: it closes the handle when it goes


class _Rows:
    """Records of a text, with the line each starts on. A record that never ends gives its first line as malformed, and
    the lines after it are read again, so that one unclosed quote cannot swallow a file."""

    def __init__(self, text: Iterator[str], delimiter: str, line: int, width: int) -> None:
        self.text, self.delimiter, self.line, self.width = text, delimiter, line, width
        self.held: list[str] = []  # the physical lines of the record that is being read
        self.again: list[str] = []  # lines to be read again, last first
        self.good: list[list[str]] = []
        self.lines: list[int] = []
        self.bad: list[Malformed] = []

    def feed(self) -> Iterator[str]:
        while True:
            line = self.again.pop() if self.again else next(self.text, None)
            if line is None or len(self.held) > MAX_RECORD_LINES:
                if line is not None:
                    self.again.append(line)
                return
            self.held.append(line)
            yield line

    def records(self) -> Iterator[None]:
        """Sorts records into good and bad, one per step."""
        while True:
            for row in csv.reader(self.feed(), delimiter=self.delimiter):
                self.sort(row)
                yield
            if not self.held and not self.again:
                line = next(self.text, None)
                if line is None:
                    return
                self.again.append(line)

    def sort(self, row: list[str]) -> None:
        start, raw = self.line + 1, self.held
        if len(raw) > 1 and _unclosed(raw):
            self.bad.append(Malformed(start, "a quote is opened and never closed", raw[0].rstrip("\r\n")))
            self.again.extend(reversed(raw[1:]))
            self.line += 1
        else:
            self.line += len(raw)
            if len(row) == self.width and not (len(raw) == 1 and self.width > 1 and _unclosed(raw)):
                self.good.append(row)
                self.lines.append(start)
            elif row and any(row):
                self.bad.append(Malformed(start, self.why(row, raw), "".join(raw).rstrip("\r\n")))
        self.held = []

    def why(self, row: list[str], raw: list[str]) -> str:
        if _unclosed(raw):
            return "a quote is opened and never closed"
        return f"{len(row)} fields where the header has {self.width}"

    def chunks(self, columns: list[str], handle) -> Iterator[Chunk]:
        for _ in self.records():
            if len(self.good) >= CHUNK_ROWS or len(self.bad) >= CHUNK_ROWS:
                yield self.chunk(columns, handle)
        if self.good or self.bad:
            yield self.chunk(columns, handle)

    def chunk(self, columns: list[str], handle) -> Chunk:
        cells = zip(*self.good, strict=True) if self.good else ([] for _ in columns)
        table = pa.table([pa.array(column, pa.string()) for column in cells], names=columns)
        done = Chunk(table, pa.array(self.lines, pa.int64()), tuple(self.bad), handle.tell())
        self.good, self.lines, self.bad = [], [], []
        return done


def _unclosed(raw: list[str]) -> bool:
    """Whether the text of a record has an odd number of quotes."""
    return sum(line.count('"') for line in raw) % 2 == 1
