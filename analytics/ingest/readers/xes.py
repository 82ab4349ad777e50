"""XES process-mining logs as rows, one per event: the trace's attributes as `case:…` columns beside the event's own.

Expat is driven directly: one event is in memory at a time, line numbers are exact, and a document type or entity is refused
as soon as it is declared, before anything can expand.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions
from analytics.ingest.readers.base import Malformed, Source
from analytics.ingest.readers.explode import Row
from analytics.ingest.readers.json_records import Numbered, Reading, look_for_columns, source_of
from analytics.ingest.readers.payload import Payload, Stream
from analytics.ingest.readers.sheet import entities_refused

BLOCK_BYTES = 256 << 10
_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})


def open_xes(payload: Payload, options: SourceOptions) -> Source:
    """The source of a log. ImportRefused where it is no XES, is not well-formed, or declares entities."""

    def reading() -> Reading:
        stream = payload.start()
        return _events(stream, payload.name), stream.position

    columns, whole = look_for_columns(reading)
    if not columns:
        raise ImportRefused(
            f"'{payload.name}' holds no events.", found="No <event> was found.", todo="Export it again."
        )
    return source_of(payload, "xes", columns, whole, reading, options)


def _events(stream: Stream, name: str) -> Iterator[Numbered]:
    """The events in order. A log that ends in the middle gives its last event as malformed."""
    log = _Log(name)
    with stream:
        while block := stream.read(BLOCK_BYTES):
            yield from _fed(log, block, False)
        yield from _fed(log, b"", True)


def _fed(log: _Log, block: bytes, final: bool) -> Iterator[Numbered]:
    try:
        log.parser.Parse(block, final)
    except expat.ExpatError as problem:
        yield from log.taken()
        if not final:
            raise ImportRefused(
                f"'{log.name}' is no well-formed XML.", found=f"{problem}.", todo="Export it again."
            ) from problem
        line = log.parser.CurrentLineNumber
        yield Malformed(line, "the file ends in the middle of the log", ""), line
        return
    yield from log.taken()


class _Log:
    """The handlers of one parse, and the events seen since they were last taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._trace: Row = {}
        self._event: Row | None = None
        self._line, self._nested, self._in_trace = 0, 0, False
        self._ready: list[Numbered] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise entities_refused(self.name)

    def taken(self) -> list[Numbered]:
        """The events that are complete, which are forgotten here."""
        ready, self._ready = self._ready, []
        return ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "trace":
            self._trace, self._in_trace = {}, True
        elif tag == "event" and self._in_trace:
            self._event, self._line = {}, self.parser.CurrentLineNumber
        elif self._in_trace:
            self._value(tag, attributes)
            self._nested += 1

    def _value(self, tag: str, attributes: dict[str, str]) -> None:
        """An attribute of the trace or event itself; what is nested inside another attribute is left out."""
        if self._nested or tag not in _VALUES or "key" not in attributes:
            return
        value = attributes.get("value", "")
        if self._event is None:
            self._trace[f"case:{attributes['key']}"] = value
        else:
            self._event[attributes["key"]] = value

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(" ")[2]
        if tag == "event" and self._event is not None:
            self._ready.append(({**self._trace, **self._event}, self._line))
            self._event = None
        elif tag == "trace":
            self._in_trace = False
        elif self._nested:
            self._nested -= 1
