"""The first rows of a source, and what the values of each column look like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analytics.errors import ImportRefused
from analytics.ingest.read import Source
from analytics.ingest.words import MISSING_WORDS, folded

LOOKED_AT_ROWS = 20_000
LOOKED_AT_FOR_WORDS = 200_000
"""Rows in which statuses, teams and tiers are looked for: a log in order of time may show its rarest ones late."""

SEVERAL_ROWS = 1.2
"""Rows per ticket above which they are its changes; below, a list of tickets may hold some of them twice."""

_LOOKED_AT_VALUES = 400
_ABSENT = ("", *MISSING_WORDS)

_TIMES = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(,? .*)?"
    r"|([^\W\d]+\.?,? )?\d{1,2}\.?[-/ ](de )?[^\W\d_]{3,10}\.?,?[-/ ](de )?(\d{4}|\d{2})([ ,T].*)?"
    r"|([^\W\d]+\.?,? )?[^\W\d_]{3,10}\.? \d{1,2}(st|nd|rd|th)?,? \d{4}([ ,].*)?"
    r"|(19|20)\d{6}T\d{4,6}.*"
)
_TIME_NUMBERS = re.compile(
    r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{4}|\d{6})?"  # a date written in digits
    r"|[2-7]\d{4}(\.\d+)?"  # days since 1900, as Excel counts them: 1954-2119
    r"|(9\d{8}|[12]\d{9})(\.\d+)?|(9\d{11}|[12]\d{12})|(9\d{14}|[12]\d{15})"  # an epoch in s, ms, us
)
_NUMBERS = re.compile(r"[-+]?\d+([.,]\d+)?|[-+]?\d{1,3}([.,]\d{3})+([.,]\d+)?")
_CLOCKS = re.compile(r"\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?( ?[ap]\.?m\.?)?", re.IGNORECASE)
_SPANS = re.compile(r"(\d+([.,]\d+)? ?(h|hrs?|hours?|std\.?|m|mins?|minutes?|s|secs?|seconds?)[ ,]*)+", re.IGNORECASE)
_IDENTIFIERS = re.compile(
    r"[A-Za-zÀ-ÿ]{0,12}[-_#/ ]{0,2}\d+([-_./]\d+)*|[0-9a-f]{8,40}"
    r"|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)

_UNBROKEN = re.compile("[\u00a0\u202f]")
"""Blanks that do not break a line: browsers and spreadsheets write them into times."""

_LOADERS = re.compile(r"(fivetran|airbyte|sdc|dlt|stitch|etl)_|(loaded|extracted|synced)_at")
"""Columns that a loading tool adds say when a row was copied, not when something happened."""


def _share(values: list[str], form: re.Pattern[str]) -> float:
    """Share of the values that have this form; 0 where there are none."""
    return sum(form.fullmatch(value) is not None for value in values) / len(values) if values else 0.0


@dataclass(frozen=True)
class Column:
    """One column of the sample. Shares are over the values that are not missing, at most a few hundred different ones."""

    name: str
    texts: pd.Series

    @cached_property
    def word(self) -> str:
        """The name as `words` has it, without what exporters wrap around it: "Custom field (Tier)", "Level [list]"."""
        plain = re.sub(r" \(\d+\)$", "", self.name)
        plain = re.sub(r" \[\w+\]$", "", plain)
        wrapped = re.fullmatch(r"(?i)[^()]*(?:custom|campo|feld|champ|veld|fält)[^()]*\((.+)\)", plain)
        return folded(wrapped[1] if wrapped else plain)

    @cached_property
    def told(self) -> pd.Series:
        """The values that are there, without blanks around them."""
        texts = self.texts.str.strip().str.replace(_UNBROKEN, " ", regex=True)
        return texts[~texts.isin(_ABSENT)]

    @cached_property
    def different(self) -> list[str]:
        """Different values in order of appearance."""
        return list(self.told.unique())

    @property
    def looked_at(self) -> list[str]:
        return self.different[:_LOOKED_AT_VALUES]

    @cached_property
    def filled(self) -> float:
        """Share of the rows that have a value."""
        return len(self.told) / max(len(self.texts), 1)

    @cached_property
    def times(self) -> float:
        """Share that is written as a date or time."""
        return _share(self.looked_at, _TIMES)

    @cached_property
    def time_numbers(self) -> float:
        """Share that is a number which may be a time: an epoch, or Excel's days. Ids may look the same."""
        return _share(self.looked_at, _TIME_NUMBERS)

    @cached_property
    def clocks(self) -> float:
        """Share that is a time of day without a date."""
        return _share(self.looked_at, _CLOCKS)

    @cached_property
    def spans(self) -> float:
        """Share that is a duration in words: 2h 30m, 45 min."""
        return _share(self.looked_at, _SPANS)

    @cached_property
    def numbers(self) -> float:
        """Share that is a number."""
        return _share(self.looked_at, _NUMBERS)

    @cached_property
    def identifiers(self) -> float:
        """Share that looks like a number or key of something: INC0000045, SUP-12, Case 7, 11071."""
        return _share(self.looked_at, _IDENTIFIERS)

    @cached_property
    def length(self) -> float:
        """Median length of the different values."""
        return float(pd.Series(self.looked_at, dtype="str").str.len().median()) if self.looked_at else 0.0

    @cached_property
    def repeats(self) -> float:
        """Rows per different value."""
        return len(self.told) / max(len(self.different), 1)


