"""One entry of the dictionary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """A number's name, its unit, and what it counts and leaves out."""

    title: str
    unit: str
    text: str
