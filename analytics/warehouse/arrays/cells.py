"""Rows with the same keys put together into cells: what GROUP BY does, by sorting one whole number per row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.warehouse.arrays.columns import Columns

_MOST = 2**62


@dataclass(frozen=True)
class _Digit:
    """One key's place in the number of a row. `before`: the numbers of the keys before, where they were counted anew to fit."""

    low: int
    size: int
    before: np.ndarray | None


def _packed(keys: Sequence[np.ndarray]) -> tuple[np.ndarray, list[_Digit], int]:
    """One number per row that tells all keys and rises as they do, how it is read, and how many numbers there can be.

    The numbers have 32 bits where that is enough: they are sorted in half the time.
    """
    ranges = [(int(values.min()), int(values.max())) for values in keys]
    kind = np.int32 if math.prod(high - low + 1 for low, high in ranges) < 2**31 else np.int64
    number, digits, span, below = np.zeros(len(keys[0]), dtype=kind), [], 1, 0
    for values, (low, high) in zip(keys, ranges, strict=True):
        size, before = high - low + 1, None
        if span * size > _MOST:
            number -= _wrapped(below, kind)
            before, number = np.unique(number, return_inverse=True)
            span, below = len(before), 0
        number *= kind(size)
        np.add(number, values, out=number, casting="same_kind")
        below = below * size + low
        span *= size
        digits.append(_Digit(low, size, before))
    number -= _wrapped(below, kind)  # once for all keys: what runs over on the way comes back
    return number, digits, span


def _wrapped(number: int, kind: type[np.signedinteger]) -> np.signedinteger:
    """The number as so many bits hold it."""
    half = -int(np.iinfo(kind).min)
    return kind((number + half) % (2 * half) - half)


def _unpacked(number: np.ndarray, digits: list[_Digit]) -> list[np.ndarray]:
    """The keys that numbers tell; every key of a cube fits 32 bits."""
    keys = []
    for digit in reversed(digits):
        above = number // digit.size  # not divmod, which is many times slower
        keys.append((number - above * digit.size + digit.low).astype(np.int32))
        number = above if digit.before is None else digit.before[above]
    return keys[::-1]


def _begins(number: np.ndarray) -> np.ndarray:
    """The places in rising numbers at which another one begins."""
    new = np.ones(len(number), dtype=bool)
    new[1:] = number[1:] != number[:-1]
    return np.flatnonzero(new)


