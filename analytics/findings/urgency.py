"""Which priorities are high: those that the settings name, else by what their names usually mean."""

from __future__ import annotations

import re

from analytics.findings.base import Asked
from analytics.findings.settings import HIGH_PRIORITIES

_HIGH = re.compile(
    r"urgent|critical|blocker|emergency|highest|\bhigh\b|\bmajor\b|\bsev(erity)? ?-?[012]\b|\bp ?-?[012]\b|^[12]\b"
)


def is_high(name: str) -> bool:
    """Whether a priority's name says that it is high."""
    return bool(_HIGH.search(name.casefold()))


def high_priorities(asked: Asked) -> list[str]:
    """The dataset's high priorities in small letters."""
    if told := asked.settings.text(HIGH_PRIORITIES):
        return [name.strip().casefold() for name in told.split(",") if name.strip()]
    there = asked.warehouse.frame(
        "SELECT DISTINCT lower(priority) AS p FROM events WHERE priority IS NOT NULL ORDER BY p"
    )
    return [str(name) for name in there["p"] if is_high(str(name))]