@dataclass(frozen=True)
class Sample:
    """The first rows of a source as text columns, with the line each begins on."""

    source: Source
    frame: pd.DataFrame
    lines: pd.Series

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns that can mean something: all but those of loading tools."""
        named = (Column(name, self.frame[name]) for name in self.frame.columns)
        return {column.name: column for column in named if not _LOADERS.match(column.word)}

    @property
    def header(self) -> list[str]:
        return self.source.columns

    def __len__(self) -> int:
        return len(self.frame)

    def pieces(self, columns: Sequence[str]) -> list[pd.DataFrame]:
        """These columns of the first rows, and of those that come later, up to `LOOKED_AT_FOR_WORDS`."""
        names = [name for name in dict.fromkeys(columns) if name in self.frame.columns]
        return [self.frame[names], *self._later(tuple(names))]

    def _later(self, names: tuple[str, ...]) -> list[pd.DataFrame]:
        if len(self) < LOOKED_AT_ROWS or not names:
            return []
        if names not in self._read:
            self._read[names] = list(_rows_after(self.source, len(self), names))
        return self._read[names]

    @cached_property
    def _read(self) -> dict[tuple[str, ...], list[pd.DataFrame]]:
        return {}

    def varies_within(self, ticket: str, column: str) -> float:
        """Share of the tickets with several rows in which this column says different things; 0 where none has several."""
        told = self.frame[[ticket, column]][~self.frame[column].str.strip().isin(_ABSENT)]
        if ticket == column or not len(told):
            return 0.0
        several = told[told[ticket].duplicated(keep=False)]
        return float((several.groupby(ticket)[column].nunique() > 1).mean()) if len(several) else 0.0


def _rows_after(source: Source, skipped: int, names: tuple[str, ...]) -> Iterator[pd.DataFrame]:
    """Some columns of the rows beyond the first ones, chunk by chunk."""
    seen = 0
    for chunk in source.chunks():
        left = chunk.table.slice(max(0, skipped - seen), max(0, LOOKED_AT_FOR_WORDS - seen))
        there = [name for name in names if name in left.column_names]
        if left.num_rows and there:
            yield left.select(there).to_pandas().fillna("").reindex(columns=list(names), fill_value="")
        seen += chunk.table.num_rows
        if seen >= LOOKED_AT_FOR_WORDS:
            return


def first_rows(source: Source, most: int = LOOKED_AT_ROWS) -> Sample:
    """The first rows of a source. ImportRefused where it has none that can be read."""
    frames, lines, bad, seen = [], [], None, 0
    for chunk in source.chunks():
        bad = bad or next(iter(chunk.malformed), None)
        frames.append(chunk.table.slice(0, most - seen).to_pandas().fillna(""))
        lines.append(chunk.lines.slice(0, most - seen).to_pandas())
        seen += len(frames[-1])
        if seen >= most:
            break
    if not seen:
        why = f"line {bad.line}: {bad.reason}" if bad else "there is nothing below the names of the columns"
        raise ImportRefused(
            f"'{source.name}' holds no rows that can be read.",
            found=f"{why[0].upper()}{why[1:]}.",
            todo="Export it again.",
        )
    return Sample(source, pd.concat(frames, ignore_index=True), pd.concat(lines, ignore_index=True))