def _in_rising_order(number: np.ndarray, span: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers in 0 … `span` - 1 as they rise, and their rows, those of the same number in their own order.

    The row's place is packed beside the number where both fit: sorting numbers is five times as fast as sorting places.
    """
    bits = len(number).bit_length()
    if span << bits > _MOST:
        order = np.argsort(number, kind="stable")
        return number.take(order), order
    packed = number.astype(np.int64) << bits
    packed |= np.arange(len(number))
    packed.sort()
    return packed >> bits, packed & ((1 << bits) - 1)


def counted(keys: Columns) -> Columns:
    """One row per combination of keys that there is, in their order, and `n`, how many rows have it."""
    if not len(next(iter(keys.values()))):
        return keys | {"n": np.zeros(0, dtype=np.int64)}
    number, digits, span = _packed(list(keys.values()))
    if span <= len(number):  # few combinations: counting is cheaper than sorting
        every = np.bincount(number)
        there = np.flatnonzero(every)
        n = every[there]
    else:
        number.sort()
        first = _begins(number)
        there, n = number[first], np.diff(np.append(first, len(number)))
    return dict(zip(keys, _unpacked(there, digits), strict=True)) | {"n": n}


def summed(columns: Columns, keys: Sequence[str], measures: Sequence[str]) -> Columns:
    """One row per combination of keys that there is, in their order: measures added up, other columns as in the first row."""
    if not len(columns[keys[0]]):
        return columns
    number, digits, span = _packed([columns[name] for name in keys])
    if set(columns) == {*keys, "n"} and span << int(columns["n"].max()).bit_length() <= _MOST:
        return _counts_summed(columns, keys, number, digits)
    rising, order = _in_rising_order(number, span)
    first = _begins(rising)
    cell = np.empty(len(order), dtype=np.int64)
    cell[order] = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(order))))
    shown = order[first]
    return {
        name: _total(values, cell, len(first)) if name in measures else values[shown]
        for name, values in columns.items()
    }


def _counts_summed(columns: Columns, keys: Sequence[str], number: np.ndarray, digits: list[_Digit]) -> Columns:
    """The sums where there is nothing but keys and counts: the count goes along with the number, so no row is looked up."""
    bits = int(columns["n"].max()).bit_length()
    number = number.astype(np.int64) << bits
    number |= columns["n"]
    number.sort()
    n = number & ((1 << bits) - 1)
    number >>= bits
    first = _begins(number)
    told = dict(zip(keys, _unpacked(number[first], digits), strict=True)) | {"n": np.add.reduceat(n, first)}
    return {name: told[name].astype(values.dtype, copy=False) for name, values in columns.items()}


def _total(values: np.ndarray, cell: np.ndarray, cells: int) -> np.ndarray:
    """The sum over each cell. Most measures are 0 nearly everywhere, so only the others are added."""
    rows = np.flatnonzero(values)
    if values.dtype == bool:
        return np.bincount(cell[rows], minlength=cells)
    found = np.zeros(cells, dtype=np.int64)
    np.add.at(found, cell[rows], values[rows].astype(np.int64))
    return found


def in_order(keys: Sequence[np.ndarray]) -> np.ndarray:
    """The rows in the order of their keys, rows of the same keys in their own order."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    number, _, span = _packed(keys)
    return _in_rising_order(number, span)[1]


def successive(keys: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows, earlier and later, that follow each other among the rows of the same keys."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    number, _, span = _packed(keys)
    rising, order = _in_rising_order(number, span)
    same = rising[1:] == rising[:-1]
    return order[:-1][same], order[1:][same]


Words = dict[str, list[Any]]
"""What the places of a column stand for: words, or, for `team_mask`, numbers of 62 bits, too wide to be packed beside others."""


@dataclass(frozen=True)
class Cells:
    """Some rows, of a cube mostly. A column named in `words` holds places in its list, -1 for none."""

    columns: Columns
    words: Words

    def where(self, rows: np.ndarray) -> Cells:
        """Some of the rows, by their places or by a mask."""
        return Cells({name: values[rows] for name, values in self.columns.items()}, self.words)


def fixed(cells: Columns, words: Words, **same: int) -> Cells:
    """Cells that have some keys in common."""
    return Cells({name: np.full(len(cells["n"]), value, np.int8) for name, value in same.items()} | cells, words)


def stacked(parts: Sequence[Cells]) -> Cells:
    """The rows of all parts; a column that a part has not is -1, NULL, there."""
    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    words = {
        name: list(dict.fromkeys(word for part in parts for word in part.words.get(name, ())))
        for name in dict.fromkeys(name for part in parts for name in part.words)
    }
    places = {name: {word: place for place, word in enumerate(told)} for name, told in words.items()}
    columns = {name: np.concatenate([_in_words(part, name, places.get(name)) for part in parts]) for name in names}
    return Cells(columns, words)


def _in_words(part: Cells, name: str, places: dict[Any, int] | None) -> np.ndarray:
    """A part's column, with the places of its words in the list of all parts."""
    if name not in part.columns:
        return np.full(len(next(iter(part.columns.values()))), -1, dtype=np.int32)
    values = part.columns[name]
    if places is None or name not in part.words:
        return values
    return np.array([*(places[word] for word in part.words[name]), -1], dtype=np.int32)[values]


def merged(parts: Sequence[Cells], measures: Sequence[str], beside: Sequence[str] = ()) -> Cells:
    """The rows of all parts, those of the same cell added up, in the order of their keys. `beside`: columns that follow from the
    keys, so that nothing is told apart by them."""
    whole = stacked(parts)
    keys = [name for name in whole.columns if name not in measures and name not in beside]
    return Cells(summed(whole.columns, keys, measures), whole.words)
