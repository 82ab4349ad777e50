"""Parquet in chunks of text columns: times as ISO text (UTC ones end in Z), nested values flattened or as JSON text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.errors import ImportRefused
from analytics.ingest.mapping import SourceOptions
from analytics.ingest.readers.base import CHUNK_ROWS, Chunk, Source, unique_names
from analytics.ingest.readers.payload import Payload, damaged


def open_parquet(payload: Payload, options: SourceOptions) -> Source:
    """The source of a Parquet file. ImportRefused where it is damaged or encrypted."""
    with payload.seekable() as handle:
        schema = _opened(handle, payload.name).schema_arrow
    try:
        flat = _flat(schema.empty_table())
    except pa.ArrowNotImplementedError as problem:
        raise ImportRefused(
            f"'{payload.name}' has a column type that cannot be read.", found=f"{problem}.", todo="Export it as CSV."
        ) from problem
    columns = unique_names(flat.column_names)
    return Source(payload.name, columns, payload.total_bytes, "parquet", _reader(payload, columns), options)


def _opened(handle, name: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(handle)
    except (pa.ArrowInvalid, OSError) as problem:
        raise damaged(name, problem) from problem


def _reader(payload: Payload, columns: list[str]) -> Callable[[], Iterator[Chunk]]:
    def chunks() -> Iterator[Chunk]:
        with payload.seekable() as handle:
            file, row = _opened(handle, payload.name), 0
            total = max(file.metadata.num_rows, 1)
            for batch in _batches(file, payload.name):
                lines = pa.array(range(row + 1, row + batch.num_rows + 1), pa.int64())
                row += batch.num_rows
                texts = [as_text(column) for column in _flat(pa.Table.from_batches([batch])).columns]
                yield Chunk(pa.table(texts, names=columns), lines, (), payload.total_bytes * row // total)

    return chunks


def _batches(file: pq.ParquetFile, name: str) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(CHUNK_ROWS)
    except (pa.ArrowInvalid, OSError) as problem:
        raise damaged(name, problem) from problem


def _flat(table: pa.Table) -> pa.Table:
    """Structs as one column per field, however deep."""
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text; null stays null. A number that is whole has no decimal point: 11071.0 is an id that lost its type."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        text = column.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.timestamp("us")).cast(pa.string())
        return pc.binary_join_element_wise(text, "Z", "") if kind.tz else text  # pyright: ignore
    if pa.types.is_floating(kind):
        return pa.chunked_array([[_number(value) for value in column.to_pylist()]], pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.chunked_array([[_plain(value) for value in column.to_pylist()]], pa.string())
    return column.cast(pa.string())


def _number(value: float | None) -> str | None:
    if value is None or value != value:
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 2**63 else repr(value)


def _plain(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "tierscope_cp1252")
    return json.dumps(value, ensure_ascii=False, default=str)
