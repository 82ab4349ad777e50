"""What detection says: choices with their reasons, questions that nothing proves, and the mapping they add up to."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.ingest.mapping import Mapping
from analytics.ingest.personal import Personal


@dataclass(frozen=True)
class Choice:
    """One decision: what it is about, what was chosen, how sure (0-1), and why."""

    what: str
    value: str
    confidence: float
    reason: str

    def __str__(self) -> str:
        return f"{self.what} = {self.value}: {self.reason}"


@dataclass(frozen=True)
class Question:
    """What nothing in the file proves, with the possible answers, the usual one first. `proof` says what was looked at."""

    what: str
    sentence: str
    options: tuple[str, ...]
    proof: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a file seems to be. `mapping` is complete: it can be imported as it stands.

    `personal` are columns about people, offered to be hashed or dropped; nothing of that is applied unasked.
    """

    mapping: Mapping
    shape: str
    preset: str | None
    choices: tuple[Choice, ...]
    questions: tuple[Question, ...] = ()
    personal: tuple[Personal, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The choices as sentences."""
        return tuple(map(str, self.choices))
