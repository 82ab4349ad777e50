"""Working hours a second way: opening by opening, where the product adds them up once and reads them off a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.calendars import Calendar, open_intervals


def open_us(calendar: Calendar, start: int, end: int | np.ndarray) -> np.ndarray:
    """Open microseconds from a moment to another, or to each of several: what every opening has in common with that time."""
    first, last = (datetime.fromtimestamp(edge / 1e6, UTC).date() for edge in (start, int(np.max(end))))
    opens, closes = open_intervals(calendar, first - timedelta(days=2), last + timedelta(days=2)).T
    return np.maximum(np.minimum(closes, np.asarray(end)[..., None]) - np.maximum(opens, start), 0).sum(axis=-1)
