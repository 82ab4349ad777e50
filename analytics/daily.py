"""What the engines are fed with: the daily series of a selection, what counts as recent, which priority is the more urgent.

The engines do not know the warehouse; this module asks the questions and hands their answers over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from analytics.errors import NotEnoughData
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

RECENT_DAYS = 182
"""How far back routing, effort, urgency and hours of arrival are learnt: half a year."""

_URGENCY = (
    r"urgent|critical|highest|blocker|sev ?-?0|p0|emergency", r"^1\b|p1|sev ?-?1", r"high|^2\b|p2|sev ?-?2|major",
    r"normal|medium|moderate|^3\b|p3|sev ?-?3", r"low|minor|^4\b|p4|sev ?-?4|lowest|^5\b",
)  # fmt: skip


def daily_counts(warehouse: Warehouse, filters: Filters = NO_FILTER, tier: str | None = None) -> tuple[pd.Series, str]:
    """Counts by day, complete from the first to the last day of the data, and their unit in words.

    Without a tier: tickets created. With one: visits that the tier gets, from outside and from other tiers, by the day
    they begin. NotEnoughData where the filters leave nothing.
    """
    if tier:
        frame = questions.visits_by_day(warehouse, replace(filters, tiers=(), start=None, end=None))
        counts = frame[frame["tier"] == tier].set_index("day")["visits"]
        unit = f"visits to {tier} per day"
    else:
        counts = questions.volume_by_day(warehouse, filters).groupby("day")["tickets"].sum()
        unit = "tickets per day"
    if counts.empty:
        raise NotEnoughData("No ticket matches, so there is nothing to forecast.", todo="Widen the filters.")
    first, last = span_of(warehouse, filters)
    days = pd.date_range(max(first, counts.index.min()), last, freq="D", name="date")
    return counts.reindex(days, fill_value=0).astype(float).rename("count"), unit


def span_of(warehouse: Warehouse, filters: Filters) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the series: the period's, within the data's."""
    row = questions.period_bounds(warehouse).iloc[0]
    first, last = pd.Timestamp(row["first_day"]), pd.Timestamp(row["last_day"])
    return (
        max(first, pd.Timestamp(filters.start)) if filters.start else first,
        min(last, pd.Timestamp(filters.end)) if filters.end else last,
    )


def one_tier(filters: Filters) -> str | None:
    """The tier whose visits are counted instead of tickets: the only one that the filters name."""
    return filters.tiers[0] if len(filters.tiers) == 1 else None


def recent(warehouse: Warehouse, filters: Filters = NO_FILTER) -> Filters:
    """The filters with their period cut to the last half year of the data, less the last week: its visits have not ended."""
    last = questions.period_bounds(warehouse).iloc[0]["last_day"]
    if pd.isna(last):
        raise NotEnoughData("The dataset holds no tickets.", todo="Import a history first.")
    end = pd.Timestamp(last).date()
    return filters.with_period(end - timedelta(days=RECENT_DAYS), end)


def by_urgency(priorities: Sequence[str]) -> tuple[str, ...]:
    """Priorities by their usual meaning, the most urgent first; unknown names between normal and low."""

    def rank(name: str) -> tuple[float, str]:
        found = next((n for n, pattern in enumerate(_URGENCY) if re.search(pattern, name.casefold())), 3.5)
        return float(found), name

    return tuple(sorted(priorities, key=rank))
