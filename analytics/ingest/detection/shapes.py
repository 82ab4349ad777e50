"""Which of the five shapes a file without a vendor's signature has, and the columns that make it so.

The shape follows from the columns that only one shape has, then from whether tickets repeat. A value that is the same in all
rows of a ticket, a creation or a final resolution, is never taken for the time of an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analytics.errors import ImportRefused
from analytics.ingest.detection.columns import Found, assigned, best_for, candidates, name_confidence
from analytics.ingest.detection.sample import SEVERAL_ROWS, Column, Sample
from analytics.ingest.mapping import REQUIRED, parse_tier

_ENDS = {"first_response_at", "resolved_at", "closed_at", "reassignments", "reopens"}
"""Our own names that only a list of tickets has."""

_SHAPE_WORDS = {
    "events": "rows of changes, each with the ticket's state after it",
    "changes": "rows of changed fields",
    "stays": "stays with start and end",
    "tickets": "one row per ticket",
    "volume": "counts per day or interval",
}


def shape_of(sample: Sample) -> tuple[str, float, str, dict[str, Found]]:
    """The shape, how sure, why, and all columns. ImportRefused where the file is of no shape."""
    ticket = best_for(sample, "ticket_id")
    for find in (_changes, _stays, _volume):
        if found := find(sample, ticket):
            shape, confidence, reason, fixed = found
            return shape, confidence, reason, assigned(sample, shape, fixed)
    ticket = ticket or _ticket_by_values(sample)
    if ticket is None:
        raise _no_tickets(sample)
    shape, confidence, reason, fixed = _events_or_tickets(sample, ticket)
    return shape, confidence, reason, assigned(sample, shape, fixed)


Shape = tuple[str, float, str, dict[str, Found]]


def _changes(sample: Sample, ticket: Found | None) -> Shape | None:
    used = frozenset(ticket.columns) if ticket else frozenset()
    field, new = best_for(sample, "field", used), best_for(sample, "new", used)
    if not ticket or not field or not new or field.columns == new.columns:
        return None
    at = event_time(sample, ticket, {*used, *field.columns, *new.columns})
    if not at:
        return None
    reason = f"'{field.columns[0]}' names the field that changed, '{new.columns[0]}' its new value"
    return "changes", min(field.confidence, new.confidence), reason, {
        "ticket_id": ticket, "at": at, "field": field, "new": new,
    }  # fmt: skip


def _stays(sample: Sample, ticket: Found | None) -> Shape | None:
    start, end = best_for(sample, "start"), best_for(sample, "end")
    if not ticket or not start or not end:
        return None
    fixed = {"ticket_id": ticket, "start": start, "end": end}
    used = {column for found in fixed.values() for column in found.columns}
    if not best_for(sample, "team", used) and not best_for(sample, "tier", used):
        return None
    return "stays", min(start.confidence, end.confidence), "each row has a start, an end and a team", fixed


def _volume(sample: Sample, ticket: Found | None) -> Shape | None:
    """Counts per day: a number column named as one, a date, and no tickets; or a date and one number and next to nothing else."""
    count, at = best_for(sample, "count"), best_for(sample, "at")
    if at is None or not _is_dates(sample.columns[at.columns[0]]):
        at = _only(sample, at, lambda column: column.times > 0.9)
    if not at or (ticket and ticket.confidence > 0.7 and not (count and count.columns == ticket.columns)):
        return None
    if count is None and len(sample.header) <= 6 and at:
        numbers = _only(
            sample, None, lambda c: c.numbers > 0.95 and c.name not in at.columns and not c.word.endswith("id")
        )
        count = replace(numbers, reason="it is the only column of numbers") if numbers else None
    if not count or count.columns == at.columns:
        return None
    reason = f"'{count.columns[0]}' counts per '{at.columns[0]}', and there are no ticket numbers"
    return "volume", count.confidence, reason, {"at": at, "count": count}


def _is_dates(column: Column) -> bool:
    return column.times > 0.8 or column.time_numbers > 0.95


def _only(sample: Sample, otherwise: Found | None, holds) -> Found | None:
    """The one column for which something holds; `otherwise` where there are none or several."""
    names = [column.name for column in sample.columns.values() if column.looked_at and holds(column)]
    return Found((names[0],), 0.5, "it is the only column of this kind") if len(names) == 1 else otherwise


def _ticket_by_values(sample: Sample) -> Found | None:
    """The first column that looks like numbers of something and repeats like tickets do."""
    for column in sample.columns.values():
        identifies = column.identifiers > 0.95 and (column.numbers < 0.5 or column.length >= 4)
        if all(map(parse_tier, column.different)):
            continue  # "L1" has the form of a number of something
        if identifies and column.filled > 0.99 and column.times < 0.1 and len(column.different) > 1:
            return Found((column.name,), 0.4, f"the values of '{column.name}' look like ticket numbers")
    return None


def event_time(sample: Sample, ticket: Found, used: set[str]) -> Found | None:
    """The column with the time of each row: where tickets have several rows, one that differs between them.

    Final values that repeat on every row (`resolved_at`) are passed over whatever their name.
    """
    found = [one for one in candidates(sample, "at") if not used & set(one.columns)]
    found += [replace(one, confidence=0.9 * one.confidence) for one in candidates(sample, "start")]
    number = ticket.columns[0]
    repeated = sample.columns[number].repeats > 1.05
    vary = {one.columns: sample.varies_within(number, one.columns[0]) for one in found}
    moving = [one for one in found if vary[one.columns] > 0.05] if repeated else found
    if moving:
        return max(moving, key=lambda one: one.confidence)
    unnamed = _moving_time(sample, number, used) if repeated else None
    return unnamed or max(found, key=lambda one: one.confidence, default=None)


def _moving_time(sample: Sample, ticket: str, used: set[str]) -> Found | None:
    """A column of times without a usual name that differs most between the rows of a ticket."""
    moving = {
        column.name: sample.varies_within(ticket, column.name)
        for column in sample.columns.values()
        if column.times > 0.9 and column.name not in used
    }
    best = max(moving, key=lambda name: moving[name], default=None)
    if best is None or moving[best] <= 0.05:
        return None
    return Found((best,), 0.5, f"the times in '{best}' differ between the rows of a ticket")


def _events_or_tickets(sample: Sample, ticket: Found) -> Shape:
    number = ticket.columns[0]
    column = sample.columns[number]
    used = set(ticket.columns)
    words = {column.word for column in sample.columns.values()}
    created = best_for(sample, "created_at", used)
    if "kind" in words or ("at" in words and not (created and words & _ENDS)):
        return _events(sample, ticket, created)
    if _is_list(sample, column, created) and created and (len(sample) > 1 or words & _ENDS):
        _check_tickets(sample, ticket, created)
        whole = "every" if len(column.different) == len(column.told) else "almost every"
        reason = f"{whole} '{number}' stands in one row, with the time of its creation"
        return "tickets", min(0.95, created.confidence), reason, {"ticket_id": ticket, "created_at": created}
    return _events(sample, ticket, created)


def _is_list(sample: Sample, ticket: Column, created: Found | None) -> bool:
    """Whether each ticket stands in one row; some may be there twice where a column tells when tickets ended."""
    if ticket.repeats <= 1.02:
        return True
    used = {ticket.name, *(created.columns if created else ())}
    ends = [best_for(sample, name, used) for name in ("resolved_at", "closed_at")]
    return ticket.repeats <= SEVERAL_ROWS and any(end and end.confidence > 0.5 for end in ends)


_WEAK_NAMES = {"id", "key", "number", "sys_id", "task_id"}
"""Names of ids that every table has, of users as well as of tickets."""


def _check_tickets(sample: Sample, ticket: Found, created: Found) -> None:
    """ImportRefused where a table of things with an id and a creation says nothing that a ticket would."""
    known = assigned(sample, "tickets", {"ticket_id": ticket, "created_at": created})
    weak = sample.columns[ticket.columns[0]].word in _WEAK_NAMES
    telling = ("status", "resolved_at", "closed_at", *(() if weak else ("team", "tier", "priority")))
    if not _says(sample, known, telling) and (weak or ticket.confidence < 0.7):
        raise no_shape(sample, "no column with a status or the time of a resolution")


def _says(sample: Sample, known: Mapping[str, Found], names: Sequence[str]) -> bool:
    """Whether one of these columns was found and is not empty."""
    return any(sample.columns[known[name].columns[0]].filled > 0 for name in names if name in known)


def _events(sample: Sample, ticket: Found, created: Found | None) -> Shape:
    at, number = event_time(sample, ticket, set(ticket.columns)), ticket.columns[0]
    if at is None:
        raise no_shape(sample, "no column with the time of a change")
    repeats = sample.columns[number].repeats
    if repeats <= 1.02 and len(sample) > 1 and _is_an_end(sample, at):
        raise no_creation(sample, at)
    fixed = {"ticket_id": ticket, "at": at}
    if created and created.columns != at.columns and sample.varies_within(number, created.columns[0]) < 0.05:
        fixed["created_at"] = created
    known = assigned(sample, "events", fixed)
    if not _says(sample, known, ("kind", "status", "team", "tier")):
        raise no_shape(sample, "no column with a status, a team or a tier")
    several = f"the rows of one '{number}' are {repeats:.1f} on average, each with a time"
    return "events", min(ticket.confidence, at.confidence), several, fixed


def _is_an_end(sample: Sample, at: Found) -> bool:
    """Whether a column's name is rather that of a resolution or closing than that of any change."""
    column = sample.columns[at.columns[0]]
    end = max(name_confidence(column, name)[0] for name in ("resolved_at", "closed_at"))
    return end > name_confidence(column, "at")[0]


