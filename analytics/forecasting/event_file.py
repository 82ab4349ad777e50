"""Calendar events as CSV and as plain records: what people keep in a spreadsheet, and what is kept with a dataset.

Columns: kind, name, start, days, half_life_days, product, uplift, tier_mix. `uplift` is a share (0.4) or a percentage
("40 %"), empty to learn it; `tier_mix` is written "L1 60 %, L2 30 %, L3 10 %". Only kind and start are required; columns
that are not known (notes) are left out and named.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from analytics.errors import InputError
from analytics.forecasting.calendar_events import EVENT_KINDS, CalendarEvent

COLUMNS = ("kind", "name", "start", "days", "half_life_days", "product", "uplift", "tier_mix")
MOST_EVENTS = 2000


def read_events(text: str) -> tuple[tuple[CalendarEvent, ...], tuple[str, ...]]:
    """(events by start, names of columns that were left out) of a CSV text. InputError names the line that is wrong."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=_delimiter(text), skipinitialspace=True)
    names = [(name or "").strip().casefold() for name in rows.fieldnames or ()]
    missing = [name for name in ("kind", "start") if name not in names]
    if missing:
        raise InputError(
            f"The file has no column '{missing[0]}'.",
            found=f"Columns: {', '.join(name for name in names if name) or 'none'}.",
            todo=f"Give it a first line with {', '.join(COLUMNS)}.",
        )
    rows.fieldnames = names
    events = [_read(row, line) for line, row in enumerate(rows, 2) if any((cell or "").strip() for cell in _cells(row))]
    if len(events) > MOST_EVENTS:
        raise InputError("There are too many events in the file.", found=f"{len(events)}; {MOST_EVENTS} are the most.")
    return in_order(events), tuple(name for name in names if name and name not in COLUMNS)


def _delimiter(text: str) -> str:
    first = text.splitlines()[0] if text.strip() else ""
    return max((",", ";", "\t"), key=first.count)


def _cells(row: dict) -> Iterable[str]:
    return (cell for cell in row.values() if isinstance(cell, str))


def _read(row: dict, line: int) -> CalendarEvent:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        return CalendarEvent(
            kind=cells["kind"].casefold(),
            start=date.fromisoformat(cells["start"]),
            days=int(float(cells["days"] or 1)),
            half_life_days=float(cells["half_life_days"] or 0),
            uplift=share_of(cells["uplift"]) if cells["uplift"] else None,
            tier_mix=mix_of(cells["tier_mix"]),
            label=cells["name"],
            product=cells["product"],
        )
    except InputError as problem:
        raise InputError(f"Line {line}: {problem.title}", found=problem.found, todo=problem.todo) from problem
    except (ValueError, OverflowError) as problem:
        raise InputError(
            f"Line {line} is not an event.",
            found=f"{problem}.",
            todo="Dates are written 2026-12-01, numbers with a point.",
        ) from problem


def share_of(text: str) -> float:
    """0.4 or "40 %" or "+40%" as 0.4. ValueError where it is no number."""
    return float(text.rstrip("% ")) / 100 if text.rstrip().endswith("%") else float(text)


def mix_of(text: str) -> tuple[tuple[str, float], ...]:
    """ "L1 60 %, L2 40 %" as (("L1", 0.6), ("L2", 0.4)); empty for the usual mix. ValueError where it is no mix."""
    found = re.findall(r"(L\d)\s*:?=?\s*([\d.]+\s*%?)", text)
    if text.strip() and not found:
        raise ValueError(f"'{text}' is not a tier mix such as 'L1 60 %, L2 40 %'")
    return tuple((tier, share_of(share)) for tier, share in found)


def mix_words(mix: Sequence[tuple[str, float]]) -> str:
    """A tier mix as `mix_of` reads it."""
    return ", ".join(f"{tier} {100 * share:g} %" for tier, share in mix)


def in_order(events: Iterable[CalendarEvent]) -> tuple[CalendarEvent, ...]:
    """Each event once, by start."""
    return tuple(sorted(dict.fromkeys(events), key=lambda event: (event.start, event.kind, event.label)))


def write_events(events: Iterable[CalendarEvent]) -> str:
    """The CSV that `read_events` reads back."""
    made = io.StringIO()
    writer = csv.DictWriter(made, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(to_record(event) for event in events)
    return made.getvalue()


def to_record(event: CalendarEvent) -> dict[str, object]:
    """The event by the names of COLUMNS, as texts and numbers; what is not said is empty."""
    return {
        "kind": event.kind, "name": event.label, "start": event.start.isoformat(), "days": event.days,
        "half_life_days": event.half_life_days, "product": event.product,
        "uplift": "" if event.uplift is None else event.uplift, "tier_mix": mix_words(event.tier_mix),
    }  # fmt: skip


def from_records(records: Iterable[dict]) -> tuple[CalendarEvent, ...]:
    """Events from records of `to_record`. InputError where one is not an event."""
    texts = [{name: str(value) for name, value in record.items()} for record in records]
    return in_order(_read(record, number) for number, record in enumerate(texts, 1))


__all__ = ["COLUMNS", "EVENT_KINDS", "from_records", "in_order", "mix_of", "mix_words", "read_events", "share_of",
           "to_record", "write_events"]  # fmt: skip
