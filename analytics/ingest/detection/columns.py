"""Which column is what: by its name in many languages, and by whether its values can be that.

A name alone is not believed (a column `time` of durations is no time), and values alone give a low confidence. Each column
is used once; the names that a shape cannot do without choose first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics.ingest.detection.sample import Column, Sample
from analytics.ingest.mapping import CANONICAL, REQUIRED, parse_tier
from analytics.ingest.words import COLUMN_WORDS
from analytics.model import KINDS

TIMES = ("at", "created_at", "start", "end", "first_response_at", "resolved_at", "closed_at")
_NUMBERS = ("count", "reassignments", "reopens")
_LEAST = 0.3
"""Confidence below which a column is left as an extra one."""


@dataclass(frozen=True)
class Found:
    """The source columns taken for a canonical name, how sure (0-1), and why."""

    columns: tuple[str, ...]
    confidence: float
    reason: str


def assigned(sample: Sample, shape: str, fixed: Mapping[str, Found] | None = None) -> dict[str, Found]:
    """The columns for the canonical names of a shape; what is fixed already stays."""
    taken = dict(fixed or {})
    order = sorted(CANONICAL[shape], key=lambda name: (name not in REQUIRED[shape], CANONICAL[shape].index(name)))
    for name in order:
        used = {column for found in taken.values() for column in found.columns}
        if name not in taken and (best := best_for(sample, name, used)):
            taken[name] = best
    return _with_joined(sample, taken)


def best_for(sample: Sample, name: str, used: set[str] | frozenset[str] = frozenset()) -> Found | None:
    """The best column for a canonical name among those that are not used; None where none will do."""
    found = [one for one in candidates(sample, name) if not used & set(one.columns)]
    best = max(found, key=lambda one: one.confidence, default=None)
    return best if best and best.confidence >= _LEAST else None


def candidates(sample: Sample, name: str) -> Iterator[Found]:
    """Every column that could be this, with its confidence: that of the name times how well the values fit."""
    for column in sample.columns.values():
        by_name, reason = name_confidence(column, name)
        if by_name:
            fit = value_fit(column, name)
            if fit:
                yield Found((column.name,), round(by_name * fit, 3), reason)


def name_confidence(column: Column, name: str) -> tuple[float, str]:
    """How much a column's name speaks for a canonical name, and in which words; 0 where it does not."""
    word, words = column.word, COLUMN_WORDS[name]
    if not word:
        return 0.0, ""
    if word == name:
        return 1.0, f"the column is named '{column.name}'"
    if word in words:
        return 0.95 - 0.2 * words.index(word) / len(words), f"'{column.name}' is a usual name for it"
    part = next((one for one in words if len(one) > 3 and "_" in one and f"_{one}_" in f"_{word}_"), None)
    part = part or next((one for one in words if len(one) > 3 and word.endswith(f"_{one}")), None)
    return (0.55, f"the name '{column.name}' has a usual word for it") if part else (0.0, "")


def value_fit(column: Column, name: str) -> float:
    """Whether a column's values can be what the name says: 0 not at all, 1 they look so."""
    if not column.looked_at:
        return 0.0 if name in ("ticket_id", "at", "start", "count", "kind", "tier") else 0.5
    if name in ("at", "tier", "kind") and column.word == name and _some_fit(column, name):
        return 1.0  # named by our own name: the rows that do not fit are rejected one by one, not the column
    if name in TIMES:
        return max(column.times, 0.9 * column.time_numbers) if max(column.times, column.time_numbers) > 0.6 else 0.0
    if name in _NUMBERS:
        return float(column.numbers > 0.9)
    return _word_fit(column, name)


def _some_fit(column: Column, name: str) -> bool:
    """Whether at least one value is what the name says."""
    if name == "at":
        return max(column.times, column.time_numbers) > 0
    fits = {"tier": lambda value: parse_tier(value) is not None, "kind": lambda value: value.casefold() in KINDS}
    return _share_of(column, fits[name]) > 0


def _word_fit(column: Column, name: str) -> float:
    is_time = column.times > 0.5
    if name == "ticket_id":
        return 0.0 if is_time or column.filled < 0.5 or column.length > 64 else column.filled
    if name == "kind":
        return float(_share_of(column, lambda value: value.casefold() in KINDS) > 0.8)
    if name == "tier":
        return float(_share_of(column, lambda value: parse_tier(value) is not None) > 0.8)
    if name in ("status", "team", "priority", "product", "category", "channel", "field", "agent_role"):
        return 0.0 if is_time or column.length > 80 else _few(column, len(column.told), name)
    if name == "effort_minutes":
        return float(max(column.numbers, column.clocks, column.spans) > 0.8)
    return 0.0 if is_time and name not in ("old", "new") else 1.0


def _few(column: Column, rows: int, name: str) -> float:
    """Statuses, teams and the like are few: many rows share one."""
    most = {"status": 0.2, "priority": 0.1, "agent_role": 0.1}.get(name, 0.5)
    return 1.0 if len(column.different) <= max(12, most * rows) else 0.2


def _share_of(column: Column, holds) -> float:
    return sum(map(holds, column.looked_at)) / max(len(column.looked_at), 1)


# ── Several columns for one name ─────────────────────────────────────────────────────────────────────────────────────────


def _with_joined(sample: Sample, taken: dict[str, Found]) -> dict[str, Found]:
    """A status with its sub-status, and a date with the clock in a column of its own."""
    used = {column for found in taken.values() for column in found.columns}
    joined = dict(taken)
    if "status" in taken and (sub := _sub_status(sample, used)):
        found = taken["status"]
        reason = f"{found.reason}, and '{sub}' says more about it"
        joined["status"] = Found((*found.columns, sub), found.confidence, reason)
    for name in TIMES:
        if name in taken and (clock := _clock_of(sample, taken[name].columns, used)):
            found = taken[name]
            joined[name] = Found(
                (*found.columns, clock), found.confidence, f"{found.reason}, with the clock in '{clock}'"
            )
            used = used | {clock}
    return joined


def _sub_status(sample: Sample, used: set[str]) -> str | None:
    words = COLUMN_WORDS["sub_status"]
    for column in sample.columns.values():
        if column.name not in used and column.word in words and column.filled > 0.05 and column.times < 0.5:
            return column.name
    return None


def _clock_of(sample: Sample, columns: Sequence[str], used: set[str]) -> str | None:
    """The column of clocks that belongs to a column of dates: named alike, with "time" for "date"."""
    column = sample.columns[columns[0]]
    if len(columns) > 1 or not column.looked_at or any(re.search(r"\d[ T]\d", value) for value in column.looked_at):
        return None
    stem = re.sub(r"_?(date|datum|fecha|data|jour|dag)_?", "", column.word)
    for other in sample.columns.values():
        rest = re.sub(r"_?(time|uhrzeit|zeit|hora|heure|ora|tijd|tid)_?", "", other.word)
        if other.name not in used and rest == stem and rest != other.word and other.clocks > 0.9:
            return other.name
    return None
