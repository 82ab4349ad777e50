"""Arrays as Arrow tables: nulls for what is not there, days as dates, words for codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from analytics.warehouse.arrays.cells import Cells, Words
from analytics.warehouse.arrays.columns import NONE, Columns

_CODES = {
    "tier", "next_tier", "from_tier", "to_tier", "entry_tier", "highest_tier", "resolved_tier", "team_no", "from_team_no",
    "to_team_no", "resolved_team_no", "month_no", "hour_of_week", "first_put_aside_state", "first_outcome", "first_bucket",
    "home_no", "away_no",
}  # fmt: skip
_PERHAPS = {"tier_acknowledged", "tier_waiting"}


def table_of(columns: Columns, words: Words, names: Sequence[str], beside: pa.Table | None = None) -> pa.Table:
    """These columns in this order, those that are not derived taken from the table beside."""
    made = {
        name: _arrow(name, columns[name], words) if beside is None or name in columns else beside.column(name)
        for name in names
    }
    return pa.table(made)


def table_of_cells(cells: Cells, names: Sequence[str]) -> pa.Table:
    """Rows that come from several parts."""
    return table_of(cells.columns, cells.words, names)


def _arrow(name: str, values: np.ndarray, words: Words) -> pa.Array:
    if name == "team_mask" and name in words:
        return pa.array(np.array([*words[name], 0], dtype=np.int64)[values], mask=values < 0)
    if name in words:
        codes = pa.array(values.astype(np.int32), mask=values < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(words[name], pa.string()))
    if name.endswith("_us"):
        return pa.array(values, mask=values == NONE)
    if name in ("day", "day_before") or name.endswith("_day"):
        return pa.array(values.astype(np.int32)).cast(pa.date32())
    if name in _CODES:
        return pa.array(values, mask=values < 0)
    if name in _PERHAPS:
        return pa.array(values > 0, mask=values < 0)
    return pa.array(values, from_pandas=True)  # NaN, in a number with decimals, is null
