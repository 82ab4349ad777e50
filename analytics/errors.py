"""One family of errors: what went wrong, what was found, and what to do next.

Every error that a user may see is a `TierscopeError`. The page kit and the command line translate it once, at the
boundary, into a title, a finding and a next step. Imports nothing of the product.
"""

from __future__ import annotations

from difflib import get_close_matches


class TierscopeError(ValueError):
    """Base of the family.

    `title` is one plain sentence; `found` says what was seen (a column, a line, a value); `todo` is the next step.
    """

    def __init__(self, title: str, *, found: str = "", todo: str = "") -> None:
        self.title, self.found, self.todo = title, found, todo
        super().__init__(" ".join(part for part in (title, found, todo) if part))


class InputError(TierscopeError):
    """A number or setting that the model cannot take (negative, not finite, out of range)."""


class UnstableError(InputError):
    """More work arrives than can ever be done: waits and backlog would grow without end."""


class ImportRefused(TierscopeError):
    """A file that was refused whole; nothing of it was imported."""


class MappingError(ImportRefused):
    """A mapping that does not fit the file: a column that is missing, a key that is unknown."""


class DatasetError(TierscopeError):
    """A dataset that is missing, busy, or made by another version."""


class NotEnoughData(TierscopeError):
    """The question is sound, but the data at hand cannot answer it."""


class FilterError(TierscopeError):
    """A filter that names a column or a value which the dataset does not have."""


def did_you_mean(wanted: str, known: list[str]) -> str:
    """A sentence offering the nearest known name, or listing a few of the names there are."""
    near = get_close_matches(wanted, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    shown = ", ".join(f"'{name}'" for name in known[:8])
    return f"Known: {shown}{', …' if len(known) > 8 else ''}." if known else ""
