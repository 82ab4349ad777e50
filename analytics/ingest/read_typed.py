"""Files that know their columns: Parquet, XLSX, JSON, XES. Values come out as text, times in ISO 8601 with their offset."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.mapping import SourceOptions
from analytics.ingest.read import CHUNK_ROWS, Chunk, Opener, Source, unique


def open_typed(opener: Opener, name: str, start: bytes, options: SourceOptions) -> Source | None:
    """The file as a source where its first bytes say that it is one of these; None where they do not."""
    if start.startswith(b"PAR1"):
        return _open_parquet(opener, name, options)
    return None


def _open_parquet(opener: Opener, name: str, options: SourceOptions) -> Source:
    import pyarrow.parquet as pq

    with opener() as handle:
        file = pq.ParquetFile(handle)
        columns, rows = unique(file.schema_arrow.names), file.metadata.num_rows
    return Source(name, columns, rows, lambda: _parquet_chunks(opener, columns), options)


def _parquet_chunks(opener: Opener, columns: list[str]) -> Iterator[Chunk]:
    import pyarrow.parquet as pq

    done = 0
    with opener() as handle:
        for batch in pq.ParquetFile(handle).iter_batches(batch_size=CHUNK_ROWS):
            table = pa.table([as_text(column) for column in batch.columns], names=columns)
            lines = pa.array(range(done + 1, done + batch.num_rows + 1), pa.int64())
            done += batch.num_rows
            yield Chunk(table, lines, (), done)


def as_text(column: pa.Array) -> pa.Array:
    """A typed column as text; missing values as the empty text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        text = pc.strftime(column, format="%Y-%m-%dT%H:%M:%S%z" if kind.tz else "%Y-%m-%dT%H:%M:%S")
    else:
        text = pc.cast(column, pa.string())
    return pc.fill_null(text, "")
