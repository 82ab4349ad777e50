"""JSON read record by record: JSON Lines, an array of records, or an array inside an object (`{"audits": [...]}`).

Only one record is in memory at a time. Numbers keep the text they have in the file: an id of 19 digits stays what it is.
Rejected: `json.load`, which needs ten times the file's size; a C parser library for this one need.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analytics.errors import ImportRefused
from analytics.ingest.readers.base import MAX_RECORD_CHARS, Malformed

_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)

RECORD_KEYS = (
    "audits", "ticket_audits", "tickets", "ticket_events", "issues", "issueChangeLogs", "histories", "values", "result",
    "records", "conversations", "conversation_parts", "events", "items", "rows", "data", "results",
)  # fmt: skip
"""Names under which vendors put the records, for objects that hold several lists."""


@dataclass(frozen=True)
class Record:
    """One record and the physical line it begins on."""

    value: dict[str, Any]
    line: int


class Scanner:
    """A cursor over text that comes in blocks."""

    def __init__(self, blocks: Iterator[str], name: str) -> None:
        self._blocks, self.name = blocks, name
        self.text, self.at, self.line, self.ended = "", 0, 1, False

    def more(self) -> bool:
        """One block more at the end of the text; False where there is none."""
        block = next(self._blocks, None)
        if block is None:
            self.ended = True
            return False
        self.text, self.at = self.text[self.at :] + block, 0
        return True

    def move(self, to: int) -> None:
        """Forward to a place in the text, counting its lines."""
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            self.move(_BLANK.match(self.text, self.at).end())  # pyright: ignore[reportOptionalMemberAccess]
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def take(self, wanted: str) -> bool:
        """Passes the next character where it is the wanted one."""
        if self.peek() != wanted:
            return False
        self.move(self.at + 1)
        return True

    def value(self) -> Any:
        """The next JSON value. `json.JSONDecodeError` where it is none, or where the text ends in it."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError:
                if len(self.text) - self.at > MAX_RECORD_CHARS or not self._grow():
                    raise
                continue
            except RecursionError as deep:
                raise ImportRefused(
                    f"'{self.name}' is nested too deep.", found=f"In line {self.line:,}.", todo="Export a flat table."
                ) from deep
            if end < len(self.text) or self.text[end - 1] in '"]}' or not self.more():
                self.move(end)
                return value

    def _grow(self) -> bool:
        """At least twice as much text, so that a large record is not tried once per block."""
        wanted = 2 * (len(self.text) - self.at)
        grew = self.more()
        while grew and len(self.text) < wanted and self.more():
            pass
        return grew


def records(blocks: Iterator[str], name: str) -> Iterator[Record | Malformed]:
    """The records of a JSON text in order. A record cut off by the end of the file is malformed; ImportRefused where the
    text is no JSON in the middle, since what follows cannot be told apart any more."""
    scanner = Scanner(blocks, name)
    if scanner.take("["):
        yield from _array(scanner)
    elif is_lines(scanner):
        yield from _lines(scanner)
    else:
        while scanner.take("{"):
            yield from _object(scanner)
        if scanner.peek():
            raise _no_json(scanner, "something stands after the last record")


def is_lines(scanner: Scanner) -> bool:
    """Whether the text is JSON Lines: its first line is an object by itself, and not the only one."""
    if scanner.peek() != "{":
        return False
    line = _line(scanner, MAX_RECORD_CHARS)
    after = _BLANK.match(scanner.text, scanner.at + len(line)).end()  # pyright: ignore[reportOptionalMemberAccess]
    if scanner.text[after : after + 1] != "{":
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (json.JSONDecodeError, RecursionError):
        return False


def _line(scanner: Scanner, most: int) -> str:
    """The text from here to the end of the line, and a look at the block behind it."""
    while (end := scanner.text.find("\n", scanner.at)) < 0 and len(scanner.text) < most and scanner.more():
        pass
    if end >= 0 and len(scanner.text) - end < 1000 and scanner.more():
        end = scanner.text.find("\n", scanner.at)
    return scanner.text[scanner.at : end if end >= 0 else len(scanner.text)]


def _object(scanner: Scanner) -> Iterator[Record | Malformed]:
    """An object whose opening brace is passed: a wrapper around a list of records, or a record itself."""
    line, held, streamed = scanner.line, {}, False
    try:
        while not scanner.take("}"):
            key = scanner.value()
            _expect(scanner, ":")
            if _wraps(key, held) and scanner.take("["):
                streamed = streamed or scanner.peek() == "{"
                yield from _array(scanner)
            else:
                held[key] = scanner.value()
            if not scanner.take(","):
                _expect(scanner, "}")
                break
    except json.JSONDecodeError as problem:
        yield _broken(scanner, problem, line)
        return
    if not streamed:
        yield Record(held, line)


def _wraps(key: object, held: dict[str, Any]) -> bool:
    """Whether a list under this name would be the records: not where the object has an id, since then it is one itself."""
    return key in RECORD_KEYS and not held.keys() & _ID_KEYS


_ID_KEYS = {"id", "key", "ticket_id", "issueId", "number", "sys_id", "conversation_id"}


def _expect(scanner: Scanner, wanted: str) -> None:
    if not scanner.take(wanted):
        raise json.JSONDecodeError(f"Expecting '{wanted}'", scanner.text, scanner.at)


def _array(scanner: Scanner) -> Iterator[Record | Malformed]:
    """The elements up to the closing bracket; the bracket before them is passed already."""
    while not scanner.take("]"):
        line = scanner.line
        try:
            value = scanner.value()
        except json.JSONDecodeError as problem:
            yield _broken(scanner, problem, line)
            return
        yield _record(value, line)
        if not scanner.take(",") and scanner.peek() not in ("]", ""):
            raise _no_json(scanner, "a comma is missing between two records")


def _record(value: Any, line: int) -> Record | Malformed:
    if isinstance(value, dict):
        return Record(value, line)
    return Malformed(line, "this is no record with named values", json.dumps(value)[:1000])


def _broken(scanner: Scanner, problem: json.JSONDecodeError, line: int) -> Malformed:
    """The record in which the file ends; the scanner is moved to the end. ImportRefused where the file goes on after it."""
    cut = scanner.ended and (problem.msg.startswith("Unterminated") or len(scanner.text) - problem.pos < 12)
    if not cut:
        raise _no_json(scanner, problem.msg)
    rest = scanner.text[scanner.at :].rstrip()
    scanner.move(len(scanner.text))
    return Malformed(line, "the file ends in the middle of this record", rest)


def _no_json(scanner: Scanner, why: str) -> ImportRefused:
    return ImportRefused(
        f"'{scanner.name}' is no valid JSON.",
        found=f"Near line {scanner.line:,}: {why}.",
        todo="Export it again, or one record per line.",
    )


def _lines(scanner: Scanner) -> Iterator[Record | Malformed]:
    """JSON Lines. A line that is no JSON is malformed, the next one is read."""
    while scanner.peek():
        number, line = scanner.line, _line(scanner, 2 * MAX_RECORD_CHARS)
        if len(line) > MAX_RECORD_CHARS:
            raise _no_json(scanner, f"the line has more than {MAX_RECORD_CHARS:,} characters")
        scanner.move(scanner.at + len(line))
        try:
            yield _record(_DECODER.decode(line), number)
        except (json.JSONDecodeError, RecursionError) as problem:
            why = problem.msg if isinstance(problem, json.JSONDecodeError) else "it is nested too deep"
            yield Malformed(number, f"this line is no JSON: {why}", line.rstrip("\r"))
