"""Rows handed on in whole row groups: none lost, none twice, in their order, whatever the parts they come in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from analytics.warehouse.arrays.row_groups import ROW_GROUP, RowGroups, in_batches


def rows(first: int, count: int, words: list[str]) -> pa.Table:
    """Numbers from `first`, and as many words, which begin anew in every table."""
    number = np.arange(first, first + count)
    codes = pa.array((number % len(words)).astype(np.int32), mask=number % 7 == 0)
    return pa.table({"number": number, "word": pa.DictionaryArray.from_arrays(codes, pa.array(words))})


@pytest.mark.parametrize("counts", [(5,), (0, 5), (ROW_GROUP,), (ROW_GROUP - 1, 2, ROW_GROUP), (300_000, 1, 99_999)])
def test_law_what_comes_in_parts_goes_out_in_whole_row_groups(counts):
    written = []
    groups = RowGroups(lambda name, table: written.append((name, table)))
    firsts = np.cumsum([0, *counts])
    parts = [
        rows(first, count, ["a", "b"] if first else ["b", "a", "c"])
        for first, count in zip(firsts, counts, strict=False)
    ]
    for part in parts:
        groups.take("facts", part)
    groups.end()
    assert {name for name, _ in written} == {"facts"}
    assert all(len(table) % ROW_GROUP == 0 for _, table in written[:-1])
    assert pa.concat_tables([table for _, table in written]).to_pylist() == pa.concat_tables(parts).to_pylist()


def test_a_batch_is_a_row_group_and_tables_do_not_mix():
    written = []
    groups = RowGroups(lambda name, table: written.append((name, len(table))))
    groups.take("one", rows(0, ROW_GROUP + 3, ["a"]))
    groups.take("other", rows(0, 4, ["a"]))
    groups.end()
    assert written == [("one", ROW_GROUP), ("one", 3), ("other", 4)]
    batches = in_batches(pa.concat_tables([rows(0, ROW_GROUP - 1, ["a"]), rows(0, ROW_GROUP + 2, ["b"])])).to_batches()
    assert [len(batch) for batch in batches] == [ROW_GROUP, ROW_GROUP, 1]
