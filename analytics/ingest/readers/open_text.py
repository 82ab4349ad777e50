"""A delimited text as a source: encoding, dialect and header from its first block."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions
from analytics.ingest.readers.base import Chunk, Source, unique_names
from analytics.ingest.readers.delimited import delimited_chunks
from analytics.ingest.readers.dialect import Dialect, Header, ends_at_returns, find_dialect, find_header, separator_line
from analytics.ingest.readers.payload import Payload
from analytics.ingest.readers.text import encoding_of, text_blocks

SAMPLE_LINES = 200


@dataclass(frozen=True)
class Layout:
    """How a text is to be read: everything that its first lines told."""

    encoding: str
    dialect: Dialect
    header: Header
    notes: tuple[str, ...]


def open_text(payload: Payload, options: SourceOptions) -> Source:
    """The source of a delimited text. ImportRefused where it is empty or in no known encoding."""
    layout = _layout(payload, options)
    columns = unique_names(layout.header.fields)
    told = replace(options, delimiter=layout.dialect.delimiter, encoding=layout.encoding)
    return Source(
        payload.name, columns, payload.total_bytes, "csv", _reader(payload, layout, columns), told, layout.notes
    )


def _layout(payload: Payload, options: SourceOptions) -> Layout:
    encoding = encoding_of(payload.head(1 << 20), options.encoding)
    with payload.start() as stream:
        block = next(text_blocks(stream, encoding), "").replace("\0", "")
    universal = ends_at_returns(block)
    lines = list(itertools.islice(io.StringIO(block, newline="" if universal else "\n"), SAMPLE_LINES))
    named = separator_line(lines[0]) if lines else ""
    sample = lines[1:] if named else lines
    given = options.delimiter if options.delimiter and any(options.delimiter in line for line in sample) else named
    dialect = replace(find_dialect(sample, given or None), universal=universal)
    header = find_header(sample, dialect)
    if header is None:
        raise ImportRefused(f"'{payload.name}' is empty.", found="It holds no text.", todo="Export it again.")
    header = replace(header, lines=header.lines + bool(named))
    return Layout(encoding, dialect, header, _notes(header))


def _notes(header: Header) -> tuple[str, ...]:
    if not header.preamble:
        return ()
    word = "line" if header.preamble == 1 else "lines"
    return (f"{header.preamble} {word} above the column names in line {header.lines} are no rows and were left out.",)


def _reader(payload: Payload, layout: Layout, columns: list[str]) -> Callable[[], Iterator[Chunk]]:
    def chunks() -> Iterator[Chunk]:
        with payload.start() as stream:
            blocks = _below(text_blocks(stream, layout.encoding), layout)
            yield from delimited_chunks(blocks, layout.dialect, columns, layout.header.lines + 1, stream.position)

    return chunks


def _below(blocks: Iterator[str], layout: Layout) -> Iterator[str]:
    """The text below the header."""
    first = io.StringIO(next(blocks, "").replace("\0", ""), newline="" if layout.dialect.universal else "\n")
    for _ in range(layout.header.lines):
        first.readline()
    yield first.read()
    yield from blocks
