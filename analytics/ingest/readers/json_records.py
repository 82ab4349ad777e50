"""JSON and JSON Lines as a source: nested records as rows of text columns, streamed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions
from analytics.ingest.readers.base import CHUNK_ROWS, Chunk, Malformed, Source, string_table, unique_names
from analytics.ingest.readers.explode import Row, exploder
from analytics.ingest.readers.json_stream import Record, Scanner, is_lines, records
from analytics.ingest.readers.payload import Payload, Stream
from analytics.ingest.readers.text import encoding_of, text_blocks

LOOK_BYTES = 8 << 20
"""Bytes in which the names of columns are looked for. A name that appears only later goes into `OTHER`, as JSON."""

MAX_COLUMNS = 2_000
OTHER = "other fields"

Read = Row | Malformed
Numbered = tuple[Read, int]
"""A row (or what could not be read) and the line it begins on."""

Reading = tuple[Iterator[Numbered], Callable[[], int]]
"""A file being read from its start: its rows, and what tells the bytes done so far."""


def open_json(payload: Payload, options: SourceOptions) -> Source:
    """The source of a JSON text. ImportRefused where it is no valid JSON, or holds no records."""
    encoding = encoding_of(payload.head(1 << 20), options.encoding)

    def reading() -> Reading:
        stream = payload.start()
        return _numbered(stream, encoding, payload.name), stream.position

    columns, whole = look_for_columns(reading)
    if not columns:
        raise ImportRefused(
            f"'{payload.name}' holds no records.",
            found="No object with named values was found.",
            todo="Export it again.",
        )
    with payload.start() as stream:
        lines = is_lines(Scanner(text_blocks(stream, encoding), payload.name))
    kind, told = "jsonl" if lines else "json", replace(options, encoding=encoding)
    return source_of(payload, kind, columns, whole, reading, told)


def _numbered(stream: Stream, encoding: str, name: str) -> Iterator[Numbered]:
    explode = exploder()
    with stream:
        for record in records(text_blocks(stream, encoding), name):
            if isinstance(record, Record):
                for row in explode(record.value):
                    yield row, record.line
            else:
                yield record, record.line


def look_for_columns(reading: Callable[[], Reading]) -> tuple[list[str], bool]:
    """The names of columns in order of appearance, and whether the whole file was looked at."""
    names: dict[str, None] = {}
    rows, position = reading()
    for row, _ in rows:
        if not isinstance(row, Malformed) and not row.keys() <= names.keys():
            names.update(dict.fromkeys(row))
        if position() > LOOK_BYTES or len(names) > MAX_COLUMNS:
            return list(names)[:MAX_COLUMNS], next(rows, None) is None
    return list(names), True


def source_of(
    payload: Payload, kind: str, names: list[str], whole: bool, reading: Callable[[], Reading], options: SourceOptions
) -> Source:
    """The source of rows that are known by their columns' names."""
    columns = unique_names(names) + ([] if whole else [OTHER])

    def chunks() -> Iterator[Chunk]:
        rows, position = reading()
        while piece := list(itertools.islice(rows, CHUNK_ROWS)):
            yield _chunk(piece, names, columns, position())

    return Source(payload.name, columns, payload.total_bytes, kind, chunks, options)


def _chunk(piece: Sequence[Numbered], names: list[str], columns: list[str], done: int) -> Chunk:
    good = [(row, line) for row, line in piece if not isinstance(row, Malformed)]
    bad = tuple(row for row, _ in piece if isinstance(row, Malformed))
    values: list[list[str | None]] = [[row.get(name) for row, _ in good] for name in names]
    if len(columns) > len(names):
        known = frozenset(names)
        values.append([_others(row, known) for row, _ in good])
    return Chunk(string_table(columns, values), pa.array([line for _, line in good], pa.int64()), bad, done)


def _others(row: Row, known: frozenset[str]) -> str | None:
    late = {name: value for name, value in row.items() if name not in known}
    return json.dumps(late, ensure_ascii=False) if late else None
