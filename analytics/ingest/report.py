"""What an import did, in numbers that add up: rows = taken + repeated + rejected, always."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

MOST_REASONS = 50
"""Reasons listed one by one; rarer ones beyond them are added up in one last entry."""


@dataclass(frozen=True)
class Reason:
    """Why rows were rejected. `first_line` is the line (row number, in files without lines) of the first of them."""

    reason: str
    rows: int
    first_line: int | None
    file: str = ""


@dataclass(frozen=True)
class Account:
    """What became of the rows of one file. `updated`: repeated rows whose other columns took new values."""

    file: str
    rows: int = 0
    taken: int = 0
    repeated: int = 0
    rejected: int = 0
    updated: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """The account of one import and what the dataset holds after it.

    `unmapped` are the statuses that no kind was named for, with their rows: they became "changed". `notes` are sentences
    for people: what was assumed, detected or odd. `changed` is False where the files held nothing new, so that the dataset
    was left as it was.
    """

    dataset: str
    rows: int
    taken: int
    repeated: int
    rejected: int
    reasons: tuple[Reason, ...]
    tickets: int
    events: int
    first_at: str | None
    last_at: str | None
    mapping: str
    notes: tuple[str, ...] = ()
    unmapped: tuple[tuple[str, int], ...] = ()
    accounts: tuple[Account, ...] = ()
    changed: bool = True
    mapping_toml: str = field(default="", repr=False)

    def to_json(self) -> dict[str, Any]:
        """The report as `import --format json` prints it."""
        names = (
            "dataset", "rows", "taken", "repeated", "rejected", "reasons", "tickets", "events", "first_at", "last_at",
            "mapping",
        )  # fmt: skip
        told = {name: getattr(self, name) for name in names}
        told["reasons"] = [{"reason": r.reason, "rows": r.rows, "first_line": r.first_line} for r in self.reasons]
        return told


def summed(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons of several files added up, the most frequent first, the long tail as one entry: rows still add up."""
    total: dict[str, Reason] = {}
    for one in reasons:
        seen = total.get(one.reason)
        total[one.reason] = Reason(one.reason, one.rows + seen.rows, seen.first_line, seen.file) if seen else one
    ordered = sorted(total.values(), key=lambda reason: (-reason.rows, reason.first_line or 0))
    tail = ordered[MOST_REASONS:]
    if not tail:
        return tuple(ordered)
    rest = Reason(f"{len(tail)} other reasons", sum(one.rows for one in tail), tail[0].first_line, tail[0].file)
    return (*ordered[:MOST_REASONS], rest)


def iso(at_us: int | None) -> str | None:
    """Microseconds since 1970 as ISO 8601 in UTC, `2016-02-29T01:16:00Z`; None stays None."""
    if at_us is None:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).isoformat().replace("+00:00", "Z")
