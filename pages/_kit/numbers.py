"""Numbers as people read them, and the reason where there is none."""

from __future__ import annotations

from typing import Any

from analytics.charts.numbers import ABSENT, change, count, decimal, duration, interval, is_absent, points, share

__all__ = ["ABSENT", "change", "count", "decimal", "duration", "interval", "is_absent", "points", "reason", "share"]


def reason(value: Any, why: str) -> str | None:
    """`why` where there is no number, else None: a dash never stands alone."""
    return why if is_absent(value) else None
