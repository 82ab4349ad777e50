"""What the source itself tells of each ticket: its attributes, and its creation where there is a column for that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.warehouse.arrays.columns import NONE, Columns

SOURCE_SQL = """SELECT *, created_day - DATE '1970-01-01' AS day_no,
  lower(csat) IN ('good', 'good_with_comment', 'satisfied', 'positive', 'true', '4', '5') AS is_good
  FROM ticket_attributes WHERE {where}"""
"""The query for the tickets of a part. Rejected: sorting here, which costs more than sorting places (`_in_order`)."""

CODED = ("priority", "product", "category", "channel")
"""The attributes that facts beside the tickets, or cubes, have too."""


@dataclass(frozen=True)
class Source:
    """Row by row in the order of the tickets. `codes` are places in `words`, -1 where an attribute is not told."""

    attributes: pa.Table
    created_us: np.ndarray
    created_day: np.ndarray
    codes: Columns
    words: dict[str, list[str]]
    is_rated: np.ndarray
    is_good: np.ndarray

    @classmethod
    def of(cls, table: pa.Table) -> Source:
        coded = {name: _coded(table.column(name)) for name in CODED}
        created = (table.column(name).cast(pa.int64()).fill_null(NONE) for name in ("created_us", "day_no"))
        return cls(
            table, *(column.to_numpy() for column in created),
            {name: codes for name, (codes, _) in coded.items()}, {name: words for name, (_, words) in coded.items()},
            table.column("csat").is_valid().to_numpy(), table.column("is_good").fill_null(False).to_numpy(),
        )  # fmt: skip


def _coded(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """Places in the list of words, -1 where there is none, and the list."""
    told = column.dictionary_encode().combine_chunks()
    return told.indices.fill_null(-1).to_numpy(zero_copy_only=False), told.dictionary.to_pylist()


def aligned(events: Columns, table: pa.Table) -> tuple[Columns, pa.Table]:
    """The events of the tickets that are in both, and these tickets' rows, both in the order of `ticket_no`."""
    table = _in_order(table)
    known, number = table.column("ticket_no").to_numpy(), events["ticket_no"]
    begins = np.ones(len(number), dtype=bool)
    begins[1:] = number[1:] != number[:-1]
    tickets = number[begins]
    if np.array_equal(tickets, known):
        return events, table
    kept = np.isin(number, known)
    return {name: values[kept] for name, values in events.items()}, table.filter(pa.array(np.isin(known, tickets)))


def _in_order(table: pa.Table) -> pa.Table:
    """The rows by ticket: DuckDB's threads hand over a table's batches as they are done, not as the rows lie. Mostly it is enough
    to put the batches in order.

    Texts get offsets of 64 bits, so that any length of them fits one array.
    """
    wide = [pa.field(one.name, pa.large_string() if one.type == pa.string() else one.type) for one in table.schema]
    batches = sorted(table.to_batches(), key=lambda batch: batch.column("ticket_no")[0].as_py() if len(batch) else -1)
    table = pa.Table.from_batches(batches, table.schema).cast(pa.schema(wide))
    number = table.column("ticket_no").to_numpy()
    if (number[1:] > number[:-1]).all():
        return table
    return table.take(pa.array(np.argsort(number, kind="stable")))
