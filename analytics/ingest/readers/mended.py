"""The download of rejected rows, mended and sent back: what guarded its cells against formulas is taken off again.

Otherwise a row would come in with apostrophes that its export never had, in a subject or, worse, in what identifies it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.layout import REJECT_KEY
from analytics.ingest.readers.base import Chunk, Source, unique_names
from analytics.ingest.safe_export import unguarded


def as_it_was(source: Source) -> Source:
    """The source with the texts that its cells had before the download; the source itself where it is no such download."""
    if REJECT_KEY not in source.columns:
        return source
    columns = unique_names([unguarded(name) for name in source.columns])
    return replace(source, columns=columns, reader=lambda: _chunks(source, columns))


def _chunks(source: Source, columns: list[str]) -> Iterator[Chunk]:
    for chunk in source.chunks():
        arrays = [_unguarded(column) for column in chunk.table.columns]
        yield replace(chunk, table=pa.table(arrays, names=columns))


def _unguarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column's texts; most columns hold no apostrophe and stay as they are."""
    if not pc.any(pc.match_substring(column, "'")).as_py():
        return column
    texts = [text if text is None else unguarded(text) for text in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])
