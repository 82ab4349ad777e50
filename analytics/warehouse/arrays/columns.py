"""Rows in runs: what consecutive rows of one ticket, visit or tier visit have in common, with arrays alone.

Everything here reads rows that are sorted by ticket and moment, so a group is a run of rows and nothing is hashed or sorted.
A moment or duration that is not there is `NONE`, a tier, team or code that is not there -1: whole numbers have no NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Columns = dict[str, np.ndarray]
"""A table: the columns by name, all of one length."""

NONE = np.iinfo(np.int64).min
"""A moment or duration (microseconds) that is not there."""


def first_of(*options: np.ndarray) -> np.ndarray:
    """The first of several moments that is there, row by row; `NONE` where none is."""
    found = options[0]
    for other in options[1:]:
        found = np.where(found == NONE, other, found)
    return found


def minus(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The difference of two moments; `NONE` where one of them is not there."""
    return np.where((one == NONE) | (other == NONE), NONE, one - np.where(other == NONE, 0, other))


@dataclass(frozen=True)
class Runs:
    """Rows cut into runs. `of` is the run of each row, `first` and `last` the rows at which each run begins and ends."""

    of: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @classmethod
    def cut(cls, begins: np.ndarray) -> Runs:
        """Runs from a mask of the rows at which one begins; the first row does."""
        first = np.flatnonzero(begins)
        last = np.append(first[1:], len(begins))[: len(first)] - 1
        return cls(np.cumsum(begins, dtype=np.int32) - np.int32(1), first, last)

    def __len__(self) -> int:
        return len(self.first)

    @property
    def size(self) -> np.ndarray:
        """The number of rows of each run."""
        return self.last - self.first + 1

    @property
    def place(self) -> np.ndarray:
        """The place of each row in its run, from 0."""
        return np.arange(len(self.of)) - self.first[self.of]

    def count(self, mask: np.ndarray) -> np.ndarray:
        """How many rows of each run the mask has."""
        return np.bincount(self.of[mask], minlength=len(self))

    def earliest(self, mask: np.ndarray, values: np.ndarray, none: int = NONE) -> np.ndarray:
        """The value of each run's first row that the mask has."""
        return self._pick(np.flatnonzero(mask)[::-1], values, none)

    def latest(self, mask: np.ndarray, values: np.ndarray, none: int = NONE) -> np.ndarray:
        """The value of each run's last row that the mask has."""
        return self._pick(np.flatnonzero(mask), values, none)

    def _pick(self, rows: np.ndarray, values: np.ndarray, none: int) -> np.ndarray:
        picked = np.full(len(self), none, dtype=values.dtype)
        picked[self.of.take(rows)] = values.take(rows)  # of several for one run, the last one stays
        return picked

    def total(self, values: np.ndarray) -> np.ndarray:
        """The sum of the values over each run."""
        return np.add.reduceat(values, self.first) if len(self) else values[:0]

    def total_there(self, values: np.ndarray) -> np.ndarray:
        """The sum over each run of the numbers that are there (not NaN); NaN where none is."""
        there = ~np.isnan(values)
        if not there.any():
            return np.full(len(self), np.nan)
        sums = np.bincount(self.of[there], weights=values[there], minlength=len(self))
        return np.where(self.count(there) > 0, sums, np.nan)

    def total_before(self, values: np.ndarray) -> np.ndarray:
        """The sum of the values over the rows before each one in its run."""
        until = np.cumsum(values) - values
        return until - until[self.first[self.of]]

    def before(self, values: np.ndarray, none: int, by: int = 1) -> np.ndarray:
        """The value `by` rows before, in the same run."""
        return np.where(self.place >= by, np.roll(values, by), none).astype(values.dtype)

    def after(self, values: np.ndarray, none: int) -> np.ndarray:
        """The value of the next row of the same run."""
        shifted = np.roll(values, -1)
        shifted[self.last] = none
        return shifted

    def came_before(self, values: np.ndarray) -> np.ndarray:
        """Whether an earlier row of the run has the same value (-1 counts as a value)."""
        several = self.size[self.of] > 1
        seen = np.zeros(len(values), dtype=bool)
        rows = np.flatnonzero(several)
        if len(rows):
            key = self.of[rows].astype(np.int64) * (int(values.max()) + 2) + (values[rows] + 1)
            order = np.argsort(key, kind="stable")
            seen[rows[order[1:]]] = key[order[1:]] == key[order[:-1]]
        return seen


def last_until(values: np.ndarray, low: np.ndarray, high: np.ndarray, limit: np.ndarray, inclusive: bool) -> np.ndarray:
    """The last place in `low` … `high` - 1 whose value is at most (else below) the limit; `low` - 1 where none is.

    The values rise between `low` and `high`. All rows are searched at once, halving each one's own range.
    """
    low, high = low.copy(), high.copy()
    while (open_ones := low < high).any():
        middle = (low + high) // 2
        value = values[np.minimum(middle, len(values) - 1)]
        fits = (value <= limit) if inclusive else (value < limit)
        low = np.where(open_ones & fits, middle + 1, low)
        high = np.where(open_ones & ~fits, middle, high)
    return low - 1
