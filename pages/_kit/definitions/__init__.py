"""What every number means, in plain words: the one dictionary behind the definitions page and "how is this computed".

Names are the paths of the metrics' JSON (`tiers.escalation_rate`); what only the pages show has a name of the same form. A module
per section of the menu holds its groups.
"""

from __future__ import annotations

from pages._kit.definitions import data, forecast, improvement, operations, staffing, watching
from pages._kit.definitions.entry import Definition as Definition

GROUPS: dict[str, dict[str, Definition]] = (
    data.GROUPS | operations.GROUPS | forecast.GROUPS | staffing.GROUPS | improvement.GROUPS | watching.GROUPS
)
"""Definitions by group, in the order of the page."""

ALL: dict[str, Definition] = {name: told for group in GROUPS.values() for name, told in group.items()}


def text(name: str) -> str:
    """A definition as one sentence for a tooltip."""
    told = ALL[name]
    return f"{told.text} ({told.unit})"


def matching(entries: dict[str, Definition], wanted: str) -> dict[str, Definition]:
    """The entries that hold all the words, in name, title or text; all of them where there are no words."""
    words = wanted.casefold().split()
    return {
        name: entry
        for name, entry in entries.items()
        if all(word in f"{name} {entry.title} {entry.text}".casefold() for word in words)
    }
