"""The overview's numbers week by week: the small lines under them, and their change with its interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from analytics.warehouse.shrinkage import difference, relative_change
from pages._kit import cached, numbers
from pages._kit.trend import Windows
from pages._kit.view import View

ENOUGH = 30
"""Below this many tickets or handoffs in either window no change is shown."""

WEEKS_DRAWN = 26
LEAST_WEEKS = 4
"""Fewer weeks than this make no line."""


@dataclass(frozen=True)
class Moved:
    """A change in words, its interval in words, and whether it is more than chance; all empty where it cannot be told."""

    text: str | None
    spread: str
    clear: bool

    def way(self, better: str) -> str:
        """Which way is better, for the colour: none where the change is within noise."""
        return better if self.clear else "either"


NOTHING = Moved(None, "", False)


@dataclass(frozen=True)
class Pulse:
    """`weekly_pulse` with the number of weeks in each window; None where there is nothing to compare."""

    weeks: pd.DataFrame
    window: int | None

    @staticmethod
    def of(view: View, windows: Windows | None, tier: str | None = None) -> Pulse:
        """The last half year's weeks up to the end of the later window, so that weeks and windows meet; up to the data's end
        without one. `tier` is that of the time to resolve. Nobody reads further back, and on many tickets it would take long."""
        anchor = windows.now.end if windows else None
        recent = _recent(view, anchor or cached.about(view.dataset)["last_day"])
        frame = recent.frame("weekly_pulse", anchor=anchor, tier=tier)
        told = frame.assign(unresolved=frame["tickets"] - frame["resolved"])
        return Pulse(told, windows.weeks if windows else None)

    def history(self, part: str, whole: str | None = None) -> tuple[float, ...]:
        """The last half year's weeks of a count, or of a share; none where there are too few. Empty weeks are left out."""
        rows = self.weeks[self.weeks["week_no"] < WEEKS_DRAWN].sort_values("week_no", ascending=False)
        if self.window is None:  # the first and the last week may be cut off by the data
            rows = rows.iloc[1:-1]
        values = (rows[part] if whole is None else rows[part] / rows[whole].where(rows[whole] > 0)).dropna()
        return tuple(float(value) for value in values) if len(values) >= LEAST_WEEKS else ()

    def _windows(self) -> tuple[pd.DataFrame, pd.DataFrame] | None:
        if self.window is None:
            return None
        now = self.weeks[self.weeks["week_no"] < self.window]
        before = self.weeks[(self.weeks["week_no"] >= self.window) & (self.weeks["week_no"] < 2 * self.window)]
        return now, before

    def of_share(self, part: str, whole: str) -> Moved:
        """The change of a share in points, with Newcombe's 95 % interval."""
        both = self._windows()
        if both is None or any(rows[whole].sum() < ENOUGH for rows in both):
            return NOTHING
        (now, before) = both
        change, low, high = difference(*(float(rows[name].sum()) for rows in (now, before) for name in (part, whole)))
        return _moved(numbers.points(change), f"change {_signed(low)} to {_signed(high)} points (95 %)", low, high)

    def of_mean(self, name: str) -> Moved:
        """The relative change of a weekly mean, with Welch's 95 % interval; weeks without any count as 0."""
        both = self._windows()
        if both is None or any(rows[name].sum() < ENOUGH for rows in both):
            return NOTHING
        values = [[*rows[name], *[0.0] * ((self.window or 0) - len(rows))] for rows in both]
        change, low, high = relative_change(*values)
        if numbers.is_absent(change):
            return NOTHING
        return _moved(numbers.change(change), f"change {_signed(low)} to {_signed(high)} % (95 %)", low, high)


def _recent(view: View, anchor: date | None) -> View:
    """The view without what lies further back than the weeks that are drawn or compared."""
    if anchor is None:
        return view
    begin, end = anchor - timedelta(days=7 * WEEKS_DRAWN - 1), view.filters.end
    if end is not None and end < begin:
        return view
    return replace(view, filters=view.filters.with_period(max(begin, view.filters.start or begin), end))


def _moved(text: str, spread: str, low: float, high: float) -> Moved:
    clear = low > 0 or high < 0
    return Moved(text if clear else f"{text}, within noise", spread, clear)


def _signed(value: float) -> str:
    """A share as points or percent with its sign, one decimal where it is small."""
    return f"{100 * value:+.{1 if abs(value) < 0.0995 else 0}f}"


def joined(*parts: str) -> str:
    """Small print under a number: its parts that there are."""
    return " · ".join(part for part in parts if part)
