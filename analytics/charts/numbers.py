"""Numbers as people read them. Shares come in as 0-1 and durations as hours; what is absent is shown as a dash, never 0."""

from __future__ import annotations

import math
from typing import Any

ABSENT = "–"

_SHORT = ((1 / 60, 3600, "s"), (59.5 / 60, 60, "min"), (48, 1, "h"), (math.inf, 1 / 24, "d"))
"""(below this many hours, units per hour, unit): 42 s, 35 min, 14 h, 3.4 d."""


def is_absent(value: Any) -> bool:
    """Whether there is no number: None, NaN, not finite."""
    return value is None or not math.isfinite(float(value))


def count(value: Any) -> str:
    """12480 as 12,480."""
    return ABSENT if is_absent(value) else f"{round(float(value)):,}"


def decimal(value: Any) -> str:
    """A plain number with as many decimals as it deserves: 0.42, 3.4, 574."""
    if is_absent(value):
        return ABSENT
    size = abs(float(value))
    return f"{float(value):,.{0 if size >= 10 or size == 0 else 1 if size >= 1 else 2}f}"


def share(value: Any) -> str:
    """0.643 as 64 %, 0.0294 as 2.9 %. What is not quite nothing or all is never shown as 0 % or 100 %."""
    if is_absent(value):
        return ABSENT
    percent = 100 * float(value)
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    fine = 0 < abs(percent) < 9.95 or 99 < percent < 100
    return f"{percent:.{1 if fine else 0}f} %"


def points(value: Any) -> str:
    """A difference of shares in percentage points, with its sign: 0.021 as +2.1 points."""
    return ABSENT if is_absent(value) else f"{100 * float(value):+.1f} points"


def change(value: Any) -> str:
    """A relative change with its sign: 0.12 as +12 %."""
    return ABSENT if is_absent(value) else f"{100 * float(value):+.0f} %"


def duration(hours: Any) -> str:
    """Hours in the unit that suits them: 42 s, 35 min, 1.2 h, 14 h, 3.4 d."""
    if is_absent(hours):
        return ABSENT
    value = float(hours)
    if value == 0:
        return "0 min"
    for below, per_hour, unit in _SHORT:
        if abs(value) < below:
            return f"{_few_digits(value * per_hour, whole=unit in ('s', 'min'))} {unit}"
    return ABSENT


def _few_digits(value: float, *, whole: bool) -> str:
    return f"{value:,.0f}" if whole or abs(value) >= 9.95 else f"{value:.1f}".removesuffix(".0")


def interval(low: Any, high: Any) -> str:
    """Both ends of an interval of shares: 21.6-22.3 %."""
    if is_absent(low) or is_absent(high):
        return ABSENT
    ends = [100 * float(low), 100 * float(high)]
    digits = 1 if ends[1] - ends[0] < 5 else 0
    return f"{ends[0]:.{digits}f}–{ends[1]:.{digits}f} %"
