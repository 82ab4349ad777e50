"""What several files of the same columns are together: one mapping that knows the words of all of them.

A year comes as twelve files, and its rarest status or team stands in one of them only: what the first file alone says would
leave it without a meaning in the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.ingest.detection.proposal import Choice, Proposal, Question
from analytics.ingest.mapping import Mapping, SourceOptions
from analytics.ingest.settling import joined


def together(proposals: Sequence[Proposal]) -> Proposal:
    """The proposal for files of the same columns and shape: the first one's, with what the others know beside it.

    Statuses, tiers, missing texts and columns of all of them; and the order of day and month that any of them proves, which
    answers the question that the others ask.
    """
    first = proposals[0]
    mappings = [one.mapping for one in proposals]
    known = joined(mappings[::-1])
    proven = next((order for one in proposals if (order := _proven(one))), None)
    mapping = replace(
        mappings[0],
        tiers=known.tiers,
        kinds=known.kinds,
        columns=_columns(mappings),
        source=_source(mappings, proven),
    )
    return replace(first, mapping=mapping, choices=_choices(proposals), questions=_questions(proposals, proven))


def _proven(proposal: Proposal) -> str | None:
    """The order of day and month that a file proves; None where it has to be asked for, or has no such dates."""
    asks = any(question.what == "date_order" for question in proposal.questions)
    return None if asks else proposal.mapping.source.date_order


def _columns(mappings: Sequence[Mapping]) -> dict[str, tuple[str, ...]]:
    """The first file's columns, and those that are empty in it and mean something in another; each is used once."""
    columns = dict(mappings[0].columns)
    for name, told in (item for mapping in mappings[1:] for item in mapping.columns.items()):
        if name not in columns and not set(told) & {column for used in columns.values() for column in used}:
            columns[name] = told
    return columns


def _source(mappings: Sequence[Mapping], proven: str | None) -> SourceOptions:
    missing = tuple(dict.fromkeys(text for mapping in mappings for text in mapping.source.missing))
    first = mappings[0].source
    return replace(first, missing=missing, date_order=proven or first.date_order)


def _choices(proposals: Sequence[Proposal]) -> tuple[Choice, ...]:
    """What was decided, each thing once: of a status that the first file does not hold, the one that holds it tells."""
    known = {choice.what for choice in proposals[0].choices}
    more = {c.what: c for one in reversed(proposals[1:]) for c in one.choices if c.what not in known}
    return (*proposals[0].choices, *more.values())


def _questions(proposals: Sequence[Proposal], proven: str | None) -> tuple[Question, ...]:
    asked = {question.what: question for one in reversed(proposals) for question in one.questions}
    return tuple(question for what, question in asked.items() if not (proven and what == "date_order"))
