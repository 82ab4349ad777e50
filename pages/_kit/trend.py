"""The latest weeks against the weeks before, for the small print under a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.model import Filters

WEEKS = 12
MATURING_DAYS = 14
"""The latest days are left out: their tickets are too young to be counted as resolved or escalated, and would look better."""


@dataclass(frozen=True)
class Windows:
    """Two periods of the same length, one right after the other, and how many weeks each has."""

    now: Filters
    before: Filters
    weeks: int

    @property
    def words(self) -> str:
        """The comparison in words, as it stands under the numbers."""
        end = self.now.end
        return f"last {self.weeks} weeks up to {end:%-d %b %Y}, against the {self.weeks} before" if end else ""


def windows(filters: Filters, first_day: date | None, last_day: date | None) -> Windows | None:
    """The last 12 whole weeks of the period in view and the 12 before; fewer where there are fewer; None below 2 + 2 weeks."""
    if first_day is None or last_day is None:
        return None
    start, end = max(filters.start or first_day, first_day), min(filters.end or last_day, last_day)
    end = min(end, last_day - timedelta(days=MATURING_DAYS))
    weeks = min(WEEKS, ((end - start).days + 1) // 14)
    if weeks < 2:
        return None
    length = timedelta(days=7 * weeks)
    begin = end - length + timedelta(days=1)
    now = filters.with_period(begin, end)
    return Windows(now, filters.with_period(begin - length, begin - timedelta(days=1)), weeks)