def no_creation(sample: Sample, at: Found) -> ImportRefused:
    """The refusal of a list of tickets that says when they ended and not when they began: each would seem to be made and
    solved at one moment."""
    return ImportRefused(
        f"{sample.source.name} does not say when its tickets were created.",
        found=f"It has one row per ticket, and '{at.columns[0]}' is the time of its end.",
        todo="Export it again with the time of creation.",
    )


def _no_tickets(sample: Sample) -> ImportRefused:
    """The refusal where no column holds ticket numbers; a column that is named so and mostly empty is told apart."""
    for column in sample.columns.values():
        empty = len(sample) - len(column.told)
        if empty and name_confidence(column, "ticket_id")[0] > 0.7:
            return ImportRefused(
                f"Most rows of {sample.source.name} have no ticket number.",
                found=f"'{column.name}' is empty in {empty:,} of the first {len(sample):,} rows.",
                todo="Fill it in each row. In a workbook, split merged cells and fill them down first.",
            )
    return no_shape(sample, "no column with ticket numbers")


def no_shape(sample: Sample, lacking: str) -> ImportRefused:
    """The refusal of a table that holds no ticket history, with what was seen."""
    shown = ", ".join(f"'{name}'" for name in sample.header[:12])
    more = f" and {len(sample.header) - 12} more" if len(sample.header) > 12 else ""
    like_values = sum(c.isdigit() for name in sample.header for c in name) > sum(map(len, sample.header)) / 3
    todo = "Write a mapping that names the columns, and import with it."
    if like_values:
        todo = "The first line looks like a row, not like names of columns: put a line with names above it."
    return ImportRefused(
        f"'{sample.source.name}' was not recognised: there is {lacking}.",
        found=f"Its columns: {shown}{more}.",
        todo=todo,
    )


def missing_columns(sample: Sample, shape: str, columns: Mapping[str, object]) -> ImportRefused | None:
    """The refusal where a column that the shape cannot do without was not found."""
    lacking = [name for name in REQUIRED[shape] if name not in columns]
    if not lacking:
        return None
    return no_shape(sample, f"no column for {' and '.join(lacking)} ({_SHAPE_WORDS[shape]} need it)")
