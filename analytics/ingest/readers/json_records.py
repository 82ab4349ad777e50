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
from analytics.ingest.readers.payload import Payload
from analytics.ingest.readers.text import check_encoding, sniff_encoding, text_blocks

LOOK_BYTES = 16 << 20
"""Bytes in which the names of columns are looked for. A name that appears only later goes into `OTHER`, as JSON."""

MAX_COLUMNS = 2_000
OTHER = "other fields"

Read = Row | Malformed
Numbered = tuple[Read, int]
"""A row (or what could not be read) and the line it begins on."""


def open_json(payload: Payload, options: SourceOptions) -> Source:
    """The source of a JSON text. ImportRefused where it is no valid JSON, or holds no records."""
    encoding = check_encoding(options.encoding) if options.encoding else sniff_encoding(payload.head(1 << 20))

    def rows() -> Iterator[tuple[Numbered, int]]:
        with payload.start() as stream:
            for numbered in _numbered(text_blocks(stream, encoding), payload.name):
                yield numbered, stream.position()

    columns, whole = look_for_columns(rows())
    if not columns:
        raise ImportRefused(
            f"'{payload.name}' holds no records.",
            found="No object with named values was found.",
            todo="Export it again.",
        )
    with payload.start() as stream:
        lines = is_lines(Scanner(text_blocks(stream, encoding), payload.name))
    kind, told = "jsonl" if lines else "json", replace(options, encoding=encoding)
    return source_of(payload, kind, columns, whole, rows, told)


def _numbered(blocks: Iterator[str], name: str) -> Iterator[Numbered]:
    explode = exploder()
    for record in records(blocks, name):
        if isinstance(record, Record):
            yield from ((row, record.line) for row in explode(record.value))
        else:
            yield record, record.line


Rows = Callable[[], Iterator[tuple[Numbered, int]]]
"""Opens a reading: rows with their line, and the bytes done so far."""


def look_for_columns(rows: Iterator[tuple[Numbered, int]]) -> tuple[list[str], bool]:
    """The names of columns in order of appearance, and whether the whole file was looked at."""
    names: dict[str, None] = {}
    for (row, _), done in rows:
        if not isinstance(row, Malformed):
            names.update(dict.fromkeys(row))
        if done > LOOK_BYTES or len(names) > MAX_COLUMNS:
            return list(names)[:MAX_COLUMNS], False
    return list(names), True


def source_of(payload: Payload, kind: str, names: list[str], whole: bool, rows: Rows, options: SourceOptions) -> Source:
    """The source of rows that are known by their columns' names."""
    columns = unique_names(names) + ([] if whole else [OTHER])

    def chunks() -> Iterator[Chunk]:
        reading = rows()
        while piece := list(itertools.islice(reading, CHUNK_ROWS)):
            yield _chunk(piece, names, columns, whole)

    return Source(payload.name, columns, payload.total_bytes, kind, chunks, options)


def _chunk(piece: Sequence[tuple[Numbered, int]], names: list[str], columns: list[str], whole: bool) -> Chunk:
    good = [(row, line) for (row, line), _ in piece if not isinstance(row, Malformed)]
    bad = tuple(row for (row, _), _ in piece if isinstance(row, Malformed))
    values: list[list[str | None]] = [[row.get(name) for row, _ in good] for name in names]
    if not whole:
        known = frozenset(names)
        values.append([_others(row, known) for row, _ in good])
    lines = pa.array([line for _, line in good], pa.int64())
    return Chunk(string_table(columns, values), lines, bad, piece[-1][1])


def _others(row: Row, known: frozenset[str]) -> str | None:
    late = {name: value for name, value in row.items() if name not in known}
    return json.dumps(late, ensure_ascii=False) if late else None
