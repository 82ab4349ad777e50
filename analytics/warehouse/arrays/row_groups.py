"""Rows that come part by part, handed on in whole row groups of DuckDB.

A row group that is begun in one INSERT and filled in the next is written more than once, and once more when all is over.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

ROW_GROUP = 122_880
"""Rows of a row group. A batch is one, so that two cores take in a table side by side."""


class RowGroups:
    """Takes tables' rows as they come and writes them in batches of a row group; what does not fill one waits."""

    def __init__(self, write: Callable[[str, pa.Table], None]) -> None:
        self._write = write
        self._waiting: dict[str, pa.Table] = {}

    def take(self, name: str, table: pa.Table) -> None:
        """Rows that follow those taken before."""
        if name in self._waiting:
            table = pa.concat_tables([self._waiting.pop(name), table])
        full = len(table) // ROW_GROUP * ROW_GROUP
        if full:
            self._write(name, in_batches(table.slice(0, full)))
        if full < len(table):
            self._waiting[name] = _copied(table.slice(full))

    def end(self) -> None:
        """Writes what still waits."""
        for name, table in self._waiting.items():
            self._write(name, in_batches(table))
        self._waiting.clear()


def in_batches(table: pa.Table) -> pa.Table:
    """The same rows in batches of a row group; only those that lie in several pieces are copied."""
    batches = [_batch(table.slice(first, ROW_GROUP)) for first in range(0, len(table), ROW_GROUP)]
    return pa.Table.from_batches(batches, table.schema)


def _batch(table: pa.Table) -> pa.RecordBatch:
    if max(column.num_chunks for column in table.columns) > 1:
        table = table.unify_dictionaries().combine_chunks()
    return table.to_batches()[0]


def _copied(table: pa.Table) -> pa.Table:
    """The same rows in memory of their own, so that the rest of their part can go."""
    return table.take(pa.array(np.arange(len(table))))
